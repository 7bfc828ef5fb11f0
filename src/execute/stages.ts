/**
 * The two stages that are lists of tasks: between them stands the plan, which needs every length. Each is set up once
 * a thread (it loads the tokenizer, opens the store), then run an input at a time.
 */
import type { ShardKind } from './shard-task.ts';
import type { Stage } from './task.ts';
import type { TokenizeKind } from './tokenize-task.ts';

export interface StageTypes {
  readonly tokenize: TokenizeKind;
  readonly shard: ShardKind;
}

export type StageName = keyof StageTypes;

/** A stage's code is loaded when it is asked for, so a thread loads that of its own stage only. */
export const stages: { readonly [S in StageName]: () => Promise<Stage<StageTypes[S]>> } = {
  tokenize: async () => (await import('./tokenize-task.ts')).tokenizeStage,
  shard: async () => (await import('./shard-task.ts')).shardStage,
};
