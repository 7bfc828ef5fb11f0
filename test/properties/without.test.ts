/**
 * `mix.without` against what a trainer really saw: random builds are fed, step by step, and the tokens of the batches say
 * which documents were read. A later build over a corpus that has changed holds none of them, and all others.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { build } from '../../src/build/build.ts';
import { LongmixError } from '../../src/errors.ts';
import { openFeed } from '../../src/feed/feed.ts';
import { parseRecipe } from '../../src/recipe/parse-recipe.ts';
import { temporaryFolder } from '../support/folder.ts';
import { fuzz, fuzzTimeout, often } from '../support/fuzz.ts';
import { readSplit } from '../support/reconstruct.ts';
import { type TaggedDocument, taggedDocuments } from '../support/tagged-corpus.ts';

const documents = fc.array(
  fc.record({
    length: fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: 1, max: 40 }) },
      { weight: 3, arbitrary: fc.integer({ min: 40, max: 400 }) },
    ),
    /** Where it stands: in the earlier corpus, in the later one, or in both; a copy may stand beside it. */
    inCorpus: fc.constantFrom('both', 'both', 'both', 'earlier', 'later'),
    copy: fc.constantFrom(false, false, false, true),
  }),
  { minLength: 10, maxLength: 50, size: 'max' },
);
type Described = typeof documents extends fc.Arbitrary<(infer T)[]> ? T : never;

const packing = fc.oneof(
  fc.record({ length: fc.constantFrom(16, 64, 128), packing: fc.constantFrom('best-fit', 'concat', 'pad') }),
  fc.constant({ length: 128, packing: 'decompose', decompose: { smallest: 16 } }),
);

const earlier = fc.record({
  sequences: packing,
  mix: fc.constantFrom(
    {},
    { tokens: 500, max_epochs: 1, method: 'drop', redistribute: 'over-all' },
    { tokens: 6000, max_epochs: 50, redistribute: 'over-all' },
  ),
  documents: fc.record({ duplicates: fc.constantFrom('remove', 'keep') }),
  split: fc.record({ validation: fc.constantFrom(0, 0.2) }),
  phased: fc.boolean(),
  stepTokens: fc.constantFrom(null, 128, 256),
  shards: fc.record({ size: fc.constantFrom('1KB', '256MB') }),
  seed: fc.nat(),
});

const runs = fc.record({
  earlier,
  documents,
  /** Part of the steps of an epoch, in thousandths; beyond 1000 the run is in its second epoch. null: all rows. */
  part: fc.oneof({ weight: 1, arbitrary: fc.constant(null) }, { weight: 9, arbitrary: fc.nat(1300) }),
  rowsPerStep: fc.constantFrom(1, 2, 3),
  keepStore: fc.boolean(),
});

function writeCorpus(folder: string, lines: readonly TaggedDocument[], inOneFile: boolean): object {
  mkdirSync(folder, { recursive: true });
  const half = inOneFile ? lines.length : lines.length >> 1;
  for (const [name, some] of [
    ['a', lines.slice(0, half)],
    ['b', lines.slice(half)],
  ] as const)
    writeFileSync(join(folder, `${name}.jsonl`), some.map(({ text }) => JSON.stringify({ text })).join('\n'));
  return { one: join(folder, 'a.jsonl'), ...(inOneFile ? {} : { two: join(folder, 'b.jsonl') }) };
}

let compared = 0;
let partly = 0;

async function check(run: typeof runs extends fc.Arbitrary<infer T> ? T : never): Promise<void> {
  const folder = temporaryFolder();
  const tagged = taggedDocuments(run.documents.map(({ length }) => length));
  const documentOf = new Map(tagged.flatMap(({ ids }, d) => ids.map((id) => [id, d] as const)));
  const standing = (where: Described['inCorpus']) =>
    run.documents.flatMap(({ inCorpus, copy }, d) =>
      inCorpus !== 'both' && inCorpus !== where ? [] : copy ? [tagged[d]!, tagged[d]!] : [tagged[d]!],
    );
  const { phased, stepTokens, ...settings } = run.earlier;
  const isPhased = phased && settings.sequences.packing !== 'decompose';
  const first = {
    ...settings,
    tokenizer: 'gpt2',
    sources: writeCorpus(join(folder, 'earlier-corpus'), standing('earlier'), false),
    ...(stepTokens === null ? {} : { tokens_per_step: stepTokens }),
    ...(isPhased
      ? { phases: { short: { tokens: '40%', sequences: { length: 16 } }, long: { tokens: '60%' } } }
      : {}),
  };
  const out = join(folder, 'earlier');
  try {
    await build(parseRecipe(JSON.stringify(first), join(folder, 'earlier.yaml')), out, { workers: 1 });
  } catch (error) {
    if (error instanceof LongmixError && /^mix-/.test(error.code)) return;
    throw error;
  }

  // What a trainer reads.
  const hasSteps = stepTokens !== null || settings.sequences.packing === 'decompose';
  const feed = openFeed(out, hasSteps ? {} : { rowsPerStep: run.rowsPerStep });
  const { epochSteps } = feed;
  const steps = run.part === null || epochSteps === 0 ? null : Math.ceil((epochSteps * run.part) / 1000);
  const seen = new Set<number>();
  for (let step = 0; step < (steps ?? epochSteps); step += 1) {
    const { inputIds } = feed.batch({ epoch: Math.floor(step / epochSteps), step: step % epochSteps }, 0, 1);
    for (const id of inputIds) seen.add(id);
  }
  feed.close();
  const read = new Set([...seen].flatMap((id) => documentOf.get(id) ?? []));
  if (!run.keepStore) rmSync(join(out, 'store'), { recursive: true });

  // What the later build holds: of another order, with another seed and another split.
  const later = standing('later').toReversed();
  const without =
    steps === null
      ? out
      : hasSteps
        ? `${out}@${steps}`
        : { build: out, ...(steps === 0 ? {} : { steps }), rows_per_step: run.rowsPerStep };
  const second = {
    tokenizer: 'gpt2',
    sources: writeCorpus(join(folder, 'later-corpus'), later, true),
    sequences: { length: 64 },
    split: { validation: 0.1 },
    mix: { without },
    seed: 1,
  };
  const recipe = parseRecipe(JSON.stringify(second), join(folder, 'later.yaml'));
  let built: Awaited<ReturnType<typeof build>>;
  try {
    built = await build(recipe, join(folder, 'later'), { workers: 1 });
  } catch (error) {
    // All of it may have been read.
    if (error instanceof LongmixError && /^mix-/.test(error.code)) return;
    throw error;
  }
  const held = new Set<number>();
  for (const { name } of built.plan.sets)
    for (const { ids } of readSplit(join(folder, 'later'), name).rows)
      for (const id of Array.from(ids)) if (documentOf.has(id)) held.add(id);
  const isWhole = (d: number) => tagged[d]!.ids.every((id) => held.has(id));
  const isAbsent = (d: number) => !tagged[d]!.ids.some((id) => held.has(id));
  const inLater = new Set(later.map((one) => tagged.indexOf(one)));
  const [entry] = built.plan.without;
  // After a whole epoch all rows count, those that make no whole step too.
  const isExact = steps !== null && steps > 0 && steps <= epochSteps;
  for (const d of inLater) {
    if (read.has(d)) expect(isAbsent(d)).toBe(true);
    else if (isExact) expect(isWhole(d)).toBe(true);
    else expect(isWhole(d) || isAbsent(d)).toBe(true);
  }
  compared += 1;
  // A split without rows has no ledger in the plan.
  const { train, validation } = built.plan.ledgers;
  if (validation !== undefined)
    expect(train!.dropped.already_read + validation.dropped.already_read).toBe(entry!.tokens);
  if (!isExact) return;
  const left = [...inLater].filter((d) => read.has(d));
  const unread = left.flatMap((d) => tagged[d]!.ids.filter((id) => !seen.has(id))).length;
  const tokens = left.reduce((sum, d) => sum + tagged[d]!.ids.length, 0);
  expect(entry).toMatchObject({ documents: left.length, tokens, unread, steps });
  expect(entry!.absent).toBe([...read].filter((d) => !inLater.has(d)).length);
  if (left.length > 0 && left.length < inLater.size) partly += 1;
}

it(
  'a later build holds no document of which a step of the earlier run had a row, and all others',
  async () => {
    await fc.assert(fc.asyncProperty(runs, check), fuzz(10));
    expect(compared).toBeGreaterThan(often(4));
    expect(partly).toBeGreaterThan(often(2));
  },
  fuzzTimeout(240_000),
);
