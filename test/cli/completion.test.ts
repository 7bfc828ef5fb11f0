/** The scripts of `longmix completion`, run in the installed shells, complete every command and flag of the program. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { expectMessage, longmix } from '../support/command.ts';
import { temporaryFolder } from '../support/folder.ts';

const program = createProgram(new AbortController().signal);
const help = program.createHelp();
const commands = help.visibleCommands(program);
const flagsOf = (command: (typeof commands)[number]) =>
  help
    .visibleOptions(command)
    .flatMap(({ long, short }) => [long, short].filter((name) => name !== undefined));

const scripts: Record<string, string> = {};
beforeAll(async () => {
  for (const shell of ['bash', 'zsh', 'fish']) scripts[shell] = (await longmix(['completion', shell])).stdout;
}, 30_000);

const has = (shell: string) => spawnSync(shell, ['-c', 'exit 0']).status === 0;

/** What bash offers for each line, by the function that the script has registered. */
function bashOffers(lines: readonly string[], folder: string): string[][] {
  const file = join(folder, 'completion.bash');
  writeFileSync(file, scripts.bash!);
  const asked = lines.map((line) => {
    const words = line.split(' ').map((word) => `'${word}'`);
    return `COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; $f 2>/dev/null; echo "\${COMPREPLY[*]}"`;
  });
  const text = `source ${file}; f=$(complete -p longmix | sed 's/.*-F \\([^ ]*\\).*/\\1/')\n${asked.join('\n')}`;
  const answers = execFileSync('bash', ['--norc', '-c', text], { cwd: folder, encoding: 'utf8' }).split('\n');
  return lines.map((_, i) => answers[i]!.split(' ').filter((word) => word !== ''));
}

describe('bash', () => {
  it('offers the commands, and of each its flags', () => {
    const lines = [
      'longmix ',
      'longmix pl',
      'longmix help st',
      ...commands.map((command) => `longmix ${command.name()} -`),
    ];
    const [all, pl, st, ...flags] = bashOffers(lines, temporaryFolder());
    expect(all).toEqual(
      expect.arrayContaining([...commands.map((command) => command.name()), '--version', '--help']),
    );
    expect([pl, st]).toEqual([['plan'], ['stats', 'store']]);
    for (const [i, command] of commands.entries()) {
      if (command.name() === 'help') continue;
      expect(new Set(flags[i]), command.name()).toEqual(new Set(flagsOf(command)));
    }
  });

  it('offers words where there are some, and leaves paths to readline', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'corpus'));
    const lines = [
      'longmix init --preset fu-p',
      'longmix completion z',
      'longmix build ',
      'longmix build --html ',
      'longmix plan mix.yaml --se',
    ];
    expect(bashOffers(lines, folder)).toEqual([['fu-per-source'], ['zsh'], [], [], ['--set', '--seed']]);
    expect(scripts.bash).toMatch(/^complete -o default -F _longmix longmix$/m);
  });
});

test.runIf(has('zsh'))('zsh takes the script, and completes a command', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, '_longmix'), scripts.zsh!);
  const text = `fpath=(${folder} $fpath); autoload -Uz compinit; compinit -u -D; whence -w _longmix; zsh -n ${folder}/_longmix`;
  expect(execFileSync('zsh', ['-fc', text], { encoding: 'utf8' })).toContain('_longmix: function');
});

test.runIf(has('fish'))('fish offers the commands and their flags', () => {
  const file = join(temporaryFolder(), 'longmix.fish');
  writeFileSync(file, scripts.fish!);
  const offers = (line: string) =>
    execFileSync('fish', ['--no-config', '-c', `source ${file}; complete -C '${line}'`], {
      encoding: 'utf8',
    });
  expect(offers('longmix ').match(/^\S+/gm)).toEqual(
    expect.arrayContaining(commands.map((command) => command.name())),
  );
  for (const command of commands.filter((one) => one.name() !== 'help')) {
    for (const flag of flagsOf(command).filter((name) => name.startsWith('--')))
      expect(offers(`longmix ${command.name()} ${flag}`)).toContain(flag);
  }
});

test('all three name every command and every flag', () => {
  for (const [shell, script] of Object.entries(scripts)) {
    for (const command of commands) {
      expect(script, shell).toContain(command.name());
      for (const flag of flagsOf(command))
        expect(script, shell).toContain(shell === 'fish' ? flag.replace(/^-+/, '') : flag);
    }
  }
});

test('another shell is refused', async () => {
  expectMessage(await longmix(['completion', 'tcsh']), 2, /found "tcsh"\n {2}use one of bash, zsh, fish$/m);
});
