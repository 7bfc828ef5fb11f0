/** `longmix inspect`, as a user types it: pieces by document, source and text, and random pieces. */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectMessage, workplace } from '../support/in-process.ts';

const place = workplace();
afterAll(() => place[Symbol.dispose]());

interface Found {
  readonly folder: string;
  readonly row: number;
  readonly piece: number;
  readonly source: string;
  readonly document: number;
  readonly origin: string;
  readonly record: number;
  readonly id: string | null;
  readonly text: string;
}

beforeAll(async () => {
  const line = (i: number) =>
    JSON.stringify({ id: `n${i}`, text: `Note ${i} is about ${'words '.repeat(i % 40)}and ends.` });
  place.write('notes.jsonl', Array.from({ length: 200 }, (_, i) => `${line(i)}\n`).join(''));
  place.write('texts/deep/one.txt', `A longer text. ${'It goes on. '.repeat(200)}needle in it.`);
  place.write(
    'mix.yaml',
    'tokenizer: gpt2\nsources: { notes: ./notes.jsonl, texts: ./texts }\nsequences: { length: 256 }\nsplit: { validation: 5% }\n',
  );
  expect((await place.run('build', 'mix.yaml', '--quiet')).code).toBe(0);
  // Elsewhere, and without the store.
  cpSync(join(place.path, 'out/mix/train'), join(place.path, 'copy'), { recursive: true });
}, 60_000);

async function found(...args: string[]): Promise<Found[]> {
  const { code, stdout, stderr } = await place.run('inspect', ...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return (JSON.parse(stdout) as { pieces: Found[] }).pieces;
}

it('finds a document by its id, its number and its file, in a copy', async () => {
  const pieces = await found('copy', '--doc', 'n17', '--limit', '20');
  expect(pieces.length).toBeGreaterThan(0);
  for (const { source, origin, record, id, text } of pieces) {
    expect({ source, origin, record, id }).toEqual({
      ...{ source: 'notes', origin: 'notes.jsonl', record: 18, id: 'n17' },
    });
    expect(`Note 17 is about ${'words '.repeat(17)}and ends.<|endoftext|>`).toContain(text);
  }
  expect(await found('copy', '--doc', `${pieces[0]!.document}`, '--limit', '20')).toEqual(pieces);
  const texts = await found('copy', '--doc', 'deep/one.txt', '--full');
  expect(texts.map(({ text }) => text).join('')).toContain('needle in it.');
  expect(texts.length).toBeGreaterThan(2);
});

it('finds pieces of a source, and of a text', async () => {
  const [needle, ...others] = await found('copy', '--grep', 'needle', '--source', 'texts');
  expect(others).toEqual([]);
  expect(needle).toMatchObject({ origin: 'deep/one.txt', text: expect.stringContaining('needle') });
  const { stdout } = await place.run('inspect', 'copy', '--grep', 'needle');
  expect(stdout).toMatch(
    /^-- copy, row \d+, piece \d+: \d+ tokens, source texts, deep\/one\.txt, document \d+, from its token/,
  );
  expect(stdout).toContain('needle in it.');
});

it('takes some at random, and the same ones again', async () => {
  const pieces = await found('copy', '--random', '5', '--seed', '7');
  expect(new Set(pieces.map(({ row }) => row)).size).toBe(5);
  const notes = ['copy', '--random', '8', '--seed', '1', '--source', 'notes'];
  const some = await found(...notes);
  expect(some.map(({ source }) => source)).toEqual(new Array(8).fill('notes'));
  expect(new Set(some.map(({ row, piece }) => `${row} ${piece}`)).size).toBe(8);
  expect(await found(...notes)).toEqual(some);
  const { stdout } = await place.run('inspect', 'copy', '--random', '2');
  expect(stdout.match(/^-- /gm)).toHaveLength(2);
  expect(stdout).toMatch(/\(--seed \d+ shows the same ones again\)\n$/);
});

it('looks through all sets of a build', async () => {
  const pieces = await found('out/mix', '--source', 'notes', '--limit', '1000');
  expect([...new Set(pieces.map(({ folder }) => folder))].sort()).toEqual([
    'out/mix/train',
    'out/mix/validation',
  ]);
  expect(new Set(pieces.map(({ id }) => id)).size).toBe(200);
});

it('a row of a copy says its files', async () => {
  const { stdout } = await place.run('inspect', 'copy', '--row', '0');
  expect(stdout).toMatch(/notes\.jsonl:\d+|deep\/one\.txt/);
  expect(stdout).not.toContain('any more');
});

describe('what is not there', () => {
  it.each([
    { args: ['--doc', 'n9999'], code: 1, says: /no piece of a document in copy is of document n9999/ },
    { args: ['--grep', 'NEEDLE'], code: 1, says: /no piece of a document in copy has the text "NEEDLE"/ },
    { args: ['--source', 'webs'], code: 2, says: /--source: no source "webs" .*\n.*notes, texts/ },
    { args: ['--row', '1', '--grep', 'a'], code: 2, says: /--row shows one row/ },
  ] as const)('$args', async ({ args, code, says }) => {
    expectMessage(await place.run('inspect', 'copy', ...args), code, says);
  });

  it('shards without provenance', async () => {
    place.write(
      'plain.yaml',
      'tokenizer: gpt2\nsources: { notes: ./notes.jsonl }\nsequences: { length: 256 }\nshards: { provenance: false }\n',
    );
    expect((await place.run('build', 'plain.yaml', '--out', 'without', '--quiet')).code).toBe(0);
    expectMessage(await place.run('inspect', 'without', '--doc', 'n1'), 2, /does not record which documents/);
    expect((await place.run('inspect', 'without', '--grep', 'Note 3 ')).stdout).toContain('Note 3 ');
    rmSync(join(place.path, 'without'), { recursive: true });
  });
});
