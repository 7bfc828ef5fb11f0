/** The sink that writers write to, and the record of a committed file. Nothing here computes. */

/** The only output of a writer. `storage/` provides one whose file appears only when it is complete. */
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
