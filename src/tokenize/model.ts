/**
 * The common form of all tokenizer files: readers (`from-*.ts`) make a `TokenizerModel`, engines (`reference.ts`, the
 * kernel) run it. This file only declares types. If these fields cannot express a file's tokens exactly, its reader
 * says what is missing, and the file takes the general path.
 */

export interface TokenizerModel {
  readonly name: string;
  /** How a document's text becomes pretokens. */
  readonly steps: TextSteps;
  /** How a pretoken becomes tokens. */
  readonly vocabulary: Vocabulary;
  /**
   * Text of each special token -> id. In a document, this text is ordinary text: only `decode` and bos/eos use the map.
   */
  readonly special: ReadonlyMap<string, number>;
  readonly bosId: number | null;
  readonly eosId: number | null;
  /** Readers leave this out: load.ts finds it, and also bosId and eosId if the file does not give them. */
  readonly padId?: number | null;
  /** One more than the largest id of pieces, byte fallback, added and special tokens. */
  readonly vocabularySize: number;
  /** See fingerprint.ts. */
  readonly fingerprint: string;
}

/** The steps from a document's text to its pretokens, in the order of the fields. */
export interface TextSteps {
  /** Tokens that are cut out of the raw text first: the leftmost match, and the longest of those that start there. */
  readonly added: readonly AddedToken[];
  /** Applied one after the other to each segment (the text between added tokens). */
  readonly normalizers: readonly Normalizer[];
  /** Tokens that are cut out of the normalized segments. The text of these tokens is already normalized. */
  readonly addedNormalized: readonly AddedToken[];
  /**
   * Cut a segment into parts. The fields below then treat each part as a segment (T5 puts U+2581 before each word).
   * Absent: the segment is not cut.
   */
  readonly outerSplits?: readonly SplitStep[];
  /** Whether a space is put before each segment that does not begin with U+0020. */
  readonly prefixSpace: boolean;
  /** SentencePiece style: spaces become U+2581. Never set together with `prefixSpace`. */
  readonly metaspace: Metaspace | null;
  /** Cut a segment into pretokens; each step cuts the parts of the step before. Empty: the segment is one pretoken. */
  readonly splits: readonly SplitStep[];
}

/** A token of the vocabulary that is matched in the text (Gemma's runs of newlines, Qwen's `<think>`). */
export interface AddedToken {
  /** null for a special token: its text stays ordinary text, and no other token is matched inside it. */
  readonly id: number | null;
  /** Not empty. */
  readonly text: string;
  /** The match includes the white space before the token. */
  readonly lstrip?: boolean;
  /** The match includes the white space after the token. */
  readonly rstrip?: boolean;
  /** The token is matched only where no word character is next to it. */
  readonly singleWord?: boolean;
}

/** Unicode normalization form, as defined by Unicode 9.0 (see normalize.ts). */
export type Normalization = 'NFC' | 'NFD' | 'NFKC' | 'NFKD';

/** One change of a segment's text, as Hugging Face's library (and, for `charsmap`, sentencepiece) makes it. */
export type Normalizer =
  | { readonly kind: 'form'; readonly form: Normalization }
  | { readonly kind: 'lowercase' }
  | { readonly kind: 'strip-accents' }
  | { readonly kind: 'strip'; readonly left: boolean; readonly right: boolean }
  | { readonly kind: 'prepend'; readonly text: string }
  /** `regex`: `pattern` has Oniguruma's syntax; otherwise `pattern` is the text to replace. */
  | { readonly kind: 'replace'; readonly pattern: string; readonly regex: boolean; readonly content: string }
  | { readonly kind: 'nmt' }
  | {
      readonly kind: 'bert';
      readonly cleanText: boolean;
      readonly chineseChars: boolean;
      readonly stripAccents: boolean;
      readonly lowercase: boolean;
    }
  /** SentencePiece's compiled map of characters, looked up in the way of Hugging Face's library (charsmap.ts). */
  | { readonly kind: 'charsmap'; readonly charsmap: Uint8Array; readonly by: 'graphemes' }
  /** All of sentencepiece's own normalizer (sentencepiece-normalizer.ts). Never combined with other normalizers. */
  | {
      readonly kind: 'sentencepiece';
      /** The compiled map of characters; null: characters stay as they are. */
      readonly charsmap: Uint8Array | null;
      /** User-defined pieces, which the map does not change. */
      readonly kept: readonly string[];
      /** Where the dummy space is added. */
      readonly dummy: 'prefix' | 'suffix' | 'none';
      /** Removes spaces at both ends, and all but one of several in a row. */
      readonly removesExtraSpaces: boolean;
      /** Spaces become U+2581. */
      readonly escapesSpaces: boolean;
      /** For the kernel: each U+2581 of the result is written as a space at the end. */
      readonly spaced?: true;
    };

export interface Metaspace {
  /**
   * Where U+2581 is added. In the order of the values: before every segment that is not empty; before each segment that
   * does not begin with a space; before the segment at the start of the document if it does not begin with a space;
   * nowhere.
   */
  readonly prefix: 'always' | 'unless-space' | 'first-unless-space' | 'never';
  /** Whether a pretoken begins at each U+2581. */
  readonly split: boolean;
}

/** Cuts a text by the matches of a regular expression. */
export interface SplitStep {
  readonly pattern: string;
  /** Patterns of Hugging Face's files have Oniguruma's Ruby syntax, tiktoken's that of Rust's fancy-regex. */
  readonly syntax: 'oniguruma' | 'rust';
  /**
   * What becomes of the matches and of the gaps between them: the values of Hugging Face's `SplitDelimiterBehavior`.
   */
  readonly behavior: 'isolated' | 'removed' | 'merged-with-previous' | 'merged-with-next' | 'contiguous';
  /** Swaps the roles of matches and gaps. tiktoken drops text that does not match: that is `removed`, inverted. */
  readonly invert: boolean;
  /** `byte-alphabet`: the pattern sees each byte as a character of GPT-2's alphabet (byte-level.ts). */
  readonly over: 'characters' | 'byte-alphabet';
}

/** Patterns with a hand-written scanner in the kernel; `families` in patterns.ts has their text. */
export type PatternFamily = 'gpt2' | 'cl100k' | 'o200k' | 'qwen2' | 'tekken' | 'smollm';

export type Vocabulary = BpeVocabulary | UnigramVocabulary;

export interface BpeVocabulary {
  readonly kind: 'bpe';
  /**
   * id -> bytes. If several pieces have the same bytes, the first counts. Special tokens, byte-fallback tokens and
   * empty pieces are holes (undefined). SentencePiece's U+2581 is not replaced.
   */
  readonly pieces: readonly (Uint8Array | undefined)[];
  /** Whether a pretoken that is itself a piece is emitted whole, without merges. */
  readonly ignoreMerges: boolean;
  /**
   * Which neighbours merge. The pair with the best priority (the leftmost of equals) is merged, again and again, until
   * no pair may merge. 'ranks' (tiktoken): a pair may merge if its bytes together are a piece; that piece's id is the
   * priority, lowest first. `RankedMerges` (SentencePiece): the same, with a list of priorities in place of the ids.
   */
  readonly merges: 'ranks' | RankedMerges | MergeList;
  /** What a pretoken is before merges. A unit that is a piece becomes that piece; `unknown` handles the other units. */
  readonly units: 'bytes' | 'characters';
  readonly unknown: UnknownUnits;
}

/**
 * What becomes of units that are not pieces. Such a unit never merges, even if pieces contain it. The fields are tried
 * in order; a unit that none of them handles is dropped, and its neighbours may merge.
 */
export interface UnknownUnits {
  /**
   * Only if units are characters: byte -> id of the byte's token, or `noToken`. If all bytes of a character have a
   * token, the character becomes these tokens, which never merge.
   */
  readonly bytes: Uint32Array | null;
  /** Id of the unknown token, which never merges. null: there is none. */
  readonly id: number | null;
  /**
   * Whether neighbouring unknown units become one unknown token. As in Hugging Face's library, the unknown token is
   * emitted late: only before a unit that is a piece, before another unknown token, or at the end. So tokens of `bytes`
   * that stand between fused units are emitted before the unknown token, and do not stop the fusing.
   */
  readonly fuse: boolean;
}

/** The value in `UnknownUnits.bytes` for a byte without a token. */
export const noToken = 0xffffffff;

/** Any two neighbours whose bytes together are a piece merge; the piece with the lowest `order[id]` first. */
export interface RankedMerges {
  readonly kind: 'ranks';
  /** As long as `pieces`. No two pieces have the same order; the values at holes are not used. */
  readonly order: Uint32Array;
}

/** Ids of pieces: `left[i]` and `right[i]` merge to `merged[i]`. Best priority first; no pair occurs twice. */
export interface MergeList {
  readonly left: Uint32Array;
  readonly right: Uint32Array;
  readonly merged: Uint32Array;
}

/** Segments a pretoken so that the sum of its pieces' scores (log probabilities) is the largest (Kudo 2018). */
export interface UnigramVocabulary {
  readonly kind: 'unigram';
  /**
   * id -> bytes of the pieces that text may become. Hugging Face matches all pieces of its list, also special and
   * byte-fallback tokens; sentencepiece matches neither control nor byte pieces.
   */
  readonly pieces: readonly (Uint8Array | undefined)[];
  /** id -> log probability. */
  readonly scores: Float64Array;
  /** The score of a character that is not a piece: ten below the lowest score of the file. */
  readonly unknownScore: number;
  readonly unknown: UnknownUnits;
  /**
   * The library whose rules decide: its arithmetic (Hugging Face sums doubles, sentencepiece floats), and which of two
   * segmentations of equal score wins.
   */
  readonly as: 'huggingface' | 'sentencepiece';
}
