/** `longmix ablate`: several mixes over one token store, and their comparison. */
import { join, relative } from 'node:path';
import { parseAblation } from '../recipe/parse-ablation.ts';
import { armsText } from '../report/arms-text.ts';
import { counted } from '../report/format.ts';
import type { ArmData } from '../report/html/data.ts';
import { ablate, ablationFile } from '../run/ablate.ts';
import { ablationFolder } from './folders.ts';
import { type RunFlags, readYaml, stageOptions } from './options.ts';
import { armData, writeReport } from './report-data.ts';

type Flags = RunFlags & {
  readonly out?: string;
  readonly html?: string;
  readonly json?: boolean;
  readonly plan?: boolean;
};

export async function runAblate(path: string, flags: Flags, signal: AbortSignal): Promise<void> {
  const ablation = parseAblation(readYaml(path), path, readYaml);
  const out = ablationFolder(ablation, flags.out);
  const arms: ArmData[] = [];
  const { store, report } = await ablate(ablation, out, {
    ...stageOptions(flags, signal),
    planOnly: flags.plan === true,
    onPlan: ({ name, recipe }, plan) => arms.push(armData(name, recipe, plan)),
  });
  if (flags.html !== undefined) {
    const { name: tokenizer } = store.manifest.tokenizer;
    const seeds = new Set(ablation.arms.map(({ recipe }) => recipe.seed));
    const seed = seeds.size === 1 ? [...seeds][0]! : null;
    await writeReport(flags.html, { title: ablation.name, tokenizer, seed, corpora: [], arms });
  }
  process.stdout.write(flags.json === true ? `${JSON.stringify(report, null, 2)}\n` : comparison(arms));
  if (flags.quiet === true || flags.plan === true) return;
  const folder = relative(process.cwd(), out) || '.';
  const made = arms.flatMap(({ name, sets }) => sets.map((set) => `  ${join(folder, name, set.name)}`));
  process.stderr.write(
    `\nBuilt ${counted(arms.length, 'arm')} of ${ablation.name}; their figures are in ${join(folder, ablationFile)}\n${made.join('\n')}\n`,
  );
}

function comparison(arms: readonly ArmData[]): string {
  const warnings = arms.flatMap(({ name, warnings: own }) =>
    own.map((text) => `warning: ${name}: ${text}\n`),
  );
  return `${armsText(arms)}\n${warnings.length === 0 ? '' : `\n${warnings.join('')}`}`;
}
