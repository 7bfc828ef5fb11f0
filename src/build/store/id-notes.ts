/**
 * A field of ids that no record has is told once everything is read: ids may be rare, and a corpus is no worse without
 * them. What the note says comes from the beginning of the source's first file of records, however parts were cut.
 */

import type { ReadUnit } from '../../nouns/documents.ts';
import type { Recipe } from '../../nouns/recipe.ts';
import { hasFields } from '../../read/formats.ts';
import { probeFields } from '../../read/input/probe.ts';

/**
 * @param units of all sources, in the order of the corpus
 * @param identified sources with an id in at least one record
 */
export async function idNotes(
  recipe: Recipe,
  units: readonly ReadUnit[],
  identified: ReadonlySet<string>,
): Promise<string[]> {
  const notes: string[] = [];
  for (const { name, fields } of recipe.sources) {
    // The default asks for nothing: many corpora have no ids.
    if (fields.id === 'id' || identified.has(name)) continue;
    const unit = units.find(({ source, files }) => source.name === name && hasFields(files[0]!.format));
    const problem =
      unit === undefined ? null : await probeFields(unit, { text: fields.id, id: 'id', source: null });
    const why = unit === undefined ? 'text files have no fields' : (problem?.message ?? 'it holds no id');
    notes.push(`source "${name}": no document has an id (id: ${fields.id}): ${why}`);
  }
  return notes;
}
