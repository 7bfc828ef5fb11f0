/**
 * Cuts a text into parts at its matches: the behaviours of Hugging Face's `NormalizedString::split`. Matches may be
 * empty; an empty part is dropped, but it separates its neighbours.
 */
import type { SplitStep } from '../model.ts';
import type { FindMatches } from './match.ts';

interface Part {
  start: number;
  end: number;
  readonly isRemoved: boolean;
}

type Rule = Pick<SplitStep, 'behavior' | 'invert'>;

/** @param matches start and end of each match, in turn */
export function splitText(text: string, matches: ReturnType<FindMatches>, rule: Rule): string[] {
  return partsOf(text.length, matches, rule)
    .filter(({ start, end, isRemoved }) => !isRemoved && end > start)
    .map(({ start, end }) => text.slice(start, end));
}

function partsOf(length: number, matches: ReturnType<FindMatches>, { behavior, invert }: Rule): Part[] {
  const runs: { start: number; end: number; isMatch: boolean }[] = [];
  let last = 0;
  for (let i = 0; i < matches.length; i += 2) {
    const [start, end] = [matches[i]!, matches[i + 1]!];
    if (start > last) runs.push({ start: last, end: start, isMatch: invert });
    runs.push({ start, end, isMatch: !invert });
    last = end;
  }
  if (length > last) runs.push({ start: last, end: length, isMatch: invert });

  const parts: Part[] = [];
  const keep = (start: number, end: number) => parts.push({ start, end, isRemoved: false });
  let afterMatch = false;
  if (behavior === 'merged-with-next') {
    for (const { start, end, isMatch } of runs.reverse()) {
      const next = parts.at(-1);
      if (isMatch && !afterMatch && next !== undefined) next.start = start;
      else keep(start, end);
      afterMatch = isMatch;
    }
    return parts.reverse();
  }
  for (const { start, end, isMatch } of runs) {
    const before = parts.at(-1);
    const joins =
      (behavior === 'merged-with-previous' && isMatch && !afterMatch) ||
      (behavior === 'contiguous' && isMatch === afterMatch);
    if (joins && before !== undefined) before.end = end;
    else parts.push({ start, end, isRemoved: behavior === 'removed' && isMatch });
    afterMatch = isMatch;
  }
  return parts;
}
