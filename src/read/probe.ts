/** Whether a unit can be read with other field names than its source's: told by its first records. */
import { LongmixError } from '../errors.ts';
import type { FieldNames, ReadUnit } from '../types.ts';
import { createReadCounts, read } from './read.ts';

/** What is wrong with the names, or with the file; null: its first records become documents. */
export async function probeFields(unit: ReadUnit, fields: FieldNames): Promise<LongmixError | null> {
  try {
    for await (const { records } of read(
      { ...unit, source: { ...unit.source, fields } },
      createReadCounts(),
    )) {
      if (records.length > 0) break;
    }
    return null;
  } catch (error) {
    if (error instanceof LongmixError) return error;
    throw error;
  }
}
