/** Which fields a source's groups come from. */
import type { SourceSpec } from '../nouns/recipe.ts';

/** Names of the store's columns; null: no field. */
export interface GroupFields {
  readonly group: string | null;
  readonly order: string | null;
}

/** `directory` and `directory:2` are folders; every other group is a field. */
export const folderGroup: RegExp = /^directory(?::([1-9]\d?))?$/;

export function groupFields({ group, order }: Pick<SourceSpec, 'group' | 'order'>): GroupFields {
  return {
    group: group === undefined || folderGroup.test(group) ? null : `field:${group}`,
    order: order === undefined ? null : `field:${order}`,
  };
}
