/** Bad records were skipped; a few are the corpus's nature, many are a mistake. */
import { LongmixError } from '../errors.ts';
import type { BadRecord, Recipe } from '../types.ts';
import type { Progress } from './progress.ts';
import type { TokenizeInput, TokenizeResult } from './tokenize-task.ts';

/** @throws LongmixError `bad-records` if there are more than the recipe allows; fewer are noted */
export function refuseBadRecords(
  results: readonly TokenizeResult[],
  parts: readonly TokenizeInput[],
  recipe: Recipe,
  progress: Progress,
): void {
  const bad = results.reduce((sum, { part }) => sum + part.badRecords, 0);
  if (bad === 0) return;
  const records = results.reduce((sum, { part }) => sum + part.documents, bad);
  const { share, atLeast } = recipe.maxBadRecords;
  const limit = Math.max(atLeast, Math.floor(share * records));
  const samples = results.flatMap(({ badSamples }) => badSamples).slice(0, 5);
  const list = samples
    .map(
      (sample) => `  ${sample.file}:${linesBefore(sample, results, parts) + sample.record}: ${sample.reason}`,
    )
    .join('\n');
  const what = `${bad} of ${records} records could not be read${bad > samples.length ? ', the first of them' : ''}`;
  if (bad > limit) {
    throw new LongmixError('bad-records', `${what}:\n${list}`, {
      cure: `at most ${limit} are skipped (max_bad_records); mend the input, or allow more in the recipe`,
      exitCode: 1,
    });
  }
  progress.note(`${what} (skipped, in the ledger):\n${list}`);
}

/** Lines of a sample's file before its unit. */
function linesBefore(
  { file, start }: BadRecord,
  results: readonly TokenizeResult[],
  parts: readonly TokenizeInput[],
): number {
  // By start: two sources may read the same file.
  const lines = new Map<number, number>();
  for (const [i, { units }] of parts.entries()) {
    for (const [j, unit] of units.entries()) {
      if (unit.joined || unit.files[0]!.path !== file || unit.start >= start) continue;
      lines.set(unit.start, results[i]!.part.inputs[j]!.lines);
    }
  }
  return [...lines.values()].reduce((sum, count) => sum + count, 0);
}
