/** Which sources have groups, and which fields these come from. */
import type { Recipe, SourceSpec } from '../nouns/recipe.ts';

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

export function hasGroups({ sources }: Pick<Recipe, 'sources'>): boolean {
  return sources.some(({ group }) => group !== undefined);
}

/** Equal keys: equal groups. Arms of an ablation may differ in them. */
export function groupsKey({ sources }: Pick<Recipe, 'sources'>): string {
  return JSON.stringify(sources.map(({ name, group, order }) => [name, group, order]));
}
