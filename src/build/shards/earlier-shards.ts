/**
 * Whether a build may write into a folder that has finished shards. Those of another recipe or tokenizer are never replaced
 * without `--fresh`, and what can be known before the corpus is tokenized is refused then. Those of the same recipe follow
 * the corpus: if that has grown, they are replaced (`replaced-shards.ts`).
 */
import { LongmixError } from '../../errors.ts';
import type { Recipe } from '../../nouns/recipe.ts';
import { type EarlierBuild, manifestFile, type ShardSetManifest } from '../../shard/format.ts';
import { openShards } from '../../shard/reader.ts';
import { exists } from '../../storage/files.ts';
import { join } from '../../storage/paths.ts';
import type { TokenizerTables } from '../../tokenize/engine/load-tables.ts';
import type { BuildPlan, EarlierReads, TokenStore } from '../nouns.ts';
import { setFolders } from '../ownership.ts';
import { outputRecipe } from '../plan/build-plan.ts';
import { runKey } from '../plan/run-key.ts';

/**
 * Refuses finished shards of another recipe or tokenizer. Differences of the corpus, and steps of `mix.without` beyond the
 * earlier run's end, show only in the plan.
 * @throws LongmixError `build-mismatch`
 */
export function refuseOtherRecipe(
  recipe: Recipe,
  tokenizer: TokenizerTables['facts'],
  earlier: EarlierReads,
  out: string,
): void {
  const runs = (recipe.without ?? []).map((run) => earlier.get(runKey(run))!);
  for (const { folder, made } of finishedSets(out)) {
    const keys = recipeDifferences(made, recipe);
    if (made.tokenizer.fingerprint !== tokenizer.fingerprint) keys.push('the tokenizer');
    else keys.push(...specialDifferences(made, { ...tokenizer, padId: padOf(recipe, tokenizer) }));
    if (JSON.stringify(made.without?.map(printOf) ?? []) !== JSON.stringify(runs.map(printOf)))
      keys.push(withoutInWords(made.without, runs));
    if (keys.length > 0) throw otherShards(folder, `what differs: ${keys.join(', ')}`);
  }
}

/**
 * Whether the folder has finished shards of this recipe over the corpus as it was: these are replaced. Others are refused.
 * @returns fingerprint of the build that is replaced, or null
 * @throws LongmixError `build-mismatch`
 */
export function findOlderBuild(
  recipe: Recipe,
  store: TokenStore,
  plan: BuildPlan,
  out: string,
): string | null {
  const { tokenizer, fingerprint } = store.manifest;
  let older: string | null = null;
  for (const { folder, made } of finishedSets(out)) {
    if (made.fingerprint === plan.fingerprint) continue;
    const keys = recipeDifferences(made, recipe);
    if (made.tokenizer.fingerprint !== tokenizer.fingerprint) keys.push('the tokenizer');
    keys.push(...specialDifferences(made, { ...tokenizer, padId: store.padId ?? tokenizer.eosId ?? 0 }));
    if (JSON.stringify(made.without ?? []) !== JSON.stringify(plan.without.map(earlierBuild)))
      keys.push(withoutInWords(made.without, plan.without));
    if (keys.length > 0) throw otherShards(folder, `what differs: ${keys.join(', ')}`);
    if (made.store.fingerprint === fingerprint)
      throw otherShards(
        folder,
        'nothing that their manifest records differs, but this build would write others; another version of longmix may have made them',
      );
    older = made.fingerprint;
  }
  return older;
}

function otherShards(folder: string, differs: string): LongmixError {
  return new LongmixError('build-mismatch', `${folder} holds finished shards of something else; ${differs}`, {
    cure: 'choose another folder with --out, or replace them with --fresh, which keeps the tokens',
  });
}

function finishedSets(out: string): { folder: string; made: ShardSetManifest }[] {
  return setFolders(out).flatMap((name) => {
    const folder = join(out, name);
    const made = manifestOf(folder);
    return made === null ? [] : [{ folder, made }];
  });
}

/** The manifest of the finished shard set in a folder, or null. */
export function manifestOf(folder: string): ShardSetManifest | null {
  return exists(join(folder, manifestFile)) ? openShards(folder) : null;
}

/** Keys of the recipe that differ from the manifest's, in words. */
function recipeDifferences(manifest: ShardSetManifest, recipe: Recipe): string[] {
  const [made, asked] = [manifest.recipe, outputRecipe(recipe)] as [Phased, Phased];
  const alike = hasPhases(made) === hasPhases(asked);
  const [then, now] = alike ? [flat(made), flat(asked)] : [made, asked];
  return changedKeys(then, now).flatMap((key) => {
    const inner = isMap(then[key]) && isMap(now[key]) ? changedKeys(then[key], now[key]) : [];
    return inner.length === 0
      ? [key]
      : inner.map((name) => `${key}.${name}${values(then[key], now[key], name)}`);
  });
}

function specialDifferences(
  made: ShardSetManifest,
  now: Pick<ShardSetManifest, 'bosId' | 'eosId' | 'padId'>,
): string[] {
  const keys: string[] = [];
  if (made.bosId !== now.bosId || made.eosId !== now.eosId) keys.push('the ids of BOS and EOS');
  if (made.padId !== now.padId) keys.push('the id of padding');
  return keys;
}

/** What rows are padded with. */
function padOf({ tokenizer }: Recipe, { padId, eosId }: TokenizerTables['facts']): number {
  const isNamed = 'file' in tokenizer && tokenizer.pad !== undefined;
  return (isNamed ? padId : null) ?? eosId ?? 0;
}

function withoutInWords(then: readonly EarlierBuild[] = [], now: readonly EarlierBuild[]): string {
  const again = now.filter(({ name, fingerprint }, i) => {
    return then[i]?.name === name && then[i].fingerprint !== fingerprint;
  });
  if (again.length === 0) return 'mix.without';
  const names = again.map(({ name }) => name).join(', ');
  return `mix.without (${names} is another build now than when these shards were made)`;
}

function printOf({ fingerprint }: Pick<EarlierBuild, 'fingerprint'>): string {
  return fingerprint;
}

export function earlierBuild({ name, fingerprint, steps, rowsPerStep }: EarlierBuild): EarlierBuild {
  return { name, fingerprint, steps, rowsPerStep };
}

function changedKeys(then: Settings, now: Settings): string[] {
  // A key that is gone differs, too.
  const keys = new Set([...Object.keys(now), ...Object.keys(then)]);
  return [...keys].filter((key) => JSON.stringify(now[key]) !== JSON.stringify(then[key]));
}

type Settings = Readonly<Record<string, unknown>>;

function isMap(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Shows the old and the new value if both are short enough for the line. */
function values(then: unknown, now: unknown, key: string): string {
  const [a, b] = [(then as Settings)[key], (now as Settings)[key]];
  return [a, b].every((value) => ['number', 'string', 'boolean'].includes(typeof value))
    ? ` (${a}, now ${b})`
    : '';
}

type Phased = Settings & { readonly phases: readonly { readonly name: string }[] };

function hasPhases({ phases }: Phased): boolean {
  return phases.length > 1 || phases[0]!.name !== 'train';
}

/** Hides the phase `train`, which a recipe without phases gets: its user did not write it. */
function flat(recipe: Phased): Settings {
  const { phases, ...rest } = recipe;
  return hasPhases(recipe) ? recipe : { ...phases[0], ...rest };
}
