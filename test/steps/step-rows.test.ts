import { expect, it } from 'vitest';
import { defaultRecipe } from '../../src/recipe/default-recipe.ts';
import { planSteps } from '../../src/steps/plan-steps.ts';
import { followSteps } from '../../src/steps/step-rows.ts';

const recipe = defaultRecipe('corpus');
const phases = ['short', 'long'].map((name) => ({ ...recipe.phases[0]!, name }));
const lengths = [64, 512];
const rows = [100, 23];

it('the steps of phases are the same whether a schedule names them or the feed finds them', () => {
  const planned = phases.map(({ name, sequences }, i) => ({
    name,
    phase: name,
    sequences: { ...sequences, length: lengths[i]! },
    rows: { width: lengths[i]! + 1, rows: rows[i]! },
  }));
  const schedule = planSteps({ ...recipe, phases, tokensPerStep: 1024 }, planned)!;
  const sets = lengths.map((length, i) => ({ manifest: { length, rows: rows[i]! } }));
  const named = followSteps({ sets, schedule }, undefined);
  const found = followSteps({ sets, schedule: null }, 2);
  expect(schedule.stretches).toEqual([
    [0, 6],
    [1, 11],
  ]);
  for (const { count, rowsPerStep, restRows, at } of [named, found]) {
    expect({ count, rowsPerStep, restRows }).toEqual({ count: 17, rowsPerStep: [16, 2], restRows: 4 + 1 });
    expect(Array.from({ length: count }, (_, step) => at(step))).toEqual([
      ...Array.from({ length: 6 }, (_, i) => ({ set: 0, first: i * 16, rows: 16 })),
      ...Array.from({ length: 11 }, (_, i) => ({ set: 1, first: i * 2, rows: 2 })),
    ]);
  }
});
