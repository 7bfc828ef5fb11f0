/**
 * Reports faults of the input. Bad records were skipped: a few are normal in a corpus, but many point to a mistake, and
 * are an error. Bytes that are not UTF-8 became U+FFFD, which is reported but never an error.
 */

import type { Progress } from '../../base/progress.ts';
import { counted } from '../../base/words.ts';
import { LongmixError } from '../../errors.ts';
import type { TokenizeResult } from '../../execute/part-notes.ts';
import type { FileFault } from '../../nouns/documents.ts';
import type { Recipe } from '../../nouns/recipe.ts';
import { countLinesBefore, type StoreManifest } from '../../store/format.ts';

/**
 * @param view the recipe's view of the store, all of which is judged
 * @param results of parts of which nothing was told before
 * @throws LongmixError `bad-records` if there are more than the recipe allows; fewer are noted
 */
export function refuseBadRecords(
  { parts, totals }: Pick<StoreManifest, 'parts' | 'totals'>,
  results: readonly TokenizeResult[],
  recipe: Recipe,
  progress: Progress,
): void {
  const { badRecords: bad } = totals;
  if (bad === 0) return;
  const records = totals.documents + bad;
  const { share, atLeast } = recipe.maxBadRecords;
  const limit = Math.max(atLeast, Math.floor(share * records));
  const linesBefore = countLinesBefore(parts);
  const leftOut = results.flatMap(({ fileFaults }) => fileFaults).filter((fault) => fault.leftOut);
  const samples = results
    .flatMap(({ part, badSamples }) => badSamples.map((sample) => ({ ...sample, part })))
    .slice(0, 5);
  const lines = samples.map(({ file, start, record, reason, part }) => {
    // If several inputs match, all start at 0 and have no lines before them: only a part's first input may start later.
    const input = part.inputs.find((one) => one.start === start)!;
    const place = record === 0 ? file : `${file}:${linesBefore(input) + record}`;
    return `  ${place}: ${reason}`;
  });
  const list = [...lines, ...namedFiles(leftOut)].join('\n');
  const isAll = bad === samples.length + leftOut.length;
  const what = `${bad} of ${records} records could not be read${isAll ? '' : ', the first ones'}`;
  if (bad > limit) {
    throw new LongmixError('bad-records', list === '' ? what : `${what}:\n${list}`, {
      cure: `at most ${limit} are skipped (max_bad_records); fix the input, or allow more in the recipe`,
      exitCode: 1,
    });
  }
  if (list !== '') progress.note(`${what} (skipped, counted in store.json):\n${list}`);
}

const mostNamed = 1000;

/** Lists all files of each fault: with hundreds of files, a user needs the names to find what they have in common. */
function namedFiles(faults: readonly FileFault[]): string[] {
  const files = new Map<string, string[]>();
  for (const { path, what } of faults) files.set(what, [...(files.get(what) ?? []), path]);
  return [...files].flatMap(([what, paths]) => {
    if (paths.length === 1) return [`  ${paths[0]}: ${what}`];
    const more = paths.length > mostNamed ? [`    and ${paths.length - mostNamed} more`] : [];
    const names = paths.slice(0, mostNamed).map((path) => `    ${path}`);
    return [`  ${paths.length} files: ${what}`, ...names, ...more];
  });
}

/** A note about files that were read, but perhaps wrongly; null: there are none. */
export function fileNote(results: readonly TokenizeResult[]): string | null {
  const faults = results.flatMap(({ fileFaults }) => fileFaults).filter(({ leftOut }) => !leftOut);
  if (faults.length === 0) return null;
  return `${counted(faults.length, 'file')} may not have been read as intended:\n${namedFiles(faults).join('\n')}`;
}

/** @param retries requests that were sent again, by place */
export function retryNotes(retries: ReadonlyMap<string, number>): string[] {
  return [...retries].map(([where, count]) =>
    count === 1 ? `1 request to ${where} was tried again` : `${count} requests to ${where} were tried again`,
  );
}

/** A note that lists the files with invalid UTF-8; null: all text was UTF-8. */
export function malformedNote(results: readonly TokenizeResult[]): string | null {
  // Sum by file, because a large file is in several parts.
  const counts = new Map<string, number>();
  for (const { path, count } of results.flatMap(({ malformed }) => malformed))
    counts.set(path, (counts.get(path) ?? 0) + count);
  if (counts.size === 0) return null;
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const what = `${counted(total, 'sequence')} not in UTF-8 became U+FFFD`;
  if (counts.size === 1) return `${what}, in ${[...counts.keys()][0]}`;
  const most = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const more = most.length > mostNamed ? [`  and ${most.length - mostNamed} more`] : [];
  const names = most.slice(0, mostNamed).map(([path, count]) => `  ${path}: ${count}`);
  return [`${what}, in ${counts.size} files:`, ...names, ...more].join('\n');
}
