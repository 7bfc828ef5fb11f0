/** What there is to know of a format: an entry of the table in `formats.ts`, and what its readers are given. */
import type { DocumentChunk, InputFile, ReadCounts, ReadUnit } from '../nouns/documents.ts';
import type { Format, SourceSpec } from '../nouns/recipe.ts';
import type { UnitHash } from './input/unit-hash.ts';

export type Reader = (
  unit: ReadUnit,
  counts: ReadCounts,
  chunkBytes: number,
  hash: UnitHash | null,
  recordBytes: number,
) => AsyncGenerator<DocumentChunk>;

/** Bytes [start, end) of a file. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** What the text of a file is taken out of. */
export interface ExtractInput {
  readonly file: InputFile;
  readonly command: readonly string[] | undefined;
  readonly counts: ReadCounts;
  /** Largest text, in bytes. */
  readonly most: number;
  /** The file as text, decoded; a file of more than `most` bytes is a bad record. */
  read(most: number): Promise<string>;
  /** The path of the file on this machine, where it stays until the text is taken out. */
  path(): Promise<string>;
}

/** The text of a file; null: it is as empty as an empty text file. @throws BadFile where there is none */
export type Extract = (input: ExtractInput) => Promise<string | null>;

export interface FormatSpec {
  /** In lower case, without the dot. */
  readonly extensions: readonly string[];
  /** Names without an extension, in lower case. */
  readonly names?: readonly string[];
  /** May be compressed as a whole (.gz .zst .br); the others compress inside. */
  readonly compressible: boolean;
  /** `file`: a file is a document, and may be joined with others. `fields`: it has records with named fields. */
  readonly documents: 'file' | 'fields';
  /** Takes the text out of a file, for a format whose files are not text. */
  readonly extract?: Extract;
  /**
   * What decides the text that is taken out: a token store has it in its record, and is refused where it is another now.
   * The number counts our rules' changes; the library's version is pinned in package.json.
   */
  readonly extractor?: string;
  /** How a file is read with `extract: false`, if as another format. */
  readonly raw?: Format;
  /** What a file holds that this format's extension names, where the recipe leaves the format open. */
  readonly settle?: (source: SourceSpec, file: InputFile) => Promise<Format>;
  /** Files that lie beside those of the format, and are not documents. */
  readonly notes?: readonly string[];
  /** The bytes of a unit that decide its documents, in the order of reading; left out: all are read. */
  readonly taken?: (unit: ReadUnit) => Promise<readonly ByteRange[]>;
  /** Ranges of about `rangeBytes` that can be read one by one; left out: a file is read as a whole. */
  readonly ranges?: (unit: ReadUnit, rangeBytes: number) => Promise<readonly ByteRange[]>;
  /** The reader; its code is loaded when the first file of the format comes. */
  readonly load: () => Promise<Reader>;
}
