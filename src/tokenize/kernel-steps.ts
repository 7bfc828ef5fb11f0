/** The splits of a model as the kernel's steps: a hand-written scanner where the last one is of a family, else tables. */
import type { Kept, KernelStep } from './kernel/model.ts';
import { mostSteps } from './kernel/step-tables.ts';
import type { SplitStep } from './model.ts';
import { compilePattern } from './pattern/compile.ts';
import { type FusedSplits, fuseFirst } from './pattern/fuse.ts';
import { recognizeFamily } from './patterns.ts';

/**
 * @returns the steps, or why the kernel can't run them
 * @throws PatternError, UnsupportedPattern
 */
export function planSteps(
  splits: readonly SplitStep[],
): readonly KernelStep[] | { readonly unsupported: string } {
  if (splits.length > mostSteps) return { unsupported: `more than ${mostSteps} splits` };
  const steps: KernelStep[] = [];
  for (let i = 0; i < splits.length; ) {
    const split = splits[i]!;
    const family = i === splits.length - 1 ? recognizeFamily([split]) : null;
    if (family !== null && family !== 'tekken' && family !== 'smollm') {
      steps.push({ scanner: family });
      break;
    }
    const fused = fuseFirst(splits.slice(i));
    if (fused !== null && isWorthwhile(fused, splits.length - i)) {
      steps.push({ table: fused.table, splits: fused.count });
      i += fused.count;
      continue;
    }
    const table = compilePattern(split);
    if ('unsupported' in table) return table;
    steps.push({ table, keep: kept(split) });
    i += 1;
  }
  return steps;
}

/**
 * Not one split alone before others, which may leave a whole document as a gap: its own tables hand that on in pieces, and skip
 * it faster.
 */
function isWorthwhile({ count }: FusedSplits, left: number): boolean {
  return count === left || count > 1;
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
