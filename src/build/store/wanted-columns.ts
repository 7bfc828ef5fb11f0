/**
 * Which optional columns the parts of a recipe's sources have: those that the recipe asks for, or those that the store has
 * already, if they are more. So a recipe that drops a filter, or an arm that has none, finds the tokens that are there.
 */

import { nearest } from '../../base/nearest.ts';
import { columnsPart, holdsColumns, joinColumns } from '../../base/source-columns.ts';
import { LongmixError } from '../../errors.ts';
import type { SourceColumns } from '../../nouns/carried.ts';
import type { ReadUnit } from '../../nouns/documents.ts';
import type { Recipe, SourceSpec } from '../../nouns/recipe.ts';
import { hasFields } from '../../read/formats.ts';
import { fieldNames } from '../../read/input/probe.ts';
import { keepPlaces, placeInRecipe } from '../../recipe/yaml/places.ts';
import { exists } from '../../storage/files.ts';
import { join } from '../../storage/paths.ts';
import { storeFile } from '../../store/format.ts';
import { openStore } from '../../store/reader.ts';
import { compressor } from '../../tokenize/compressibility.ts';

/**
 * The recipe, asking for what the store has recorded of a source where that is all that it asks for, and more.
 * @param folder of the store; null: what it has is made again
 */
export function withHeldColumns(recipe: Recipe, folder: string | null): Recipe {
  const held = folder === null ? new Map<string, SourceColumns>() : heldColumns(folder);
  return withColumns(recipe, (source) => {
    const columns = held.get(source.name);
    return columns !== undefined && holdsColumns(columns, source.columns)
      ? columns
      : withCompressor(source.columns);
  });
}

/** What is computed here is of this Node's zlib. */
function withCompressor(columns: SourceColumns | undefined): SourceColumns | undefined {
  return columns?.compressibility === undefined ? columns : { ...columns, compressor };
}

function heldColumns(folder: string): ReadonlyMap<string, SourceColumns | undefined> {
  if (!exists(join(folder, storeFile))) return new Map();
  try {
    return new Map(openStore(folder).reading.map(({ source, columns }) => [source, columns]));
  } catch (error) {
    // Whoever needs the record says what is wrong with it.
    if (error instanceof LongmixError) return new Map();
    throw error;
  }
}

/** The first recipe, asking for the columns of all of them: arms of an ablation differ in what they use. */
export function withAllColumns(recipes: readonly Recipe[]): Recipe {
  const [first] = recipes as [Recipe];
  return withColumns(first, ({ name }) =>
    recipes
      .map(({ sources }) => sources.find((source) => source.name === name)?.columns)
      .reduce((all, columns) => joinColumns(all, columns)),
  );
}

function withColumns(recipe: Recipe, columnsOf: (source: SourceSpec) => SourceSpec['columns']): Recipe {
  const sources = recipe.sources.map((source): SourceSpec => {
    const columns = columnsOf(source);
    return columns === undefined ? source : { ...source, ...columnsPart(columns) };
  });
  return keepPlaces(recipe, { ...recipe, sources });
}

/**
 * Refuses a field that the records do not have, by what the first records of the source's first file with fields have.
 * The caller asks before it tokenizes: it would learn of a wrong name only when all is read.
 *
 * @throws LongmixError `field-missing`
 */
export async function refuseUnknownFields(
  recipe: Recipe,
  { name, columns, group, order }: SourceSpec,
  units: readonly ReadUnit[],
): Promise<void> {
  if (columns === undefined || columns.fields.length === 0) return;
  const unit = units.find(({ files }) => hasFields(files[0]!.format));
  const place = placeInRecipe(recipe, ['sources', name]);
  const where = place === undefined ? {} : { where: place };
  const list = columns.fields.map((field) => `"${field}"`).join(', ');
  if (unit === undefined) {
    const sorts = columns.fields.some((field) => field === group || field === order);
    throw new LongmixError('field-missing', `source "${name}" has no records with fields, so no ${list}`, {
      ...where,
      cure: sorts
        ? 'documents of files without fields are grouped by their folder, group: directory, and are in the order of their paths, without `order`'
        : 'name the sources whose records have the field: `where: { source: NAME }` in documents.keep, `sources.NAME.where` for a condition',
    });
  }
  const has = await fieldNames(unit);
  if (has.length === 0) return;
  const unknown = columns.fields.find((field) => !has.includes(field) && !has.includes(field.split('.')[0]!));
  if (unknown === undefined) return;
  const near = nearest(unknown, has);
  throw new LongmixError(
    'field-missing',
    `no field "${unknown}" in source "${name}"; its first records have ${has.map((field) => `"${field}"`).join(', ')}`,
    {
      where: unit.files[0]!.path,
      cure: `${near === null ? '' : `did you mean "${near}"? `}if only later records have it, give it to the first one too, as null`,
    },
  );
}
