import type { Vector } from 'apache-arrow';
import type { TokenizedDocuments } from '../nouns/tokens.ts';

/** A column while its part is written. */
export interface PartColumn {
  /** In the index. */
  readonly name: string;
  readonly isNullable: boolean;
  add(documents: TokenizedDocuments): void;
  /** @param dictionaryId unused by others of the part */
  vector(dictionaryId: number): Vector;
}
