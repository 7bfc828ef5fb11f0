/** What the beginning of a unit holds, read with other field names than its source's. */
import { LongmixError } from '../../errors.ts';
import type { ReadUnit } from '../../nouns/documents.ts';
import type { FieldNames } from '../../nouns/recipe.ts';
import { createReadCounts, read } from '../read.ts';

export interface Sample {
  readonly ids: readonly (string | null)[];
  /** The sources of the documents if `fields.source` is given; else empty. */
  readonly sources: readonly string[];
  readonly badRecords: number;
}

/** Reads the first chunk, about 1 MiB of text. Returns an error if the names are wrong or the file is faulty. */
export async function sampleUnit(unit: ReadUnit, fields: FieldNames): Promise<Sample | LongmixError> {
  const counts = createReadCounts();
  // Read the file as if the recipe named it by itself: then a field that its only record lacks counts as a wrong name.
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

/** Says what is wrong with the names, or with the file; null: its first records can be read. */
export async function probeFields(unit: ReadUnit, fields: FieldNames): Promise<LongmixError | null> {
  const sample = await sampleUnit(unit, fields);
  return sample instanceof LongmixError ? sample : null;
}

/** Names that no record has. A reader that misses a field lists the fields that exist. */
const nowhere: FieldNames = { text: '\0', id: '\0', source: null };

/** Names of the first records' fields, or of the columns; empty for a text file, or one that can't be read. */
export async function fieldNames(unit: ReadUnit): Promise<readonly string[]> {
  return (await probeFields(unit, nowhere))?.names ?? [];
}
