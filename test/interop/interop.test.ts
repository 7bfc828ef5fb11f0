/**
 * Hugging Face `datasets`, which users read shards with, reads what longmix writes (load.py). The test is skipped, with
 * a message, if Python or `datasets` is missing; LONGMIX_REQUIRE_PYTHON=1 makes that a failure. `scripts/python-env.sh`
 * installs both.
 */

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { discover } from '../../src/read/input/discover.ts';
import { parseRecipe } from '../../src/recipe/parse-recipe.ts';
import type { ShardSetManifest } from '../../src/shard/format.ts';
import { longmixOk } from '../support/command.ts';
import { findOldestPython, findPython } from '../support/python.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);
const python = findPython('test/interop');
const oldest = findOldestPython('indexing with the oldest datasets');

describe.skipIf(python === null)('datasets.load_from_disk', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'longmix-interop-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    { encoding: 'cl100k_base', dtype: 'int32', sequences: 'packing: best-fit, eos: true' },
    { encoding: 'gpt2', dtype: 'uint16', sequences: 'packing: concat, eos: true' },
    { encoding: 'gpt2', dtype: 'int32', sequences: 'packing: best-fit, eos: false, plus_one: true' },
    {
      encoding: 'gpt2',
      dtype: 'auto',
      sequences: 'packing: best-fit',
      phases: '{ short: { tokens: 30%, sequences: { length: 64 } }, long: { tokens: 70% } }',
      sets: ['train_long', 'train_short', 'validation'],
    },
  ])('gives back every document: $encoding, $dtype, $sequences $phases', async (given) => {
    const { encoding, dtype, sequences, phases, sets = ['train', 'validation'] } = given;
    const name = `${encoding}-${dtype}-${sequences.replace(/\W+/g, '-')}`;
    const home = join(folder, name);
    const expected = await writeCorpus(home);
    const recipe = join(home, 'recipe.yaml');
    writeFileSync(
      recipe,
      [
        `tokenizer: ${encoding}`,
        'sources:',
        '  notes: { path: notes.jsonl }',
        '  files: { path: files }',
        'split: { validation: 20% }',
        `sequences: { length: 256, ${sequences} }`,
        `shards: { size: 64KB, dtype: ${dtype} }`,
        ...(phases === undefined ? [] : [`phases: ${phases}`]),
      ].join('\n'),
    );
    const out = join(home, 'out');
    await longmixOk(['build', recipe, '--out', out]);

    const seen = await load(out, encoding, expected);
    expect(seen.documents).toBe(documents.length);
    expect(Object.keys(seen.splits).sort()).toEqual(sets);
    expect(seen.splits[sets[0]!]!.documents).toBeGreaterThan(seen.splits.validation!.documents);
    for (const set of sets) expect(seen.splits[set]!.documents).toBeGreaterThan(0);
    // The long ones don't fit in a row.
    expect(seen.pieces).toBeGreaterThan(documents.length);
  });
});

describe.each([
  { version: /^5\./, with: python },
  { version: /^2\.14\./, with: oldest },
])('indexing with datasets $version', ({ version, with: interpreter }) => {
  it.skipIf(interpreter === null)('gives the rows, in whatever way', async () => {
    const home = mkdtempSync(join(tmpdir(), 'longmix-index-'));
    try {
      await writeCorpus(home);
      const recipe = join(home, 'recipe.yaml');
      const keys = ['tokenizer: gpt2', 'sources: { notes: notes.jsonl }', 'sequences: { length: 256 }'];
      writeFileSync(recipe, [...keys, 'shards: { size: 8KB }'].join('\n'));
      await longmixOk(['build', recipe, '--out', join(home, 'out')]);
      const script = fileURLToPath(new URL('index.py', import.meta.url));
      const { stdout } = await run(interpreter!, [script, join(home, 'out/train'), join(home, 'scratch')]);
      expect((JSON.parse(stdout.trim().split('\n').at(-1)!) as { datasets: string }).datasets).toMatch(
        version,
      );
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });
});

/** Reads the sample's shards back and compares them with the files that its documents were made of. */
describe.skipIf(python === null)('the sample', () => {
  it('gives back the text of its files', async () => {
    const recipe = join(root, 'pipelines/sample.yaml');
    const folder = mkdtempSync(join(tmpdir(), 'longmix-interop-sample-'));
    try {
      const out = join(folder, 'out');
      await longmixOk(['build', recipe, '--out', out, '--quiet']);
      const expected = join(folder, 'expected.jsonl');
      const records: string[] = [];
      for (const source of parseRecipe(readFileSync(recipe, 'utf8'), recipe).sources) {
        for (const { files, joined } of (await discover(source)).units) {
          const text = files
            .map((file) => readFileSync(file.path, 'utf8'))
            .join(joined ? source.separator : '');
          // A file without text is no document.
          if (text !== '') records.push(JSON.stringify({ doc: records.length, text }));
        }
      }
      writeFileSync(expected, `${records.join('\n')}\n`);
      const seen = await load(out, 'cl100k_base', expected, '--sampled');
      const manifest = JSON.parse(readFileSync(join(out, 'train/manifest.json'), 'utf8')) as ShardSetManifest;
      expect(records.length).toBeGreaterThan(2000);
      expect(seen.documents).toBeGreaterThan(700);
      // At most one document a cell is taken in part.
      expect(seen.beginnings).toBeLessThanOrEqual(manifest.ledger.cells.length);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** Short and long, in several scripts, with line ends of both kinds, and with text that looks like a special token. */
const documents: readonly string[] = Array.from({ length: 120 }, (_, i) => {
  const flavours = [
    'The quick brown fox jumps over the lazy dog.\n',
    'Zeile mit Umlauten: ä ö ü ß — «Zitat»\r\n',
    '速い茶色の狐が、怠け者の犬を飛び越える。\n',
    'const f = (x) => x ** 2; // <|endoftext|> is text here\n',
    '🦊👩‍👩‍👧 e\u0301\u00a0\u200b\t\t  trailing   \n',
  ];
  const lines = i % 10 === 9 ? 200 : 1 + (i % 7);
  return Array.from({ length: lines }, (_, line) => `${i}.${line} ${flavours[(i + line) % 5]}`).join('');
});

/** Half of the documents in a JSON Lines file, half as files; the store numbers them in this order. */
async function writeCorpus(home: string): Promise<string> {
  await mkdir(join(home, 'files'), { recursive: true });
  const half = documents.length / 2;
  const notes = documents.slice(0, half).map((text, i) => `${JSON.stringify({ id: `n${i}`, text })}\n`);
  writeFileSync(join(home, 'notes.jsonl'), notes.join(''));
  for (const [i, text] of documents.slice(half).entries()) {
    writeFileSync(join(home, 'files', `${String(i).padStart(3, '0')}.txt`), text);
  }
  const expected = join(home, 'expected.jsonl');
  writeFileSync(expected, documents.map((text, doc) => `${JSON.stringify({ doc, text })}\n`).join(''));
  return expected;
}

interface Seen {
  readonly documents: number;
  readonly beginnings: number;
  readonly pieces: number;
  readonly splits: Readonly<Record<string, { readonly documents: number }>>;
}

async function load(out: string, encoding: string, expected: string, ...flags: string[]): Promise<Seen> {
  const { stdout } = await run(python!, [
    fileURLToPath(new URL('load.py', import.meta.url)),
    out,
    join(root, `node_modules/@dqbd/tiktoken/encoders/${encoding}.json`),
    expected,
    ...flags,
  ]);
  return JSON.parse(stdout) as Seen;
}
