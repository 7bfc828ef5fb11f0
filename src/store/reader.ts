/**
 * Reads a token store that `writer.ts` wrote: the manifest, the table of all documents (the planner's input), and
 * tokens by document number. Memory: 14 bytes per document, in shared memory, so that workers need no copy.
 */

import { join } from 'node:path';
import type { Table, Vector } from 'apache-arrow';
import { idBytes } from '../base/id-bytes.ts';
import { firstFrom } from '../base/sequence.ts';
import { LongmixError } from '../errors.ts';
import type { DocumentTable, TokenSource } from '../nouns/tokens.ts';
import { type LocalBytes, readText } from '../storage/files.ts';
import { localStorage } from '../storage/local.ts';
import { EndedEarly } from '../storage/storage.ts';
import {
  countLinesBefore,
  type InputRecord,
  type PartRecord,
  readableVersions,
  type StoreManifest,
  storeFile,
  storeFormat,
  storeVersion,
  tokensFile,
} from './format.ts';
import { loadOutputs } from './learned.ts';
import { damaged, readIndex } from './part-index.ts';

/** @throws LongmixError `store-missing` | `store-version` | `store-damaged` */
export function openStore(folder: string): StoreManifest {
  const file = join(folder, storeFile);
  let text: string;
  try {
    text = readText(file);
  } catch (cause) {
    throw new LongmixError('store-missing', `no finished token store here: ${folder}`, {
      cure: 'make it with: longmix tokenize RECIPE --out STORE',
      cause,
    });
  }
  let manifest: StoreManifest | null;
  try {
    manifest = JSON.parse(text) as StoreManifest | null;
  } catch (cause) {
    throw damaged(file, 'it is not JSON', cause);
  }
  if (manifest?.format !== storeFormat || !readableVersions.includes(manifest.version)) {
    throw new LongmixError('store-version', `not a token store of version ${storeVersion}: ${file}`, {
      cure: 'tokenize again with this version of longmix: --fresh',
    });
  }
  return manifest;
}

/** @throws LongmixError `store-damaged` if the index and the manifest disagree */
export function loadDocuments(folder: string, manifest: StoreManifest): DocumentTable {
  const { sources, parts } = manifest;
  const table = createDocumentTable(manifest.totals.documents, sources, parts.length);
  const sourceNumbers = new Map(sources.map((name, number) => [name, number]));
  let document = 0;
  for (const [number, part] of parts.entries()) {
    const { file, docs } = readIndex(folder, part);
    table.partStarts[number] = document;
    let tokens = 0;
    for (const batch of docs.batches) {
      const lengths = batch.getChild('length')!.toArray() as Uint32Array;
      const keys = batch.getChild('key')!.toArray() as BigUint64Array;
      const keyWords = new Uint32Array(keys.buffer, keys.byteOffset, keys.length * 2);
      const source = batch.getChild('source')!.data[0]!;
      const local = source.values as Int32Array;
      const names = Array.from(source.dictionary!, (name: string) => sourceNumbers.get(name)!);
      table.lengths.set(lengths, document);
      for (let i = 0; i < lengths.length; i += 1, document += 1) {
        table.keysLow[document] = keyWords[2 * i]!;
        table.keysHigh[document] = keyWords[2 * i + 1]!;
        table.source[document] = names[local[i]!]!;
        tokens += lengths[i]!;
      }
    }
    if (tokens !== part.tokens) throw damaged(file, `its lengths sum to ${tokens}, not ${part.tokens}`);
  }
  table.partStarts[parts.length] = document;
  const outputs = loadOutputs(folder, manifest);
  return outputs === null ? table : { ...table, outputs };
}

/**
 * Unicode code points of each document's text, by document number, in shared memory. This is not part of the table,
 * because few callers need it.
 *
 * @throws LongmixError `store-damaged`
 */
export function loadCharacters(folder: string, manifest: StoreManifest): Uint32Array {
  const characters = new Uint32Array(new SharedArrayBuffer(manifest.totals.documents * 4));
  let document = 0;
  for (const part of manifest.parts) {
    for (const batch of readIndex(folder, part).docs.batches) {
      characters.set(batch.getChild('characters')!.toArray() as Uint32Array, document);
      document += batch.numRows;
    }
  }
  return characters;
}

export interface DocumentOrigin {
  readonly source: string;
  /** The user's id, or null. */
  readonly id: string | null;
  /** Path relative to the source's root. */
  readonly origin: string;
  /** The record's number in the file, from 1; 0: the whole file. */
  readonly record: number;
}

/** Where documents came from. Reads the index of every part that it meets, so it is for a few documents only. */
export function documentOrigins(
  folder: string,
  manifest: StoreManifest,
  documents: readonly number[],
): DocumentOrigin[] {
  const starts = new Uint32Array(manifest.parts.length + 1);
  for (const [p, part] of manifest.parts.entries()) starts[p + 1] = starts[p]! + part.documents;
  const linesBefore = countLinesBefore(manifest.parts);
  const open = new Map<number, { docs: Table; inputs: Map<string, InputRecord> }>();
  return documents.map((document) => {
    // The last that begins at or before the document: parts without documents begin where the next does.
    const part = firstFrom(starts, document + 1) - 1;
    let opened = open.get(part);
    if (opened === undefined) {
      const { docs } = readIndex(folder, manifest.parts[part]!);
      opened = { docs, inputs: new Map(manifest.parts[part]!.inputs.map((input) => [input.name, input])) };
      open.set(part, opened);
    }
    const { docs, inputs } = opened;
    const row = docs.get(document - starts[part]!)!.toJSON() as unknown as DocumentOrigin;
    const { source, id, origin } = row;
    const input = inputs.get(origin)!;
    const record = row.record === 0 ? 0 : linesBefore(input) + row.record;
    return { source, id, origin, record };
  });
}

/** Consecutive documents of a store; `first` is the number of the first one. */
export interface DocumentRun {
  readonly first: number;
  readonly count: number;
  /** `lengths`: tokens per document. `characters`: Unicode code points of its text. */
  readonly lengths: Uint32Array;
  readonly characters: Uint32Array;
  /** xxHash64 of the text. */
  readonly keys: BigUint64Array;
  origin(index: number): DocumentOrigin;
}

/** All documents with their origins, in order. Memory: the index of one part. */
export function* documentRuns(folder: string, manifest: StoreManifest): Generator<DocumentRun> {
  // A large file may be split into several inputs. They come in the file's order, so lines can be summed on the way.
  const linesRead = new Map<string, number>();
  let first = 0;
  for (const part of manifest.parts) {
    const before = new Map<string, number>();
    for (const { source, name, lines } of part.inputs) {
      const key = JSON.stringify([source, name]);
      const read = linesRead.get(key) ?? 0;
      if (!before.has(name)) before.set(name, read);
      linesRead.set(key, read + lines);
    }
    for (const batch of readIndex(folder, part).docs.batches) {
      const column = <T>(name: string) => batch.getChild(name) as unknown as Vector & { get(i: number): T };
      const sources = column<string>('source');
      const origins = column<string>('origin');
      const ids = column<string | null>('id');
      const records = column<number>('record');
      yield {
        first,
        count: batch.numRows,
        lengths: column('length').toArray() as Uint32Array,
        characters: column('characters').toArray() as Uint32Array,
        keys: column('key').toArray() as BigUint64Array,
        origin(index) {
          const origin = origins.get(index);
          const record = records.get(index);
          return {
            ...{ source: sources.get(index), id: ids.get(index), origin },
            record: record === 0 ? 0 : before.get(origin)! + record,
          };
        },
      };
      first += batch.numRows;
    }
  }
}

/** The part of a store's manifest that says where its tokens lie. */
export interface TokenFiles extends Pick<StoreManifest, 'dtype'> {
  readonly parts: readonly Pick<PartRecord, 'name'>[];
}

const stride = 256;

/** Reads tokens by document number, from disk on demand. Neighbours in the table are neighbours on disk. */
export class TokenReader implements TokenSource {
  readonly #folder: string;
  readonly #files: TokenFiles;
  readonly #table: DocumentTable;
  /** Tokens in the store before every `stride`-th document. The place of any document is a short sum from there. */
  readonly #tokensBefore: Float64Array;
  readonly #open = new Map<number, LocalBytes>();
  #scratch = new Uint8Array(0);

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
    // Take the last part that begins at or before the document: a part without documents begins where the next does.
    const part = firstFrom(this.#table.partStarts, document + 1) - 1;
    const partBegin = this.#place(this.#table.partStarts[part]!);
    const position = (this.#place(document) - partBegin + start) * width;
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

  /** Closes the open files. A later `copy` opens them again. */
  close(): void {
    for (const file of this.#open.values()) file.close();
    this.#open.clear();
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
      throw damaged(path, 'it ends too early', cause);
    }
  }

  #closeOldest(): void {
    const [part, file] = this.#open.entries().next().value!;
    file.close();
    this.#open.delete(part);
  }
}

export function createDocumentTable(count: number, sources: readonly string[], parts: number): DocumentTable {
  const shared = (bytes: number) => new SharedArrayBuffer(bytes);
  return {
    count,
    sources,
    lengths: new Uint32Array(shared(count * 4)),
    keysLow: new Uint32Array(shared(count * 4)),
    keysHigh: new Uint32Array(shared(count * 4)),
    source: new Uint16Array(shared(count * 2)),
    partStarts: new Uint32Array(shared((parts + 1) * 4)),
  };
}

function openTokens(folder: string, name: string): LocalBytes {
  try {
    return localStorage(folder).open(name);
  } catch (cause) {
    throw damaged(join(folder, name), 'it cannot be opened', cause);
  }
}
