/**
 * Writes rows of a plan to one Arrow shard, record batch by record batch. Memory: one batch (some 16 MiB of tokens).
 * Inside a batch, documents are fetched in the order of the store, so that reads are as sequential as a shuffle allows.
 */
import type { RecordBatch, Schema } from 'apache-arrow';
import { arrow } from '../base/arrow.ts';
import { type FimSetting, fimArrange, sentinelsPerDocument } from '../base/fim.ts';
import { learnedRuns, type WholeFrom } from '../base/learned.ts';
import { pieceTokens } from '../base/sequence.ts';
import type { Sink } from '../nouns/files.ts';
import type { RowPlan } from '../nouns/rows.ts';
import type { DocumentTable, PieceSource } from '../nouns/tokens.ts';
import { columnData, recordBatch } from './columns.ts';
import type { BatchRecord, ShardCounts, ShardDtype } from './format.ts';
import { columnsOf, type SetColumns, tokenBytes } from './row-columns.ts';
import { rowSchema } from './schema.ts';
import { SinkQueue } from './sink-queue.ts';

export interface ShardOptions {
  readonly dtype: ShardDtype;
  readonly provenance: boolean;
  readonly bosId: number | null;
  readonly eosId: number | null;
  readonly padId: number;
  /** From how many tokens on documents are learned whole, by source; absent: rows have no `loss_mask`. */
  readonly mask?: WholeFrom;
  /** Fill in the middle; absent: no source has it. */
  readonly fim?: FimSetting;
}

/** Rows [firstRow, endRow) of a plan. */
export interface PlannedRows {
  readonly plan: RowPlan;
  /** Table of the documents that the plan refers to by number. */
  readonly table: DocumentTable;
  readonly firstRow: number;
  readonly endRow: number;
}

/**
 * Ids of a record batch, about, in bytes.
 * @public scripts/scale.mjs takes it
 */
export const batchBytes: number = 16 * 1024 * 1024;

/** Rows of a record batch: all batches of a shard but the last have so many. */
export function batchRows(
  width: number,
  { provenance, dtype, mask }: Pick<ShardOptions, 'provenance' | 'dtype' | 'mask'>,
): number {
  return Math.max(
    1,
    Math.floor(batchBytes / (width * tokenBytes({ provenance, mask: mask !== undefined }, dtype))),
  );
}

export interface WrittenShard {
  readonly batches: BatchRecord[];
  readonly counts: ShardCounts;
}

export function writeShard(
  rows: PlannedRows,
  tokens: PieceSource,
  options: ShardOptions,
  sink: Sink,
): WrittenShard {
  const steps = writeShardBatches(rows, tokens, options, sink);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The same, batch by batch: before each it yields the number of the first piece that it takes. */
export function* writeShardBatches(
  rows: PlannedRows,
  tokens: PieceSource,
  options: ShardOptions,
  sink: Sink,
): Generator<number, WrittenShard> {
  const { plan, firstRow, endRow } = rows;
  const schema = rowSchema(plan.width, options.dtype, columnsIn(plan, options));
  const out = new SinkQueue(sink);
  const writer = new arrow.RecordBatchStreamWriter();
  writer.reset(out, schema);
  const rowsPerBatch = batchRows(plan.width, options);
  const batches: BatchRecord[] = [];
  const counts: Counts = { documentTokens: 0, specialTokens: 0, padding: 0 };
  for (let row = firstRow; row < endRow; row += rowsPerBatch) {
    const end = Math.min(endRow, row + rowsPerBatch);
    yield row === 0 ? 0 : plan.rowEnds[row - 1]!;
    const offset = out.bytes;
    writer.write(makeBatch(schema, { ...rows, firstRow: row, endRow: end }, tokens, options, counts));
    batches.push({ rows: end - row, offset, bytes: out.bytes - offset });
  }
  writer.finish();
  return { batches, counts };
}

type Counts = { -readonly [Key in keyof ShardCounts]: ShardCounts[Key] };
interface Fetch {
  readonly document: number;
  readonly from: number;
  readonly length: number;
  readonly at: number;
  readonly piece: number;
  readonly fim: boolean;
}

function makeBatch(
  schema: Schema,
  { plan, table, firstRow: row, endRow: end }: PlannedRows,
  tokens: PieceSource,
  options: ShardOptions,
  counts: Counts,
): RecordBatch {
  const rows = end - row;
  const firstPiece = row === 0 ? 0 : plan.rowEnds[row - 1]!;
  const pieces = plan.rowEnds[end - 1]! - firstPiece;
  const ids =
    options.dtype === 'uint16' ? new Uint16Array(rows * plan.width) : new Int32Array(rows * plan.width);
  const seqLengths: number[] = [];
  const seqOffsets = new Int32Array(rows + 1);
  const pieceOffsets = new Int32Array(rows + 1);
  const padding = new Uint32Array(rows);
  const starts = new Uint32Array(pieces);
  const mask = new Uint8Array(options.mask === undefined ? 0 : rows * plan.width);
  const fetches: Fetch[] = [];
  const arrange = options.fim === undefined ? null : fimArrange(table, options.fim);

  let piece = firstPiece;
  for (let r = 0; r < rows; r += 1) {
    let at = r * plan.width;
    for (; piece < plan.rowEnds[row + r]!; piece += 1) {
      const document = plan.document[piece]!;
      const { bos, from, to, eos, fim } = pieceTokens(plan, piece);
      const sentinels = fim ? sentinelsPerDocument : 0;
      seqLengths.push(plan.length[piece]!);
      starts[piece - firstPiece] = from;
      if (options.mask !== undefined) {
        const begin = at;
        learnedRuns(table, options.mask, { document, bos, from, to, eos, fim }, (start, end) => {
          mask.fill(1, begin + start, begin + end);
          counts.learned = (counts.learned ?? 0) + end - start;
        });
      }
      if (bos) ids[at++] = options.bosId!;
      fetches.push({ document, from, length: to - from, at, piece, fim });
      at += to - from + sentinels;
      if (eos) ids[at++] = options.eosId!;
      counts.documentTokens += to - from;
      counts.specialTokens += Number(bos) + Number(eos) + sentinels;
    }
    padding[r] = (r + 1) * plan.width - at;
    if (padding[r]! > 0) {
      ids.fill(options.padId, at, (r + 1) * plan.width);
      seqLengths.push(padding[r]!);
      counts.padding += padding[r]!;
    }
    seqOffsets[r + 1] = seqLengths.length;
    pieceOffsets[r + 1] = piece - firstPiece;
  }

  fetches.sort((a, b) => a.document - b.document || a.from - b.from);
  for (const { document, from, length, at, piece, fim } of fetches) {
    tokens.copy(document, from, length, ids, at, piece);
    if (fim) arrange!(document, ids, at, length);
  }

  const filled = {
    ...{ plan, table, firstPiece, pieces, pieceOffsets, starts, ids, seqOffsets, padding, mask },
    seqLengths: Int32Array.from(seqLengths),
  };
  const columns = columnsOf(columnsIn(plan, options)).map((column) =>
    columnData(column, column.fill(filled), plan.width),
  );
  return recordBatch(schema, rows, columns);
}

function columnsIn({ groups }: RowPlan, { provenance, mask }: ShardOptions): SetColumns {
  return { provenance, mask: mask !== undefined, groups: groups !== undefined };
}
