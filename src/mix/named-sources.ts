/** Checks the sources that a recipe names against the corpus. If a column names them, only the corpus knows them. */
import type { Recipe } from '../nouns/recipe.ts';
import { infeasible } from './infeasible.ts';

/**
 * @throws LongmixError `mix-infeasible` if a bound names a source that is not in the corpus: it would have no effect
 */
export function refuseUnknownBounds(
  { documents, phases }: Pick<Recipe, 'documents' | 'phases'>,
  sources: readonly string[],
): void {
  const bounds = [
    ['documents.min_tokens', documents.minTokens] as const,
    ['documents.max_tokens', documents.maxTokens] as const,
    ...phases.map(({ mix }) => ['mix.max_epochs', mix.maxEpochs] as const),
  ];
  for (const [key, { of }] of bounds) for (const name of of.keys()) refuseUnknownSource(key, name, sources);
  for (const { sources: named } of documents.keep ?? [])
    for (const name of named ?? []) refuseUnknownSource('documents.keep', name, sources);
  for (const { mix } of phases)
    for (const name of mix.length?.except ?? []) refuseUnknownSource('mix.length.except', name, sources);
}

/** @throws LongmixError `mix-infeasible` */
export function refuseUnknownSource(key: string, name: string, sources: readonly string[]): void {
  if (sources.includes(name)) return;
  throw infeasible(`${key} names source "${name}", which is not in the corpus`, [
    `the corpus has ${sources.join(', ')}`,
  ]);
}
