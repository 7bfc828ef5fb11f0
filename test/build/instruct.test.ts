/** Chunks of long documents, and the conversations that answers about them make. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drawChunks } from '../../src/build/instruct/chunks.ts';
import { recipeFrom } from '../../src/recipe/recipe-from.ts';
import { temporaryFolder } from '../support/folder.ts';
import { longmix } from '../support/in-process.ts';

const book = (number: number, words: number) =>
  Array.from({ length: words }, (_, i) => `word${number}-${i} \u{1f600}`).join(' ');

function library() {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'books'));
  for (let i = 0; i < 12; i += 1)
    writeFileSync(join(folder, 'books', `b${i}.txt`), book(i, i < 2 ? 5 : 300 + i));
  const recipe = (seed: number) => recipeFrom({ sources: { books: './books' }, seed }, { directory: folder });
  return { folder, recipe, textOf: (file: string) => readFileSync(join(folder, 'books', file), 'utf8') };
}

const size = { count: 5, characters: 200, from: 1000 };

describe('chunks', () => {
  it('are pieces of long documents, each of another, and the same for the same seed', async () => {
    const { recipe, textOf } = library();
    const chunks = await drawChunks(recipe(1), size);
    expect(new Set(chunks.map(({ file }) => file)).size).toBe(5);
    for (const { file, start, text } of chunks) {
      expect(textOf(file).slice(start, start + text.length)).toBe(text);
      expect(text.length).toBeGreaterThan(196);
      expect(Buffer.from(text).toString()).toBe(text);
      expect(file).not.toMatch(/^b[01]\./);
    }
    expect(await drawChunks(recipe(1), size)).toEqual(chunks);
    expect(await drawChunks(recipe(2), size)).not.toEqual(chunks);
    expect((await drawChunks(recipe(1), { ...size, count: 3 })).map(({ id }) => id)).toEqual(
      chunks.slice(0, 3).map(({ id }) => id),
    );
  });
});

describe('the command chunks', () => {
  it('says which flag asks for too much, and that there are fewer than asked for', async () => {
    const { folder } = library();
    const books = join(folder, 'books');
    const none = await longmix(['chunks', books, '--characters', '300000', '--count', '2'], {});
    expect(none.stderr).toMatch(/no document has 300000 characters[\s\S]*--characters/);
    const fewer = await longmix(
      ['chunks', books, '--characters', '200', '--from', '1000', '--count', '99'],
      {},
    );
    expect(fewer.code).toBe(0);
    expect(fewer.stderr).toContain('note: 10 chunks, not 99: no more documents have 1000 characters');
  });
});

describe('assemble', () => {
  it('joins answers with whole documents, cut around their chunk, without what the judge refuses', async () => {
    const { folder, textOf } = library();
    const books = join(folder, 'books');
    const drawn = await longmix(
      ['chunks', books, '--count', '5', '--characters', '200', '--from', '1000'],
      {},
    );
    const chunks = drawn.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const answers = chunks.map((chunk, i) => ({
      ...chunk,
      q: `What is ${i}?`,
      a: i === 1 ? ' ' : `It is ${i}.`,
      good: i === 0 ? 'no' : 1,
    }));
    writeFileSync(join(folder, 'answers.jsonl'), answers.map((one) => `${JSON.stringify(one)}\n`).join(''));
    const out = join(folder, 'long.jsonl');
    const flags = ['--question', 'q', '--answer', 'a', '--keep', 'good', '--out', out];
    const done = await longmix(
      ['assemble', books, join(folder, 'answers.jsonl'), ...flags, '--characters', '1500'],
      {},
    );
    expect(done).toMatchObject({ code: 0 });
    expect(done.stdout).toContain('3 conversations (left out: 1 by the judge, 1 without');
    const made = readFileSync(out, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(made).toHaveLength(3);
    for (const { id, file, context, question, answer } of made) {
      const of = answers.find((one) => one.id === id)!;
      expect([question, answer, file]).toEqual([of.q, of.a, of.file]);
      expect(textOf(file)).toContain(context);
      expect(context).toContain(of.text);
      expect(context.length).toBeLessThanOrEqual(1500);
      expect(context.length).toBeGreaterThan(1490);
    }
    await longmix(['assemble', books, join(folder, 'answers.jsonl'), ...flags], {});
    expect(JSON.parse(readFileSync(out, 'utf8').split('\n')[0]!).context).toBe(textOf(made[0].file));
  });

  it('refuses answers about another corpus, or without their chunk', async () => {
    const { folder } = library();
    const books = join(folder, 'books');
    const write = (lines: object[]) =>
      writeFileSync(join(folder, 'a.jsonl'), lines.map((one) => JSON.stringify(one)).join('\n'));
    const run = () =>
      longmix(['assemble', books, join(folder, 'a.jsonl'), '--out', join(folder, 'o.jsonl')], {});
    const whole = {
      source: 'books',
      file: 'gone.txt',
      record: 0,
      start: 0,
      text: 'x',
      question: 'q',
      answer: 'a',
    };
    write([whole]);
    expect((await run()).stderr).toContain('is not in the corpus');
    write([{ ...whole, file: 'b3.txt' }]);
    expect((await run()).stderr).toContain('another text');
    write([{ question: 'q' }]);
    expect((await run()).stderr).toContain('a.jsonl:1');
  });

  it('refuses a field that no answer has, and writes no file where nothing is left', async () => {
    const { folder } = library();
    const books = join(folder, 'books');
    const chunk = { source: 'books', file: 'b3.txt', record: 0, start: 0, text: 'word3-0' };
    const lines = [
      { ...chunk, question: 'q', answer: 'a', good: 'no' },
      { ...chunk, question: 'q', answer: 'a' },
    ];
    writeFileSync(join(folder, 'a.jsonl'), lines.map((one) => JSON.stringify(one)).join('\n'));
    const out = join(folder, 'o.jsonl');
    const run = (...flags: string[]) =>
      longmix(['assemble', books, join(folder, 'a.jsonl'), '--out', out, ...flags], {});
    const misspelt = await run('--keep', 'god');
    expect(misspelt.code).toBe(2);
    expect(misspelt.stderr).toContain('no answer has a field "god"; did you mean `good`?');
    const none = await run('--keep', 'good');
    expect(none.code).toBe(1);
    expect(none.stderr).toContain('left out: 1 by the judge, 1 without the field good, 0 without a question');
    expect(existsSync(out)).toBe(false);
  });
});
