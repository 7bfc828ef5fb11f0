/**
 * What every tokenizer file is reduced to before an engine sees it: readers (`from-*.ts`) make a `TokenizerModel`,
 * engines (`reference.ts`, the kernel) run it. Nothing here computes. A file whose tokens these fields cannot express
 * exactly is not bent into them: the reader says what is missing, and the file takes the general path.
 */

export interface TokenizerModel {
  readonly name: string;
  /** From a document's text to pretokens. */
  readonly steps: TextSteps;
  /** From a pretoken to tokens. */
  readonly vocabulary: Vocabulary;
  /** Text of each special token -> id. In a document this text is text: only `decode` and bos/eos use the map. */
  readonly special: ReadonlyMap<string, number>;
  readonly bosId: number | null;
  readonly eosId: number | null;
  /** Readers leave it out: load.ts finds it, and the other two where the file has none. */
  readonly padId?: number | null;
  /** One more than the largest id of pieces, byte fallback, added and special tokens. */
  readonly vocabularySize: number;
  /** See fingerprint.ts. */
  readonly fingerprint: string;
}

/** The steps from a document's text to its pretokens, in the order of the fields. */
export interface TextSteps {
  /** Tokens that are cut out of the raw text first: leftmost, the longest of those that start there. */
  readonly added: readonly AddedToken[];
  /** Applied one after the other to each segment (the text between added tokens). */
  readonly normalizers: readonly Normalizer[];
  /** Tokens that are cut out of the normalized segments. Their own text is normalized already. */
  readonly addedNormalized: readonly AddedToken[];
  /**
   * Cut a segment into parts, each of which the fields below then take for a segment (T5 puts U+2581 before each word).
   * Absent: they take the segment.
   */
  readonly outerSplits?: readonly SplitStep[];
  /** A space is put before each segment that does not begin with U+0020. */
  readonly prefixSpace: boolean;
  /** SentencePiece style: spaces become U+2581. Never together with `prefixSpace`. */
  readonly metaspace: Metaspace | null;
  /** Cut a segment into pretokens, one step inside the other. None: the segment is one pretoken. */
  readonly splits: readonly SplitStep[];
}

/** A token of the vocabulary that is matched in the text (Gemma's runs of newlines, Qwen's `<think>`). */
export interface AddedToken {
  /** null: the text of a special token. It stays text, and no other token is matched inside it. */
  readonly id: number | null;
  /** Not empty. */
  readonly text: string;
  /** It takes the white space before it, too. */
  readonly lstrip?: boolean;
  /** It takes the white space after it, too. */
  readonly rstrip?: boolean;
  /** It is matched only where no word character touches it. */
  readonly singleWord?: boolean;
}

/** Unicode normalization form, by Unicode 9.0 (see normalize.ts). */
export type Normalization = 'NFC' | 'NFD' | 'NFKC' | 'NFKD';

/** One change of a segment's text, as Hugging Face's library (and, for `charsmap`, sentencepiece) makes it. */
export type Normalizer =
  | { readonly kind: 'form'; readonly form: Normalization }
  | { readonly kind: 'lowercase' }
  | { readonly kind: 'strip-accents' }
  | { readonly kind: 'strip'; readonly left: boolean; readonly right: boolean }
  | { readonly kind: 'prepend'; readonly text: string }
  /** `regex`: Oniguruma's syntax; else the text itself. */
  | { readonly kind: 'replace'; readonly pattern: string; readonly regex: boolean; readonly content: string }
  | { readonly kind: 'nmt' }
  | {
      readonly kind: 'bert';
      readonly cleanText: boolean;
      readonly chineseChars: boolean;
      readonly stripAccents: boolean;
      readonly lowercase: boolean;
    }
  /** SentencePiece's compiled map of characters, looked up as Hugging Face's library does it (charsmap.ts). */
  | { readonly kind: 'charsmap'; readonly charsmap: Uint8Array; readonly by: 'graphemes' }
  /** All that sentencepiece's own normalizer does to a document (sentencepiece-normalizer.ts). It stands alone. */
  | {
      readonly kind: 'sentencepiece';
      /** Its compiled map; null: characters stay as they are. */
      readonly charsmap: Uint8Array | null;
      /** User-defined pieces, which the map leaves alone. */
      readonly kept: readonly string[];
      /** Where a space is added. */
      readonly dummy: 'prefix' | 'suffix' | 'none';
      /** Spaces at both ends go, and of several in a row one stays. */
      readonly removesExtraSpaces: boolean;
      /** Spaces become U+2581. */
      readonly escapesSpaces: boolean;
      /** Then U+2581 of the result is written as a space, for the kernel. */
      readonly spaced?: true;
    };

export interface Metaspace {
  /**
   * Where U+2581 is put first: before every segment that is not empty; before those that do not begin with a space; before
   * the segment at the start of the document if it does not begin with a space; nowhere.
   */
  readonly prefix: 'always' | 'unless-space' | 'first-unless-space' | 'never';
  /** A pretoken begins at each U+2581. */
  readonly split: boolean;
}

/** Cuts a text by the matches of a regular expression. */
export interface SplitStep {
  readonly pattern: string;
  /** Hugging Face's files are read by Oniguruma (its Ruby syntax), tiktoken's patterns by Rust's fancy-regex. */
  readonly syntax: 'oniguruma' | 'rust';
  /** What becomes of the matches and of the gaps between them, as Hugging Face's `SplitDelimiterBehavior` has it. */
  readonly behavior: 'isolated' | 'removed' | 'merged-with-previous' | 'merged-with-next' | 'contiguous';
  /** Matches and gaps change roles. tiktoken, which drops what does not match, is `removed` and inverted. */
  readonly invert: boolean;
  /** `byte-alphabet`: each byte is seen as a character of GPT-2's alphabet (byte-level.ts). */
  readonly over: 'characters' | 'byte-alphabet';
}

/** Patterns that the kernel has a hand-written scanner for; `families` in patterns.ts has their text. */
export type PatternFamily = 'gpt2' | 'cl100k' | 'o200k' | 'qwen2' | 'tekken' | 'smollm';

export type Vocabulary = BpeVocabulary | UnigramVocabulary;

export interface BpeVocabulary {
  readonly kind: 'bpe';
  /**
   * id -> bytes; of pieces with the same bytes the first counts. Special tokens and byte-fallback tokens are holes, as are
   * empty pieces. SentencePiece's U+2581 stands as it is.
   */
  readonly pieces: readonly (Uint8Array | undefined)[];
  /** A pretoken that is itself a piece is emitted whole. */
  readonly ignoreMerges: boolean;
  /**
   * Of all pairs of neighbours that may merge, the one of the best priority, leftmost first, is merged; again until none
   * is left. 'ranks' (tiktoken): a pair may merge if its bytes together are a piece; that piece's id is the priority,
   * lowest first. `RankedMerges` (SentencePiece): the same, but a piece's priority is told beside its id.
   */
  readonly merges: 'ranks' | RankedMerges | MergeList;
  /** What a pretoken begins as. A unit that is a piece is that piece; `unknown` says what becomes of the others. */
  readonly units: 'bytes' | 'characters';
  readonly unknown: UnknownUnits;
}

/**
 * What becomes of units that are no pieces. Such a unit never merges, even if pieces contain it. The fields are tried in
 * their order; a unit that none of them takes is dropped, and its neighbours may merge.
 */
export interface UnknownUnits {
  /**
   * Units are characters: byte -> id of the token that stands for it, or `noToken`. A character all of whose bytes have
   * one becomes these tokens, which never merge.
   */
  readonly bytes: Uint32Array | null;
  /** The unknown token, which never merges. null: there is none. */
  readonly id: number | null;
  /**
   * Neighbouring units become one unknown token. As in Hugging Face's library, the unknown token is put down only when a
   * unit that is a piece follows, or another unknown token, or the end: the tokens of `bytes` that stand between come
   * before it, and do not keep apart what is fused.
   */
  readonly fuse: boolean;
}

/** In `UnknownUnits.bytes`: this byte has no token. */
export const noToken = 0xffffffff;

/** Any two neighbours whose bytes together are a piece merge; the piece with the lowest `order[id]` first. */
export interface RankedMerges {
  readonly kind: 'ranks';
  /** As long as `pieces`. No two pieces have the same order; what stands at holes does not matter. */
  readonly order: Uint32Array;
}

/** Best priority first; no pair twice. `left[i]` and `right[i]` become `merged[i]`. */
export interface MergeList {
  readonly left: Uint32Array;
  readonly right: Uint32Array;
  readonly merged: Uint32Array;
}

/** The segmentation of a pretoken whose pieces' scores (log probabilities) have the largest sum (Kudo 2018). */
export interface UnigramVocabulary {
  readonly kind: 'unigram';
  /**
   * id -> bytes of the pieces that text may become. Hugging Face matches all of its list, special and byte-fallback
   * tokens too; sentencepiece neither control nor byte pieces.
   */
  readonly pieces: readonly (Uint8Array | undefined)[];
  /** id -> log probability. */
  readonly scores: Float64Array;
  /** The score of a character that is not a piece: ten below the lowest one of the file. */
  readonly unknownScore: number;
  readonly unknown: UnknownUnits;
  /** Whose arithmetic, and which of two segmentations of equal score: Hugging Face sums doubles, sentencepiece floats. */
  readonly as: 'huggingface' | 'sentencepiece';
}
