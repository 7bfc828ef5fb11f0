/** What `read/` hands to `tokenize/`: inputs, chunks of documents, and what was counted while reading. Nothing here computes. */
import type { Compression, Format, SourceSpec } from './recipe.ts';

export interface InputFile {
  /** Where to open it. */
  readonly path: string;
  /** Path relative to the source's root, with `/`: what ids, origins and sorting use. */
  readonly name: string;
  readonly bytes: number;
  /** Changes whenever the file is written to; taken when the file was found, before it is read. */
  readonly stamp: string;
  readonly format: Format;
  readonly compression: Compression;
}

/**
 * The smallest piece of input that is read by itself: a file, a byte range of a plain JSON Lines file
 * (the lines that begin in [start, end)), or the files that make one joined document.
 */
export interface ReadUnit {
  readonly source: SourceSpec;
  /** The document's or documents' origin: a file's name, or a directory's for a joined document. */
  readonly name: string;
  readonly files: readonly InputFile[];
  readonly start: number;
  /** Exclusive; the file's size unless the file is split. */
  readonly end: number;
  readonly joined: boolean;
}

/** Documents end to end: what readers yield and the tokenizer takes. */
export interface DocumentChunk {
  /** Well-formed UTF-8. */
  readonly text: Uint8Array;
  /** End of each document in `text`, in bytes. Its length is the number of documents, at least 1. */
  readonly ends: readonly number[];
  /** The user's id of each document; null where the input has none (then origin is the id). */
  readonly ids: readonly (string | null)[];
  /** Record number in its unit, from 1 (a JSON Lines record's is its line); 0: the whole file. */
  readonly records: readonly number[];
  /** Source of each document where a column names it; null: the unit's source. */
  readonly sources: readonly string[] | null;
  /** True: the last document goes on as the first document of the next chunk. */
  readonly open: boolean;
}

/** What a reader counts while it reads. The caller makes it, the reader adds to it. */
export interface ReadCounts {
  /** Records that became documents. */
  documents: number;
  /** Of these, the documents with an id in the input. */
  identified: number;
  /** UTF-8 sequences or lone surrogates that became U+FFFD. */
  replaced: number;
  badRecords: number;
  /** Lines of JSON Lines, blank ones too: what the numbers of a file's next unit begin after. */
  lines: number;
  /** The first few bad records, for the message. */
  readonly badSamples: BadRecord[];
  /** Files that were left out whole, each a bad record, and files of which something is to be told. */
  readonly fileFaults: FileFault[];
}

export interface FileFault {
  readonly path: string;
  readonly what: string;
  /** False: the file was read all the same. */
  readonly leftOut: boolean;
}

export interface BadRecord {
  readonly file: string;
  /** Where its unit begins, in bytes. */
  readonly start: number;
  /** Its number in its unit, from 1; 0: the whole file. */
  readonly record: number;
  readonly reason: string;
}
