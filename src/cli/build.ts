/** `longmix build`: all of it, and a summary that a newcomer understands. */
import { join, relative } from 'node:path';
import { bytes, compact, integer } from '../report/format.ts';
import { ledgerText, mixText, packingText } from '../report/plan-text.ts';
import { type BuildResult, build } from '../run/build.ts';
import { planReport } from '../run/plan-report.ts';
import type { Recipe } from '../types.ts';
import { loadRecipe, outFolder, type RunFlags, stageOptions } from './options.ts';

type Flags = RunFlags & { readonly out?: string; readonly json?: boolean };

export async function runBuild(path: string, flags: Flags, signal: AbortSignal): Promise<void> {
  const recipe = loadRecipe(path);
  const out = outFolder(recipe, flags.out);
  const result = await build(recipe, out, stageOptions(flags, signal));
  if (flags.json === true) {
    const report = { out, written: result.written, ...planReport(recipe, result.store, result.plan) };
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  }
  if (flags.quiet !== true) process.stderr.write(summary(recipe, result));
}

function summary(recipe: Recipe, { out, store, plan, shardSets, written }: BuildResult): string {
  const { totals, tokenizer } = store.manifest;
  const folder = relative(process.cwd(), out) || '.';
  const made = shardSets.map(({ split, rows, shards }) => {
    const size = shards.reduce((sum, shard) => sum + shard.bytes, 0);
    return `  ${join(folder, split)}  ${integer(rows)} rows, ${shards.length} ${shards.length === 1 ? 'shard' : 'shards'}, ${bytes(size)}`;
  });
  return `
${written ? 'Built' : 'Already built, nothing to do:'} ${recipe.name}

read        ${integer(totals.documents)} documents, ${bytes(totals.textBytes)} of text, ${compact(totals.tokens)} tokens (${tokenizer.name})
${damage(totals)}
The mix of the training split, before and after:

${mixText(plan.cells)}

${packingText(plan.splits)}

${ledgerText(plan.splits)}

Shards:
${made.join('\n')}
Next:
  longmix inspect ${join(folder, 'train')} --row 0      see a row and where its documents came from
  longmix verify ${folder} --deep
  python -c "from datasets import load_from_disk; print(load_from_disk('${join(folder, 'train')}'))"
`;
}

function damage({ replaced, badRecords }: { replaced: number; badRecords: number }): string {
  const remarks: string[] = [];
  if (badRecords > 0) remarks.push(`${integer(badRecords)} records could not be read and were skipped`);
  if (replaced > 0) remarks.push(`${integer(replaced)} sequences were not UTF-8 and became U+FFFD`);
  return remarks.map((remark) => `note        ${remark}\n`).join('');
}
