/** `longmix build`: the whole build, and a summary that a newcomer understands. */
import { isUrl } from '../base/is-url.ts';
import { shellWord } from '../base/shell-word.ts';
import { bytes, compact, counted } from '../base/words.ts';
import { type BuildResult, build } from '../build/build.ts';
import { outFolder } from '../build/folders.ts';
import { planReport } from '../build/plan/plan-report.ts';
import { storePlace } from '../build/store/store-place.ts';
import type { Recipe } from '../nouns/recipe.ts';
import { join, relative } from '../storage/paths.ts';
import { orTasksLeft } from './by-hand.ts';
import { printsScript, refuseFarEngine } from './engine-flags.ts';
import { loadRecipe, type RunFlags, stageOptions } from './options.ts';
import { planSections } from './plan-sections.ts';
import { writePlanReport } from './report-data.ts';

type Flags = RunFlags & {
  readonly out?: string;
  readonly html?: string;
  readonly json?: boolean;
  readonly all?: boolean;
};

export async function runBuild(path: string, flags: Flags, signal: AbortSignal): Promise<void> {
  const recipe = await loadRecipe(path, flags);
  const out = await outFolder(recipe, flags.out);
  refuseFarEngine(flags, [out, storePlace(recipe, out).root]);
  if (printsScript(flags)) return;
  const result = await orTasksLeft(flags, () => build(recipe, out, stageOptions(flags, signal)), signal);
  if (result === null) return;
  await writePlanReport(flags, recipe, result.store, result.plan);
  if (flags.json === true) {
    const report = { out, written: result.written, ...planReport(recipe, result.store, result.plan) };
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  }
  if (flags.quiet !== true) process.stderr.write(summary(recipe, result, flags.all));
}

function summary(
  recipe: Recipe,
  { out, store, plan, shardSets, written }: BuildResult,
  all: boolean | undefined,
): string {
  const { totals, tokenizer } = store.manifest;
  const folder = relative(process.cwd(), out) || '.';
  const train = join(folder, plan.sets[0]!.name);
  // Python opens an address only with a package of its own for it.
  const use = isUrl(out)
    ? `longmix pipe ${shellWord(folder)} | python train.py`
    : `python -c ${shellWord(`from datasets import load_from_disk; print(load_from_disk(${JSON.stringify(train)}))`)}`;
  const made = shardSets.map(({ rows, shards }, i) => {
    const size = shards.reduce((sum, shard) => sum + shard.bytes, 0);
    return `  ${join(folder, plan.sets[i]!.name)}  ${counted(rows, 'row')}, ${counted(shards.length, 'shard')}, ${bytes(size)}`;
  });
  return `
${written ? 'Built' : 'Already built, nothing to do:'} ${recipe.name}

read        ${counted(totals.documents, 'document')}, ${bytes(totals.textBytes)} of text, ${compact(totals.tokens)} tokens (${tokenizer.name})
${damage(totals)}
The mix of the training split, before and after:

${planSections(recipe, plan, all).join('\n\n')}

Shards:
${made.join('\n')}

Next:
  longmix inspect ${shellWord(train)} --row 0      see a row and where its documents came from
  longmix verify ${shellWord(folder)} --deep
  ${use}
`;
}

function damage({ replaced, badRecords }: { replaced: number; badRecords: number }): string {
  const remarks: string[] = [];
  if (badRecords > 0)
    remarks.push(
      `${counted(badRecords, 'record')} could not be read and ${badRecords === 1 ? 'was' : 'were'} skipped`,
    );
  if (replaced > 0) remarks.push(`${counted(replaced, 'sequence')} not in UTF-8 became U+FFFD`);
  return remarks.map((remark) => `note        ${remark}\n`).join('');
}
