/** What `tokenize/` hands to `store/`, and what the store hands to the stages after it. Nothing here computes. */

/** Text to tokens. Equal fingerprints give equal tokens for equal bytes. */
export interface Tokenizer {
  readonly name: string;
  /** One more than the largest id, special tokens included. */
  readonly vocabularySize: number;
  readonly bosId: number | null;
  readonly eosId: number | null;
  readonly padId: number | null;
  /** sha256 (hex) of everything that decides the tokens: vocabulary, merges, pattern, special tokens. */
  readonly fingerprint: string;
  /**
   * Tokenizes documents that lie end to end in `text` (UTF-8), each by itself; `ends` in bytes. `continued`: the first
   * document goes on from the last of the previous call, which ended at a safe cut, so nothing is put before it.
   */
  encode(text: Uint8Array, ends: ArrayLike<number>, continued?: boolean): EncodedChunk;
  /** The bytes of the tokens, special tokens as their text. */
  decode(tokens: ArrayLike<number>): Uint8Array;
  /**
   * The largest offset at which `text`, whose continuation is not known yet, can be parted without changing a
   * token of either part; 0 if there is none.
   */
  safeCut(text: Uint8Array): number;
}

export interface EncodedChunk {
  /** Token ids of all documents end to end. Valid until the next call of the same tokenizer. */
  readonly tokens: Uint32Array;
  /** Tokens of each document. */
  readonly lengths: Uint32Array;
}

/** Documents after `tokenize/`: what the token store takes. The arrays are parallel, one entry a document that ended. */
export interface TokenizedDocuments {
  /** Tokens of the chunk, documents end to end; a document that is still open has tokens here and no entry yet. */
  readonly tokens: Uint32Array;
  /** Tokens of each document, those of earlier chunks included. */
  readonly lengths: Uint32Array;
  /** Unicode code points of each document's text. */
  readonly characters: Uint32Array;
  /** xxHash64 of each document's text, two words each: low and high 32 bits. Copies of a document share it. */
  readonly keys: Uint32Array;
  readonly ids: readonly (string | null)[];
  readonly records: readonly number[];
  readonly sources: readonly string[] | null;
  /** Bytes of text taken in, documents that are still open included. */
  readonly textBytes: number;
}

/** All documents of a token store, as parallel arrays over shared memory: document number -> what is known of it. */
export interface DocumentTable {
  readonly count: number;
  /** Tokens. */
  readonly lengths: Uint32Array;
  readonly keysLow: Uint32Array;
  readonly keysHigh: Uint32Array;
  /** Index into `sources`. */
  readonly source: Uint16Array;
  readonly sources: readonly string[];
  /** First document of each part, and `count` at the end. */
  readonly partStarts: Uint32Array;
}

/** Where the shard writer gets a document's tokens from. */
export interface TokenSource {
  /** Copies `length` tokens of a document, from its token `start`, to `out[at...]`. */
  copy(document: number, start: number, length: number, out: Uint16Array | Int32Array, at: number): void;
}
