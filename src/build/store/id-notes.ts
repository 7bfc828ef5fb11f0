/**
 * Notes a configured id field that no record has. The note comes after everything is read, and is not an error: ids may
 * be rare, and a corpus works without them. It describes the start of the source's first file of records, so it does
 * not depend on how the parts were cut.
 */

import { hasFields } from '../../read/formats.ts';
import { probeFields } from '../../read/input/probe.ts';
import type { FoundSource } from './find-corpus.ts';

/**
 * @param sources that were read for the first time
 * @param identified sources with an id in at least one record
 */
export async function idNotes(
  sources: readonly FoundSource[],
  identified: ReadonlySet<string>,
): Promise<string[]> {
  const notes: string[] = [];
  for (const { spec, units } of sources) {
    const { name, fields } = spec;
    // The default field needs no note: many corpora have no ids.
    if (fields.id === 'id' || identified.has(name)) continue;
    const unit = units.find(({ files }) => hasFields(files[0]!.format));
    const problem =
      unit === undefined ? null : await probeFields(unit, { text: fields.id, id: 'id', source: null });
    const why = unit === undefined ? 'text files have no fields' : (problem?.message ?? 'it holds no id');
    notes.push(`source "${name}": no document has an id (id: ${fields.id}): ${why}`);
  }
  return notes;
}
