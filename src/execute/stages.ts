/**
 * The stages that are lists of tasks. The plan comes after the first, because it needs the length of every document.
 * `gather` is there only if the store is too large to be read in any order.
 * A stage is set up once per thread (it loads the tokenizer or opens the store), then runs one input at a time.
 */
import type { GatherKind } from './gather-task.ts';
import type { ShardKind } from './shard-task.ts';
import type { Stage } from './task.ts';
import type { TokenizeKind } from './tokenize-task.ts';

export interface StageTypes {
  readonly tokenize: TokenizeKind;
  readonly gather: GatherKind;
  readonly shard: ShardKind;
}

export type StageName = keyof StageTypes;

/** Imports are dynamic, so that a thread loads only the code of its own stage. */
export const stages: { readonly [S in StageName]: () => Promise<Stage<StageTypes[S]>> } = {
  tokenize: async () => (await import('./tokenize-task.ts')).tokenizeStage,
  gather: async () => (await import('./gather-task.ts')).gatherStage,
  shard: async () => (await import('./shard-task.ts')).shardStage,
};
