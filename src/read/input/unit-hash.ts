/** What readers hand the bytes of a unit to, as they take them (`hash-input.ts` makes one). */
import type { InputFile } from '../../nouns/documents.ts';

export interface UnitHash {
  /** Begins the next file of the unit. So many bytes of it must follow. */
  begin(file: InputFile, bytes: number): void;
  update(block: Uint8Array): void;
  /** sha256 (hex) over the bytes of the unit's files in order, each after its name and how many there are. */
  digest(): Promise<string>;
}
