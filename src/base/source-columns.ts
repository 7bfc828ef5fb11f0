/**
 * Sets of optional columns. Recipes that share a store ask for different ones: their union is made once, and a store that
 * has more than a recipe needs serves it.
 */
import type { SourceColumns, SourceSpec } from '../nouns/recipe.ts';

const none: SourceColumns = { fields: [] };

/** As a part of a source's spec: no key where there is no column. */
export function columnsPart(columns: SourceColumns): Pick<SourceSpec, 'columns'> {
  return columns.fields.length === 0 ? {} : { columns: joinColumns(columns, none) };
}

export function joinColumns(a: SourceColumns = none, b: SourceColumns = none): SourceColumns {
  return { fields: [...new Set([...a.fields, ...b.fields])].sort() };
}

/** Whether all of `wanted` is in `held`. */
export function holdsColumns(held: SourceColumns = none, wanted: SourceColumns = none): boolean {
  return wanted.fields.every((field) => held.fields.includes(field));
}
