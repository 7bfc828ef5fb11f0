/** The sources of a recipe as they are now: the parts that each one is to be tokenized in. Reads no text but where large files are cut. */

import { addAbortSignal } from 'node:stream';
import type { ReadUnit } from '../../nouns/documents.ts';
import type { Recipe, SourceSpec } from '../../nouns/recipe.ts';
import { refuseMissingProgram } from '../../read/extract/find-program.ts';
import { discover, type LeftOut } from '../../read/input/discover.ts';
import { spoolStandardInput } from '../../read/input/spool.ts';
import { makeFolder } from '../../storage/commit.ts';
import { join } from '../../storage/paths.ts';
import { notesFolder } from '../../storage/receipt.ts';
import type { SourceReading } from '../../store/format.ts';
import { type PlannedPart, plannedPart } from './find-parts.ts';
import { planParts } from './parts.ts';
import { readingOf } from './store-match.ts';

export interface FoundSource {
  readonly spec: SourceSpec;
  readonly reading: SourceReading;
  readonly units: readonly ReadUnit[];
  readonly leftOut: readonly LeftOut[];
  readonly parts: readonly PlannedPart[];
}

/**
 * @param folder of the store, where standard input is put
 * @param isThere a finished store is there: other standard input must not take the place of what it was made from
 * @throws LongmixError whatever `discover` throws; `store-mismatch` for other standard input
 */
export async function findCorpus(
  { sources }: Recipe,
  folder: string,
  isThere: boolean,
  signal: AbortSignal | undefined,
): Promise<FoundSource[]> {
  const found: FoundSource[] = [];
  for (const source of sources) {
    if (source.command !== undefined && !isThere) refuseMissingProgram(source.name, source.command);
    const spec = await atRest(source, folder, isThere, signal);
    const { units, leftOut } = await discover(spec);
    const { partBytes, parts } = await planParts(units);
    found.push({
      spec,
      units,
      leftOut,
      reading: readingOf(source, partBytes),
      parts: parts.map(plannedPart),
    });
  }
  return found;
}

/** Standard input lies in the store's notes, so that it can be hashed, split and read again after an interruption. */
async function atRest(
  source: SourceSpec,
  folder: string,
  isThere: boolean,
  signal: AbortSignal | undefined,
): Promise<SourceSpec> {
  if (source.path !== '-') return source;
  const notes = join(folder, notesFolder);
  makeFolder(notes);
  const input = signal === undefined ? process.stdin : addAbortSignal(signal, process.stdin);
  return await spoolStandardInput(source, notes, input, isThere);
}
