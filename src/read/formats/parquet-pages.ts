/**
 * Checks the pages of a Parquet column chunk before hyparquet decodes them. They must lie in the chunk, hold as many
 * values as the chunk says, and match their checksums. hyparquet does not check counts, so a damaged count would fill
 * the memory.
 */
import { crc32 } from 'node:zlib';
import type { AsyncBuffer, ColumnMetaData, Compressors, FileMetaData, RowGroup } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

/** Compressed pages, by their two sizes (stored and plain). Their content is checked after decompression. */
export type PageKinds = Map<string, Page[]>;

/** @throws Error that says what is wrong with one of the group's `columns` */
export async function checkPages(
  file: AsyncBuffer,
  kinds: PageKinds,
  metadata: FileMetaData,
  group: RowGroup,
  columns: readonly string[],
): Promise<void> {
  for (const { meta_data: chunk } of group.columns) {
    if (chunk === undefined) throw new Error('a column has no metadata');
    const [name] = chunk.path_in_schema;
    if (!columns.includes(name!)) continue;
    const levels = levelsOf(metadata, chunk.path_in_schema);
    if (levels.repetition === 0 && chunk.num_values !== group.num_rows)
      throw new Error(`column "${name}" has ${chunk.num_values} values in ${group.num_rows} rows`);
    await checkChunk(file, chunk, levels, kinds);
  }
}

/** Decompressors that check the pages that they decompress. */
export function checkedCompressors(kinds: PageKinds): Compressors {
  const entries = Object.entries(compressors).map(([codec, decompress]) => {
    const checked = (input: Uint8Array, length: number): Uint8Array => {
      const plain = decompress(input, length);
      const pages = kinds.get(`${input.length} ${length}`) ?? [];
      const errors = pages.map((page) => whyBad(page, plain));
      if (errors.length > 0 && !errors.includes(null)) throw errors[0];
      return plain;
    };
    return [codec, checked];
  });
  return Object.fromEntries(entries) as Compressors;
}

function whyBad(page: Page, plain: Uint8Array): Error | null {
  try {
    checkRuns(page, plain);
    return null;
  } catch (error) {
    return error as Error;
  }
}

interface Levels {
  readonly repetition: number;
  readonly definition: number;
}

interface Page {
  readonly header: PageHeader;
  readonly levels: Levels;
}

/** Checks the runs of a page's levels and dictionary indices. A run's value is repeated as often as its count says. */
function checkRuns({ header, levels }: Page, bytes: Uint8Array): void {
  if (!header.isData || header.levelBytes !== null) {
    if (header.isData && header.isIndexed) checkIndexRuns(bytes, 0, header.values);
    return;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  for (const most of [levels.repetition, levels.definition]) {
    if (most === 0) continue;
    const end = at + 4 + view.getUint32(at, true);
    checkRunCounts(bytes, at + 4, bitsOf(most), header.values);
    at = end;
  }
  if (header.isIndexed) checkIndexRuns(bytes, at, header.values);
}

function checkIndexRuns(bytes: Uint8Array, at: number, values: number): void {
  if (at < bytes.length) checkRunCounts(bytes, at + 1, bytes[at]!, values);
}

function bitsOf(most: number): number {
  return 32 - Math.clz32(most);
}

/** The last run of packed bits may be padded with so many values. */
const mostFilling = 512;

/** Checks that runs end with the page's values, because hyparquet reads on after that. */
function checkRunCounts(bytes: Uint8Array, start: number, bits: number, values: number): void {
  for (let at = start, seen = 0; seen < values && at < bytes.length; ) {
    let head = 0;
    for (let factor = 1, more = true; more; factor *= 128) {
      const byte = bytes[at] ?? 0;
      at += 1;
      head += (byte & 127) * factor;
      more = byte >= 128 && factor < 2 ** 35;
    }
    const count = Math.floor(head / 2);
    seen += head % 2 === 1 ? 8 * count : count;
    at += head % 2 === 1 ? bits * count : (bits + 7) >> 3;
    if (seen > values + mostFilling) throw new Error('a page has more values than its header says');
  }
}

/**
 * Bytes [start, end) of a column chunk. Writers differ about a dictionary's offset, of which 0 says that there is none.
 * @throws Error if they are not in a file of `bytes`
 */
export function chunkRange(chunk: ColumnMetaData, bytes: number): { start: number; end: number } {
  const data = Number(chunk.data_page_offset);
  const start = Math.min(data, Number(chunk.dictionary_page_offset || data));
  const end = start + Number(chunk.total_compressed_size);
  if (!(start >= 0 && end >= start && end <= bytes))
    throw new Error(`column "${chunk.path_in_schema.join('.')}" goes beyond the end of the file`);
  return { start, end };
}

async function checkChunk(
  file: AsyncBuffer,
  chunk: ColumnMetaData,
  levels: Levels,
  kinds: PageKinds,
): Promise<void> {
  const name = chunk.path_in_schema.join('.');
  const { start, end } = chunkRange(chunk, file.byteLength);
  const bytes = Buffer.from(await file.slice(start, end));
  let values = 0;
  for (let at = 0; at < bytes.length && values < Number(chunk.num_values); ) {
    const header = readHeader(bytes, at);
    at = header.end;
    const isWhole =
      header.bytes >= 0 &&
      at + header.bytes <= bytes.length &&
      header.values >= 0 &&
      header.plainBytes >= 0 &&
      header.plainBytes <= Number(chunk.total_uncompressed_size);
    if (!isWhole) throw new Error(`a page of column "${name}" is damaged`);
    const page = bytes.subarray(at, at + header.bytes);
    if (header.crc !== null && crc32(page) !== header.crc >>> 0)
      throw new Error(`a page of column "${name}" does not match its checksum`);
    if (header.isData) values += header.values;
    // Each value that is not null takes at least one bit.
    else if (header.values > 8 * Math.max(1, header.plainBytes))
      throw new Error(`a page of column "${name}" is damaged`);
    const known = { header, levels };
    if (header.levelBytes !== null) checkLevelsV2(known, page);
    if (chunk.codec === 'UNCOMPRESSED') checkRuns(known, page.subarray(sum(header.levelBytes)));
    else {
      const [stored, plain] = [
        header.bytes - sum(header.levelBytes),
        header.plainBytes - sum(header.levelBytes),
      ];
      const key = `${stored} ${plain}`;
      kinds.set(key, [...(kinds.get(key) ?? []), known]);
    }
    at += header.bytes;
  }
  if (values !== Number(chunk.num_values))
    throw new Error(`column "${name}" has ${values} values where its metadata says ${chunk.num_values}`);
}

/** In data pages of version 2, the levels come first, without their lengths, and are not compressed. */
function checkLevelsV2({ header, levels }: Page, page: Uint8Array): void {
  let at = 0;
  for (const [i, most] of [levels.repetition, levels.definition].entries()) {
    const end = at + header.levelBytes![i]!;
    if (end < at || end > page.length) throw new Error('a page header is damaged');
    if (most > 0) checkRunCounts(page, at, bitsOf(most), header.values);
    at = end;
  }
}

function sum(bytes: readonly number[] | null): number {
  return (bytes ?? []).reduce((total, one) => total + one, 0);
}

/** The highest repetition level and definition level of a column. */
function levelsOf({ schema }: FileMetaData, path: readonly string[]): Levels {
  let [at, repetition, definition] = [0, 0, 0];
  for (const step of path) {
    let child = at + 1;
    let left = schema[at]!.num_children ?? 0;
    while (left > 0 && schema[child]?.name !== step) {
      child = after(schema, child);
      left -= 1;
    }
    if (left === 0 || schema[child] === undefined) throw new Error('a column is not in the schema');
    const { repetition_type: kind } = schema[child]!;
    if (kind === 'REPEATED') repetition += 1;
    if (kind !== 'REQUIRED') definition += 1;
    at = child;
  }
  return { repetition, definition };
}

function after(schema: FileMetaData['schema'], at: number): number {
  let next = at + 1;
  for (let left = schema[at]?.num_children ?? 0; left > 0 && next < schema.length; left -= 1)
    next = after(schema, next);
  return next;
}

interface PageHeader {
  readonly end: number;
  readonly isData: boolean;
  /** Size of the page as stored; `plainBytes`: after decompression. */
  readonly bytes: number;
  readonly plainBytes: number;
  readonly values: number;
  readonly crc: number | null;
  /** The values are indices of a dictionary. */
  readonly isIndexed: boolean;
  /** Bytes of the repetition and the definition levels; null: the page is not of version 2. */
  readonly levelBytes: readonly [number, number] | null;
}

/**
 * Reads a PageHeader in Thrift's compact form: {1 type, 2 uncompressed size, 3 size, 4 crc, 5 data page,
 * 7 dictionary page, 8 data page v2}.
 */
function readHeader(bytes: Buffer, start: number): PageHeader {
  const reader = new Thrift(bytes, start);
  const fields = reader.struct(0);
  const number = (key: string) => fields.get(key) ?? 0;
  const isV2 = number('1') === dataPageV2;
  const needed = isV2 ? ['8.1', '8.4', '8.5', '8.6'] : number('1') === 0 ? ['5.1', '5.2'] : ['7.1'];
  if (!needed.every((key) => fields.has(key))) throw new Error('a page header is damaged');
  return {
    end: reader.at,
    isData: number('1') !== 2,
    bytes: number('3'),
    plainBytes: number('2'),
    values: number(needed[0]!),
    crc: fields.get('4') ?? null,
    isIndexed: indexedEncodings.includes(number(isV2 ? '8.4' : '5.2')),
    levelBytes: isV2 ? [number('8.6'), number('8.5')] : null,
  };
}

/** PLAIN_DICTIONARY and RLE_DICTIONARY. */
const indexedEncodings: readonly number[] = [2, 8];

const dataPageV2 = 3;
const mostDepth = 16;

/** Reads the numbers of a struct, by their path of field ids, such as `5.1`. Skips everything else. */
class Thrift {
  at: number;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  struct(depth: number, prefix: string = '', numbers: Map<string, number> = new Map()): Map<string, number> {
    if (depth > mostDepth) throw new Error('a page header is damaged');
    for (let field = 0; ; ) {
      const head = this.#byte();
      if (head === 0) return numbers;
      field = head >> 4 === 0 ? this.#zigzag() : field + (head >> 4);
      const value = this.#value(head & 15, depth, `${prefix}${field}.`, numbers);
      if (value !== null) numbers.set(`${prefix}${field}`, value);
    }
  }

  #value(type: number, depth: number, prefix: string, numbers: Map<string, number>): number | null {
    if (type === 1 || type === 2) return null;
    if (type === 3) this.at += 1;
    else if (type >= 4 && type <= 6) return this.#zigzag();
    else if (type === 7) this.at += 8;
    else if (type === 8) {
      const length = this.#varint();
      this.at += length;
    } else if (type === 9 || type === 10) this.#list(depth);
    else if (type === 12) this.struct(depth + 1, prefix, numbers);
    else throw new Error('a page header is damaged');
    return null;
  }

  #list(depth: number): void {
    const head = this.#byte();
    const length = head >> 4 === 15 ? this.#varint() : head >> 4;
    for (let i = 0; i < length; i += 1) {
      if ((head & 15) <= 2) this.#byte();
      else this.#value(head & 15, depth + 1, '', new Map());
    }
  }

  #byte(): number {
    const byte = this.#bytes[this.at];
    if (byte === undefined) throw new Error('a page header is damaged');
    this.at += 1;
    return byte;
  }

  #varint(): number {
    let number = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#byte();
      number += (byte & 127) * factor;
      if (byte < 128) return number;
      if (factor > 2 ** 63) throw new Error('a page header is damaged');
    }
  }

  #zigzag(): number {
    const number = this.#varint();
    return number % 2 === 0 ? number / 2 : -(number + 1) / 2;
  }
}
