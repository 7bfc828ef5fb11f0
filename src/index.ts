/** The public API, in the order of the data. */

export { type BuildOptions, type BuildResult, build } from './build/build.ts';
export type { BuildPlan, StageOptions, TokenStore } from './build/nouns.ts';
export { planBuild } from './build/plan/build-plan.ts';
export { ensureStore } from './build/store/token-store.ts';
export { type Verified, verify } from './build/verify.ts';
export { describeError, LongmixError } from './errors.ts';
export { batches, type Course } from './feed/batches.ts';
export { type Batch, type Feed, type FeedOptions, openFeed, type Position } from './feed/feed.ts';
export type { FeedManifest } from './feed/rows/manifest.ts';
export type { Recipe } from './nouns/recipe.ts';
export { defaultRecipe } from './recipe/default-recipe.ts';
export { parseRecipe } from './recipe/parse-recipe.ts';
export type { ShardSetManifest } from './shard/format.ts';
export { openShards, readRow } from './shard/reader.ts';
export type { Row } from './shard/row-columns.ts';
export type { Metrics, TrainContext, Trainer } from './train/trainer.ts';
