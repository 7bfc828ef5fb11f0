/** What was typed: help, misspellings, flags, and standard streams that others close. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { expectMessage, jsonLines, longmix, shell, workplace } from '../support/command.ts';

const place = workplace();
afterAll(() => place[Symbol.dispose]());
place.write('corpus.jsonl', jsonLines(20));

const commands = [
  'build',
  'tokenize',
  'stats',
  'plan',
  'inspect',
  'verify',
  'worker',
  'train',
  'init',
  'schema',
  'tokenizer',
];

describe('help', () => {
  test.each(commands)('%s --help goes to stdout', async (command) => {
    const { code, stdout, stderr } = await place.run(command, '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`Usage: longmix ${command} \\[options\\] [<[]`));
  });

  test('longmix --help names every command and the exit codes', async () => {
    const { code, stdout } = await place.run('--help');
    expect(code).toBe(0);
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    expect(stdout).toContain('130 interrupted (143 by SIGTERM)');
  });

  test.each(['ablate', 'train'])('%s shows no empty list for the default of --set', async (command) => {
    const { stdout } = await place.run(command, '--help');
    expect(stdout).toMatch(/--set <\w+=value>/);
    expect(stdout).not.toContain('[])');
  });

  test('longmix alone: help on stderr, exit code 2', async () => {
    const { code, stdout, stderr } = await place.run();
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: longmix');
  });

  test('--version is that of package.json', async () => {
    expect((await place.run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('words that are off', () => {
  test.each([
    { typed: ['buidl', 'x'], says: [/unknown command 'buidl'/, /Did you mean build\?/] },
    {
      typed: ['build', '--wokers', '2', 'x'],
      says: [/unknown option '--wokers'/, /Did you mean --workers\?/],
    },
    { typed: ['build'], says: [/missing required argument 'recipe'/] },
    { typed: ['build', 'a', 'b'], says: [/too many arguments for 'build'/, /^ {2}quote a glob .*recipe$/m] },
    { typed: ['verify', 'corpus.jsonl'], says: [/neither shards nor a token store/] },
    { typed: ['build', 'corpus.jsonl', '--workers'], says: [/'--workers <n>' argument missing/] },
    { typed: ['build', 'corpus.jsonl', '--workers', '0'], says: [/--workers: found "0"/, /at least 1/] },
    { typed: ['build', 'corpus.jsonl', '--workers', '1e1'], says: [/--workers: found "1e1"/] },
    {
      typed: ['build', 'corpus.jsonl', '--workers', '99'],
      says: [/--workers 99 is too many/, /more --memory/],
    },
    { typed: ['build', 'corpus.jsonl', '--memory', 'much'], says: [/--memory: found "much"/, /4GB/] },
    { typed: ['build', 'corpus.jsonl', '--memory', '10MB'], says: [/--memory 10MB is too little/, /384MB/] },
    { typed: ['inspect', 'x', '--row', 'first'], says: [/--row: found "first"/, /whole number/] },
    { typed: ['inspect', 'x', '--row', ''], says: [/--row: found ""/] },
    { typed: ['inspect', 'x', '--row=-1'], says: [/--row: found "-1"/] },
  ])('$typed', async ({ typed, says }) => {
    const outcome = await place.run(...typed);
    expectMessage(outcome, 2, ...says);
    expect(outcome.stdout).toBe('');
  });
});

describe('standard streams', () => {
  test('a reader that has seen enough is no error', async () => {
    // More than a pipe holds (64 KiB): one token a word, so a row of 8,192 tokens has 139 KB of text.
    place.write('long.txt', ' responsibilities'.repeat(9000));
    const { stdout, stderr } = await shell(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is bash's.
      'longmix build long.txt --out long --quiet && longmix inspect long --full | head -1; echo "${PIPESTATUS[0]}"',
      { cwd: place.path },
    );
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^long\/train, row 0 .*\n0\n$/);
  });

  test('closed stderr does not stop the work', async () => {
    const { stdout } = await shell(
      'longmix build corpus.jsonl --out closed 2>&1 | true; longmix verify closed',
      {
        cwd: place.path,
      },
    );
    expect(stdout).toContain('ok: closed/train');
  });

  test.skipIf(process.platform !== 'linux')('a full disk behind stdout', async () => {
    const { code, stderr } = await shell('longmix stats corpus.jsonl --quiet > /dev/full', {
      cwd: place.path,
    });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: "longmix: can't write to standard output: no space left on the device\n",
    });
  });

  test('progress without a terminal: plain lines, no control characters', async () => {
    const { stderr } = await longmix(['build', 'corpus.jsonl', '--out', 'plain'], { cwd: place.path });
    expect(stderr).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z tokenize: .* in \d/m);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    expect(stderr).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
  });

  test('--quiet: nothing but remarks', async () => {
    const { code, stdout, stderr } = await place.run('build', 'corpus.jsonl', '--out', 'quiet', '--quiet');
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});

test.skipIf(process.platform === 'win32')(
  'the file is a command by itself, as npx and npm link need it',
  () => {
    const file = fileURLToPath(new URL('../../dist/bin/longmix.js', import.meta.url));
    expect(execFileSync(file, ['--version'], { encoding: 'utf8' })).toMatch(/^\d+\.\d+\.\d+\n$/);
  },
);
