/**
 * Standard input as a source: it is written to a file first, so that it can be hashed, split over workers, read
 * again after an interruption, and be of a format that needs seeking (Parquet).
 */
import { join } from 'node:path';
import type { SourceSpec } from '../types.ts';
import { createFile, makeFolder } from './commit.ts';

/** The sources, with `-` replaced by the file that it was written to. */
export async function spoolStandardInput(
  sources: readonly SourceSpec[],
  folder: string,
): Promise<SourceSpec[]> {
  const spooled: SourceSpec[] = [];
  for (const source of sources) {
    if (source.path !== '-') {
      spooled.push(source);
      continue;
    }
    const format = source.format ?? 'jsonl';
    const path = join(folder, '.longmix', `standard-input.${format === 'text' ? 'txt' : format}`);
    makeFolder(join(folder, '.longmix'));
    const file = createFile(path);
    try {
      for await (const chunk of process.stdin) file.write(chunk as Uint8Array);
      file.commit();
    } catch (error) {
      file.abort();
      throw error;
    }
    spooled.push({ ...source, path, format });
  }
  return spooled;
}
