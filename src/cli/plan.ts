/** `longmix plan`: shows the mix before any shard is written. */

import { buildSize, diskShortage } from '../build/disk-room.ts';
import { outFolder } from '../build/folders.ts';
import { planBuild } from '../build/plan/build-plan.ts';
import { loadEarlier } from '../build/plan/earlier-runs.ts';
import { estimateSeconds } from '../build/plan/estimate.ts';
import { loadIndex } from '../build/plan/load-index.ts';
import { planReport } from '../build/plan/plan-report.ts';
import { refuseFarSketches, sketchStore } from '../build/store/sketches.ts';
import { storePlace } from '../build/store/store-place.ts';
import { ensureStore } from '../build/store/token-store.ts';
import { loadRecipe, type RunFlags, stageOptions } from './options.ts';
import { costText, planSections } from './plan-sections.ts';
import { writePlanReport } from './report-data.ts';

type Flags = RunFlags & {
  readonly out?: string;
  readonly html?: string;
  readonly json?: boolean;
  readonly all?: boolean;
};

export async function runPlan(path: string, flags: Flags, signal: AbortSignal): Promise<void> {
  const recipe = await loadRecipe(path, flags);
  const options = stageOptions(flags, signal);
  const out = await outFolder(recipe, flags.out);
  refuseFarSketches(storePlace(recipe, out), [recipe]);
  const earlier = await loadEarlier([recipe], out);
  const store = await ensureStore(recipe, storePlace(recipe, out), { ...options, asItWas: true });
  await sketchStore(store, [recipe], options);
  const plan = planBuild(recipe, store, await loadIndex(store, [recipe], earlier));
  const shortage = diskShortage([buildSize(out, plan, store)]);
  await writePlanReport(flags, recipe, store, plan);
  const seconds = estimateSeconds(plan, store, options.workers);
  const text =
    flags.json === true
      ? JSON.stringify({ ...planReport(recipe, store, plan), estimatedSeconds: seconds }, null, 2)
      : [
          ...planSections(recipe, plan, flags.all),
          costText(plan, seconds),
          ...(shortage === null ? [] : [`warning: ${shortage}`]),
        ].join('\n\n');
  process.stdout.write(`${text}\n`);
}
