/** What `pack/` hands to `shard/`: every row of a shard set, as pieces of documents. Nothing here computes. */

/**
 * Every row of a shard set, in the order of the run: parallel arrays over shared memory. A piece is part of a
 * document's sequence, which is [BOS] + its taken tokens + [EOS if all of it was taken].
 */
export interface RowPlan {
  /** Tokens of a row. */
  readonly width: number;
  readonly rows: number;
  readonly bos: boolean;
  readonly eos: boolean;
  /** One past the last piece of each row. */
  readonly rowEnds: Uint32Array;
  /** Per piece: its document, and its length in tokens (16 bits where the width allows it). */
  readonly document: Uint32Array;
  readonly length: Uint16Array | Uint32Array;
  /** The pieces that aren't the whole sequence of a whole document. */
  readonly cuts: PieceCuts;
  /** null: no document repeats. */
  readonly repeats: RowRepeats | null;
}

/** What later epochs must know of a run in which documents repeat, to keep copies apart (`feed/rows/order.ts`). */
export interface RowRepeats {
  /** Rows that hold a repeated document. They are spread evenly over the run (`base/interleave.ts`). */
  readonly rows: number;
  /** Neighbours among those rows that may be shuffled, and copies still stay apart. */
  readonly stretch: number;
}

/** Parallel arrays, by piece number, ascending. */
export interface PieceCuts {
  readonly piece: Uint32Array;
  /** Offset of the piece in the document's sequence. */
  readonly start: Uint32Array;
  /** Tokens of the document that this copy takes. */
  readonly take: Uint32Array;
}
