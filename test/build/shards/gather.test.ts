/** Gathered tokens give the shards of the direct way, byte for byte, and each byte of the store is read once. */

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { idBytes } from '../../../src/base/id-bytes.ts';
import type { BuildPlan, TokenStore } from '../../../src/build/nouns.ts';
import {
  type GatherPlan,
  gatherSizes,
  isGathered,
  planGather,
} from '../../../src/build/shards/gather-plan.ts';
import { gatherJob, planShards, shardJob, withSegments } from '../../../src/build/shards/shard-job.ts';
import { type Job, runJob } from '../../../src/execute/executor.ts';
import type { GatherResult } from '../../../src/execute/gather-task.ts';
import { segmentEnds } from '../../../src/execute/gathered-tokens.ts';
import { machineMemory, tokenShare } from '../../../src/execute/memory.ts';
import { refuseLittleMemory, type StoreMemory } from '../../../src/execute/shard-sources.ts';
import type { StageName, StageTypes } from '../../../src/execute/stages.ts';
import { threads } from '../../../src/execute/tasks.ts';
import type { SequenceSpec } from '../../../src/nouns/recipe.ts';
import type { RowPlan } from '../../../src/nouns/rows.ts';
import type { DocumentTable } from '../../../src/nouns/tokens.ts';
import { packRows } from '../../../src/pack/rows.ts';
import type { StoreDtype, StoreManifest } from '../../../src/store/format.ts';
import { tokensFile } from '../../../src/store/format.ts';
import { TokenReader } from '../../../src/store/token-reader.ts';
import { errorOf } from '../../support/error-of.ts';
import { hashes, temporaryFolder } from '../../support/folder.ts';
import { fuzz, fuzzTimeout, often } from '../../support/fuzz.ts';
import { instancesOf } from '../../support/instances.ts';
import { sequenceSpec } from '../../support/recipes.ts';
import { corpora } from '../../support/table.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const run = <S extends StageName>(job: Job<S>): Promise<StageTypes[S]['result'][]> =>
  runJob(threads(1), job, {});

interface Case {
  readonly table: DocumentTable;
  readonly plans: readonly RowPlan[];
  readonly dtype: StoreDtype;
  readonly shardDtype: 'uint16' | 'int32';
  readonly provenance: boolean;
}

/** A store with these documents, and a plan of these sets. Every token says where it stands. */
function place({ table, plans, dtype, shardDtype }: Case): {
  folder: string;
  store: TokenStore;
  plan: BuildPlan;
} {
  const folder = temporaryFolder();
  const parts: { name: string }[] = [];
  for (let part = 0; part + 1 < table.partStarts.length; part += 1) {
    const name = `part-0000${part}`;
    const [from, to] = [table.partStarts[part]!, table.partStarts[part + 1]!];
    const count = table.lengths.subarray(from, to).reduce((sum, length) => sum + length, 0);
    const ids = dtype === 'uint16' ? new Uint16Array(count) : new Uint32Array(count);
    for (let d = from, at = 0; d < to; d += 1)
      for (let i = 0; i < table.lengths[d]!; i += 1, at += 1) ids[at] = (d * 31 + i * 7) % 50_000;
    writeFileSync(join(folder, tokensFile(name)), ids);
    parts.push({ name });
  }
  const tokenizer = { bosId: 50_001, eosId: 50_002 };
  const manifest = { fingerprint: 'store', dtype, parts, tokenizer } as unknown as StoreManifest;
  const sets = plans.map((rows, i) => ({ name: `train_${i}`, rows }));
  const plan = { fingerprint: 'plan', table, sets, dtype: shardDtype } as unknown as BuildPlan;
  return { folder, store: { folder, manifest, padId: null }, plan };
}

function directly(made: ReturnType<typeof place>, provenance: boolean, shardBytes: number) {
  const { folder, store, plan } = made;
  const shards = plan.sets.map(({ rows }) => planShards(rows, idBytes(plan.dtype), shardBytes));
  const out = join(folder, 'direct');
  return { shards, out, job: shardJob(plan, shards, store, { out, provenance, gather: null }) };
}

async function throughFiles(
  { folder, store, plan }: ReturnType<typeof place>,
  provenance: boolean,
  gather: GatherPlan,
): Promise<{ out: string; results: GatherResult[] }> {
  const out = join(folder, 'gathered');
  const results = await run(gatherJob(plan, gather, store, out));
  const job = shardJob(plan, [], store, { out, provenance, gather });
  await run(withSegments(job, segmentEnds(results.map(({ ends }) => ends))));
  return { out, results };
}

/** Counts how often each token of the store is read. */
function countReads(table: DocumentTable): Uint32Array {
  const before = new Float64Array(table.count + 1);
  for (let d = 0; d < table.count; d += 1) before[d + 1] = before[d]! + table.lengths[d]!;
  const reads = new Uint32Array(before[table.count]!);
  const copy = TokenReader.prototype.copy;
  vi.spyOn(TokenReader.prototype, 'copy').mockImplementation(function (this: TokenReader, ...given) {
    const [document, start, length] = given;
    for (let i = 0; i < length; i += 1) reads[before[document]! + start + i]! += 1;
    copy.apply(this, given);
  });
  return reads;
}

const sequences: fc.Arbitrary<SequenceSpec> = fc
  .record({
    length: fc.integer({ min: 4, max: 200 }),
    packing: fc.constantFrom('best-fit' as const, 'concat' as const, 'pad' as const, 'decompose' as const),
    overlong: fc.constantFrom('fragment' as const, 'truncate' as const),
    bos: fc.boolean(),
    eos: fc.boolean(),
  })
  .map(({ length, packing, overlong, bos, eos }) =>
    packing === 'decompose'
      ? sequenceSpec({ length: 64, packing, eos, decompose: { smallest: 8, odds: [1, 1, 1, 1], cycles: 1 } })
      : sequenceSpec({ length, packing, overlong, bos, eos }),
  );

const cases: fc.Arbitrary<Case> = corpora(60)
  .chain(({ table }) =>
    fc.record({
      table: fc.constant(table),
      cuts: fc.array(fc.nat(table.count), { maxLength: 3 }),
      sets: fc.array(
        sequences.chain((spec) =>
          fc.record({ spec: fc.constant(spec), instances: instancesOf(table, spec, 3), seed: fc.nat() }),
        ),
        { minLength: 1, maxLength: 3 },
      ),
      dtypes: fc.constantFrom(
        ['uint16', 'uint16'] as const,
        ['uint16', 'int32'] as const,
        ['uint32', 'int32'] as const,
      ),
      provenance: fc.boolean(),
    }),
  )
  .map(({ table, cuts, sets, dtypes: [dtype, shardDtype], provenance }) => {
    const partStarts = Uint32Array.from([0, ...cuts, table.count].sort((a, b) => a - b));
    const plans = sets.flatMap(({ spec, instances, seed }) => packRows(instances, table, spec, seed));
    return {
      table: { ...table, partStarts },
      plans: plans.filter(({ rows }) => rows > 0),
      ...{ dtype, shardDtype, provenance },
    };
  })
  // A build without rows is refused before.
  .filter(({ plans }) => plans.length > 0);

describe('gathered tokens', () => {
  let several = 0;
  let long = 0;

  it(
    'give the shards of the direct way, whatever the sizes, and each token is read once',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          cases,
          fc.integer({ min: 500, max: 20_000 }),
          fc.record({
            groupTokens: fc.integer({ min: 100, max: 5000 }),
            stretchTokens: fc.integer({ min: 300, max: 6000 }),
          }),
          async (one, shardBytes, sizes) => {
            vi.restoreAllMocks();
            const made = place(one);
            const { shards, out, job } = directly(made, one.provenance, shardBytes);
            await run(job);
            const gather = planGather(made.plan, made.store, shards, {
              ...sizes,
              provenance: one.provenance,
            });
            const { stretches, groups } = gather.layout;
            const reads = countReads(one.table);
            const { out: other, results } = await throughFiles(made, one.provenance, gather);
            expect(hashes(other)).toEqual(hashes(out));
            if (stretches.length > 2 && groups.flat().length > 2) several += 1;
            const longest = one.table.lengths.reduce((most, length) => Math.max(most, length), 0);
            if (longest <= sizes.stretchTokens) expect(reads.every((times) => times <= 1)).toBe(true);
            else long += 1;
            const width = one.dtype === 'uint16' ? 2 : 4;
            const read = results.reduce((sum, result) => sum + result.read, 0);
            expect(read).toBe(gather.tokens * width);
            rmSync(made.folder, { recursive: true });
          },
        ),
        fuzz(8),
      );
      expect(several).toBeGreaterThan(often(1));
      expect(long).toBeGreaterThan(often(0.5));
    },
    fuzzTimeout(120_000),
  );

  it('fill a shard that is larger than a group, record batch by record batch', async () => {
    const width = 2 ** 20;
    const plans = await wideRows(width, 20);
    const made = place({ ...plans, dtype: 'uint16', shardDtype: 'uint16', provenance: true });
    const { shards, out, job } = directly(made, true, 1e9);
    await run(job);
    const sizes = { groupTokens: 9 * width, stretchTokens: 3 * width };
    const gather = planGather(made.plan, made.store, shards, { ...sizes, provenance: true });
    // A batch has 16 MiB: 8 rows of 2 MiB.
    expect(gather.layout.groups).toEqual([[8, 16, 20]]);
    expect(gather.layout.stretches.length).toBeGreaterThan(5);
    const reads = countReads(made.plan.table);
    const { out: other } = await throughFiles(made, true, gather);
    expect(hashes(other)).toEqual(hashes(out));
    expect(reads.every((times) => times <= 1)).toBe(true);
  }, 60_000);

  it('leave out what no row needs', async () => {
    const width = 2 ** 16;
    const { table, plans } = await wideRows(width, 40, (document) => document % 4 === 0);
    const made = place({ table, plans, dtype: 'uint16', shardDtype: 'uint16', provenance: false });
    const { shards } = directly(made, false, 2 * width * 5);
    const reads = countReads(table);
    const gather = planGather(made.plan, made.store, shards, {
      groupTokens: 5 * width,
      stretchTokens: 8 * width,
      provenance: false,
    });
    await throughFiles(made, false, gather);
    const needed = plans[0]!.document.reduce((sum, document) => sum + table.lengths[document]!, 0);
    const read = reads.reduce((sum, times) => sum + times, 0);
    expect(needed).toBeLessThan(0.3 * reads.length);
    expect(read / needed).toBeLessThanOrEqual(1.2);
  });

  it('that are damaged are refused, and gathered again', async () => {
    const { table, plans } = await wideRows(512, 40);
    const made = place({ table, plans, dtype: 'uint16', shardDtype: 'uint16', provenance: false });
    const { shards } = directly(made, false, 10_000);
    const gather = planGather(made.plan, made.store, shards, {
      groupTokens: 4000,
      stretchTokens: 4000,
      provenance: false,
    });
    const out = join(made.folder, 'gathered');
    const job = gatherJob(made.plan, gather, made.store, out);
    const ends = segmentEnds((await run(job)).map((result) => result.ends));
    const shardsOf = () =>
      withSegments(shardJob(made.plan, [], made.store, { out, provenance: false, gather }), ends);
    const files = join(out, gather.layout.folder);
    const [first] = readdirSync(files).filter((name) => name.endsWith('.tokens'));
    const bytes = readFileSync(join(files, first!));
    writeFileSync(join(files, first!), bytes.subarray(0, 100));
    const error = await run(shardsOf()).catch((error: unknown) => error);
    expect(error).toMatchObject({ code: 'gather-damaged', exitCode: 1 });
    expect(String(error)).toMatch(/stretch-00000\.tokens: it ends too early/);
    await run(job);
    expect(readFileSync(join(files, first!)).equals(bytes)).toBe(true);
    await run(shardsOf());
  });
});

/** Documents of half a row each, packed in order into about so many rows. */
async function wideRows(
  width: number,
  rows: number,
  allowed: (document: number) => boolean = () => true,
): Promise<{ table: DocumentTable; plans: RowPlan[] }> {
  const { tableOf } = await import('../../support/table.ts');
  const documents = Array.from({ length: 2 * rows }, (_, d) => ({ source: 0, text: d, length: width / 2 }));
  const table = tableOf(documents, ['a']);
  const taken = documents.map((_, d) => d).filter(allowed);
  const instances = {
    ...{ count: taken.length, document: Uint32Array.from(taken) },
    ...{ parts: { copy: new Uint32Array(), take: new Uint32Array() }, mostCopies: 1, packLength: null },
  };
  const spec = sequenceSpec({ length: width, packing: 'concat', eos: false });
  return { table, plans: packRows(instances, table, spec, 1) };
}

describe('the choice', () => {
  const store = (tokens: number) =>
    ({ manifest: { dtype: 'uint32', totals: { tokens } } }) as unknown as TokenStore;

  it('gathers a store that is larger than half of the memory, and says why', () => {
    const said: string[] = [];
    const progress = { aside: (line: string) => said.push(line) };
    expect(isGathered(undefined, store(8e9), progress, 64e9)).toBe(false);
    expect(isGathered('never', store(20e9), progress, 64e9)).toBe(false);
    expect(isGathered('always', store(1), progress, 64e9)).toBe(true);
    expect(said).toEqual([]);
    expect(isGathered('auto', store(20e9), progress, 64e9)).toBe(true);
    expect(said).toEqual([
      "gather: the store (80.0 GB) is larger than half of this machine's memory (64.0 GB)",
    ]);
  });

  it('gives each worker its share of the memory, and refuses a worker with less than its tasks need', () => {
    expect(tokenShare(2e9, 1, 1e8)).toBeGreaterThan(1.5e9);
    expect(tokenShare(2e9, 2, 1e8)).toBeLessThan(0.9e9);
    expect(tokenShare(1e12, 1, 0)).toBeLessThan(2 ** 31);
    expect(tokenShare(384e6, 8, 0)).toBe(16 * 2 ** 20);
    const memory = {
      store: { dtype: 'uint32', parts: [] },
      table: { count: 1000 },
    } as unknown as StoreMemory;
    refuseLittleMemory(400e6, memory, 1e6, { memory: 4e9, workers: 1 });
    const error = errorOf(() => refuseLittleMemory(400e6, memory, 1e6, { memory: 3e9, workers: 2 }));
    expect(error).toMatchObject({ code: 'memory-exceeded', exitCode: 2 });
    expect(error.message).toMatch(/holds 1.60 GB of tokens, and --memory leaves 1.31 GB to each worker/);
  });

  it('takes portions by the size of the store, as far as the memory allows', () => {
    const rows = { rows: 1e6, width: 1000, document: { length: 1e6 } };
    const plan = { table: { count: 1e6 }, sets: [{ rows }] } as unknown as BuildPlan;
    const sizes = (memory: number, machine = 64e9) =>
      gatherSizes(plan, store(1e9), 256e6, { memory, workers: 1 }, machine);
    // A 32nd of 4 GB, but at least a shard of 256 MB.
    expect(sizes(4e9)).toEqual({ groupTokens: 64e6, stretchTokens: 1e9 / 32 });
    expect(sizes(400e6).groupTokens * 4).toBeLessThan(150e6);
    expect(sizes(400e6).groupTokens * 4).toBeGreaterThan(100e6);
    // In a small container, whatever --memory says.
    expect(sizes(4e9, 1e9 / 0.7)).toEqual(sizes(1e9));
    expect(sizes(4e9, 400e6 / 0.7)).toEqual(sizes(400e6));
  });

  it('knows how much memory there is', () => {
    expect(machineMemory()).toBeGreaterThan(1e8);
    expect(machineMemory()).toBeLessThan(1e15);
  });
});
