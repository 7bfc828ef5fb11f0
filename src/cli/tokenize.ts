/** `longmix tokenize`: the token store only. */
import { resolve } from 'node:path';
import { bytes, compact, integer } from '../report/format.ts';
import { storeFolder } from '../run/build.ts';
import { ensureStore } from '../run/token-store.ts';
import { loadRecipe, outFolder, type RunFlags, stageOptions } from './options.ts';

type Flags = RunFlags & { readonly out?: string; readonly json?: boolean };

export async function runTokenize(path: string, flags: Flags, signal: AbortSignal): Promise<void> {
  const recipe = loadRecipe(path);
  const folder =
    flags.out === undefined ? storeFolder(recipe, outFolder(recipe, undefined)) : resolve(flags.out);
  const { manifest } = await ensureStore(recipe, folder, stageOptions(flags, signal));
  if (flags.json === true) process.stdout.write(`${JSON.stringify(manifest, null, 2)}\n`);
  if (flags.quiet === true) return;
  const { documents, textBytes, tokens } = manifest.totals;
  process.stderr.write(
    `${folder}: ${integer(documents)} documents, ${bytes(textBytes)} of text, ${compact(tokens)} tokens\n`,
  );
}
