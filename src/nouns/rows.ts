/** What `pack/` hands to `shard/`: all rows of a shard set, as pieces of documents. Nothing here computes. */

/**
 * All rows of a shard set in the order of the run, as parallel arrays over shared memory. A piece is a part of a
 * document's sequence, which is [BOS] + the tokens taken + [EOS if all its tokens were taken].
 */
export interface RowPlan {
  /** Tokens per row. */
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
  /** Per piece: the group of its document, by the number of the group's first document; not there: none has a group. */
  readonly groups?: Uint32Array;
  /** null: no document repeats. */
  readonly repeats: RowRepeats | null;
  /** Pieces, ascending, that are documents with their middle at the end and three sentinel tokens; absent: there are none. */
  readonly fim?: Uint32Array;
}

/** What fill-in-the-middle comes to in the rows of a phase. */
export interface FimCounts {
  /** Pieces with their middle at the end, every copy counted, and their sentinel tokens. */
  readonly pieces: number;
  readonly sentinels: number;
  /** Documents that the rate names too, and that stay as they are because they do not fit in a row. */
  readonly left: number;
}

/** What later epochs need to know to keep copies apart in a run with repeated documents (`feed/rows/order.ts`). */
export interface RowRepeats {
  /** Number of rows that hold a repeated document. They are spread evenly over the run (`base/interleave.ts`). */
  readonly rows: number;
  /** How many neighbours among those rows may be shuffled while copies still stay apart. */
  readonly stretch: number;
}

/** Cut pieces as parallel arrays, ascending by piece number. */
export interface PieceCuts {
  readonly piece: Uint32Array;
  /** Offset of the piece in the document's sequence. */
  readonly start: Uint32Array;
  /** Tokens of the document that this copy takes. */
  readonly take: Uint32Array;
}
