/** How an earlier run is told among those that the recipes of an ablation name. */
import type { EarlierRun } from '../../nouns/recipe.ts';

export function runKey({ path, steps, rowsPerStep }: EarlierRun): string {
  return JSON.stringify([path, steps, rowsPerStep]);
}
