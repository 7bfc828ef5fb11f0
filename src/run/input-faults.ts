/**
 * What was off in the input. Bad records were skipped; a few are the corpus's nature, many are a mistake. Bytes that are
 * no UTF-8 became U+FFFD, which is told and never refused.
 */
import { LongmixError } from '../errors.ts';
import { counted } from '../report/format.ts';
import { linesBefore } from '../store/format.ts';
import type { Recipe } from '../types.ts';
import type { Progress } from './progress.ts';
import type { TokenizeResult } from './tokenize-task.ts';

/** @throws LongmixError `bad-records` if there are more than the recipe allows; fewer are noted */
export function refuseBadRecords(
  results: readonly TokenizeResult[],
  recipe: Recipe,
  progress: Progress,
): void {
  const bad = results.reduce((sum, { part }) => sum + part.badRecords, 0);
  if (bad === 0) return;
  const records = results.reduce((sum, { part }) => sum + part.documents, bad);
  const { share, atLeast } = recipe.maxBadRecords;
  const limit = Math.max(atLeast, Math.floor(share * records));
  const parts = results.map(({ part }) => part);
  const samples = results
    .flatMap(({ part, badSamples }) => badSamples.map((sample) => ({ ...sample, part })))
    .slice(0, 5);
  const list = samples
    .map(({ file, start, record, reason, part }) => {
      // Where there are several, they all begin their files: only the first of a part may begin further on.
      const input = part.inputs.find((one) => one.start === start)!;
      const place = record === 0 ? file : `${file}:${linesBefore(parts, input) + record}`;
      return `  ${place}: ${reason}`;
    })
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

/** Where most of what was no UTF-8 stands: a file in another encoding, as a rule. null: all was UTF-8. */
export function malformedNote(results: readonly TokenizeResult[]): string | null {
  // A large file is in several parts.
  const counts = new Map<string, number>();
  for (const { path, count } of results.flatMap(({ malformed }) => malformed))
    counts.set(path, (counts.get(path) ?? 0) + count);
  if (counts.size === 0) return null;
  const [path, most] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a));
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const where = counts.size === 1 ? `in ${path}` : `in ${counts.size} files, most (${most}) in ${path}`;
  return `${counted(total, 'sequence')} not in UTF-8 became U+FFFD, ${where}`;
}
