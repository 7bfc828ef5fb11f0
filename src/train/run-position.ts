/** Where a training run stands, and where that is kept. */

export interface RunPosition {
  /** Steps that are done. */
  readonly step: number;
  /** Of the whole run; it may be made longer. */
  readonly steps: number;
  readonly trainer: string;
  /** Of the shards. */
  readonly fingerprint: string;
  /** Names of the shard sets: those of a build have one fingerprint. */
  readonly sets: readonly string[];
  /** By set. */
  readonly rowsPerStep: readonly number[];
  readonly seed: number;
  readonly sortByWork: boolean;
  readonly settings: Readonly<Record<string, string>>;
}

export interface Checkpoint {
  readonly folder: string;
  readonly position: RunPosition;
}
