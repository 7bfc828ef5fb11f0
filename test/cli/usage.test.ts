/** Help, misspelt commands, and flags. */
import { afterAll, describe, expect, test } from 'vitest';
import { expectMessage, jsonLines, workplace } from '../support/in-process.ts';

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
    { typed: ['verify', 'corpus.jsonl'], says: [/no finished shards and no finished token store/] },
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

test('--quiet: nothing but remarks', async () => {
  const { code, stdout, stderr } = await place.run('build', 'corpus.jsonl', '--out', 'quiet', '--quiet');
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' });
});
