/** What writers put their bytes into, and the record of a file that was committed. Nothing here computes. */

/** The only way out for a writer's bytes: `storage/` gives it a file that appears when all of it is there. */
export interface Sink {
  write(bytes: Uint8Array): void;
}

/** A committed file, by name relative to its folder. */
export interface FileRecord {
  readonly name: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}
