/**
 * Rows of a shard set by their numbers, from the files straight into typed arrays: no decoding, one copy (the kernel's).
 * Rows that are neighbours in a record batch are one read of each column.
 *
 * Cost: a shard that was used stays open (Node raises the limit of open files to what the system allows). What stands
 * behind the ids in a record batch (16 MiB of tokens: some 50 KB of lengths) is kept, if all of it fits in `keptBytes`;
 * else each run of rows takes three small reads more.
 */
import { closeSync, openSync, read, readSync } from 'node:fs';
import { join } from 'node:path';
import { LongmixError } from '../errors.ts';
import type { BatchRecord, ShardSetManifest } from '../shard/format.ts';
import { type BatchLayout, batchLayout, headBytes, usualMetadataBytes } from './batch-layout.ts';

const usuallyKept = 64 * 1024 * 1024;

/** Neighbouring rows of a record batch. */
interface Run {
  readonly batch: number;
  /** Number of its first row in the record batch. */
  readonly first: number;
  readonly rows: number;
}

/** A read that fills `into`. */
export interface FileRead {
  readonly shard: number;
  readonly offset: number;
  readonly into: Uint8Array;
}

export interface RowLengths {
  /** As the column of that name, rows end to end. */
  readonly seqLengths: Int32Array;
  /** rows + 1: where each row's entries begin. */
  readonly seqOffsets: Int32Array;
  readonly padding: Uint32Array;
}

export class RowFiles {
  readonly #folder: string;
  readonly #manifest: ShardSetManifest;
  readonly #rowBytes: number;
  readonly #batches: readonly { readonly shard: number; readonly record: BatchRecord }[];
  /** First row of each record batch, and the number of rows at the end. */
  readonly #firstRows: Float64Array;
  readonly #layouts = new Map<number, BatchLayout>();
  /** By record batch, the file's bytes from the offset `seqOffsets` on; null: they are too many. */
  readonly #lengths: Map<number, Uint8Array> | null;
  /** Descriptors by shard. */
  readonly #open = new Map<number, number>();

  constructor(folder: string, manifest: ShardSetManifest, keptBytes: number = usuallyKept) {
    this.#folder = folder;
    this.#manifest = manifest;
    this.#rowBytes = manifest.width * (manifest.dtype === 'uint16' ? 2 : 4);
    this.#batches = manifest.shards.flatMap(({ batches }, shard) =>
      batches.map((record) => ({ shard, record })),
    );
    this.#firstRows = new Float64Array(this.#batches.length + 1);
    for (const [b, { record }] of this.#batches.entries()) {
      this.#firstRows[b + 1] = this.#firstRows[b]! + record.rows;
    }
    const bytes = this.#batches.reduce((sum, { record }) => sum + record.bytes, 0);
    this.#lengths = bytes - manifest.rows * this.#rowBytes <= keptBytes ? new Map() : null;
  }

  /** Reads that fill `into` with the rows' ids, one after another. */
  idReads(rows: Uint32Array, into: Uint8Array): FileRead[] {
    let at = 0;
    return this.#runs(rows).map(({ batch, first, rows: count }) => {
      const bytes = count * this.#rowBytes;
      const offset = this.#layout(batch).inputIds + first * this.#rowBytes;
      at += bytes;
      return { shard: this.#batches[batch]!.shard, offset, into: into.subarray(at - bytes, at) };
    });
  }

  lengths(rows: Uint32Array): RowLengths {
    const seqOffsets = new Int32Array(rows.length + 1);
    const padding = new Uint32Array(rows.length);
    const lists: { batch: number; offset: number; bytes: number }[] = [];
    let row = 0;
    for (const { batch, first, rows: count } of this.#runs(rows)) {
      const layout = this.#layout(batch);
      const starts = new Int32Array(count + 1);
      this.#readLengths(batch, layout.seqOffsets + first * 4, bytesOf(starts));
      this.#readLengths(batch, layout.padding + first * 4, bytesOf(padding.subarray(row, row + count)));
      for (let r = 0; r < count; r += 1, row += 1) {
        seqOffsets[row + 1] = seqOffsets[row]! + starts[r + 1]! - starts[r]!;
      }
      const bytes = (starts[count]! - starts[0]!) * 4;
      lists.push({ batch, offset: layout.seqLengths + starts[0]! * 4, bytes });
    }
    const seqLengths = new Int32Array(seqOffsets[rows.length]!);
    const into = bytesOf(seqLengths);
    let at = 0;
    for (const { batch, offset, bytes } of lists) {
      this.#readLengths(batch, offset, into.subarray(at, at + bytes));
      at += bytes;
    }
    return { seqLengths, seqOffsets, padding };
  }

  /** @throws LongmixError `shards-damaged` */
  read({ shard, offset, into }: FileRead): void {
    const descriptor = this.#descriptor(shard);
    // One read may give less than was asked (2 GiB and more, network file systems).
    for (let at = 0; at < into.length; ) {
      const count = readSync(descriptor, into, at, into.length - at, offset + at);
      if (count === 0) throw this.#damaged(shard, 'it ends too early');
      at += count;
    }
  }

  /** As `read`, in a thread of Node's pool. */
  async readAhead({ shard, offset, into }: FileRead): Promise<void> {
    for (let at = 0; at < into.length; ) {
      const descriptor = this.#descriptor(shard);
      const count = await new Promise<number>((resolve, reject) => {
        read(descriptor, into, at, into.length - at, offset + at, (error, bytes) => {
          if (error === null) resolve(bytes);
          else reject(error);
        });
      });
      if (count === 0) throw this.#damaged(shard, 'it ends too early');
      at += count;
    }
  }

  close(): void {
    for (const descriptor of this.#open.values()) closeSync(descriptor);
    this.#open.clear();
  }

  /** Reads what stands behind the ids of a record batch. */
  #readLengths(batch: number, offset: number, into: Uint8Array): void {
    const { shard, record } = this.#batches[batch]!;
    if (this.#lengths === null) {
      this.read({ shard, offset, into });
      return;
    }
    const { seqOffsets } = this.#layout(batch);
    let kept = this.#lengths.get(batch);
    if (kept === undefined) {
      kept = new Uint8Array(record.offset + record.bytes - seqOffsets);
      this.read({ shard, offset: seqOffsets, into: kept });
      this.#lengths.set(batch, kept);
    }
    into.set(kept.subarray(offset - seqOffsets, offset - seqOffsets + into.length));
  }

  #runs(rows: Uint32Array): Run[] {
    const runs: Run[] = [];
    for (let i = 0; i < rows.length; ) {
      const row = rows[i]!;
      const batch = this.#batchOf(row);
      const end = this.#firstRows[batch + 1]!;
      let count = 1;
      while (i + count < rows.length && rows[i + count] === row + count && row + count < end) count += 1;
      runs.push({ batch, first: row - this.#firstRows[batch]!, rows: count });
      i += count;
    }
    return runs;
  }

  #batchOf(row: number): number {
    let low = 0;
    let high = this.#batches.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#firstRows[middle]! <= row) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #layout(batch: number): BatchLayout {
    const known = this.#layouts.get(batch);
    if (known !== undefined) return known;
    const { shard, record } = this.#batches[batch]!;
    let head = new Uint8Array(Math.min(record.bytes, usualMetadataBytes));
    this.read({ shard, offset: record.offset, into: head });
    const bytes = headBytes(head);
    if (bytes > head.length && bytes <= record.bytes) {
      head = new Uint8Array(bytes);
      this.read({ shard, offset: record.offset, into: head });
    }
    const layout = batchLayout(head.subarray(0, bytes), record, this.#rowBytes);
    if (layout === null) throw this.#damaged(shard, `no record batch at byte ${record.offset}`);
    this.#layouts.set(batch, layout);
    return layout;
  }

  #descriptor(shard: number): number {
    const found = this.#open.get(shard);
    if (found !== undefined) return found;
    const path = this.#path(shard);
    let descriptor: number;
    try {
      descriptor = openSync(path, 'r');
    } catch (cause) {
      throw this.#damaged(shard, `it cannot be opened (${(cause as NodeJS.ErrnoException).code})`, cause);
    }
    this.#open.set(shard, descriptor);
    return descriptor;
  }

  #path(shard: number): string {
    return join(this.#folder, this.#manifest.shards[shard]!.name);
  }

  #damaged(shard: number, what: string, cause?: unknown): LongmixError {
    return new LongmixError('shards-damaged', `damaged shard set: ${this.#path(shard)}: ${what}`, {
      cure: 'longmix verify tells what is damaged; build again with --fresh',
      exitCode: 1,
      cause,
    });
  }
}

function bytesOf(array: Int32Array | Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
