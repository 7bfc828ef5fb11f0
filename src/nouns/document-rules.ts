/** Which documents a recipe takes: the part of `recipe.ts` that is about documents one by one. Nothing here computes. */
import type { Condition, KeepRule } from './carried.ts';

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
