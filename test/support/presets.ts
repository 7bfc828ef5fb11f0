/** The recipes and ablations in pipelines/, a corpus for any of them, and their numbers scaled down to its size. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type {
  Ablation,
  MixSpec,
  PerSource,
  Recipe,
  SequenceSpec,
  SourceSpec,
} from '../../src/nouns/recipe.ts';
import type { DocumentTable } from '../../src/nouns/tokens.ts';
import { parseAblation } from '../../src/recipe/ablation/parse-ablation.ts';
import { parseRecipe } from '../../src/recipe/parse-recipe.ts';
import { tableOf } from './table.ts';

const pipelines = fileURLToPath(new URL('../../pipelines/', import.meta.url));

function yamlNames(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length));
}

/** sample.yaml has a corpus of its own, and `make sample`. */
export const presetNames: readonly string[] = yamlNames(pipelines).filter((name) => name !== 'sample');
export const ablationNames: readonly string[] = yamlNames(join(pipelines, 'ablations'));

export function preset(name: string): Recipe {
  const file = join(pipelines, `${name}.yaml`);
  return parseRecipe(readFileSync(file, 'utf8'), file);
}

export function presetAblation(name: string): Ablation {
  const file = join(pipelines, 'ablations', `${name}.yaml`);
  return parseAblation(readFileSync(file, 'utf8'), file, (path) => readFileSync(path, 'utf8'));
}

/**
 * Lengths evenly spread on a logarithmic scale, so that whatever a recipe calls long is there; and about as many tokens
 * again in documents of at most `short`, so that long ones are not nearly all there is.
 */
export function spreadLengths(count: number, least: number, most: number, short: number): number[] {
  const spread = Array.from({ length: count }, (_, i) => {
    return Math.round(least * (most / least) ** ((i + 0.5) / count));
  });
  const tokens = spread.reduce((sum, length) => sum + length, 0);
  const shorts = Array.from(
    { length: Math.ceil((1.5 * tokens) / short) },
    (_, i) => short - (i % (short >> 1)),
  );
  return [...spread, ...shorts];
}

/** As many documents of each source, of these lengths; no two alike. */
export function tableOfLengths(sources: readonly string[], lengths: readonly number[]): DocumentTable {
  return tableOf(
    sources.flatMap((_, source) =>
      lengths.map((length, i) => ({ source, length, text: source * lengths.length + i })),
    ),
    sources,
  );
}

/** The same as text: JSON Lines, or for a source that joins directories a directory for each document. */
export function writeSource(folder: string, source: SourceSpec, lengths: readonly number[]): void {
  const textOf = (length: number, number: number): string => {
    // A word of these is a token, about.
    const words = Array.from({ length }, (_, w) => ['one', 'more', 'word', 'here'][(w * 7 + number) % 4]);
    return `${source.name} ${number}: ${words.join(' ')}`;
  };
  if (source.join === 'file') {
    const lines = lengths.map((length, i) => `${JSON.stringify({ text: textOf(length, i) })}\n`);
    mkdirSync(join(folder, source.name), { recursive: true });
    writeFileSync(join(folder, source.name, 'all.jsonl'), lines.join(''));
    return;
  }
  for (const [i, length] of lengths.entries()) {
    mkdirSync(join(folder, source.name, String(i)), { recursive: true });
    writeFileSync(join(folder, source.name, String(i), 'text.txt'), textOf(length, i));
  }
}

/** The recipe with budgets divided: shares, lengths and everything else stay. */
export function withBudget(recipe: Recipe, divisor: number): Recipe {
  const phases = recipe.phases.map((phase) => {
    const { tokens } = phase.mix;
    return {
      ...phase,
      mix: { ...phase.mix, tokens: tokens === 'all' ? tokens : Math.round(tokens / divisor) },
    };
  });
  return { ...recipe, phases };
}

/** The recipe with every length divided: rows, thresholds, cells, bounds, steps. */
export function shrunk(recipe: Recipe, divisor: number): Recipe {
  const less = (length: number): number => Math.max(1, Math.round(length / divisor));
  const lessOrNull = (length: number | null): number | null => (length === null ? null : less(length));
  const bound = ({ otherwise, of }: PerSource): PerSource => ({
    otherwise: otherwise === 0 ? 0 : less(otherwise),
    of: new Map([...of].map(([name, length]) => [name, less(length)])),
  });
  const rows = (sequences: SequenceSpec): SequenceSpec => ({
    ...sequences,
    length: less(sequences.length),
    packLength: lessOrNull(sequences.packLength),
    decompose:
      sequences.decompose === null
        ? null
        : { ...sequences.decompose, smallest: less(sequences.decompose.smallest) },
  });
  const mix = (spec: MixSpec): MixSpec => ({
    ...spec,
    length: spec.length === null ? null : { ...spec.length, threshold: less(spec.length.threshold) },
    cells:
      spec.cells?.map((cell) => ({
        ...cell,
        from: cell.from === 0 ? 0 : less(cell.from),
        to: lessOrNull(cell.to),
        packLength: lessOrNull(cell.packLength),
      })) ?? null,
  });
  const { documents } = recipe;
  return {
    ...recipe,
    documents: {
      ...documents,
      minTokens: bound(documents.minTokens),
      maxTokens: bound(documents.maxTokens),
      buckets: documents.buckets?.map(less) ?? null,
    },
    phases: recipe.phases.map((phase) => ({
      ...phase,
      mix: mix(phase.mix),
      sequences: rows(phase.sequences),
    })),
    tokensPerStep: lessOrNull(recipe.tokensPerStep),
    sequences: rows(recipe.sequences),
  };
}
