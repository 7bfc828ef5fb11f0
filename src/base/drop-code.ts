/** Why a document may not be taken, as a number per document; 0: it may. */
import { type DropReason, dropReasons } from '../nouns/ledger.ts';

export function dropCode(reason: DropReason): number {
  return 1 + dropReasons.indexOf(reason);
}
