/** What `steps/` hands to `feed/` and `report/`: which shard set each optimizer step takes its rows from. */

export interface StepPlan {
  readonly tokensPerStep: number;
  readonly steps: number;
  /** In the order of first use. */
  readonly sets: readonly StepSet[];
  readonly stretches: readonly Stretch[];
}

/** A number of consecutive steps that take their rows from one set; `set` is an index into the sets. */
export type Stretch = readonly [set: number, steps: number];

export interface StepSet {
  /** Folder of the shard set. */
  readonly name: string;
  readonly width: number;
  readonly rows: number;
  readonly rowsPerStep: number;
  readonly steps: number;
  /** Rows at the end of the set that don't fill a whole step. */
  readonly rest: number;
}
