/**
 * Collects documents into chunks. No chunk is larger than `chunkBytes`. A document that does not fit is cut at
 * character boundaries into chunks of its own, all open except the last. Cost: each text is copied once.
 */
import type { DocumentChunk, FieldValue, ReadCounts } from '../nouns/documents.ts';
import { characterEnd, countLoneSurrogates } from './input/utf8.ts';

export const defaultChunkBytes: number = 1024 * 1024;

/** Buffers for reuse, so that the memory of chunks is not freed and cleared again and again. */
const free: Buffer<ArrayBuffer>[] = [];
const mostFree = 4;
const lent = new WeakMap<ArrayBufferLike, Buffer<ArrayBuffer>>();

/** Call this when a chunk is no longer used: its memory may then hold another chunk. */
export function reuseChunk({ text }: DocumentChunk): void {
  const buffer = lent.get(text.buffer);
  if (buffer === undefined) return;
  lent.delete(text.buffer);
  if (free.length < mostFree) free.push(buffer);
}

function emptyBuffer(bytes: number): Buffer<ArrayBuffer> {
  const last = free.pop();
  const buffer = last?.length === bytes ? last : Buffer.allocUnsafeSlow(bytes);
  lent.set(buffer.buffer, buffer);
  return buffer;
}

/** What a chunk says about a document. */
export interface DocumentLabel {
  readonly record: number;
  readonly id: string | null;
  readonly source: string | null;
  /** Values of the source's fields, if it keeps any. */
  readonly values?: readonly FieldValue[] | undefined;
}

export class ChunkBuilder {
  readonly #chunkBytes: number;
  readonly #counts: ReadCounts;
  readonly #withSources: boolean;
  readonly #ofIds: boolean;
  readonly #fieldCount: number;
  #buffer = Buffer.alloc(0);
  #used = 0;
  #ends: number[] = [];
  #ids: (string | null)[] = [];
  #records: number[] = [];
  #sources: string[] = [];
  #fields: FieldValue[][];
  #ready: DocumentChunk[] = [];

  /**
   * @param ofIds documents are token ids of 4 bytes, not characters
   * @param fieldCount values of each label
   */
  constructor(
    counts: ReadCounts,
    chunkBytes: number,
    withSources: boolean,
    ofIds: boolean = false,
    fieldCount: number = 0,
  ) {
    // A chunk must be able to hold the longest character, and whole ids.
    this.#chunkBytes = Math.max(chunkBytes - (chunkBytes % 4), 4);
    this.#ofIds = ofIds;
    this.#counts = counts;
    this.#withSources = withSources;
    this.#fieldCount = fieldCount;
    this.#fields = this.#emptyLists();
  }

  /** Whether `take` would return chunks. Ask after every document, so that chunks don't pile up. */
  get ready(): boolean {
    return this.#ready.length > 0;
  }

  /** @param text a string, or bytes that are well-formed UTF-8 (they may be reused afterwards) */
  add(text: string | Uint8Array, label: DocumentLabel): void {
    let length: number;
    if (typeof text === 'string') {
      countLoneSurrogates(text, this.#counts);
      // A UTF-16 code unit takes at most 3 bytes, so most texts are known to fit without being measured.
      length = text.length * 3 <= this.#room() ? text.length : Buffer.byteLength(text);
    } else length = text.length;
    this.#counts.documents += 1;
    if (label.id !== null) this.#counts.identified += 1;
    if (length > this.#chunkBytes) {
      this.#addLong(text, label);
      return;
    }
    if (length > this.#chunkBytes - this.#used || this.#ends.length === maxDocuments) this.#flush(false);
    if (this.#buffer.length === 0) this.#buffer = emptyBuffer(this.#chunkBytes);
    if (typeof text === 'string') this.#used += this.#buffer.write(text, this.#used, 'utf8');
    else {
      this.#buffer.set(text, this.#used);
      this.#used += length;
    }
    this.#label(label);
  }

  /** Returns the full chunks so far; at the end of the input (`last`), also the unfinished one. */
  take(last: boolean = false): DocumentChunk[] {
    if (last) this.#flush(false);
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  #room(): number {
    return (this.#buffer.length === 0 ? this.#chunkBytes : this.#buffer.length) - this.#used;
  }

  #emptyLists(): FieldValue[][] {
    return Array.from({ length: this.#fieldCount }, () => []);
  }

  #label(label: DocumentLabel): void {
    this.#ends.push(this.#used);
    this.#ids.push(label.id);
    this.#records.push(label.record);
    if (this.#withSources) this.#sources.push(label.source!);
    for (let f = 0; f < this.#fieldCount; f += 1) this.#fields[f]!.push(label.values?.[f] ?? null);
  }

  #addLong(text: string | Uint8Array, label: DocumentLabel): void {
    this.#flush(false);
    const bytes = typeof text === 'string' ? Buffer.from(text) : new Uint8Array(text);
    for (let start = 0; start < bytes.length; ) {
      let end = Math.min(start + this.#chunkBytes, bytes.length);
      if (end < bytes.length && !this.#ofIds) end = start + characterEnd(bytes.subarray(start, end));
      this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
      this.#used = end - start;
      this.#label(label);
      this.#flush(end < bytes.length);
      start = end;
    }
  }

  #flush(open: boolean): void {
    if (this.#ends.length === 0) return;
    this.#ready.push({
      text: this.#buffer.subarray(0, this.#used),
      ends: this.#ends,
      ids: this.#ids,
      records: this.#records,
      sources: this.#withSources ? this.#sources : null,
      ...(this.#fieldCount === 0 ? {} : { fields: this.#fields }),
      open,
    });
    this.#buffer = Buffer.alloc(0);
    this.#used = 0;
    this.#ends = [];
    this.#ids = [];
    this.#records = [];
    this.#sources = [];
    if (this.#fieldCount > 0) this.#fields = this.#emptyLists();
  }
}

/** Bounds the arrays of a chunk whose documents are empty or nearly empty. */
const maxDocuments = 65_536;
