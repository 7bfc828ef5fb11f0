/** Types of an entry in the table of formats (`formats.ts`), and of its readers. */
import type { DocumentChunk, InputFile, ReadCounts, ReadUnit } from '../nouns/documents.ts';
import type { Format, SourceSpec } from '../nouns/recipe.ts';
import type { UnitHash } from './input/unit-hash.ts';

export interface ReaderOptions {
  /** The reader adds what it counts. */
  readonly counts: ReadCounts;
  /** The largest text of a chunk, in bytes. */
  readonly chunkBytes: number;
  /** Receives the bytes of the unit; null: nobody wants its hash. */
  readonly hash: UnitHash | null;
  /** The longest record, in bytes. */
  readonly recordBytes: number;
}

export type Reader = (unit: ReadUnit, options: ReaderOptions) => AsyncGenerator<DocumentChunk>;

/** Bytes [start, end) of a file. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** The input of an extractor. */
export interface ExtractInput {
  readonly file: InputFile;
  readonly command: readonly string[] | undefined;
  readonly counts: ReadCounts;
  /** The largest text, in bytes: a file with more is a bad record, whatever the memory. */
  readonly most: number;
  /**
   * Call it before so many bytes are held.
   * @throws LongmixError `memory-exceeded`: an error, never a bad record, for documents must not depend on `--memory`
   */
  hold(bytes: number): void;
  /** The file as text, decoded; a file of more than `most` bytes is a bad record. */
  read(most: number): Promise<string>;
  /** The path of the file on this machine, where it stays until the text is taken out. */
  path(): Promise<string>;
}

/**
 * Extracts the text of a file; null: the file is empty, like an empty text file.
 * @throws BadFile if there is no text
 */
export type Extract = (input: ExtractInput) => Promise<string | null>;

export interface FormatSpec {
  /** Extensions in lower case, without the dot. */
  readonly extensions: readonly string[];
  /** File names without an extension, in lower case. */
  readonly names?: readonly string[];
  /** Whether files may be compressed as a whole (.gz .zst .br); other formats compress inside. */
  readonly compressible: boolean;
  /** `file`: each file is a document, and may be joined with others. `fields`: a file has records with named fields. */
  readonly documents: 'file' | 'fields';
  /** Extracts the text of a file, for a format whose files are not text. */
  readonly extract?: Extract;
  /**
   * Name and version of all that decides the extracted text. A token store records it, and is refused if it has
   * changed. The number counts changes of our rules; the library's version is pinned in package.json.
   */
  readonly extractor?: string;
  /** The format as which a file is read with `extract: false`, if another. */
  readonly raw?: Format;
  /** Looks into a file with this format's extension to find its actual format, if the recipe names none. */
  readonly settle?: (source: SourceSpec, file: InputFile) => Promise<Format>;
  /** Names of files that lie beside files of this format and are not documents. */
  readonly notes?: readonly string[];
  /** Whether files may hold token ids (`tokens` of a source), or hold nothing else; if left out, they hold text. */
  readonly tokens?: 'possible' | 'always';
  /** Whether records may be conversations, whose columns hold lists and maps. */
  readonly conversations?: true;
  /** The bytes of a unit that decide its documents, in the order of reading; left out: all are read. */
  readonly taken?: (unit: ReadUnit) => Promise<readonly ByteRange[]>;
  /** Splits a file into ranges of about `rangeBytes` that can be read one by one; if left out, a file is read whole. */
  readonly ranges?: (unit: ReadUnit, rangeBytes: number) => Promise<readonly ByteRange[]>;
  /** Loads the reader's code, when the first file of the format is read. */
  readonly load: () => Promise<Reader>;
}
