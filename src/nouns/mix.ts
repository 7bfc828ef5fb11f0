/** What the mix works on and hands to `pack/`: cells, and the chosen copies of documents. Nothing here computes. */

/** A range of document lengths: `from <= tokens < to`; `to` is null for the last bucket. */
export interface Bucket {
  readonly from: number;
  readonly to: number | null;
}

/** The documents of one source in one length bucket, as the corpus has them. */
export interface Cell {
  readonly source: string;
  readonly bucket: Bucket;
  readonly documents: number;
  readonly tokens: number;
}

/** Cell number of every document: its source's number * number of buckets + its bucket's number. */
export type CellNumbers = Uint16Array | Uint32Array;

/** A cell of the training split in a plan. Tokens are document tokens, without special tokens and padding. */
export interface PlannedCell extends Cell {
  /** True if the bucket's lengths reach the length rule's threshold; false without a length rule. */
  readonly long: boolean;
  /** Usable tokens: less than `tokens` where overlong documents are truncated or excluded. */
  readonly usable: number;
  /** Tokens that the recipe requests. */
  readonly requested: number;
  /** Tokens that `redistribute` added to the request, or took from it (negative) because the cell has no more. */
  readonly redistributed: number;
  /** The cell's repeat factor: (requested + redistributed) / usable. */
  readonly epochs: number;
  /** Documents taken at least once, and their tokens with every copy. */
  readonly taken: number;
  readonly achieved: number;
}

/** Documents that an earlier run has read, at least in part, one for all copies of a text: parallel arrays. */
export interface ReadDocuments {
  readonly count: number;
  readonly keysLow: Uint32Array;
  readonly keysHigh: Uint32Array;
  /** Tokens; null: by another tokenizer, so that only keys can be compared. */
  readonly lengths: Uint32Array | null;
  /** Tokens of the document that the run has not read. */
  readonly unread: Uint32Array;
}

/** What of a corpus an earlier run has read. */
export interface LeftOut {
  /** Documents that are left out, their tokens, and those of them that the run has not read. */
  readonly documents: number;
  readonly tokens: number;
  readonly unread: number;
  /** Documents that the run has read, and that are not in this corpus. */
  readonly absent: number;
}

/** What a rule of `documents.keep` comes to. */
export interface PlannedScore {
  readonly score: string;
  /** null: of all sources. */
  readonly sources: readonly string[] | null;
  readonly minTokens: number;
  /** Documents that the rule is about, and those of them without a score. */
  readonly documents: number;
  readonly missing: number;
  /** Documents that it keeps; a rule before it may have left out some of those that it is about. */
  readonly kept: number;
  /** The bounds as scores, both inclusive; null: none. */
  readonly from: number | null;
  readonly to: number | null;
}

/** The copies of documents to pack, ascending by document, as parallel arrays. */
export interface Instances {
  readonly count: number;
  readonly document: Uint32Array;
  /** The copies that take only a part of their document, ascending, and how many tokens they take from its first on. */
  readonly parts: { readonly copy: Uint32Array; readonly take: Uint32Array };
  /** Number of copies of the document with the most copies; 1: nothing repeats. */
  readonly mostCopies: number;
  /** Per copy, tokens of the inner rows that it is packed in; null: as `sequences` says for all. */
  readonly packLength: Uint32Array | null;
}
