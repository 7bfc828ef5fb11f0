/**
 * Writes one part of a token store: tokens as they come, the documents' index at the end. Memory: the index only,
 * some tens of bytes a document.
 */
import {
  Dictionary,
  Field,
  Int32,
  makeData,
  makeVector,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableToIPC,
  Uint32,
  Uint64,
  Utf8,
  type Vector,
  vectorFromArray,
} from 'apache-arrow';
import type { Sink, TokenizedDocuments } from '../types.ts';
import type { StoreDtype } from './format.ts';

export interface PartWriter {
  /** Documents of the input `origin`; `source` is theirs unless the chunk names one for each. */
  add(documents: TokenizedDocuments, source: string, origin: string): void;
  /** Writes the index. Returns what the part holds. */
  finish(): { documents: number; tokens: number; textBytes: number; sources: string[] };
}

export function createPartWriter(tokens: Sink, docs: Sink, dtype: StoreDtype): PartWriter {
  const lengths: number[] = [];
  const keys: number[] = [];
  const ids: (string | null)[] = [];
  const records: number[] = [];
  const sources = createNames();
  const origins = createNames();
  let tokenCount = 0;
  let textBytes = 0;

  return {
    add(documents, source, origin) {
      const ids16or32 = dtype === 'uint16' ? Uint16Array.from(documents.tokens) : documents.tokens;
      tokens.write(new Uint8Array(ids16or32.buffer, ids16or32.byteOffset, ids16or32.byteLength));
      tokenCount += documents.tokens.length;
      textBytes += documents.textBytes;
      for (let i = 0; i < documents.lengths.length; i += 1) {
        lengths.push(documents.lengths[i]!);
        keys.push(documents.keysLow[i]!, documents.keysHigh[i]!);
        ids.push(documents.ids[i]!);
        records.push(documents.records[i]!);
        sources.add(documents.sources?.[i] ?? source);
        origins.add(origin);
      }
    },
    finish() {
      const columns = {
        length: makeVector(Uint32Array.from(lengths)),
        key: makeVector(new BigUint64Array(Uint32Array.from(keys).buffer)),
        id: vectorFromArray(ids, new Utf8()),
        source: sources.vector(0),
        origin: origins.vector(1),
        record: makeVector(Uint32Array.from(records)),
      };
      docs.write(tableToIPC(docsTable(columns, lengths.length), 'file'));
      return { documents: lengths.length, tokens: tokenCount, textBytes, sources: sources.names };
    },
  };
}

/** Little-endian is what the format says; every platform that Node runs on is. */
type Names = Dictionary<Utf8, Int32>;

interface DocsColumns {
  readonly length: Vector<Uint32>;
  readonly key: Vector<Uint64>;
  readonly id: Vector<Utf8>;
  readonly source: Vector<Names>;
  readonly origin: Vector<Names>;
  readonly record: Vector<Uint32>;
}

function docsTable(columns: DocsColumns, count: number): Table {
  const schema = new Schema([
    new Field('length', new Uint32(), false),
    new Field('key', new Uint64(), false),
    new Field('id', new Utf8(), true),
    new Field('source', columns.source.type, false),
    new Field('origin', columns.origin.type, false),
    new Field('record', new Uint32(), false),
  ]);
  const children = Object.values(columns).map((column: Vector) => column.data[0]!);
  const data = makeData({ type: new Struct(schema.fields), length: count, nullCount: 0, children });
  return new Table(schema, new RecordBatch(schema, data));
}

/** A column of few distinct strings that come in runs. */
function createNames(): {
  names: string[];
  add(name: string): void;
  vector(dictionaryId: number): Vector<Names>;
} {
  const names: string[] = [];
  const numbers = new Map<string, number>();
  const indices: number[] = [];
  return {
    names,
    add(name) {
      let index = numbers.get(name);
      if (index === undefined) {
        index = names.length;
        names.push(name);
        numbers.set(name, index);
      }
      indices.push(index);
    },
    vector(dictionaryId) {
      // Without an id of our own, Arrow takes one from a counter of the process, and the bytes would depend on
      // what the process wrote before.
      const type = new Dictionary(new Utf8(), new Int32(), dictionaryId);
      const dictionary = vectorFromArray(names, new Utf8());
      return makeVector(
        makeData({ type, length: indices.length, nullCount: 0, data: Int32Array.from(indices), dictionary }),
      );
    },
  };
}
