/** What a recipe says of what documents carry beside their text: columns, conditions, scores, fill in the middle. */

/** Optional columns of a source's documents. What the recipe itself uses is among them. */
export interface SourceColumns {
  /** Names of fields of its records, sorted; each once. */
  readonly fields: readonly string[];
  /** Compressibility is computed for documents of at least so many tokens; absent: for none. */
  readonly compressibility?: number;
  /** What computes it, because its versions differ in some bytes; present once the store is looked at. */
  readonly compressor?: string;
}

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

export interface FimSpec {
  /** Share of the documents, and of these the share in the order spm (`base/fim.ts`). */
  readonly rate: number;
  readonly spmShare: number;
  /** null: the tokenizer's, by well-known names. */
  readonly tokens: FimTokens | null;
}

/** Sentinels, by text or id: the tokens before each part of a document. */
export interface FimTokens {
  readonly prefix: string | number;
  readonly middle: string | number;
  readonly suffix: string | number;
}
