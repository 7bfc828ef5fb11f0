/** The beginning of a unit, read with other field names than its source's. */
import { LongmixError } from '../../errors.ts';
import type { ReadUnit } from '../../nouns/documents.ts';
import type { FieldNames } from '../../nouns/recipe.ts';
import { createReadCounts, read } from '../read.ts';

export interface Sample {
  readonly ids: readonly (string | null)[];
  /** Of the documents, where `fields.source` is given; else none. */
  readonly sources: readonly string[];
  readonly badRecords: number;
}

/** The documents of the first chunk, about 1 MiB of text; or what is wrong with the names, or with the file. */
export async function sampleUnit(unit: ReadUnit, fields: FieldNames): Promise<Sample | LongmixError> {
  const counts = createReadCounts();
  // As if it were named by itself: then what its one record lacks is told as a wrong name.
  const { path } = unit.files[0]!;
  const renamed = { ...unit, source: { ...unit.source, path, fields } };
  try {
    for await (const { ids, sources } of read(renamed, counts)) {
      return { ids, sources: sources ?? [], badRecords: counts.badRecords };
    }
    return { ids: [], sources: [], badRecords: counts.badRecords };
  } catch (error) {
    if (error instanceof LongmixError) return error;
    throw error;
  }
}

/** What is wrong with the names, or with the file; null: its first records become documents. */
export async function probeFields(unit: ReadUnit, fields: FieldNames): Promise<LongmixError | null> {
  const sample = await sampleUnit(unit, fields);
  return sample instanceof LongmixError ? sample : null;
}

/** No record has a field of this name, and a reader that misses a field tells those that there are. */
const nowhere: FieldNames = { text: '\0', id: '\0', source: null };

/** Fields of the first records, or columns; none: a text file, or one that can't be read. */
export async function fieldNames(unit: ReadUnit): Promise<readonly string[]> {
  return (await probeFields(unit, nowhere))?.names ?? [];
}
