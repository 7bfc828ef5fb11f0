import { createHash } from 'node:crypto';
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tableFromArrays, tableFromIPC } from 'apache-arrow';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LongmixError } from '../../src/errors.ts';
import type { Ledger } from '../../src/nouns/ledger.ts';
import type { RowPlan } from '../../src/nouns/rows.ts';
import type { DocumentTable } from '../../src/nouns/tokens.ts';
import { manifestFile, type ShardSetManifest, shardFormat, shardVersion } from '../../src/shard/format.ts';
import { openShards, readRow, rowOf } from '../../src/shard/reader.ts';
import type { Row } from '../../src/shard/row-columns.ts';
import { datasetInfo, datasetState, rowSchema } from '../../src/shard/schema.ts';
import { verifyDatasetFiles, verifyRows } from '../../src/shard/verify.ts';
import { writeShard } from '../../src/shard/writer.ts';
import { verifyFiles } from '../../src/storage/verify-files.ts';
import { temporaryFolder } from '../support/folder.ts';
import { fuzz } from '../support/fuzz.ts';
import { sequenceSpec } from '../support/recipes.ts';
import { type Piece, planOf } from '../support/rows.ts';
import { tableOf } from '../support/table.ts';

const special = { bosId: 50_001, eosId: 50_002, padId: 50_003 };
const tokenAt = (document: number, offset: number) => (document * 31 + offset * 7) % 50_000;

const tokens = {
  copy(document: number, start: number, length: number, out: Uint16Array | Int32Array, at: number) {
    for (let i = 0; i < length; i += 1) out[at + i] = tokenAt(document, start + i);
  },
};

/** A row as its pieces: [document, first token, tokens, BOS, EOS]. */
type WrittenPiece = readonly [document: number, from: number, tokens: number, bos: boolean, eos: boolean];

interface Written {
  readonly plan: RowPlan;
  readonly table: DocumentTable;
  readonly rows: readonly (readonly WrittenPiece[])[];
}

/** Rows of made-up pieces: documents of 20 tokens, BOS and EOS where a piece has their first and last. */
const sets: fc.Arbitrary<Written> = fc
  .record({
    width: fc.integer({ min: 5, max: 30 }),
    bos: fc.boolean(),
    eos: fc.boolean(),
    rows: fc.array(
      fc.array(fc.tuple(fc.nat(8), fc.nat(22), fc.integer({ min: 1, max: 25 })), {
        minLength: 1,
        maxLength: 4,
      }),
      { minLength: 1, maxLength: 12 },
    ),
  })
  .map(({ width, bos, eos, rows: asked }) => {
    const documentTokens = 20;
    const sequence = documentTokens + (bos ? 1 : 0) + (eos ? 1 : 0);
    const pieces: Piece[][] = [];
    const rows = asked.map((wishes) => {
      let room = width;
      const row: WrittenPiece[] = [];
      const inRow: Piece[] = [];
      for (const [document, wish, most] of wishes) {
        const start = wish % sequence;
        const length = Math.min(most, sequence - start, room);
        if (length === 0) continue;
        room -= length;
        inRow.push({ document, take: documentTokens, start, length });
        const hasBos = bos && start === 0;
        const hasEos = eos && start + length === sequence;
        const from = start - (bos && start > 0 ? 1 : 0);
        row.push([document, from, length - Number(hasBos) - Number(hasEos), hasBos, hasEos]);
      }
      pieces.push(inRow);
      return row;
    });
    const table = tableOf(
      Array.from({ length: 9 }, (_, d) => ({ source: d % 3, text: d, length: documentTokens })),
      ['a', 'b', 'c'],
    );
    const plan = planOf(pieces, table, { width, bos, eos });
    return { plan, table, rows };
  });

function expectedRow(row: readonly WrittenPiece[], width: number, provenance: boolean): unknown {
  const ids = row.flatMap(([document, from, count, bos, eos]) => [
    ...(bos ? [special.bosId] : []),
    ...Array.from({ length: count }, (_, i) => tokenAt(document, from + i)),
    ...(eos ? [special.eosId] : []),
  ]);
  const padding = width - ids.length;
  return {
    ids: [...ids, ...Array.from({ length: padding }, () => special.padId)],
    lengths: row.map(([, , count, bos, eos]) => count + Number(bos) + Number(eos)),
    padding,
    mask: new Uint8Array(0),
    sourceIds: provenance ? row.map(([document]) => document % 3) : [],
    docIds: provenance ? row.map(([document]) => document) : [],
    docStarts: provenance ? row.map(([, from]) => from) : [],
    groupIds: [],
  };
}

const plain = (row: Row) => ({ ...row, ids: [...row.ids] });
const dtypes = fc.constantFrom('uint16' as const, 'int32' as const);

/** Writes a plan as shards of `perShard` rows, with the manifest that `run/` would write. */
function writeSet(
  folder: string,
  { plan, table }: Omit<Written, 'rows'>,
  options: { dtype: 'uint16' | 'int32'; provenance: boolean; perShard: number },
): ShardSetManifest {
  const shards: ShardSetManifest['shards'][number][] = [];
  let padding = 0;
  for (let first = 0; first < plan.rows; first += options.perShard) {
    const end = Math.min(plan.rows, first + options.perShard);
    const name = `data-${shards.length}.arrow`;
    const chunks: Uint8Array[] = [];
    // A sink may not keep what it is given: the writer may reuse it.
    const sink = { write: (bytes: Uint8Array) => chunks.push(Uint8Array.from(bytes)) };
    const { batches, counts } = writeShard(
      { plan, table, firstRow: first, endRow: end },
      tokens,
      { ...options, ...special },
      sink,
    );
    const bytes = Buffer.concat(chunks);
    padding += counts.padding;
    writeFileSync(join(folder, name), bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    shards.push({ name, bytes: bytes.length, sha256, rows: end - first, batches });
  }
  const manifest: ShardSetManifest = {
    ...{
      format: shardFormat,
      version: shardVersion,
      name: 'test',
      split: 'train',
      phase: 'train',
      fingerprint: '0123456789abcdef0',
    },
    tokenizer: { name: 'test', fingerprint: 'f', vocabularySize: 60_000, specialTokens: 'text' },
    sequences: sequenceSpec({ length: plan.width }),
    ...{ length: plan.width, width: plan.width, dtype: options.dtype, provenance: options.provenance },
    ...{ ...special, sources: table.sources, rows: plan.rows, shards },
    ledger: { padding } as Ledger,
    ...{ recipe: {}, store: { fingerprint: 'f', path: '../store' } },
  };
  writeFileSync(join(folder, manifestFile), JSON.stringify(manifest));
  const names = shards.map(({ name }) => name);
  const info = datasetInfo(plan.width, options.dtype, { provenance: options.provenance });
  writeFileSync(join(folder, 'dataset_info.json'), JSON.stringify(info));
  writeFileSync(join(folder, 'state.json'), JSON.stringify(datasetState('train', names, 'f')));
  return manifest;
}

describe('a shard set', () => {
  it('gives back every row, from any shard, with or without provenance', () => {
    const folder = temporaryFolder();
    fc.assert(
      fc.property(
        sets,
        dtypes,
        fc.boolean(),
        fc.integer({ min: 1, max: 12 }),
        (set, dtype, provenance, perShard) => {
          writeSet(folder, set, { dtype, provenance, perShard });
          const manifest = openShards(folder);
          for (const [r, row] of set.rows.entries()) {
            const found = readRow(folder, manifest, r);
            expect(found.ids.constructor.name).toBe(dtype === 'uint16' ? 'Uint16Array' : 'Int32Array');
            expect(plain(found)).toEqual(expectedRow(row, set.plan.width, provenance));
          }
          for (const row of [-1, set.rows.length]) {
            expect(() => readRow(folder, manifest, row)).toThrow(LongmixError);
          }
        },
      ),
      fuzz(60),
    );
  });

  it('counts what it writes', () => {
    fc.assert(
      fc.property(sets, dtypes, ({ plan, table, rows }, dtype) => {
        const sink = { write() {} };
        const options = { dtype, provenance: false, ...special };
        const { counts, batches } = writeShard(
          { plan, table, firstRow: 0, endRow: plan.rows },
          tokens,
          options,
          sink,
        );
        const pieces = rows.flat();
        const documentTokens = pieces.reduce((sum, [, , count]) => sum + count, 0);
        const specialTokens = pieces.reduce((sum, [, , , bos, eos]) => sum + Number(bos) + Number(eos), 0);
        const padding = plan.rows * plan.width - documentTokens - specialTokens;
        expect(counts).toEqual({ documentTokens, specialTokens, padding });
        expect(batches.reduce((sum, batch) => sum + batch.rows, 0)).toBe(plan.rows);
      }),
      fuzz(60),
    );
  });

  it('is an Arrow stream of the columns that it says', () => {
    const folder = temporaryFolder();
    fc.assert(
      fc.property(sets, dtypes, fc.boolean(), (set, dtype, provenance) => {
        const { shards } = writeSet(folder, set, { dtype, provenance, perShard: 100 });
        const bytes = readFileSync(join(folder, shards[0]!.name));
        const table = tableFromIPC(bytes);
        expect(String(table.schema)).toBe(String(rowSchema(set.plan.width, dtype, { provenance })));
        expect(table.numRows).toBe(set.rows.length);
        for (const [r, row] of set.rows.entries()) {
          const lengths = Array.from(table.getChild('seq_lengths')!.get(r) as Iterable<number>);
          expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(set.plan.width);
          const padding = table.getChild('padding')!.get(r) as number;
          expect(lengths.length).toBe(row.length + (padding > 0 ? 1 : 0));
        }
        // Streams begin with the schema's message, files with ARROW1.
        expect(bytes.subarray(0, 4).toString('hex')).toBe('ffffffff');
        const info = datasetInfo(set.plan.width, dtype, { provenance }) as { features: object };
        expect(Object.keys(info.features)).toEqual(table.schema.fields.map(({ name }) => name));
      }),
      fuzz(30),
    );
  });

  it('has several record batches where rows are large, each of which can be read alone', async () => {
    const folder = temporaryFolder();
    const width = 2 ** 21;
    const length = width - 5;
    const rows = 5;
    const table = tableOf(
      Array.from({ length: rows }, (_, text) => ({ source: 0, text, length })),
      ['a'],
    );
    const whole = (document: number) => [{ document, take: length, start: 0, length: length + 1 }];
    const plan = planOf(
      Array.from({ length: rows }, (_, r) => whole(r)),
      table,
      { width, bos: false, eos: true },
    );
    const manifest = writeSet(folder, { plan, table }, { dtype: 'int32', provenance: true, perShard: rows });
    expect(manifest.shards[0]!.batches.map((batch) => batch.rows)).toEqual([2, 2, 1]);
    for (const r of [4, 0, 3]) {
      const row = readRow(folder, manifest, r);
      expect([row.docIds, row.padding, row.ids.length]).toEqual([[r], 4, width]);
      expect(row.ids[length - 1]).toBe(tokenAt(r, length - 1));
      expect(row.ids[length]).toBe(special.eosId);
    }
    expect(await verifyRows(folder, manifest, Object.assign({ lengthOf: () => length }, tokens))).toEqual([]);
  });
});

it('gives nothing for columns that a set was written without', () => {
  const [batch] = tableFromArrays({ other: new Int32Array(1) }).batches;
  expect(rowOf(batch!, 0)).toEqual({
    ...{ ids: new Uint8Array(0), lengths: [], padding: 0, mask: new Uint8Array(0) },
    ...{ sourceIds: [], docIds: [], docStarts: [], groupIds: [] },
  });
});

describe('openShards', () => {
  it.each(['', '{'])('calls a manifest damaged that is %j', (text) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, manifestFile), text);
    expect(() => openShards(folder)).toThrow(expect.objectContaining({ code: 'shards-damaged' }));
  });

  it.each(['null', '[]', '{"format":"other"}', `{"format":"${shardFormat}","version":99}`])(
    'refuses a manifest that is %j',
    (text) => {
      const folder = temporaryFolder();
      writeFileSync(join(folder, manifestFile), text);
      expect(() => openShards(folder)).toThrow(expect.objectContaining({ code: 'shards-version' }));
    },
  );

  it('refuses a folder without one', () => {
    expect(() => openShards(temporaryFolder())).toThrow(expect.objectContaining({ code: 'shards-missing' }));
  });
});

describe('verify', () => {
  const set = fc
    .sample(sets, { numRuns: 30, seed: 3 })
    .find(({ plan, rows }) => plan.eos && rows.length > 6)!;
  const store = Object.assign({ lengthOf: () => 20 }, tokens);
  const made = (folder: string) => writeSet(folder, set, { dtype: 'uint16', provenance: true, perShard: 4 });

  it('finds nothing wrong with what was written', async () => {
    const folder = temporaryFolder();
    await fc.assert(
      fc.asyncProperty(sets, dtypes, fc.boolean(), async (some, dtype, provenance) => {
        const manifest = writeSet(folder, some, { dtype, provenance, perShard: 5 });
        expect(await verifyFiles(folder, manifest.shards)).toEqual([]);
        expect(verifyDatasetFiles(folder, manifest)).toEqual([]);
        expect(await verifyRows(folder, manifest, store)).toEqual([]);
        expect(await verifyRows(folder, manifest, null)).toEqual([]);
      }),
      fuzz(30),
    );
  });

  it('finds any changed byte by its hash, a changed size, a missing file', async () => {
    const folder = temporaryFolder();
    const manifest = made(folder);
    const [shard, second] = manifest.shards;
    const path = join(folder, shard!.name);
    const bytes = readFileSync(path);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const changed = Uint8Array.from(bytes);
        changed[at]! ^= by;
        writeFileSync(path, changed);
        expect(await verifyFiles(folder, manifest.shards)).toEqual([
          `${path}: its bytes have changed (sha256 differs)`,
        ]);
      }),
      fuzz(30),
    );
    truncateSync(path, bytes.length - 1);
    rmSync(join(folder, second!.name));
    const faults = await verifyFiles(folder, manifest.shards);
    expect(faults[0]).toBe(`${path}: ${bytes.length - 1} bytes, the manifest says ${bytes.length}`);
    expect(faults[1]).toContain('no such file');
  });

  it('finds every changed token, deep, in the row where it is', async () => {
    const folder = temporaryFolder();
    const manifest = made(folder);
    const { width } = manifest;
    await fc.assert(
      fc.asyncProperty(fc.nat(set.rows.length - 1), fc.nat(width - 1), async (r, at) => {
        const shard = manifest.shards[Math.floor(r / 4)]!;
        const path = join(folder, shard.name);
        const original = readFileSync(path);
        const changed = Buffer.from(original);
        // input_ids are the first column's values: the row's ids stand somewhere in the body, end to end.
        const row = readRow(folder, manifest, r);
        const ids = Buffer.from(Uint16Array.from(row.ids).buffer);
        const place = changed.indexOf(ids);
        changed.writeUInt16LE((row.ids[at]! + 1) % 60_000, place + 2 * at);
        writeFileSync(path, changed);
        const faults = await verifyRows(folder, manifest, store);
        writeFileSync(path, original);
        expect(faults.length).toBeGreaterThan(0);
        // Rows with equal ids are possible: the first ones was changed.
        expect(faults.every((fault) => /row \d+: /.test(fault))).toBe(true);
      }),
      fuzz(60),
    );
  });

  it('finds rows, padding and lists of files that differ from the manifest', async () => {
    const folder = temporaryFolder();
    const manifest = made(folder);
    const padding = { padding: manifest.ledger.padding + 1 } as Ledger;
    expect((await verifyRows(folder, { ...manifest, ledger: padding }, store)).join()).toContain('padding');
    expect((await verifyRows(folder, { ...manifest, rows: manifest.rows + 1 }, store)).join()).toContain(
      'rows',
    );
    expect((await verifyRows(folder, { ...manifest, width: manifest.width + 1 }, store)).join()).toContain(
      'tokens',
    );
    expect((await verifyRows(folder, { ...manifest, padId: 1 }, store)).join()).toContain(
      'padding with a wrong id',
    );
    const small = { ...manifest.tokenizer, vocabularySize: 100 };
    expect((await verifyRows(folder, { ...manifest, tokenizer: small }, store)).join()).toContain(
      'vocabulary',
    );
    expect(verifyDatasetFiles(folder, { ...manifest, shards: [] })[0]).toContain('its list of files differs');
    rmSync(join(folder, 'dataset_info.json'));
    expect(verifyDatasetFiles(folder, manifest)[0]).toContain('cannot be read');
  });

  it('goes on after a shard that cannot be decoded', async () => {
    const folder = temporaryFolder();
    const manifest = made(folder);
    truncateSync(join(folder, manifest.shards[0]!.name), 10);
    const faults = await verifyRows(folder, manifest, store);
    expect(faults[0]).toContain('it ends too early');
    // The padding of its rows is missed, its rows are not, and the other shards' are where they should be.
    expect(faults.slice(1).filter((fault) => !fault.includes('padding'))).toEqual([]);
  });
});
