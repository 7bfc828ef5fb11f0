/**
 * Writes one part of a token store: tokens as they arrive, the documents' index at the end. Memory: only the index,
 * some tens of bytes per document.
 */
import type { Dictionary, Int32, Table, Uint32, Uint64, Utf8, Vector } from 'apache-arrow';
import { arrow } from '../base/arrow.ts';
import type { Sink } from '../nouns/files.ts';
import type { TokenizedDocuments } from '../nouns/tokens.ts';
import { numberColumn, type StringColumn, stringColumn } from './columns.ts';
import type { StoreDtype } from './format.ts';
import { createNames } from './names.ts';
import type { PartColumn } from './part-column.ts';

export interface PartWriter {
  /** Adds documents of the input `origin`. `source` applies unless the chunk names a source for each document. */
  add(documents: TokenizedDocuments, source: string, origin: string): void;
  /** Writes the index. Returns the part's totals and its sources. */
  finish(): { documents: number; tokens: number; textBytes: number; sources: readonly string[] };
}

/** @param optional columns that the part's source asks for */
export function createPartWriter(
  tokens: Sink,
  docs: Sink,
  dtype: StoreDtype,
  optional: readonly PartColumn[] = [],
): PartWriter {
  const lengths = numberColumn();
  const characters = numberColumn();
  const keys = numberColumn();
  const ids = stringColumn();
  const records = numberColumn();
  const sources = createNames();
  const origins = createNames();
  let narrow = new Uint16Array(0);
  let tokenCount = 0;
  let textBytes = 0;

  /** The format is little-endian, as is every platform that Node runs on, so the bytes need no swap. */
  const bytesOf = (all: Uint32Array): Uint8Array => {
    if (dtype === 'uint32') return new Uint8Array(all.buffer, all.byteOffset, all.byteLength);
    if (narrow.length < all.length) narrow = new Uint16Array(all.length);
    narrow.set(all);
    return new Uint8Array(narrow.buffer, 0, all.length * 2);
  };

  return {
    add(documents, source, origin) {
      tokens.write(bytesOf(documents.tokens));
      tokenCount += documents.tokens.length;
      textBytes += documents.textBytes;
      const count = documents.lengths.length;
      lengths.add(documents.lengths);
      characters.add(documents.characters);
      keys.add(documents.keys);
      records.add(documents.records);
      for (const id of documents.ids) ids.add(id);
      if (documents.sources === null) sources.add(source, count);
      else for (const name of documents.sources) sources.add(name, 1);
      origins.add(origin, count);
      for (const column of optional) column.add(documents);
    },
    finish() {
      const { makeVector } = arrow;
      const keyWords = keys.values();
      const columns = {
        length: makeVector(lengths.values()),
        characters: makeVector(characters.values()),
        key: makeVector(new BigUint64Array(keyWords.buffer, 0, keyWords.length / 2)),
        id: stringVector(ids),
        source: sources.vector(0),
        origin: origins.vector(1),
        record: makeVector(records.values()),
      };
      // Ids of dictionaries: 0 and 1 are those of sources and origins.
      const more = optional.map(({ name, isNullable, vector }, i) => ({
        ...{ name, isNullable },
        vector: vector(i + 2),
      }));
      docs.write(arrow.tableToIPC(docsTable(columns, more, ids.count), 'file'));
      return { documents: ids.count, tokens: tokenCount, textBytes, sources: sources.names };
    },
  };
}

type Names = Dictionary<Utf8, Int32>;

interface DocsColumns {
  readonly length: Vector<Uint32>;
  readonly characters: Vector<Uint32>;
  readonly key: Vector<Uint64>;
  readonly id: Vector<Utf8>;
  readonly source: Vector<Names>;
  readonly origin: Vector<Names>;
  readonly record: Vector<Uint32>;
}

interface MoreColumn extends Pick<PartColumn, 'name' | 'isNullable'> {
  readonly vector: Vector;
}

function docsTable(columns: DocsColumns, more: readonly MoreColumn[], count: number): Table {
  const { Field, Schema, Struct, Table, RecordBatch, makeData } = arrow;
  const fields = [
    ...Object.entries(columns).map(
      ([name, column]: [string, Vector]) => new Field(name, column.type, name === 'id'),
    ),
    ...more.map(({ name, isNullable, vector }) => new Field(name, vector.type, isNullable)),
  ];
  const schema = new Schema(fields);
  const children = [...Object.values(columns), ...more.map(({ vector }) => vector)].map(
    (column: Vector) => column.data[0]!,
  );
  const data = makeData({ type: new Struct(fields), length: count, nullCount: 0, children });
  return new Table(schema, new RecordBatch(schema, data));
}

function stringVector(column: StringColumn): Vector<Utf8> {
  const { makeData, makeVector, Utf8 } = arrow;
  const { count, nullCount } = column;
  return makeVector(
    makeData({
      type: new Utf8(),
      length: count,
      nullCount,
      nullBitmap: nullCount === 0 ? null : column.validity(),
      valueOffsets: column.offsets(),
      data: column.bytes(),
    }),
  );
}
