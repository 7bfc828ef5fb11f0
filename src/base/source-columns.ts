/**
 * Sets of optional columns. Recipes that share a store ask for different ones: their union is made once, and a store that
 * has more than a recipe needs serves it.
 */
import type { SourceColumns } from '../nouns/carried.ts';
import type { SourceSpec } from '../nouns/recipe.ts';

const none: SourceColumns = { fields: [] };

/** As a part of a source's spec: no key where there is no column. */
export function columnsPart(columns: SourceColumns): Pick<SourceSpec, 'columns'> {
  const isEmpty = columns.fields.length === 0 && columns.compressibility === undefined;
  return isEmpty ? {} : { columns: joinColumns(columns, none) };
}

export function joinColumns(a: SourceColumns = none, b: SourceColumns = none): SourceColumns {
  const least = Math.min(a.compressibility ?? Infinity, b.compressibility ?? Infinity);
  const compressor = a.compressor ?? b.compressor;
  return {
    fields: [...new Set([...a.fields, ...b.fields])].sort(),
    ...(least === Infinity ? {} : { compressibility: least }),
    ...(compressor === undefined ? {} : { compressor }),
  };
}

/** Whether all of `wanted` is in `held`, whatever computed it. */
export function holdsColumns(held: SourceColumns = none, wanted: SourceColumns = none): boolean {
  return (
    wanted.fields.every((field) => held.fields.includes(field)) &&
    (wanted.compressibility ?? Infinity) >= (held.compressibility ?? Infinity)
  );
}
