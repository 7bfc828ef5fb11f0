/**
 * Notes a configured id field that no record has. The note comes after everything is read, and is not an error: ids may
 * be rare, and a corpus works without them. It describes the start of the source's first file of records, so it does
 * not depend on how the parts were cut.
 */

import type { ReadUnit } from '../../nouns/documents.ts';
import type { Recipe } from '../../nouns/recipe.ts';
import { hasFields } from '../../read/formats.ts';
import { probeFields } from '../../read/input/probe.ts';

/**
 * @param units the units of all sources, in the order of the corpus
 * @param identified sources with an id in at least one record
 */
export async function idNotes(
  recipe: Recipe,
  units: readonly ReadUnit[],
  identified: ReadonlySet<string>,
): Promise<string[]> {
  const notes: string[] = [];
  for (const { name, fields } of recipe.sources) {
    // The default field needs no note: many corpora have no ids.
    if (fields.id === 'id' || identified.has(name)) continue;
    const unit = units.find(({ source, files }) => source.name === name && hasFields(files[0]!.format));
    const problem =
      unit === undefined ? null : await probeFields(unit, { text: fields.id, id: 'id', source: null });
    const why = unit === undefined ? 'text files have no fields' : (problem?.message ?? 'it holds no id');
    notes.push(`source "${name}": no document has an id (id: ${fields.id}): ${why}`);
  }
  return notes;
}
