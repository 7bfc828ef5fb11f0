/**
 * Reads a token store that `writer.ts` wrote: the manifest, the table of all documents (the planner's input), and
 * tokens by document number. Memory: 14 bytes per document, in shared memory, so that workers need no copy.
 */

import type { Table, Vector } from 'apache-arrow';
import { inLanes } from '../base/in-lanes.ts';
import { isUrl } from '../base/is-url.ts';
import { firstFrom } from '../base/sequence.ts';
import { LongmixError } from '../errors.ts';
import type { DocumentTable } from '../nouns/tokens.ts';
import { readText } from '../storage/files.ts';
import { join } from '../storage/paths.ts';
import {
  countLinesBefore,
  type InputRecord,
  readableVersions,
  type StoreManifest,
  storeFile,
  storeFormat,
  storeVersion,
} from './format.ts';
import { collectOutputs } from './learned.ts';
import { damagedStore, fetchIndex, indexes, lanes, type PartIndex, readIndex } from './part-index.ts';

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
    throw damagedStore(file, 'it is not JSON', cause);
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
  const filled = newTable(manifest);
  for (const [number, part] of manifest.parts.entries()) filled.take(number, readIndex(folder, part));
  return filled.finish();
}

/** The same of a store on any machine: from a bucket several indexes are on their way at once. */
export async function loadTable(folder: string, manifest: StoreManifest): Promise<DocumentTable> {
  if (!isUrl(folder)) return loadDocuments(folder, manifest);
  const filled = newTable(manifest);
  await inLanes([...manifest.parts.entries()], lanes, async ([number, part]) =>
    filled.take(number, await fetchIndex(folder, part)),
  );
  return filled.finish();
}

/** Takes the indexes of parts in any order. */
function newTable(manifest: StoreManifest): {
  take(number: number, index: PartIndex): void;
  finish(): DocumentTable;
} {
  const { sources, parts, totals } = manifest;
  const table = createDocumentTable(totals.documents, sources, parts.length);
  const outputs = collectOutputs(manifest);
  const sourceNumbers = new Map(sources.map((name, number) => [name, number]));
  for (const [number, part] of parts.entries())
    table.partStarts[number + 1] = table.partStarts[number]! + part.documents;
  return {
    finish: () => (outputs === null ? table : { ...table, outputs: outputs.finish() }),
    take(number, { file, docs }) {
      let document = table.partStarts[number]!;
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
      const recorded = parts[number]!.tokens;
      if (tokens !== recorded) throw damagedStore(file, `its lengths sum to ${tokens}, not ${recorded}`);
      outputs?.take(number, file, docs);
    },
  };
}

/**
 * Unicode code points of each document's text, by document number, in shared memory. This is not part of the table,
 * because few callers need it.
 *
 * @throws LongmixError `store-damaged`
 */
export async function loadCharacters(folder: string, manifest: StoreManifest): Promise<Uint32Array> {
  const characters = new Uint32Array(new SharedArrayBuffer(manifest.totals.documents * 4));
  let document = 0;
  for await (const { docs } of indexes(folder, manifest.parts)) {
    for (const batch of docs.batches) {
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
export async function documentOrigins(
  folder: string,
  manifest: StoreManifest,
  documents: readonly number[],
): Promise<DocumentOrigin[]> {
  const starts = new Uint32Array(manifest.parts.length + 1);
  for (const [p, part] of manifest.parts.entries()) starts[p + 1] = starts[p]! + part.documents;
  const linesBefore = countLinesBefore(manifest.parts);
  const open = new Map<number, { docs: Table; inputs: Map<string, InputRecord> }>();
  const found: DocumentOrigin[] = [];
  for (const document of documents) {
    // The last that begins at or before the document: parts without documents begin where the next does.
    const part = firstFrom(starts, document + 1) - 1;
    let opened = open.get(part);
    if (opened === undefined) {
      const { docs } = await fetchIndex(folder, manifest.parts[part]!);
      opened = { docs, inputs: new Map(manifest.parts[part]!.inputs.map((input) => [input.name, input])) };
      open.set(part, opened);
    }
    const { docs, inputs } = opened;
    const row = docs.get(document - starts[part]!)!.toJSON() as unknown as DocumentOrigin;
    const { source, id, origin } = row;
    const input = inputs.get(origin)!;
    const record = row.record === 0 ? 0 : linesBefore(input) + row.record;
    found.push({ source, id, origin, record });
  }
  return found;
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

/** All documents with their origins, in order. Memory: the index of one part, or of some where they come from a bucket. */
export async function* documentRuns(folder: string, manifest: StoreManifest): AsyncGenerator<DocumentRun> {
  // A large file may be split into several inputs. They come in the file's order, so lines can be summed on the way.
  const linesRead = new Map<string, number>();
  let first = 0;
  for await (const { part, docs } of indexes(folder, manifest.parts)) {
    const before = new Map<string, number>();
    for (const { source, name, lines } of part.inputs) {
      const key = JSON.stringify([source, name]);
      const read = linesRead.get(key) ?? 0;
      if (!before.has(name)) before.set(name, read);
      linesRead.set(key, read + lines);
    }
    for (const batch of docs.batches) {
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
