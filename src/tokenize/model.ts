/**
 * What every tokenizer file is reduced to before an engine sees it: readers (`from-*.ts`) make a `TokenizerModel`,
 * engines (`reference.ts`, the kernel) run its `BpeModel`. Nothing here computes. A file whose tokens can't be told
 * by these fields alone is not bent into them: the reader says what it lacks, and the file takes the general path.
 */

export interface TokenizerModel {
  readonly name: string;
  readonly bpe: BpeModel;
  /** Text of each special token -> id. In a document this text is text: only `decode` and bos/eos use the map. */
  readonly special: ReadonlyMap<string, number>;
  readonly bosId: number | null;
  readonly eosId: number | null;
  /** One more than the largest id of pieces, byte fallback, added and special tokens. */
  readonly vocabularySize: number;
  /** See fingerprint.ts. */
  readonly fingerprint: string;
}

/** The steps of encoding a document, in the order of the fields from `added` on. */
export interface BpeModel {
  /** id -> bytes. Special tokens and byte-fallback tokens are holes. SentencePiece's U+2581 stands as it is. */
  readonly pieces: readonly (Uint8Array | undefined)[];

  /** Tokens that are cut out of the text before anything else: leftmost, the longest of those that start there. */
  readonly added: readonly AddedToken[];
  readonly normalization: Normalization | null;
  /** A space is put before each segment (text between added tokens) that does not begin with U+0020. */
  readonly prefixSpace: boolean;
  /** SentencePiece style: spaces become U+2581. Never together with `prefixSpace` or a pattern. */
  readonly metaspace: Metaspace | null;
  /** What cuts a segment into pretokens. null: the segment is one pretoken. */
  readonly pattern: PatternFamily | PatternSteps | null;
  /** A pretoken that is itself a piece is emitted whole. */
  readonly ignoreMerges: boolean;
  /**
   * Of all pairs of neighbours that may merge, the one of the best priority, leftmost first, is merged; again until none
   * is left. 'ranks' (tiktoken): a pair may merge if its bytes together are a piece; that piece's id is the priority,
   * lowest first.
   */
  readonly merges: 'ranks' | MergeList;
  /**
   * null: a pretoken begins as its bytes, and all 256 of them are pieces. Else it begins as its characters, and one that
   * is no piece as its bytes: `byteFallback[byte]` is the token's id.
   */
  readonly byteFallback: Uint32Array | null;
}

/** Best priority first; no pair twice. `left[i]` and `right[i]` become `merged[i]`. */
export interface MergeList {
  readonly left: Uint32Array;
  readonly right: Uint32Array;
  readonly merged: Uint32Array;
}

/** A token of the vocabulary that is matched in the raw text (Gemma's runs of newlines, Qwen's `<think>`). */
export interface AddedToken {
  /** null: the text of a special token. It stays text, and no other token is matched inside it. */
  readonly id: number | null;
  /** Not empty. */
  readonly text: string;
}

/** Unicode normalization form, by Unicode 9.0 (see normalize.ts). */
export type Normalization = 'NFC' | 'NFD' | 'NFKC' | 'NFKD';

export interface Metaspace {
  /**
   * Where U+2581 is put first: before every segment that is not empty; before those that do not begin with a space; before
   * the segment at the start of the document if it does not begin with a space; nowhere.
   */
  readonly prefix: 'always' | 'unless-space' | 'first-unless-space' | 'never';
  /** A pretoken begins at each U+2581. */
  readonly split: boolean;
}

/** Patterns that a scanner may know; `families` in patterns.ts has their text. */
export type PatternFamily = 'gpt2' | 'cl100k' | 'o200k' | 'qwen2' | 'tekken' | 'smollm';

/**
 * Regular expressions as the file has them, applied one inside the other: the matches of each, and what lies between
 * them, are the texts of the next.
 */
export interface PatternSteps {
  readonly steps: readonly string[];
}
