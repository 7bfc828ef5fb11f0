/**
 * Writes and reads `documents.parquet` (format.ts), which says from which file and record each document of the shards
 * came, even after the set was copied elsewhere. Cost: memory for one row group at a time. The format is Parquet, not
 * Arrow, because it takes a tenth of the size, and every tool for counting can open it.
 */
import {
  type AsyncBuffer,
  asyncBufferFromFile,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
} from 'hyparquet';
import type { ParquetWriter } from 'hyparquet-writer';
import { isUrl } from '../base/is-url.ts';
import { LongmixError } from '../errors.ts';
import type { Sink } from '../nouns/files.ts';
import { locate } from '../storage/remote-files.ts';

export interface ListedDocument {
  /** The document's number in the token store. */
  readonly document: number;
  readonly source: string;
  readonly file: string;
  /** The record's number in the file, from 1; 0: the whole file. */
  readonly record: number;
  readonly id: string | null;
  /** Tokens of the whole document. */
  readonly tokens: number;
  /** xxHash64 of its text; null: an earlier version of longmix wrote the list, without keys. */
  readonly key: bigint | null;
}

/** Documents by what tells them apart in any build: parallel arrays. */
export interface DocumentKeys {
  readonly count: number;
  /** Numbers in the token store, ascending. */
  readonly documents: Uint32Array;
  /** Tokens of the whole document. */
  readonly lengths: Uint32Array;
  readonly keysLow: Uint32Array;
  readonly keysHigh: Uint32Array;
}

const groupRows = 65_536;

type WrittenDocument = ListedDocument & { readonly key: bigint };

export interface DocumentsWriter {
  /** Adds a document. Numbers must ascend. */
  add(document: WrittenDocument): void;
  /** Writes the rest. Returns the number of documents. */
  finish(): number;
}

/** Loads the library late, so that only a build that writes shards waits for it. */
export async function createDocumentsWriter(sink: Sink): Promise<DocumentsWriter> {
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const bytes = new ByteWriter();
  const number = { type: 'INT64', repetition_type: 'REQUIRED' } as const;
  const text = { type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' } as const;
  const writer: ParquetWriter = new ParquetWriter({
    writer: bytes,
    createdBy: 'longmix',
    schema: [
      { name: 'root', num_children: 7 },
      { name: 'doc_id', ...number },
      { name: 'source', ...text },
      { name: 'file', ...text },
      { name: 'record', ...number },
      { name: 'id', ...text, repetition_type: 'OPTIONAL' },
      { name: 'tokens', ...number },
      { name: 'key', ...number, converted_type: 'UINT_64' },
    ],
  });
  let group: WrittenDocument[] = [];
  let rows = 0;
  const handOn = () => {
    sink.write(bytes.getBytes());
    bytes.index = 0;
  };
  const writeGroup = () => {
    const numbers = (pick: (document: ListedDocument) => number) =>
      BigInt64Array.from(group, (document) => BigInt(pick(document)));
    const encoding = 'DELTA_BINARY_PACKED';
    void writer.write({
      columnData: [
        { name: 'doc_id', data: numbers(({ document }) => document), encoding },
        { name: 'source', data: group.map(({ source }) => source) },
        { name: 'file', data: group.map(({ file }) => file) },
        { name: 'record', data: numbers(({ record }) => record), encoding },
        { name: 'id', data: group.map(({ id }) => id) },
        { name: 'tokens', data: numbers(({ tokens }) => tokens), encoding },
        { name: 'key', data: BigUint64Array.from(group, ({ key }) => key), encoding: 'PLAIN' },
      ],
      rowGroupSize: groupRows,
    });
    handOn();
    rows += group.length;
    group = [];
  };
  return {
    add(document) {
      group.push(document);
      if (group.length === groupRows) writeGroup();
    },
    finish() {
      if (group.length > 0) writeGroup();
      void writer.finish();
      handOn();
      return rows;
    },
  };
}

/**
 * Yields the listed documents, in order.
 * @param wanted numbers of the documents to yield; row groups without any of them are not read. null: all documents
 * @throws LongmixError `shards-damaged`
 */
export async function* readDocuments(
  path: string,
  wanted: ReadonlySet<number> | null,
): AsyncGenerator<ListedDocument> {
  const { file, metadata } = await openList(path);
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    if (rowEnd > rowStart && mayHold(group, wanted)) {
      const options = { file, metadata, rowStart, rowEnd };
      for (const row of await readable(path, () => parquetReadObjects(options))) {
        const document = Number(row.doc_id);
        if (wanted?.has(document) === false) continue;
        yield {
          ...{ document, source: row.source, file: row.file, id: row.id ?? null },
          ...{ record: Number(row.record), tokens: Number(row.tokens), key: row.key ?? null },
        };
      }
    }
    rowStart = rowEnd;
  }
}

/**
 * The keys of all documents that are listed.
 * @returns null if an earlier version of longmix wrote the list, without keys
 * @throws LongmixError `shards-damaged`
 */
export async function readDocumentKeys(path: string): Promise<DocumentKeys | null> {
  const { file, metadata } = await openList(path);
  if (!metadata.schema.some(({ name }) => name === 'key')) return null;
  const count = Number(metadata.num_rows);
  const found = {
    count,
    documents: new Uint32Array(count),
    lengths: new Uint32Array(count),
    keysLow: new Uint32Array(count),
    keysHigh: new Uint32Array(count),
  };
  let at = 0;
  for (const { num_rows: rows } of metadata.row_groups) {
    const columns = ['doc_id', 'tokens', 'key'];
    const options = { file, metadata, columns, rowStart: at, rowEnd: at + Number(rows) };
    for (const { doc_id, tokens, key } of await readable(path, () => parquetReadObjects(options))) {
      found.documents[at] = Number(doc_id);
      found.lengths[at] = Number(tokens);
      found.keysLow[at] = Number(BigInt.asUintN(32, key));
      found.keysHigh[at] = Number(key >> 32n);
      at += 1;
    }
  }
  return found;
}

async function openList(path: string): Promise<{ file: AsyncBuffer; metadata: FileMetaData }> {
  const file = isUrl(path) ? await farBuffer(path) : await readable(path, () => asyncBufferFromFile(path));
  return { file, metadata: await readable(path, () => parquetMetadataAsync(file)) };
}

/** What a bucket answers (no such key, no access) is an error of its own. */
async function farBuffer(path: string): Promise<AsyncBuffer> {
  const { storage, name } = await locate(path);
  const file = await storage.open(name);
  return {
    byteLength: file.size,
    async slice(start, end = file.size) {
      const bytes = new Uint8Array(end - start);
      await file.readAside(start, bytes);
      return bytes.buffer;
    },
  };
}

async function readable<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof LongmixError) throw cause;
    throw new LongmixError('shards-damaged', `damaged shard set: ${path} cannot be read`, {
      cure: 'build again with --fresh',
      exitCode: 1,
      cause,
    });
  }
}

function mayHold(group: FileMetaData['row_groups'][number], wanted: ReadonlySet<number> | null): boolean {
  const { min_value: min, max_value: max } = group.columns[0]?.meta_data?.statistics ?? {};
  if (wanted === null || typeof min !== 'bigint' || typeof max !== 'bigint') return true;
  for (const document of wanted) if (document >= min && document <= max) return true;
  return false;
}
