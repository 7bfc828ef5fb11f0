/**
 * Reads tokens by document number, from disk on demand. Of a store in a bucket, stretches are read by `fetch`, which several
 * calls may do at once: document by document, each would wait for an answer.
 */
import { idBytes } from '../base/id-bytes.ts';
import { firstFrom } from '../base/sequence.ts';
import type { DocumentTable, TokenSource } from '../nouns/tokens.ts';
import type { LocalBytes } from '../storage/files.ts';
import { localStorage } from '../storage/local.ts';
import { join } from '../storage/paths.ts';
import { type Bytes, EndedEarly } from '../storage/storage.ts';
import { storageAt } from '../storage/storage-at.ts';
import { type PartRecord, type StoreManifest, tokensFile } from './format.ts';
import { damagedStore } from './part-index.ts';

/** The part of a store's manifest that says where its tokens lie. */
export interface TokenFiles extends Pick<StoreManifest, 'dtype'> {
  readonly parts: readonly Pick<PartRecord, 'name'>[];
}

const stride = 256;

type Ids = Uint16Array | Int32Array;

/** Neighbours in the table are neighbours on disk. */
export class TokenReader implements TokenSource {
  readonly #folder: string;
  readonly #files: TokenFiles;
  readonly #table: DocumentTable;
  /** Tokens in the store before every `stride`-th document. The place of any document is a short sum from there. */
  readonly #tokensBefore: Float64Array;
  readonly #open = new Map<number, LocalBytes>();
  #scratch = new Uint8Array(0);
  /** Files of `fetch`, which only a bucket has: nothing is held open. */
  readonly #far = new Map<number, Promise<Bytes>>();

  constructor(folder: string, files: TokenFiles, table: DocumentTable) {
    this.#folder = folder;
    this.#files = files;
    this.#table = table;
    this.#tokensBefore = new Float64Array(Math.ceil((table.count + 1) / stride));
    let tokens = 0;
    for (let d = 0; d < table.count; d += 1) {
      if (d % stride === 0) this.#tokensBefore[d / stride] = tokens;
      tokens += table.lengths[d]!;
    }
    if (table.count % stride === 0) this.#tokensBefore[table.count / stride] = tokens;
  }

  copy(document: number, start: number, length: number, out: Uint16Array | Int32Array, at: number): void {
    if (length === 0) return;
    const width = idBytes(this.#files.dtype);
    const { part, position } = this.#find(document, start);
    if (out.BYTES_PER_ELEMENT === width) {
      this.#read(part, position, new Uint8Array(out.buffer, out.byteOffset + at * width, length * width));
      return;
    }
    if (this.#scratch.length < length * width) this.#scratch = new Uint8Array(length * width);
    const bytes = this.#scratch.subarray(0, length * width);
    this.#read(part, position, bytes);
    const ids =
      width === 2 ? new Uint16Array(bytes.buffer, 0, length) : new Uint32Array(bytes.buffer, 0, length);
    out.set(ids, at);
  }

  /**
   * The same without blocking this thread, for a store on any machine.
   * @param out of the store's width
   */
  async fetch(document: number, start: number, length: number, out: Ids, at: number): Promise<void> {
    if (length === 0) return;
    const width = idBytes(this.#files.dtype);
    const { part, position } = this.#find(document, start);
    const name = tokensFile(this.#files.parts[part]!.name);
    let opening = this.#far.get(part);
    if (opening === undefined) {
      opening = openFar(this.#folder, name);
      this.#far.set(part, opening);
      // Another try may succeed.
      opening.catch(() => this.#far.delete(part));
    }
    const file = await opening;
    try {
      await file.readAside(position, new Uint8Array(out.buffer, out.byteOffset + at * width, length * width));
    } catch (cause) {
      if (!(cause instanceof EndedEarly)) throw cause;
      throw damagedStore(join(this.#folder, name), 'it ends too early', cause);
    }
  }

  /** Closes the open files. A later `copy` opens them again. */
  close(): void {
    for (const file of this.#open.values()) file.close();
    this.#open.clear();
  }

  /** Where a token of a document lies, in bytes. */
  #find(document: number, start: number): { part: number; position: number } {
    // Take the last part that begins at or before the document: a part without documents begins where the next does.
    const part = firstFrom(this.#table.partStarts, document + 1) - 1;
    const partBegin = this.#place(this.#table.partStarts[part]!);
    return { part, position: (this.#place(document) - partBegin + start) * idBytes(this.#files.dtype) };
  }

  /** Tokens in the store before the document. */
  #place(document: number): number {
    const nearest = Math.floor(document / stride);
    let tokens = this.#tokensBefore[nearest]!;
    for (let d = nearest * stride; d < document; d += 1) tokens += this.#table.lengths[d]!;
    return tokens;
  }

  #read(part: number, position: number, bytes: Uint8Array): void {
    let file = this.#open.get(part);
    if (file === undefined) {
      file = openTokens(this.#folder, tokensFile(this.#files.parts[part]!.name));
      this.#open.set(part, file);
      // Close the oldest, so that a store of thousands of parts stays below the limit of open files.
      if (this.#open.size > 256) this.#closeOldest();
    }
    try {
      file.read(position, bytes);
    } catch (cause) {
      if (!(cause instanceof EndedEarly)) throw cause;
      const path = join(this.#folder, tokensFile(this.#files.parts[part]!.name));
      throw damagedStore(path, 'it ends too early', cause);
    }
  }

  #closeOldest(): void {
    const [part, file] = this.#open.entries().next().value!;
    file.close();
    this.#open.delete(part);
  }
}

async function openFar(folder: string, name: string): Promise<Bytes> {
  return await (await storageAt(folder)).open(name);
}

function openTokens(folder: string, name: string): LocalBytes {
  try {
    return localStorage(folder).open(name);
  } catch (cause) {
    throw damagedStore(join(folder, name), 'it cannot be opened', cause);
  }
}
