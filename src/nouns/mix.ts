/** What the mix works on and hands to `pack/`: cells, and the copies of documents that were chosen. Nothing here computes. */

/** Documents of `from <= tokens < to`; `to` is null for the last bucket. */
export interface Bucket {
  readonly from: number;
  readonly to: number | null;
}

/** One source's documents of one length bucket, as the corpus has them. */
export interface Cell {
  readonly source: string;
  readonly bucket: Bucket;
  readonly documents: number;
  readonly tokens: number;
}

/** Cell number of every document: number of its source * buckets + number of its bucket. */
export type CellNumbers = Uint16Array | Uint32Array;

/** A cell of the training split in a plan. Tokens are those of documents: special tokens and padding apart. */
export interface PlannedCell extends Cell {
  /** At least the length rule's threshold; false without a length rule. */
  readonly long: boolean;
  /** Tokens that may be used: less than `tokens` where overlong documents are truncated or excluded. */
  readonly usable: number;
  /** What the recipe asks for. */
  readonly requested: number;
  /** What `redistribute` added to the request, or took from it (negative) because the cell has no more. */
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

/** Documents to pack, copy by copy, ascending by document: parallel arrays. */
export interface Instances {
  readonly count: number;
  readonly document: Uint32Array;
  /** The copies that aren't of a whole document, ascending, and the tokens that they take, from the document's first. */
  readonly parts: { readonly copy: Uint32Array; readonly take: Uint32Array };
  /** Copies of the document that has most of them; 1: nothing repeats. */
  readonly mostCopies: number;
  /** Rows that the document is packed in before those are put end to end; null: all as `sequences` says. */
  readonly packLength: Uint32Array | null;
}
