/** The splits of a model as the kernel's steps: a hand-written scanner where the last one is of a family, else tables. */
import type { Kept, KernelStep } from './kernel/model.ts';
import { mostSteps } from './kernel/step-tables.ts';
import type { SplitStep } from './model.ts';
import { compilePattern } from './pattern/compile.ts';
import { familyOfSplit } from './patterns.ts';

/**
 * @returns the steps, or why the kernel can't run them
 * @throws PatternError, UnsupportedPattern
 */
export function planSteps(
  splits: readonly SplitStep[],
): readonly KernelStep[] | { readonly unsupported: string } {
  if (splits.length > mostSteps) return { unsupported: `more than ${mostSteps} splits` };
  const steps: KernelStep[] = [];
  for (const [i, split] of splits.entries()) {
    const family = i === splits.length - 1 ? familyOfSplit(split) : null;
    if (family !== null && family !== 'tekken' && family !== 'smollm') {
      steps.push({ scanner: family });
      continue;
    }
    const table = compilePattern(split);
    if ('unsupported' in table) return table;
    steps.push({ table, keep: kept(split) });
  }
  return steps;
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
