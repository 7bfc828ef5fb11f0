/** The public API, in the order of the data. */
export { describeError, LongmixError } from './errors.ts';
export { batches, type Course } from './feed/batches.ts';
export { type Batch, type Feed, type FeedOptions, openFeed, type Position } from './feed/feed.ts';
export type { FeedManifest } from './feed/manifest.ts';
export type { Recipe } from './nouns/recipe.ts';
export { defaultRecipe } from './recipe/default-recipe.ts';
export { parseRecipe } from './recipe/parse-recipe.ts';
export { type BuildOptions, type BuildResult, build } from './run/build.ts';
export { planBuild } from './run/build-plan.ts';
export type { BuildPlan, StageOptions, TokenStore } from './run/nouns.ts';
export { ensureStore } from './run/token-store.ts';
export { type Verified, verify } from './run/verify.ts';
export type { ShardSetManifest } from './shard/format.ts';
export { openShards, type Row, readRow } from './shard/reader.ts';
export type { Metrics, TrainContext, Trainer } from './train/trainer.ts';
