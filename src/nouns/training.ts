/** train -> report: losses on the validation set, as a trainer gives them. */

/**
 * `validation` of what a trainer's `finish` returns: with it a run is in the tables and charts of `ablate --train`. A
 * trainer may leave it out.
 */
export interface Validation {
  /** Mean, in nats. */
  readonly loss: number;
  readonly byPosition: readonly PositionLoss[];
  /** Left out by a trainer that does not say it, and for shards without provenance. */
  readonly bySource?: readonly SourceLoss[];
}

/** Guesses in documents of a source. */
export interface SourceLoss {
  readonly source: string;
  readonly tokens: number;
  /** Mean, in nats. */
  readonly loss: number;
}

/** Guesses that could look back on `from` to `to` (inclusive) tokens of their document. */
export interface PositionLoss {
  readonly from: number;
  readonly to: number;
  readonly tokens: number;
  /** Mean, in nats. */
  readonly loss: number;
}
