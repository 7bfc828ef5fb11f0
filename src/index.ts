/** The public API, in the order of the data: first what runs, then the types that it takes and gives. */

// A recipe.

export { describeError, type ErrorDetails, type ExitCode, LongmixError } from './errors.ts';
export { parseAblation } from './recipe/ablation/parse-ablation.ts';
export { defaultRecipe } from './recipe/default-recipe.ts';
export { parseRecipe } from './recipe/parse-recipe.ts';
export type { Setting } from './recipe/parse-setting.ts';
export { ablationFrom, type RecipeFromOptions, recipeFrom } from './recipe/recipe-from.ts';

// From a corpus to shards.

export { type AblateOptions, ablate } from './build/ablate.ts';
export type { AblationReport, ArmReport } from './build/ablation-file.ts';
export { type BuildOptions, type BuildResult, build } from './build/build.ts';
export { planBuild } from './build/plan/build-plan.ts';
export { loadEarlier } from './build/plan/earlier-runs.ts';
export { loadIndex } from './build/plan/load-index.ts';
export { ensureStore } from './build/store/token-store.ts';
export { type Verified, verify } from './build/verify.ts';
export { byHand } from './execute/by-hand.ts';
export { type Executor, TasksLeft } from './execute/executor.ts';
export { openShards, readRow } from './shard/reader.ts';

// From shards to a trainer.

export { batches, type Course } from './feed/batches.ts';
export {
  type Batch,
  type Feed,
  type FeedOptions,
  openFeed,
  openFeedAt,
  type Position,
} from './feed/feed.ts';
export type { FeedManifest } from './feed/rows/manifest.ts';
export type { PositionLoss, SourceLoss, Validation } from './nouns/training.ts';
export type { Metrics, TrainContext, Trainer } from './train/trainer.ts';

// What these hand to each other, and the records that they write (docs/formats.md).

export type { Progress } from './base/progress.ts';
export type {
  BuildPlan,
  EarlierRead,
  EarlierReads,
  GatherMode,
  PlannedPhase,
  PlannedSet,
  PlannedWithout,
  PlanReport,
  SetReport,
  SplitName,
  StageOptions,
  StoreIndex,
  StoreOptions,
  TokenStore,
} from './build/nouns.ts';
export type * from './nouns/carried.ts';
export type { FileRecord } from './nouns/files.ts';
export {
  type Dropped,
  type DropReason,
  dropReasons,
  type Ledger,
  type LedgerCell,
  type LedgerEntry,
} from './nouns/ledger.ts';
export type { Bucket, Cell, LeftOut, PlannedCell, ReadDocuments } from './nouns/mix.ts';
export type * from './nouns/recipe.ts';
export type { PieceCuts, RowPlan, RowRepeats } from './nouns/rows.ts';
export type { StepPlan, StepSet, Stretch } from './nouns/steps.ts';
export type { DocumentTable } from './nouns/tokens.ts';
export type { PackingQuality } from './pack/accounts/quality.ts';
export type {
  BatchRecord,
  DocumentsRecord,
  EarlierBuild,
  ShardDtype,
  ShardRecord,
  ShardSetManifest,
} from './shard/format.ts';
export type { Row, RowLengths } from './shard/row-columns.ts';
export type { Fault } from './shard/verify.ts';
export type {
  InputRecord,
  PartCounts,
  PartRecord,
  SourceReading,
  StoreDtype,
  StoreManifest,
  TokenizerRecord,
} from './store/format.ts';
