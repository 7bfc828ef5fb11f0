/**
 * What `read/` hands to `tokenize/`: inputs, chunks of documents, and counts made while reading. Nothing here computes.
 */
import type { Compression, Format, SourceSpec } from './recipe.ts';

export interface InputFile {
  /** Path to open the file with. */
  readonly path: string;
  /** Path relative to the source's root, with `/`. Ids, origins and sorting use it. */
  readonly name: string;
  readonly bytes: number;
  /** Changes whenever the file is written to; taken when the file was found, before it is read. */
  readonly stamp: string;
  readonly format: Format;
  readonly compression: Compression;
}

/**
 * The smallest piece of input that is read independently: a file, a byte range of a plain JSON Lines file
 * (the lines that begin in [start, end)), or the files that make one joined document.
 */
export interface ReadUnit {
  readonly source: SourceSpec;
  /** Origin of the documents: the file's name, or the directory's for a joined document. */
  readonly name: string;
  readonly files: readonly InputFile[];
  readonly start: number;
  /** Exclusive; the file's size unless the file is split. */
  readonly end: number;
  readonly joined: boolean;
  /** Present once the tokenizer is known, if the unit holds token ids. */
  readonly ids?: UnitIds;
  /** Present once the tokenizer is known, if the unit holds conversations: fingerprint of how they become text. */
  readonly chat?: string;
}

/** What decides the documents of a unit of token ids: the recipe's tokenizer. */
export interface UnitIds {
  readonly vocabularySize: number;
  readonly bosId: number | null;
  readonly eosId: number | null;
}

/** Documents end to end: what readers yield and the tokenizer takes. */
export interface DocumentChunk {
  /** Well-formed UTF-8: texts, or conversations as JSON; for a source of token ids, these as little-endian u32. */
  readonly text: Uint8Array;
  /** End of each document in `text`, in bytes. Its length is the number of documents, at least 1. */
  readonly ends: readonly number[];
  /** Id of each document in the input; null where the input has none (then the origin is the id). */
  readonly ids: readonly (string | null)[];
  /** Number of each document's record in its unit, from 1 (its line in JSON Lines); 0: the whole file. */
  readonly records: readonly number[];
  /** Source of each document where a column names it; null: the unit's source. */
  readonly sources: readonly string[] | null;
  /** Values of the source's `columns.fields`, field by field, each with a value per document; absent: nothing has fields. */
  readonly fields?: FieldLists;
  /** True: the last document continues as the first document of the next chunk. */
  readonly open: boolean;
}

/** A field's value in one record; null: it has none. A number too long for a double is text, with all its digits. */
export type FieldValue = number | string | null;

/** One list per field, in the order of `SourceColumns.fields`. */
export type FieldLists = readonly (readonly FieldValue[])[];

/** What a reader counts while it reads. The caller creates it, and the reader adds to it. */
export interface ReadCounts {
  /** Records that became documents. */
  documents: number;
  /** How many of these documents have an id in the input. */
  identified: number;
  /** Invalid UTF-8 sequences and lone surrogates that were replaced by U+FFFD. */
  replaced: number;
  badRecords: number;
  /** Lines of JSON Lines, including blank ones. The line numbers of the file's next unit continue from here. */
  lines: number;
  /** The first few bad records, for the message. */
  readonly badSamples: BadRecord[];
  /** Files that were left out as a whole (each counts as a bad record), and files with something to report. */
  readonly fileFaults: FileFault[];
}

export interface FileFault {
  readonly path: string;
  readonly what: string;
  /** False: the file was read anyway. */
  readonly leftOut: boolean;
}

export interface BadRecord {
  readonly file: string;
  /** Where the record's unit begins, in bytes. */
  readonly start: number;
  /** Number of the record in its unit, from 1; 0: the whole file. */
  readonly record: number;
  readonly reason: string;
}
