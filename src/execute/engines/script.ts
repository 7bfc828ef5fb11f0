/**
 * A build as a shell script, for schedulers that longmix does not know: they run what its function `each` is replaced by.
 *
 * How many lists there are, and how many tasks each has, is known only as the build goes on. So the script is a loop: the
 * build command says which list comes next, `each` runs a fixed number of shares of it, and waits for them.
 */
import { shellWord } from '../../base/shell-word.ts';

export interface ScriptOptions {
  /** Starts longmix, for a shell. */
  readonly command: string;
  readonly folder: string;
  /** Of the command, without what says where tasks run. */
  readonly args: readonly string[];
  readonly jobs: number;
}

export function scriptText({ command, folder, args, jobs }: ScriptOptions): string {
  return `#!/bin/sh
# A build by any scheduler. Made by longmix --engine script; see docs/clusters.md.
set -eu
cd ${shellWord(folder)}
longmix() { ${command} "$@"; }

# Runs shares 0 to JOBS - 1 of a list and waits for all of them. Exit code 1 of a share: run it again; 2: do not.
# This one starts processes here. Replace it by your scheduler's words; the file that LONGMIX_EACH names may define another.
JOBS=\${JOBS:-${jobs}}
each() { # LIST
  running=
  share=0
  while [ "$share" -lt "$JOBS" ]; do
    longmix worker "$1" --task "$share" --of "$JOBS" &
    running="$running $!"
    share=$((share + 1))
  done
  for one in $running; do wait "$one"; done
}
if [ -n "\${LONGMIX_EACH:-}" ]; then . "$LONGMIX_EACH"; fi

# The command plans what can be planned, and names the list whose tasks come next; when all is built, it names none.
next() {
  # First the answer, then its part: of a pipe, the shell sees only how the last command ended.
  said=$(longmix ${args.map(shellWord).join(' ')} --engine by-hand --json --quiet) || return
  printf '%s\\n' "$said" | sed -n 's/^  "job": "\\(.*\\)",$/\\1/p'
}

list=$(next)
while [ -n "$list" ]; do
  each "$list"
  list=$(next)
done
`;
}
