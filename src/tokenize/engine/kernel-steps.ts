/**
 * Turns the splits of a model into the kernel's steps: a hand-written scanner if the last split is of a known family,
 * else tables.
 */

import { familyOfSplit } from '../files/patterns.ts';
import type { SplitStep } from '../model.ts';
import { compilePattern } from '../pattern/compile.ts';
import { fuseFirst } from '../pattern/fuse.ts';
import type { Kept, KernelStep, Scanner } from './kernel/model.ts';
import { mostSteps } from './kernel/step-tables.ts';

/**
 * @returns the steps, or why the kernel cannot run the splits
 * @throws PatternError, UnsupportedPattern
 */
export function planSteps(
  splits: readonly SplitStep[],
): readonly KernelStep[] | { readonly unsupported: string } {
  if (splits.length > mostSteps) return { unsupported: `more than ${mostSteps} splits` };
  return planRest(splits, splits.length < mostSteps);
}

/** @param mayGiveUp whether a table may be used that may give up; the steps after it then do the same in another way */
function planRest(
  splits: readonly SplitStep[],
  mayGiveUp: boolean,
): readonly KernelStep[] | { readonly unsupported: string } {
  const [split] = splits;
  if (split === undefined) return [];
  const scanner = scannerOf(splits.at(-1)!);
  if (scanner !== null && splits.length === 1) return [{ scanner }];
  // After exactly one other split (mostly digits), a hand-written scanner is faster than one table: 174 MB/s, not 136,
  // on text seen before.
  const fused = scanner !== null && splits.length === 2 ? null : fuseFirst(splits, mayGiveUp);
  const table = fused === null ? compilePattern(split) : fused.table;
  if ('unsupported' in table) return table;
  const step: KernelStep =
    fused === null
      ? { table, keep: kept(split) }
      : { table: fused.table, splits: fused.count, mayGiveUp: fused.mayGiveUp };
  const rest = fused?.mayGiveUp
    ? planRest(splits, false)
    : planRest(splits.slice(fused?.count ?? 1), mayGiveUp);
  return 'unsupported' in rest ? rest : [step, ...rest];
}

function scannerOf(split: SplitStep): Exclude<Scanner, 'joins'> | null {
  const family = familyOfSplit(split);
  return family === 'tekken' || family === 'smollm' ? null : family;
}

function kept({ behavior, invert }: SplitStep): Kept {
  switch (behavior) {
    case 'isolated':
      return 'both';
    case 'removed':
      return invert ? 'matches' : 'gaps';
    case 'contiguous':
      return 'runs';
    case 'merged-with-previous':
      return invert ? 'match-with-gap' : 'gap-with-match';
    case 'merged-with-next':
      return invert ? 'gap-with-match' : 'match-with-gap';
  }
}
