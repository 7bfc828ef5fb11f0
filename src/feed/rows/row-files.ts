/**
 * Reads rows of a shard set by their numbers, from the files straight into typed arrays: no decoding, and one copy (the
 * kernel's). Neighbouring rows of a record batch take one read per column.
 *
 * Cost: a shard that was used stays open (Node raises the limit of open files to what the system allows). The columns
 * after the ids of each record batch (16 MiB of tokens: some 50 KB of lengths) stay in memory if those of the whole set
 * fit in `keptBytes`; else each run of rows takes three more small reads.
 *
 * Shards of another machine can't be read at once. `ready` fetches the columns after the ids before the other methods need
 * them, and keeps those of the latest record batches (at most `keptBytes`, but always those just asked for).
 */

import { idBytes } from '../../base/id-bytes.ts';
import { firstFrom } from '../../base/sequence.ts';
import { LongmixError, systemReason } from '../../errors.ts';
import type { BatchRecord, ShardSetManifest } from '../../shard/format.ts';
import { bytesOfType, type RowColumn, type RowLengths, type Values } from '../../shard/row-columns.ts';
import { type Bytes, EndedEarly } from '../../storage/storage.ts';
import { type BatchLayout, batchLayout, headBytes, usualMetadataBytes } from '../stream/batch-layout.ts';
import {
  arrayOf,
  columnsBesideIds,
  joinColumn,
  newArray,
  type Run,
  type RunColumn,
  rowFault,
} from './row-values.ts';
import type { ShardFiles } from './shard-files.ts';

const usuallyKept = 64 * 1024 * 1024;

/** A read that fills `into`. */
export interface FileRead {
  readonly shard: number;
  readonly offset: number;
  readonly into: Uint8Array;
  /** Number of its first row in the set, for errors. */
  readonly row: number;
}

export class RowFiles {
  readonly #place: ShardFiles;
  readonly #manifest: ShardSetManifest;
  readonly #rowBytes: number;
  readonly #besideIds: readonly RowColumn[];
  readonly #fed: number;
  readonly #batches: readonly { readonly shard: number; readonly record: BatchRecord }[];
  /** First row of each record batch, and the number of rows at the end. */
  readonly #firstRows: Float64Array;
  readonly #layouts = new Map<number, BatchLayout>();
  readonly #keptBytes: number;
  /** By record batch, the file's bytes after the ids; null: they are too many to keep. */
  readonly #kept: Map<number, ArrayBuffer> | null;
  /** Open files, by shard. */
  readonly #open = new Map<number, Bytes>();
  readonly #opening = new Map<number, Promise<Bytes>>();

  constructor(place: ShardFiles, manifest: ShardSetManifest, keptBytes: number = usuallyKept) {
    this.#place = place;
    this.#keptBytes = keptBytes;
    this.#manifest = manifest;
    this.#rowBytes = manifest.width * idBytes(manifest.dtype);
    this.#besideIds = columnsBesideIds(manifest.mask !== undefined);
    this.#fed = this.#besideIds.filter(({ feed }) => feed !== null).length;
    this.#batches = manifest.shards.flatMap(({ batches }, shard) =>
      batches.map((record) => ({ shard, record })),
    );
    this.#firstRows = new Float64Array(this.#batches.length + 1);
    for (const [b, { record }] of this.#batches.entries()) {
      this.#firstRows[b + 1] = this.#firstRows[b]! + record.rows;
    }
    const bytes = this.#batches.reduce((sum, { record }) => sum + record.bytes, 0);
    const fits = bytes - manifest.rows * this.#rowBytes <= keptBytes;
    this.#kept = fits || place.isRemote ? new Map() : null;
  }

  get isRemote(): boolean {
    return this.#place.isRemote;
  }

  /** Whether `lengths` and `idReads` can take these runs without waiting. Always true on this machine. */
  isReady(runs: readonly Run[]): boolean {
    return !this.isRemote || runs.every(({ batch }) => this.#kept!.has(batch));
  }

  /**
   * Fetches what `lengths` and `idReads` need of these runs. Others may drop it again while a caller waits, so ask `isReady`
   * just before the use.
   * @throws LongmixError `shards-damaged`, and what the place throws
   */
  async ready(runs: readonly Run[]): Promise<void> {
    const wanted = new Set(runs.map(({ batch }) => batch));
    this.#dropOthers(wanted);
    await Promise.all(Array.from(wanted, (batch) => this.#fetchBatch(batch)));
  }

  /** Groups rows into runs of neighbours in the files. The methods below take such runs. */
  runs(rows: Uint32Array): Run[] {
    const runs: Run[] = [];
    for (let i = 0; i < rows.length; ) {
      const row = rows[i]!;
      const batch = this.#batchOf(row);
      const end = this.#firstRows[batch + 1]!;
      let count = 1;
      while (i + count < rows.length && rows[i + count] === row + count && row + count < end) count += 1;
      runs.push({ row, batch, first: row - this.#firstRows[batch]!, rows: count });
      i += count;
    }
    return runs;
  }

  /** Returns the reads that fill `into` with the ids of the rows, one row after another. */
  idReads(runs: readonly Run[], into: Uint8Array): FileRead[] {
    let at = 0;
    return runs.map(({ batch, first, rows, row }) => {
      const bytes = rows * this.#rowBytes;
      const offset = this.#layout(batch).inputIds + first * this.#rowBytes;
      at += bytes;
      return { shard: this.#batches[batch]!.shard, offset, into: into.subarray(at - bytes, at), row };
    });
  }

  /** @throws LongmixError `shards-damaged` if the stored lengths don't add up to the rows */
  lengths(runs: readonly Run[]): RowLengths {
    const parts = runs.map((run) => this.#lengthsOf(run));
    const rows = runs.reduce((sum, run) => sum + run.rows, 0);
    const found: Record<string, Values> = {};
    for (let c = 0; c < this.#fed; c += 1) joinColumn(this.#besideIds[c]!, parts, c, rows, found);
    return found as unknown as RowLengths;
  }

  /** All columns of a run but the ids, by name, as `lengths` checks them; those of provenance only if the set has it. */
  columns(run: Run): ReadonlyMap<string, RunColumn> {
    const found = this.#lengthsOf(run);
    const { length } = this.#layout(run.batch).columns;
    for (let c = this.#fed; c < length; c += 1) found.push(this.#readColumn(run, c));
    return new Map(found.map((column, c) => [this.#besideIds[c]!.name, column]));
  }

  /** @throws LongmixError `shards-damaged` */
  read({ shard, offset, into, row }: FileRead): void {
    const file = this.#file(shard, row);
    try {
      if (file.read(offset, into) instanceof Promise)
        throw new Error('remote shards are read by `readAhead`');
    } catch (cause) {
      throw this.#unreadable(shard, row, cause);
    }
  }

  /** Like `read`, but in a thread of Node's pool, or over the network. */
  async readAhead({ shard, offset, into, row }: FileRead): Promise<void> {
    try {
      const file = this.isRemote ? await this.#remoteFile(shard) : this.#file(shard, row);
      await file.readAside(offset, into);
    } catch (cause) {
      throw this.#unreadable(shard, row, cause);
    }
  }

  close(): void {
    for (const file of this.#open.values()) file.close();
    this.#open.clear();
  }

  #lengthsOf(run: Run): RunColumn[] {
    const found: RunColumn[] = [];
    for (let c = 0; c < this.#fed; c += 1) found.push(this.#readColumn(run, c));
    const [{ starts, values: lengths }, { values: padding }] = found as [RunColumn, RunColumn];
    for (let r = 0; r < run.rows; r += 1) {
      const fault = rowFault(starts!, lengths, padding, r, this.#manifest.width);
      if (fault !== null) throw this.#damagedRow(run, r, fault);
    }
    return found;
  }

  /** @param c index of the column in `#besideIds` */
  #readColumn(run: Run, c: number): RunColumn {
    const { first, rows } = run;
    const { name, shape, type } = this.#besideIds[c]!;
    const { offsets, values, entries } = this.#layout(run.batch).columns[c]!;
    if (shape !== 'list') {
      const per = shape === 'tokens' ? this.#manifest.width : 1;
      return { starts: null, values: this.#values(run, type, values, first * per, rows * per) };
    }
    const starts = this.#values(run, 'int32', offsets, first, rows + 1) as Int32Array;
    for (let r = 0; r <= rows; r += 1) {
      // Starts must be ascending and inside the column, or the next read could have any size.
      if (starts[r]! >= (starts[r - 1] ?? 0) && starts[r]! <= entries) continue;
      throw this.#damagedRow(run, Math.max(0, r - 1), `its ${name} begin or end nowhere`);
    }
    return { starts, values: this.#values(run, type, values, starts[0]!, starts[rows]! - starts[0]!) };
  }

  /** Returns entries of a buffer after the ids of a record batch. Callers must not write to them. */
  #values(run: Run, type: RowColumn['type'], offset: number, first: number, entries: number): Values {
    const skipped = first * bytesOfType(type, 'int32');
    if (this.#kept === null) {
      const found = newArray(type, entries);
      const into = new Uint8Array(found.buffer);
      this.read({ shard: this.#batches[run.batch]!.shard, offset: offset + skipped, into, row: run.row });
      return found;
    }
    const behind = this.#layout(run.batch).columns[0]!.offsets;
    const kept = this.#kept.get(run.batch) ?? this.#keep(run, behind);
    return arrayOf(type, kept, offset - behind + skipped, entries);
  }

  /** @param behind offset of the first byte after the ids */
  #keep({ batch, row }: Run, behind: number): ArrayBuffer {
    const { shard, record } = this.#batches[batch]!;
    const into = new Uint8Array(record.offset + record.bytes - behind);
    this.read({ shard, offset: behind, into, row });
    this.#kept!.set(batch, into.buffer);
    return into.buffer;
  }

  /**
   * The last record batch that begins at or before the row. For rows after the end (damaged schedule) the read fails.
   */
  #batchOf(row: number): number {
    return Math.min(firstFrom(this.#firstRows, row + 1), this.#batches.length) - 1;
  }

  #layout(batch: number): BatchLayout {
    const known = this.#layouts.get(batch);
    if (known !== undefined) return known;
    const { shard, record } = this.#batches[batch]!;
    const row = this.#firstRows[batch]!;
    const head = new Uint8Array(Math.min(record.bytes, usualMetadataBytes));
    this.read({ shard, offset: record.offset, into: head, row });
    const bytes = headBytes(head, record);
    let whole = head;
    if (bytes !== null && bytes > head.length) {
      whole = new Uint8Array(bytes);
      this.read({ shard, offset: record.offset, into: whole, row });
    }
    return this.#takeLayout(batch, whole, bytes);
  }

  /** @param bytes of `head`; null: it is not a record batch's */
  #takeLayout(batch: number, head: Uint8Array, bytes: number | null): BatchLayout {
    const { shard, record } = this.#batches[batch]!;
    const masked = this.#manifest.mask === undefined ? 0 : this.#manifest.width;
    const read = () => batchLayout(head.subarray(0, bytes!), record, this.#rowBytes, masked);
    const layout = bytes === null ? null : read();
    if (layout === null)
      throw this.#damaged(
        shard,
        this.#firstRows[batch]!,
        `no record batch of its rows at byte ${record.offset}`,
      );
    this.#layouts.set(batch, layout);
    return layout;
  }

  /** Fetches the layout of a record batch and the columns after its ids, if they aren't there. */
  async #fetchBatch(batch: number): Promise<void> {
    const { shard, record } = this.#batches[batch]!;
    const row = this.#firstRows[batch]!;
    const fetch = async (offset: number, bytes: number) => {
      const into = new Uint8Array(bytes);
      await this.readAhead({ shard, offset, into, row });
      return into;
    };
    let layout = this.#layouts.get(batch);
    if (layout === undefined) {
      let head = await fetch(record.offset, Math.min(record.bytes, usualMetadataBytes));
      const bytes = headBytes(head, record);
      if (bytes !== null && bytes > head.length) head = await fetch(record.offset, bytes);
      layout = this.#takeLayout(batch, head, bytes);
    }
    if (this.#kept!.has(batch)) return;
    const behind = layout.columns[0]!.offsets;
    const columns = await fetch(behind, record.offset + record.bytes - behind);
    this.#kept!.set(batch, columns.buffer);
  }

  /** Drops the columns of the record batches that were fetched first, until what is left fits. */
  #dropOthers(wanted: ReadonlySet<number>): void {
    let bytes = 0;
    for (const columns of this.#kept!.values()) bytes += columns.byteLength;
    for (const [batch, columns] of this.#kept!) {
      if (bytes <= this.#keptBytes) return;
      if (wanted.has(batch)) continue;
      this.#kept!.delete(batch);
      bytes -= columns.byteLength;
    }
  }

  #file(shard: number, row: number): Bytes {
    const found = this.#open.get(shard);
    if (found !== undefined) return found;
    try {
      const file = this.#place.open(this.#manifest.shards[shard]!.name);
      if (file instanceof Promise) throw new Error('remote shards are read by `readAhead`');
      this.#open.set(shard, file);
      return file;
    } catch (cause) {
      throw this.#unreadable(shard, row, cause);
    }
  }

  async #remoteFile(shard: number): Promise<Bytes> {
    let opening = this.#opening.get(shard);
    if (opening === undefined) {
      opening = Promise.resolve(this.#place.open(this.#manifest.shards[shard]!.name));
      this.#opening.set(shard, opening);
    }
    try {
      const file = await opening;
      this.#open.set(shard, file);
      return file;
    } catch (cause) {
      // Another try may succeed.
      this.#opening.delete(shard);
      throw cause;
    }
  }

  #path(shard: number): string {
    return `${this.#place.where}/${this.#manifest.shards[shard]!.name}`;
  }

  #damagedRow(run: Run, row: number, what: string): LongmixError {
    return this.#damaged(this.#batches[run.batch]!.shard, run.row + row, what);
  }

  #unreadable(shard: number, row: number, cause: unknown): LongmixError {
    // What a remote place throws has its address and its cure.
    if (cause instanceof LongmixError) return cause;
    const what =
      cause instanceof EndedEarly ? 'the file ends before it' : `it can't be read: ${systemReason(cause)}`;
    return this.#damaged(shard, row, what, cause);
  }

  /** @param row number in the set of the first of the requested rows */
  #damaged(shard: number, row: number, what: string, cause?: unknown): LongmixError {
    return new LongmixError(
      'shards-damaged',
      `damaged shard set: ${this.#path(shard)}: row ${row}: ${what}`,
      {
        cure: 'longmix verify tells what is damaged; build again with --fresh',
        exitCode: 1,
        cause,
      },
    );
  }
}
