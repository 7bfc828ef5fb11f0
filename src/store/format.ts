/**
 * The token store on disk: the tokenized corpus, written once and used by every mix.
 *
 *   store.json          the manifest, written last: a folder without it is not a store
 *   part-0123456789abcdef.tokens   token ids, little-endian u16 (vocabularies up to 65,536) or u32; documents back to
 *                           back
 *   part-0123456789abcdef.docs.arrow   Arrow IPC file, one row per document in the same order:
 *                           length u32 (tokens), characters u32 (Unicode code points of the text), key u64 (xxHash64
 *                           of the text), id utf8?, source and origin (dictionary utf8), record u32 (its number in the
 *                           input, from 1; add the `lines` of the origin's earlier inputs; 0: the whole input), and the
 *                           optional columns that the source's `columns` name (`document-columns.ts`)
 *
 *   part-0123456789abcdef.sketch   only where a recipe asks for near copies: sketches of the part's documents, a file of
 *                           columns (`storage/columns-file.ts`). It follows from the part, and is not in the record
 *
 * A part is named by what it was made of, so it never changes under its name. Each part is of one source. The record lists
 * every source as it was last read, sorted by name; a recipe uses those that it names, in its own order (`view.ts`).
 */

import type { SourceColumns } from '../nouns/carried.ts';
import type { FileRecord } from '../nouns/files.ts';
import type { FieldNames, Format, Quoting } from '../nouns/recipe.ts';
import type { IdType } from '../nouns/source-kinds.ts';

export const storeFormat = 'longmix-token-store';
export const storeVersion = 5;
/** Versions that can still be read: only the names of their parts are others. */
export const readableVersions: readonly number[] = [4, storeVersion];
export const storeFile = 'store.json';

export type StoreDtype = 'uint16' | 'uint32';

export interface StoreManifest {
  readonly format: typeof storeFormat;
  readonly version: typeof storeVersion;
  /** sha256 of all that determines the store: tokenizer, sources as requested, and the bytes of every input. */
  readonly fingerprint: string;
  readonly tokenizer: TokenizerRecord;
  readonly dtype: StoreDtype;
  /** How each source was read. */
  readonly reading: readonly SourceReading[];
  /** Sources of documents: those of `reading`, then those that a column named, sorted. */
  readonly sources: readonly string[];
  /** Source by source in the order of `reading`, those of a source in the order of its files' names. */
  readonly parts: readonly PartRecord[];
  readonly totals: PartCounts;
}

export interface SourceReading {
  readonly source: string;
  readonly fields: FieldNames;
  /** The text between files that are joined to one document. */
  readonly separator?: string;
  /** Present only if the recipe gives it. */
  readonly encoding?: string;
  readonly quote?: Quoting;
  /** The program that extracted the text of the source's files. */
  readonly command?: readonly string[];
  /** About how much text its parts hold, in bytes; the size of the source decides it. Not in version 4. */
  readonly partBytes: number;
  /** Present if the source holds token ids: their type in files that don't say it, else true. */
  readonly tokens?: IdType | true;
  /** Present if the source holds conversations: fingerprint of their columns and of how they become text. */
  readonly chat?: string;
  /** Optional columns of its documents; absent: none. */
  readonly columns?: SourceColumns;
}

export interface TokenizerRecord {
  readonly name: string;
  readonly fingerprint: string;
  readonly vocabularySize: number;
  readonly bosId: number | null;
  readonly eosId: number | null;
  /** How the text of a special token (`<|endoftext|>`) inside a document is treated: as ordinary text. */
  readonly specialTokens: 'text';
}

export interface PartCounts {
  readonly documents: number;
  readonly tokens: number;
  /** UTF-8 bytes of text, after decompression and after invalid UTF-8 was replaced. */
  readonly textBytes: number;
  readonly replaced: number;
  readonly badRecords: number;
}

export interface PartRecord extends PartCounts {
  readonly name: string;
  readonly files: readonly FileRecord[];
  readonly inputs: readonly InputRecord[];
  /** Sources of its documents, where a column named them. */
  readonly sources?: readonly string[];
}

/** One of the inputs of a part: bytes [start, end) of a file (the whole file unless it was split). */
export interface InputRecord {
  readonly source: string;
  readonly name: string;
  readonly format: Format;
  /** The extractor of its text (for joined files: of those files that needed one). */
  readonly extractor?: string;
  readonly start: number;
  readonly end: number;
  /** Number of lines in JSON Lines, which may be split; blank lines count too. 0 for other formats. */
  readonly lines: number;
  readonly sha256: string;
}

/** All files of a store except its manifest. */
export function storeFiles({ parts }: Pick<StoreManifest, 'parts'>): FileRecord[] {
  return parts.flatMap(({ files }) => files);
}

/** Lines of an input's file before it: what a record's number in the input is counted from. */
export type LinesBefore = (input: Pick<InputRecord, 'source' | 'name' | 'start'>) => number;

/** One pass over all inputs; the ranges of a file come in its order. */
export function countLinesBefore(parts: readonly Pick<PartRecord, 'inputs'>[]): LinesBefore {
  const read = new Map<string, number>();
  const before = new Map<string, number>();
  for (const { source, name, start, lines } of parts.flatMap(({ inputs }) => inputs)) {
    const file = JSON.stringify([source, name]);
    const lead = read.get(file) ?? 0;
    // Most files are one input: nothing is before it.
    if (lead > 0) before.set(`${start} ${file}`, lead);
    if (lines > 0) read.set(file, lead + lines);
  }
  return ({ source, name, start }) => before.get(`${start} ${JSON.stringify([source, name])}`) ?? 0;
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

export function sketchFile(part: string): string {
  return `${part}.sketch`;
}
