/** Which documents a recipe takes: the part of `recipe.ts` that is about documents one by one. Nothing here computes. */

/** One number for all sources, with per-source overrides. */
export interface PerSource {
  readonly otherwise: number;
  readonly of: ReadonlyMap<string, number>;
}

/** Which documents may be taken at all. */
export interface DocumentRules {
  /** Bounds in tokens, both inclusive; `maxTokens` may be Infinity. */
  readonly minTokens: PerSource;
  readonly maxTokens: PerSource;
  /** `remove`: keep only the first of several documents with identical text. */
  readonly duplicates: 'remove' | 'keep';
  /** What near copies are to each other; not there: nothing. */
  readonly nearDuplicates?: NearDuplicates;
  /**
   * The length of a document that thresholds and buckets of a mix use. null: its tokens; a number: its characters
   * divided by that number (Fu et al. 2024 estimate with 3.68).
   */
  readonly charactersPerToken: number | null;
  /** Edges between length buckets, ascending; null: powers of two. */
  readonly buckets: readonly number[] | null;
  /** Documents are kept by numbers that they carry; absent: by none. */
  readonly keep?: readonly KeepRule[];
  /** Only documents for which this holds may be taken; absent: all. */
  readonly where?: Condition;
}

/**
 * Near copies share most of their text. `cluster`: they are on one side of the validation split. `remove`: only the first
 * of them is taken.
 */
export interface NearDuplicates {
  readonly rule: 'cluster' | 'remove';
  /** Jaccard similarity of their shingles from which on documents are near copies, 0.5 to 1. */
  readonly similarity: number;
}

/** Of the documents that the rule is about, those with a score in a range are kept. All others are not its concern. */
export interface KeepRule {
  /** Column of the store: `field:NAME`, or `compressibility`. */
  readonly score: string;
  /** Bounds, both inclusive; null: none. */
  readonly from: ScoreBound | null;
  readonly to: ScoreBound | null;
  /** It is about documents of these sources (null: all) of at least so many tokens. */
  readonly sources: readonly string[] | null;
  readonly minTokens: number;
  /** What happens to documents without a score. */
  readonly missing: 'drop' | 'keep';
}

/** A score, or a percentile (0 to 100) of the scores of the documents that the rule is about, counted by documents. */
export type ScoreBound = number | { readonly percentile: number };

/** A condition on the fields of a document. A comparison with a value that the document lacks does not hold, != either. */
export type Condition =
  | { readonly or: readonly Condition[] }
  | { readonly and: readonly Condition[] }
  | { readonly not: Condition }
  | {
      readonly field: string;
      readonly op: '==' | '!=' | '<' | '<=' | '>' | '>=';
      /** null, with == and !=: the document has no value. */
      readonly value: number | string | null;
    }
  /** Of one type. */
  | { readonly field: string; readonly in: readonly (number | string)[] };
