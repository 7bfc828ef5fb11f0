/**
 * The token store on disk: the tokenized corpus, written once and used by every mix.
 *
 *   store.json          the manifest, written last: a folder without it is not a store
 *   part-00000.tokens   token ids, little-endian u16 (vocabularies up to 65,536) or u32; documents back to back
 *   part-00000.docs.arrow   Arrow IPC file, one row per document in the same order:
 *                           length u32 (tokens), characters u32 (Unicode code points of the text), key u64 (xxHash64
 *                           of the text), id utf8?, source and origin (dictionary utf8), record u32 (its number in the
 *                           input, from 1; add the `lines` of the origin's earlier inputs; 0: the whole input)
 */
import type { FileRecord } from '../nouns/files.ts';
import type { FieldNames, Format, IdType, Quoting } from '../nouns/recipe.ts';

export const storeFormat = 'longmix-token-store';
export const storeVersion = 4;
export const storeFile = 'store.json';

export type StoreDtype = 'uint16' | 'uint32';

export interface StoreManifest {
  readonly format: typeof storeFormat;
  readonly version: typeof storeVersion;
  /** sha256 of all that determines the store: tokenizer, sources as requested, and the bytes of every input. */
  readonly fingerprint: string;
  readonly tokenizer: TokenizerRecord;
  readonly dtype: StoreDtype;
  /** How each source of the recipe was read. */
  readonly reading: readonly SourceReading[];
  /** Sources of documents: the recipe's sources in its order, then sources that were named by a column, sorted. */
  readonly sources: readonly string[];
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
  /** Present if the source holds token ids: their type in files that don't say it, else true. */
  readonly tokens?: IdType | true;
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

/** Lines of the file before this input. Added to a record's number in the input, it gives the number in the file. */
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
