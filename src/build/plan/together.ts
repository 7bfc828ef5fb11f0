/** Which documents belong together: near copies, and those of a group. */

import { dropCode } from '../../base/drop-code.ts';
import { groupsKey, hasGroups } from '../../base/group-fields.ts';
import { unitKeys } from '../../mix/split.ts';
import { visitRepeats } from '../../near/repeats.ts';
import type { DocumentRules, Recipe } from '../../nouns/recipe.ts';
import type { RowPlan } from '../../nouns/rows.ts';
import type { DocumentGroups, DocumentKeys, DocumentTable } from '../../nouns/tokens.ts';
import type { StoreIndex } from '../nouns.ts';

/**
 * Excludes near copies if the recipe removes them.
 * @param excluded as `eligibility` gives it; what it excludes already keeps its reason
 * @returns the first document of each document's cluster; null: the recipe does not ask for near copies
 */
export function nearCopies(
  { nearDuplicates }: DocumentRules,
  { near }: StoreIndex,
  excluded: Uint8Array,
): Uint32Array | null {
  if (nearDuplicates === undefined) return null;
  const { rule, similarity } = nearDuplicates;
  const clusters = near?.clusters.get(similarity);
  if (near === undefined || clusters === undefined)
    throw new Error('near copies are not in the index: use loadIndex with this recipe');
  const code = dropCode('near_duplicate');
  if (rule === 'remove') {
    visitRepeats(clusters, near.signatures, similarity, excluded, (document) => {
      excluded[document] = code;
    });
  }
  return clusters;
}

/** The groups of a recipe's documents; null: no source has a `group`. */
export function groupsOf(recipe: Recipe, { groups }: StoreIndex): DocumentGroups | null {
  if (!hasGroups(recipe)) return null;
  const found = groups?.get(groupsKey(recipe));
  if (found === undefined) throw new Error('groups are not in the index: use loadIndex with this recipe');
  return found;
}

/**
 * What decides the side of a document: its own key, or that of the documents that stay with it.
 * @param near as `nearCopies` gives it
 */
export function splitKeys(
  { splitBy }: Recipe,
  table: DocumentTable,
  groups: DocumentGroups | null,
  near: Uint32Array | null,
): DocumentKeys {
  const together = near === null ? [] : [near];
  if (splitBy === 'group' && groups !== null) return unitKeys(table, [groups.first, ...together], groups);
  return near === null ? table : unitKeys(table, together);
}

/** The plan with the group of each piece, by the number of the group's first document. */
export function withGroups(plan: RowPlan, groups: DocumentGroups | null): RowPlan {
  if (groups === null) return plan;
  const { document } = plan;
  const ofPieces = new Uint32Array(new SharedArrayBuffer(4 * document.length));
  for (let p = 0; p < ofPieces.length; p += 1) ofPieces[p] = groups.first[document[p]!]!;
  return { ...plan, groups: ofPieces };
}
