/** The position of a training run, and a checkpoint that stores it. */

export interface RunPosition {
  /** Steps that are done. */
  readonly step: number;
  /** Steps of the whole run. A resumed run may have more. */
  readonly steps: number;
  readonly trainer: string;
  /** Fingerprint of the shards. */
  readonly fingerprint: string;
  /** Names of the shard sets, because all sets of a build have the same fingerprint. */
  readonly sets: readonly string[];
  /** Rows per step of each set. */
  readonly rowsPerStep: readonly number[];
  readonly seed: number;
  readonly sortByWork: boolean;
  readonly settings: Readonly<Record<string, string>>;
}

export interface Checkpoint {
  readonly folder: string;
  readonly position: RunPosition;
}
