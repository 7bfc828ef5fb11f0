/**
 * Builds random recipes over random corpora on disk, in this process. Then it decodes every row, and compares the
 * content with the documents, tokenized by tiktoken itself.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { get_encoding } from '@dqbd/tiktoken';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type BuildResult, build } from '../../src/build/build.ts';
import { verify } from '../../src/build/verify.ts';
import { LongmixError } from '../../src/errors.ts';
import { heldOut } from '../../src/mix/split.ts';
import type { Bucket } from '../../src/nouns/mix.ts';
import type { Recipe } from '../../src/nouns/recipe.ts';
import { parseRecipe } from '../../src/recipe/parse-recipe.ts';
import { documentOrigins, loadDocuments } from '../../src/store/reader.ts';
import { temporaryFolder } from '../support/folder.ts';
import { fuzz, fuzzTimeout } from '../support/fuzz.ts';
import { readSplit } from '../support/reconstruct.ts';
import { expectLedger, recount } from '../support/recount.ts';

const encoding = 'gpt2';
const eosId = 50_256;
const oracle = get_encoding(encoding);

/** Where a document stands, by what finds it again: the id of a record, the path of a text file. */
interface CorpusDocument {
  readonly place: 'records' | 'named' | 'texts';
  readonly text: string;
}

const words = 'the of Whale sea, 42 naïve — 日本 ship.\n "Call me" x_1 🐋'.split(' ');
const texts: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof(
      { weight: 1, arbitrary: fc.constant(0) },
      { weight: 8, arbitrary: fc.integer({ min: 1, max: 30 }) },
      { weight: 5, arbitrary: fc.integer({ min: 30, max: 200 }) },
      { weight: 2, arbitrary: fc.integer({ min: 200, max: 900 }) },
    ),
    fc.nat(),
  )
  .map(([count, start]) => {
    // Any two starts give texts that differ, and most words do.
    const chosen = Array.from(
      { length: count },
      (_, i) => words[(start + i * (1 + (start % 7))) % words.length],
    );
    return count === 0 ? '' : `${start} ${chosen.join(' ')}`;
  });

/** A quarter of the documents are copies of another, often in another source. */
const corpora: fc.Arbitrary<CorpusDocument[]> = fc
  .array(
    fc.record({
      place: fc.constantFrom('records', 'records', 'named', 'texts') as fc.Arbitrary<CorpusDocument['place']>,
      text: texts,
      copyOf: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat() }),
    }),
    { minLength: 8, maxLength: 60, size: 'max' },
  )
  .map((documents) => {
    const made: CorpusDocument[] = [];
    for (const { place, text, copyOf } of documents) {
      const copied = copyOf === null || made.length === 0 ? text : made[copyOf % made.length]!.text;
      // Every place has a document of text, or a source would be empty.
      const first = !made.some((document) => document.place === place);
      made.push({ place, text: first ? `first ${text}` : copied });
    }
    for (const place of ['records', 'named', 'texts'] as const) made.push({ place, text: `also ${place}` });
    return made;
  });

/** What stands in a recipe, in its own words; sources are written apart. */
const settings = fc.record({
  documents: fc.record({ duplicates: fc.constantFrom('remove', 'keep') }),
  split: fc.record({ validation: fc.constantFrom(0, 0, 0.1, 0.3) }),
  mix: fc.oneof(
    fc.constant({}),
    fc.record({ tokens: fc.integer({ min: 50, max: 3000 }), max_epochs: fc.constantFrom(1, 3, 50) }),
    fc.record({
      length: fc.oneof(
        lengthWith({ long_share: fc.integer({ min: 10, max: 95 }).map((n) => `${n}%`) }),
        lengthWith({ keep_short: fc.integer({ min: 0, max: 100 }).map((n) => `${n}%`) }),
        lengthWith({ remove: fc.constant('long') }),
      ),
      method: fc.constantFrom('drop', 'repeat'),
      max_epochs: fc.constantFrom(1, 4, 50),
    }),
  ),
  sequences: fc
    .record({
      length: fc.integer({ min: 3, max: 400 }),
      packing: fc.constantFrom('best-fit', 'concat', 'pad'),
      overlong: fc.constantFrom('fragment', 'truncate', 'exclude'),
      tails: fc.constantFrom('carry', 'discard'),
      eos: fc.boolean(),
      plus_one: fc.boolean(),
    })
    // Only concat has tails, and a recipe that says otherwise is refused.
    .map(({ tails, ...rest }) => (rest.packing === 'concat' ? { ...rest, tails } : rest)),
  shards: fc.record({
    size: fc.constantFrom('5KB', '40KB', '256MB'),
    dtype: fc.constantFrom('auto', 'uint16', 'int32'),
  }),
  seed: fc.nat(),
});

function lengthWith<T>(rule: Record<string, fc.Arbitrary<T>>): fc.Arbitrary<object> {
  return fc.record({
    threshold: fc.integer({ min: 2, max: 300 }),
    scope: fc.constantFrom('global', 'global', 'per-source'),
    ...rule,
  });
}

/** Writes a corpus and gives the recipe's sources; `where` finds the document of an origin again. */
function writeCorpus(folder: string, documents: readonly CorpusDocument[]): { sources: object } {
  mkdirSync(join(folder, 'texts', 'sub'), { recursive: true });
  const records: string[][] = [[], []];
  const named: string[] = [];
  for (const [n, { place, text }] of documents.entries()) {
    if (place === 'texts') writeFileSync(join(folder, 'texts', n % 3 === 0 ? 'sub' : '', `${n}.txt`), text);
    else if (place === 'named')
      named.push(JSON.stringify({ body: text, key: n, from: n % 2 === 0 ? 'x' : 'y' }));
    else records[n % 2]!.push(JSON.stringify({ text, id: `${n}` }));
  }
  writeFileSync(join(folder, 'a.jsonl'), records[0]!.join('\n'));
  writeFileSync(join(folder, 'b.jsonl'), `${records[1]!.join('\n')}\n`);
  writeFileSync(join(folder, 'named.jsonl'), named.join('\n'));
  return {
    sources: {
      records: { path: '[ab].jsonl' },
      named: { path: 'named.jsonl', text: 'body', id: 'key', source: 'from' },
      texts: 'texts',
    },
  };
}

/** The number of the corpus document that a store document is. */
function corpusNumber(origin: { id: string | null; origin: string }): number {
  return Number(origin.id ?? /(\d+)\.txt$/.exec(origin.origin)![1]);
}

async function attempt(recipe: Recipe, out: string): Promise<BuildResult | LongmixError> {
  try {
    return await build(recipe, out, { workers: 1 });
  } catch (error) {
    if (error instanceof LongmixError) return error;
    throw error;
  }
}

/** 0, and powers of two from 256; the threshold cuts one in two. */
function bucketsFor(threshold: number | null): Bucket[] {
  const edges = [0, ...Array.from({ length: 13 }, (_, i) => 2 ** (8 + i))];
  const all = [...new Set(threshold === null ? edges : [...edges, threshold])].sort((a, b) => a - b);
  return all.map((from, i) => ({ from, to: all[i + 1] ?? null }));
}

let built = 0;
let attempts = 0;

async function check(documents: CorpusDocument[], written: object): Promise<void> {
  const folder = temporaryFolder();
  const yaml = { ...written, tokenizer: encoding, ...writeCorpus(folder, documents) };
  // JSON is YAML.
  const recipe = parseRecipe(JSON.stringify(yaml), join(folder, 'recipe.yaml'));
  const out = join(folder, 'out');
  const result = await attempt(recipe, out);
  attempts += 1;
  if (result instanceof LongmixError) {
    expect(['mix-infeasible', 'mix-empty']).toContain(result.code);
    expect(existsSync(join(out, 'train', 'manifest.json'))).toBe(false);
    return;
  }
  built += 1;

  // The store's documents are the corpus's: all of them, once each, but for files without text.
  const store = result.store.manifest;
  const own = documents.flatMap(({ place }, n) => (place === 'named' ? [n % 2 === 0 ? 'x' : 'y'] : []));
  expect(store.sources).toEqual(['records', 'texts', ...new Set(own.sort())]);
  const table = loadDocuments(join(out, 'store'), store);
  const origins = await documentOrigins(join(out, 'store'), store, [...table.lengths.keys()]);
  const numbers = origins.map(corpusNumber);
  const expected = [...documents.keys()].filter(
    (n) => documents[n]!.place !== 'texts' || documents[n]!.text !== '',
  );
  expect(numbers.toSorted((a, b) => a - b)).toEqual(expected);
  const tokens = numbers.map((n) => oracle.encode_ordinary(documents[n]!.text));
  expect([...table.lengths]).toEqual(tokens.map((ids) => ids.length));
  for (const [d, origin] of origins.entries()) {
    const { place } = documents[numbers[d]!]!;
    expect(origin.source).toBe(place === 'named' ? (numbers[d]! % 2 === 0 ? 'x' : 'y') : place);
  }

  const held = heldOut(table, recipe.validation, recipe.seed);
  const side = new Map<string, string>();
  const textsSeen = new Set<string>();
  const duplicate = numbers.map((n) => {
    const { text } = documents[n]!;
    const again = recipe.documents.duplicates === 'remove' && textsSeen.has(text);
    textsSeen.add(text);
    return again;
  });
  const buckets = bucketsFor(recipe.phases[0]!.mix.length?.threshold ?? null);
  let read = 0;
  for (const { split, ledger } of result.shardSets) {
    const { manifest, rows } = readSplit(out, split as 'train');
    expect(manifest.ledger).toEqual(ledger);
    expect(manifest.rows).toBe(rows.length);
    const { bosId, padId } = manifest;
    const counted = recount(rows, manifest.width, table.count, (d) => tokens[d]!, { bosId, eosId, padId });
    for (const [d, inRows] of counted.inRows.entries()) {
      if (inRows === 0) continue;
      const { text } = documents[numbers[d]!]!;
      expect(side.get(text) ?? split).toBe(split);
      side.set(text, split);
    }
    // A document that no row shows (not sampled, excluded, empty) has a side too; what rows show must agree with it.
    const member = Array.from(held, (side) => side === (split === 'validation' ? 1 : 0));
    for (const [d, inRows] of counted.inRows.entries()) if (inRows > 0) expect(member[d]).toBe(true);
    const sources = origins.map(({ source }) => source);
    const lengths = [...table.lengths];
    const rule = recipe.phases[0]!.mix.length;
    const removes = split === 'train' && rule?.rule.kind === 'remove_long';
    const removed = removes ? (length: number) => length >= rule.threshold : null;
    const copies = { sources, lengths, member, duplicate };
    expectLedger(ledger, counted, copies, buckets, recipe.sequences, removed);
    if (split === 'validation')
      expectAllUsable(
        counted.once,
        lengths,
        member.map((own, d) => own && !duplicate[d]),
        recipe,
      );
    read += ledger.read;
    if (!recipe.sequences.eos) expect(counted.specialTokens).toBe(0);
  }
  // A split without rows is not written: what it read is what the others have not.
  const missing = lengthsOf(
    table.lengths,
    (d) => !result.shardSets.some((set) => isMember(set.split, held[d]!)),
  );
  expect(read + missing).toBe(tokens.reduce((sum, ids) => sum + ids.length, 0));
  expect((await verify(out, true)).faults).toEqual([]);

  const again = await build(recipe, out, { workers: 1 });
  expect(again.written).toBe(false);
  expect(again.shardSets).toEqual(result.shardSets);
}

function isMember(split: string, held: number): boolean {
  return (split === 'validation') === (held === 1);
}

function lengthsOf(lengths: Uint32Array, which: (document: number) => boolean): number {
  return lengths.reduce((sum, length, d) => (which(d) ? sum + length : sum), 0);
}

/** Validation is not mixed: every document that may be used stands there, whole (`discard` cuts some). */
function expectAllUsable(
  once: readonly number[],
  lengths: readonly number[],
  member: readonly boolean[],
  { sequences }: Recipe,
): void {
  const { length: width, plusOne, eos, overlong, tails } = sequences;
  const room = width + (plusOne ? 1 : 0);
  for (const [d, length] of lengths.entries()) {
    if (!member[d] || length === 0) continue;
    const tooLong = length + (eos ? 1 : 0) > room;
    if (tooLong && overlong === 'exclude') expect(once[d]).toBe(0);
    else if (tails === 'discard') expect(once[d]).toBeGreaterThan(0);
    else expect(once[d]).toBe(tooLong && overlong === 'truncate' ? Math.min(length, room) : length);
  }
}

it(
  'every row is made of the documents that it names, no document is on both sides, and the ledger is right',
  async () => {
    await fc.assert(fc.asyncProperty(corpora, settings, check), fuzz(15));
    expect(built / attempts).toBeGreaterThan(0.5);
  },
  fuzzTimeout(120_000),
);
