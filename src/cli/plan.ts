/** `longmix plan`: the mix before anything is written. */
import { ledgerText, mixText, packingText } from '../report/plan-text.ts';
import { planBuild } from '../run/build-plan.ts';
import { planReport } from '../run/plan-report.ts';
import { ensureStore, storeFolder } from '../run/token-store.ts';
import { outFolder } from './folders.ts';
import { loadRecipe, type RunFlags, stageOptions } from './options.ts';

type Flags = RunFlags & { readonly out?: string; readonly json?: boolean };

export async function runPlan(path: string, flags: Flags, signal: AbortSignal): Promise<void> {
  const recipe = loadRecipe(path);
  const folder = storeFolder(recipe, outFolder(recipe, flags.out));
  const store = await ensureStore(recipe, folder, stageOptions(flags, signal));
  const plan = planBuild(recipe, store);
  const text =
    flags.json === true
      ? JSON.stringify(planReport(recipe, store, plan), null, 2)
      : [mixText(plan.cells), packingText(plan.splits), ledgerText(plan.splits)].join('\n\n');
  process.stdout.write(`${text}\n`);
}
