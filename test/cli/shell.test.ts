/**
 * The built command as a process: exit codes, standard streams that are piped, closed or full, threads, and lines as
 * they are pasted into a shell. The other files test the output of commands, without a process per command.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  expectMessage,
  expectNothingFinished,
  jsonLines,
  longmix,
  shell,
  temporaryFiles,
  type Workplace,
  workplace,
} from '../support/command.ts';
import { hashes } from '../support/folder.ts';

let place: Workplace & Disposable;
const at = (name: string): string => join(place.path, name);
beforeEach(() => {
  place = workplace();
  place.write('corpus.jsonl', jsonLines(20));
});
afterEach(() => place[Symbol.dispose]());

describe('the exit code of the process', () => {
  test('is 0 for help, which goes to stdout', async () => {
    const { code, stdout, stderr } = await place.run('build', '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Usage: longmix build');
  });

  test('is 2 for a word that is misspelt', async () => {
    expectMessage(await place.run('buidl', 'x'), 2, /unknown command 'buidl'/);
  });

  test('is 2 for a path that does not exist, and no folder is made', async () => {
    expectMessage(
      await place.run('build', 'corpsu', '--out', 'out'),
      2,
      /no such file or directory: corpsu$/m,
    );
    expectNothingFinished(at('out'));
  });

  test('is 1 for a corpus with more malformed lines than allowed', async () => {
    place.write('bad.jsonl', `${jsonLines(100)}${'{"text": "torn\n'.repeat(11)}`);
    expectMessage(await place.run('build', 'bad.jsonl', '--out', 'out'), 1, /11 of 111 records/);
    expectNothingFinished(at('out'));
  });

  test('is 1 for damage that verify found', async () => {
    expect((await place.run('build', 'corpus.jsonl', '--out', 'made', '--quiet')).code).toBe(0);
    place.write('made/train/data-00000-of-00001.arrow', 'damaged');
    const { code, stdout } = await place.run('verify', 'made');
    expect(code).toBe(1);
    expect(stdout).toContain('data-00000-of-00001.arrow');
  });
});

describe('standard input', () => {
  test('gives the same shards as the file', async () => {
    const piped = await longmix(['build', '-', '--out', 'piped', '--quiet'], {
      cwd: place.path,
      input: readFileSync(at('corpus.jsonl'), 'utf8'),
    });
    expect(piped).toMatchObject({ code: 0, stderr: '' });
    await place.run('build', 'corpus.jsonl', '--out', 'filed', '--quiet');
    const data = (folder: string) => hashes(at(folder))['train/data-00000-of-00001.arrow'];
    expect(data('piped')).toMatch(/^[0-9a-f]{64}$/);
    expect(data('piped')).toBe(data('filed'));
  });

  test('makes a store, and makes it again with --fresh', async () => {
    for (const more of ['', '--fresh']) {
      const line = `cat corpus.jsonl | longmix tokenize - --out piped ${more} --quiet`;
      const { code, stderr } = await shell(line, { cwd: place.path });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    }
    expect((await place.run('verify', 'piped', '--deep')).code).toBe(0);
  });

  test('without anything in it is refused', async () => {
    expectMessage(
      await shell('longmix build - --out out', { cwd: place.path }),
      2,
      /standard input was empty/,
    );
    expectNothingFinished(at('out'));
  });
});

describe('output streams', () => {
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

  test('a closed stderr does not stop the work', async () => {
    const { stdout } = await shell(
      'longmix build corpus.jsonl --out closed 2>&1 | true; longmix verify closed',
      { cwd: place.path },
    );
    expect(stdout).toContain('ok: closed/train');
  });

  test.skipIf(process.platform !== 'linux')(
    'a full disk behind stdout is an error with exit code 1',
    async () => {
      const { code, stderr } = await shell('longmix stats corpus.jsonl --quiet > /dev/full', {
        cwd: place.path,
      });
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: "longmix: can't write to standard output: no space left on the device\n",
      });
    },
  );

  test('progress without a terminal is plain lines without control characters', async () => {
    const { stderr } = await place.run('build', 'corpus.jsonl', '--out', 'plain');
    expect(stderr).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z tokenize: .* in \d/m);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    expect(stderr).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
  });
});

test.each(['1', '2'])(
  'a full disk stops a build with %s workers, and the next one goes on',
  async (workers) => {
    // 10 KB a file at most: less than the tokens.
    place.write('more.jsonl', jsonLines(2000));
    place.write('mix.yaml', 'sources: { web: ./corpus.jsonl, more: ./more.jsonl }\n');
    const build = `longmix build mix.yaml --out out --workers ${workers}`;
    const outcome = await shell(`ulimit -f 10; ${build}`, { cwd: place.path });
    expectMessage(outcome, 1, /cannot write .*units-\w+\.tokens: /, /room/);
    expectNothingFinished(at('out'));
    const again = await shell(`${build} && mv out done`, { cwd: place.path });
    expect(again.code).toBe(0);
    expect(temporaryFiles(at('done'))).toEqual([]);
  },
);

describe('a file that several threads read', () => {
  // 10 MB of lines are read in three pieces, which don't know how many lines are before them.
  test('a record is told, and found again, by its line in a file that is read in pieces', async () => {
    const line = `${JSON.stringify({ text: 'of many words '.repeat(70) })}\n`;
    const lines = (count: number) => line.repeat(count);
    place.write('big.jsonl', `${lines(9000)}[1]\n\n${lines(800)}{"text":"the last one","id":"last"}\n[2]\n`);
    for (const workers of ['1', '2']) {
      const outcome = await place.run('build', 'big.jsonl', '--out', `big${workers}`, '--workers', workers);
      expect(outcome.code).toBe(0);
      expect(outcome.stderr).toMatch(/big\.jsonl:9001: not an object[\s\S]*big\.jsonl:9804: not an object/);
    }
    const { stdout } = await place.run('inspect', 'big1/train', '--row', '0', '--json');
    const pieces = (JSON.parse(stdout) as { pieces: { id: string | null; record: number }[] }).pieces;
    expect(pieces.find(({ id }) => id === 'last')?.record).toBe(9803);
  });

  // 10 MB are read in three pieces; what is said must not depend on who reads which.
  test('a name of the id field that no record has is noted, with the fields that are there', async () => {
    const line = `${JSON.stringify({ text: 'of many words '.repeat(70), url: 'x' })}\n`;
    place.write('web.jsonl', line.repeat(10_000));
    const tokenize = async (id: string, workers: string) => {
      place.write('mix.yaml', `sources: { all: { path: ./web.jsonl, id: ${id} } }\n`);
      const flags = ['--out', `${id}${workers}`, '--workers', workers, '--quiet'];
      const { code, stderr } = await place.run('tokenize', 'mix.yaml', ...flags);
      expect(code).toBe(0);
      return stderr;
    };
    for (const workers of ['1', '2']) {
      expect(await tokenize('uri', workers)).toBe(
        'note: source "all": no document has an id (id: uri): no field "uri"; the records have "text", "url"; did you mean `url`?\n',
      );
    }
    expect(await tokenize('url', '1')).toBe('');
    // Rare, and in the last piece only.
    place.write('web.jsonl', `${line.repeat(10_000)}{"text":"the last","uri":7}\n`);
    expect(await tokenize('uri', '3')).toBe('');
  });
});

test('what to try next can be pasted, spaces and all', async () => {
  place.write('mix.yaml', 'sources: { web: ./corpus.jsonl }\n');
  const { stderr } = await place.run('build', 'mix.yaml', '--out', "it's here");
  const next = stderr
    .match(/^ {2}longmix (inspect|verify) .*$/gm)!
    .map((line) => line.trim().split('      ')[0]!);
  expect(next).toHaveLength(2);
  for (const line of next)
    expect(await shell(line, { cwd: place.path })).toMatchObject({ code: 0, stderr: '' });
});

test('init may write its recipe into the corpus through the shell, and neither it nor the output is read', async () => {
  place.write('here/1.txt', 'one');
  const build = 'longmix build a+b.yaml --json --quiet';
  const line = `longmix init . > a+b.yaml && ${build} > /dev/null && ${build}`;
  const { code, stdout, stderr } = await shell(line, { cwd: at('here') });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({ written: false, store: { documents: 1 } });
});

test.skipIf(process.platform === 'win32')(
  'the file is a command by itself, as npx and npm link need it',
  () => {
    const file = fileURLToPath(new URL('../../dist/bin/longmix.js', import.meta.url));
    expect(execFileSync(file, ['--version'], { encoding: 'utf8' })).toMatch(/^\d+\.\d+\.\d+\n$/);
  },
);
