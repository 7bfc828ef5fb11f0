/**
 * `longmix completion SHELL`: prints a script with which a shell completes commands, flags and paths. The script is
 * generated from the commands in `program.ts`, so it can't become outdated. The shell doesn't run Node to complete a
 * word.
 */
import type { Command, Option } from 'commander';
import { LongmixError } from '../errors.ts';
import { presetNames } from '../init/presets.ts';

interface Flag {
  /** The long name such as `--out`, and the short one such as `-h`, if any. */
  readonly names: readonly string[];
  readonly about: string;
  /** Kind of the flag's value; null: it takes none. */
  readonly value: Value | null;
}

/** A value is one of some words, a path, or something that a shell can't complete. */
type Value = 'folder' | 'file' | 'unknown' | readonly string[];

interface CommandWords {
  readonly name: string;
  readonly about: string;
  readonly flags: readonly Flag[];
  /** Of its first argument; empty: a path, or nothing. */
  readonly words: readonly string[];
}

const scripts = { bash, zsh, fish } as const;
const shells = Object.keys(scripts);

/** @throws LongmixError `shell-unknown` */
export function runCompletion(shell: string, program: Command): void {
  if (!Object.hasOwn(scripts, shell)) {
    throw new LongmixError('shell-unknown', `completion: found "${shell}"`, {
      cure: `use one of ${shells.join(', ')}`,
    });
  }
  const help = program.createHelp();
  const commands = help.visibleCommands(program).map((command): CommandWords => {
    return {
      name: command.name(),
      about: firstPart(command.description()),
      flags: help.visibleOptions(command).map(flagOf),
      words: wordsOf(command),
    };
  });
  const flags = help.visibleOptions(program).map(flagOf);
  process.stdout.write(scripts[shell as keyof typeof scripts](commands, flags));
}

function wordsOf(command: Command): readonly string[] {
  return command.name() === 'completion' ? shells : (command.registeredArguments[0]?.argChoices ?? []);
}

function flagOf({ long, short, description, flags, required, optional, argChoices }: Option): Flag {
  const [, placeholder = ''] = /[<[]([^>\]]*)/.exec(flags) ?? [];
  const value = argChoices ?? (long === '--preset' ? presetNames() : (kinds[placeholder] ?? 'unknown'));
  return {
    names: [long, short].filter((name) => name !== undefined),
    about: firstPart(description),
    value: required || optional ? value : null,
  };
}

/** Kinds of values, by their placeholder in the help. */
const kinds: Readonly<Record<string, Value>> = { dir: 'folder', store: 'folder', file: 'file', what: 'file' };

function firstPart(description: string): string {
  return description.split(/[;:(]/)[0]!.trim();
}

const pathActs = {
  folder: 'compopt -o dirnames +o default 2>/dev/null; return',
  file: 'return',
  unknown: 'compopt +o default 2>/dev/null; return',
} as const;

function bash(commands: readonly CommandWords[], global: readonly Flag[]): string {
  const namesOf = (flags: readonly Flag[]) => flags.flatMap(({ names }) => names).join(' ');
  // Groups flags by how their values are completed, as case patterns such as `build,--out|plan,--out`.
  const cases = new Map<string, string[]>();
  for (const { name, flags } of commands) {
    for (const { names, value } of flags) {
      if (value === null) continue;
      const act = typeof value === 'string' ? pathActs[value] : `words=${quote(value.join(' '))}`;
      cases.set(act, [...(cases.get(act) ?? []), ...names.map((flag) => `${name},${flag}`)]);
    }
  }
  const values = [...cases].map(([act, flags]) => `    ${flags.join('|')}) ${act} ;;`);
  return `# Completion of longmix in bash: source <(longmix completion bash)
_longmix() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} command='' words='' i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i += 1)); do
    case \${COMP_WORDS[i]} in
      ${commands.map(({ name }) => name).join('|')}) command=\${COMP_WORDS[i]}; break ;;
    esac
  done
  case $command,$previous in
${values.join('\n')}
  esac
  if [[ -z $words ]]; then
    case $command in
      '') words=${quote(`${commands.map(({ name }) => name).join(' ')} ${namesOf(global)}`)} ;;
      help) words=${quote(commands.map(({ name }) => name).join(' '))} ;;
${commands
  .filter(({ name }) => name !== 'help')
  .map(
    ({ name, flags, words }) =>
      `      ${name}) ${words.length > 0 ? `if [[ $previous == ${name} ]]; then words=${quote(`${words.join(' ')} ${namesOf(flags)}`)}; elif [[ $current == -* ]]; then words=${quote(namesOf(flags))}; fi` : `[[ $current == -* ]] && words=${quote(namesOf(flags))}`} ;;`,
  )
  .join('\n')}
    esac
  fi
  # No words: readline completes file names.
  [[ -z $words ]] || COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _longmix longmix
`;
}

function zsh(commands: readonly CommandWords[], global: readonly Flag[]): string {
  const plain = (text: string) => text.replaceAll(/[[\]]/g, '').replaceAll(':', '\\:');
  const action = (value: Value) => {
    if (typeof value !== 'string') return `(${value.join(' ')})`;
    return { folder: '_files -/', file: '_files', unknown: ' ' }[value];
  };
  const spec = ({ names, about, value }: Flag) =>
    names.map((name) => quote(`*${name}[${plain(about)}]${value === null ? '' : `:value:${action(value)}`}`));
  const specs = (flags: readonly Flag[]) => flags.flatMap(spec).join(' ');
  const rest = ({ name, words }: CommandWords) => {
    if (name === 'help') return quote(`*:argument:(${commands.map((c) => c.name).join(' ')})`);
    const first = words.length === 0 ? [] : [quote(`1:argument:(${words.join(' ')})`)];
    return [...first, quote('*:argument:_files')].join(' ');
  };
  return `#compdef longmix
# Completion of longmix in zsh: source <(longmix completion zsh), or the file _longmix in a folder of $fpath
_longmix() {
  local -a commands
  commands=(
${commands.map(({ name, about }) => `    ${quote(`${name}:${plain(about)}`)}`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe -t commands command commands
    _arguments ${specs(global)}
    return
  fi
  local command=$words[2]
  words=("\${(@)words[2,-1]}")
  (( CURRENT -= 1 ))
  case $command in
${commands.map((command) => `    ${command.name}) _arguments ${specs(command.flags)} ${rest(command)} ;;`).join('\n')}
  esac
}
if [[ $funcstack[1] == _longmix ]]; then _longmix "$@"; else compdef _longmix longmix; fi
`;
}

function fish(commands: readonly CommandWords[], global: readonly Flag[]): string {
  const line = (condition: string, { names, about, value }: Flag) => {
    const named = names.map((name) =>
      name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
    );
    const parts = { folder: "-x -a '(__fish_complete_directories)'", file: '-r -F', unknown: '-x' } as const;
    const takes =
      value === null
        ? ''
        : typeof value === 'string'
          ? ` ${parts[value]}`
          : ` -x -a ${quote(value.join(' '))}`;
    return `complete -c longmix -n ${quote(condition)} ${named.join(' ')}${takes} -d ${quote(about)}`;
  };
  const first = '__fish_use_subcommand';
  const within = (name: string) => `__fish_seen_subcommand_from ${name}`;
  const offers = [
    ...commands.filter(({ words }) => words.length > 0),
    { name: 'help', words: commands.map(({ name }) => name) },
  ];
  return `# Completion of longmix in fish: longmix completion fish > ~/.config/fish/completions/longmix.fish
${commands.map(({ name, about }) => `complete -c longmix -n ${quote(first)} -f -a ${name} -d ${quote(about)}`).join('\n')}
${global.map((flag) => line(first, flag)).join('\n')}
${commands.flatMap(({ name, flags }) => flags.map((flag) => line(within(name), flag))).join('\n')}
${offers
  .map(({ name, words }) => `complete -c longmix -n ${quote(within(name))} -f -a ${quote(words.join(' '))}`)
  .join('\n')}
`;
}

/** Quotes a text as one word, for all three shells. */
function quote(text: string): string {
  return `'${text.replaceAll("'", '’')}'`;
}
