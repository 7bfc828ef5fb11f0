/** What `train/` hands to `report/`: losses on the validation set, as a trainer returns them. */

/**
 * The key `validation` of what a trainer's `finish` returns. A trainer may omit it; a run that has it appears in the
 * tables and charts of `ablate --train`.
 */
export interface Validation {
  /** Mean, in nats. */
  readonly loss: number;
  readonly byPosition: readonly PositionLoss[];
  /** Absent if the trainer doesn't report it, or the shards have no provenance. */
  readonly bySource?: readonly SourceLoss[];
}

/** Predictions in the documents of a source. */
export interface SourceLoss {
  readonly source: string;
  readonly tokens: number;
  /** Mean, in nats. */
  readonly loss: number;
}

/** Predictions that could attend to `from` to `to` (inclusive) earlier tokens of their document. */
export interface PositionLoss {
  readonly from: number;
  readonly to: number;
  readonly tokens: number;
  /** Mean, in nats. */
  readonly loss: number;
}
