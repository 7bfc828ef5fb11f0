/** `longmix tokenize`: makes the token store only. */

import { bytes, compact, counted } from '../base/words.ts';
import { storeOut } from '../build/folders.ts';
import { ensureStore } from '../build/store/token-store.ts';
import { orTasksLeft } from './by-hand.ts';
import { printsScript, refuseFarEngine } from './engine-flags.ts';
import { loadRecipe, type RunFlags, stageOptions } from './options.ts';

type Flags = RunFlags & { readonly out?: string; readonly json?: boolean };

export async function runTokenize(path: string, flags: Flags, signal: AbortSignal): Promise<void> {
  const recipe = await loadRecipe(path, flags);
  const place = await storeOut(recipe, flags.out);
  refuseFarEngine(flags, [place.root]);
  if (printsScript(flags)) return;
  // A store doesn't need BOS and EOS. Planning refuses rows that need a missing one.
  const making = () => ensureStore(recipe, place, stageOptions(flags, signal), () => {});
  const store = await orTasksLeft(flags, making, signal);
  if (store === null) return;
  const { folder, manifest } = store;
  if (flags.json === true) process.stdout.write(`${JSON.stringify(manifest, null, 2)}\n`);
  if (flags.quiet === true) return;
  const { documents, textBytes, tokens } = manifest.totals;
  process.stderr.write(
    `${folder}: ${counted(documents, 'document')}, ${bytes(textBytes)} of text, ${compact(tokens)} tokens\n`,
  );
}
