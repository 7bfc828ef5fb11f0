/**
 * The token store on disk: the tokenized corpus, written once and used by every mix.
 *
 *   store.json          this record, written last: a folder without it is not a store
 *   part-00000.tokens   token ids, little-endian u16 (vocabularies up to 65,536) or u32; documents end to end, nothing between
 *   part-00000.docs.arrow   Arrow IPC file, one row a document in the same order:
 *                           length u32 (tokens), characters u32 (Unicode code points of the text), key u64 (xxHash64
 *                           of the text), id utf8?, source and origin (dictionary utf8), record u32 (its number in
 *                           the input, from 1, after the `lines` of the origin's inputs before this one; 0: all of it)
 */
import type { FileRecord } from '../nouns/files.ts';
import type { FieldNames, Format, Quoting } from '../nouns/recipe.ts';

export const storeFormat = 'longmix-token-store';
export const storeVersion = 4;
export const storeFile = 'store.json';

export type StoreDtype = 'uint16' | 'uint32';

export interface StoreManifest {
  readonly format: typeof storeFormat;
  readonly version: typeof storeVersion;
  /** sha256 of what made it: tokenizer, sources as asked for, and the bytes of every input. */
  readonly fingerprint: string;
  readonly tokenizer: TokenizerRecord;
  readonly dtype: StoreDtype;
  /** How each source of the recipe was read. */
  readonly reading: readonly SourceReading[];
  /** Sources of documents: the recipe's in its order, then those that a column named, sorted. */
  readonly sources: readonly string[];
  readonly parts: readonly PartRecord[];
  readonly totals: PartCounts;
}

export interface SourceReading {
  readonly source: string;
  readonly fields: FieldNames;
  /** Of joined documents. */
  readonly separator?: string;
  /** Where the recipe says it. */
  readonly encoding?: string;
  readonly quote?: Quoting;
  /** The program that wrote the text of its files. */
  readonly command?: readonly string[];
}

export interface TokenizerRecord {
  readonly name: string;
  readonly fingerprint: string;
  readonly vocabularySize: number;
  readonly bosId: number | null;
  readonly eosId: number | null;
  /** What becomes of the text of a special token (`<|endoftext|>`) in a document: it is text like any other. */
  readonly specialTokens: 'text';
}

export interface PartCounts {
  readonly documents: number;
  readonly tokens: number;
  /** UTF-8 bytes of text, after decompression and replacement of what was not UTF-8. */
  readonly textBytes: number;
  readonly replaced: number;
  readonly badRecords: number;
}

export interface PartRecord extends PartCounts {
  readonly name: string;
  readonly files: readonly FileRecord[];
  readonly inputs: readonly InputRecord[];
}

/** What a part was read from: bytes [start, end) of an input (all of it unless it was split). */
export interface InputRecord {
  readonly source: string;
  readonly name: string;
  readonly format: Format;
  /** What took the text out of it (of joined files: out of those that needed it). */
  readonly extractor?: string;
  readonly start: number;
  readonly end: number;
  /** Of JSON Lines, which may be split, blank lines too; 0 for other formats. */
  readonly lines: number;
  readonly sha256: string;
}

/** All files of a store but its own record. */
export function storeFiles({ parts }: Pick<StoreManifest, 'parts'>): FileRecord[] {
  return parts.flatMap(({ files }) => files);
}

/** Lines of an input's file before it: what a record's number in the input is counted from. */
export function linesBefore(
  parts: readonly Pick<PartRecord, 'inputs'>[],
  { source, name, start }: Pick<InputRecord, 'source' | 'name' | 'start'>,
): number {
  return parts
    .flatMap(({ inputs }) => inputs)
    .filter((other) => other.source === source && other.name === name && other.start < start)
    .reduce((sum, { lines }) => sum + lines, 0);
}

export function storeDtype(vocabularySize: number): StoreDtype {
  return vocabularySize <= 65_536 ? 'uint16' : 'uint32';
}

export function tokensFile(part: string): string {
  return `${part}.tokens`;
}

export function docsFile(part: string): string {
  return `${part}.docs.arrow`;
}
