/** What `tokenize/` hands to `store/`, and what the store hands to later stages. Nothing here computes. */
import type { FieldLists } from './documents.ts';

/** Turns text into tokens. Equal fingerprints give equal tokens for equal bytes. */
export interface Tokenizer {
  readonly name: string;
  /** The largest id + 1, including special tokens. */
  readonly vocabularySize: number;
  readonly bosId: number | null;
  readonly eosId: number | null;
  readonly padId: number | null;
  /** sha256 (hex) of everything that decides the tokens: vocabulary, merges, pattern, special tokens. */
  readonly fingerprint: string;
  /**
   * Tokenizes each document in `text` (UTF-8, documents end to end) by itself; `ends` are in bytes. `continued`: the
   * first document continues the last one of the previous call, which ended at a safe cut, so nothing is inserted
   * before it.
   */
  encode(text: Uint8Array, ends: ArrayLike<number>, continued?: boolean): EncodedChunk;
  /** Returns the bytes of the tokens; special tokens appear as their text. */
  decode(tokens: ArrayLike<number>): Uint8Array;
  /**
   * Returns the largest offset at which `text` can be split without changing a token of either part, although the
   * continuation of `text` is unknown; 0 if there is none.
   */
  safeCut(text: Uint8Array): number;
}

export interface EncodedChunk {
  /** Token ids of all documents end to end. Valid until the next call of the same tokenizer. */
  readonly tokens: Uint32Array;
  /** Tokens of each document. */
  readonly lengths: Uint32Array;
}

/**
 * Documents after `tokenize/`, as input of the token store. Parallel arrays, with one entry per document that ended.
 */
export interface TokenizedDocuments {
  /** Tokens of the chunk, documents end to end. A document that is still open has tokens here, but no entry yet. */
  readonly tokens: Uint32Array;
  /** Tokens of each document, including those in earlier chunks. */
  readonly lengths: Uint32Array;
  /** Unicode code points of each document's text. */
  readonly characters: Uint32Array;
  /** xxHash64 of each document's text, as two words: low and high 32 bits. Copies of a document share it. */
  readonly keys: Uint32Array;
  readonly ids: readonly (string | null)[];
  readonly records: readonly number[];
  readonly sources: readonly string[] | null;
  /** As in `DocumentChunk`. */
  readonly fields?: FieldLists;
  /** Compressed over plain bytes of each document's text; NaN: not computed. Absent: the source asks for none. */
  readonly compressibility?: Float64Array;
  /** Bytes of text consumed, including those of open documents. */
  readonly textBytes: number;
  /**
   * Of each document: ends of runs of tokens that are, in turn, not learned and learned, up to the last learned token.
   * Absent: the documents are texts, which are learned whole.
   */
  readonly learned?: readonly Uint32Array[];
}

/** What random choices hash, by document: its key, or that of documents that it belongs to. */
export interface DocumentKeys {
  readonly count: number;
  readonly keysLow: Uint32Array;
  readonly keysHigh: Uint32Array;
}

/**
 * Groups of documents, by document number. A document without a group is a group of its own. The keys are the groups':
 * those of a group's name, or the document's own.
 */
export interface DocumentGroups extends DocumentKeys {
  /** The first document of the group, by which a group is named. */
  readonly first: Uint32Array;
  /** The documents of a group are sorted by it, then by number; null: by number. */
  readonly rank: Uint32Array | null;
}

/** All documents of a token store, as parallel arrays over shared memory, indexed by document number. */
export interface DocumentTable {
  readonly count: number;
  /** Tokens per document. */
  readonly lengths: Uint32Array;
  readonly keysLow: Uint32Array;
  readonly keysHigh: Uint32Array;
  /** Index into `sources`. */
  readonly source: Uint16Array;
  readonly sources: readonly string[];
  /** First document of each part, and `count` at the end. */
  readonly partStarts: Uint32Array;
  /** The outputs in each document; absent: no source holds conversations. */
  readonly outputs?: LearnedSpans;
}

/** What documents carry beside their tokens: columns of the store that a recipe asks for, by document number. */
export interface DocumentColumns {
  /** By the column's name in the store (`field:score`); NaN: the document has no such number. */
  readonly numbers: ReadonlyMap<string, Float64Array>;
  readonly texts: ReadonlyMap<string, TextColumn>;
}

export interface TextColumn {
  /** Distinct texts, in the order of the documents that have them first. */
  readonly values: readonly string[];
  /** Index into `values` per document; `noText`: the document has none. */
  readonly index: Uint32Array;
}

export const noText = 0xffff_ffff;

/** What the model writes in each document of a token store; nothing in texts. */
export interface LearnedSpans {
  /** Where the ends of each document begin in `ends`; one more than documents. */
  readonly offsets: Uint32Array;
  /** Ends of runs of tokens that are, in turn, not learned and learned; tokens after the last end are not. */
  readonly ends: Uint32Array;
}

/** Where the tokens of documents come from. */
export interface TokenSource {
  /** Copies `length` tokens of a document, from its token `start`, to `out[at...]`. */
  copy(document: number, start: number, length: number, out: Uint16Array | Int32Array, at: number): void;
}

/** Where the shard writer gets the tokens of pieces from. A `TokenSource` is one. */
export interface PieceSource {
  /** As `TokenSource.copy`. The tokens are those of the piece number `piece` of the plan that is being written. */
  copy(
    document: number,
    start: number,
    length: number,
    out: Uint16Array | Int32Array,
    at: number,
    piece: number,
  ): void;
}
