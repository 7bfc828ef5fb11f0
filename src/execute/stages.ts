/**
 * The two stages that are lists of tasks: between them stands the plan, which needs every length. Each is set up once
 * a thread (it loads the tokenizer, opens the store), then run an input at a time.
 */
import type { StageRun } from '../build/nouns.ts';
import type { ShardInput, ShardResult, ShardSetting } from './shard-task.ts';
import type { TokenizeInput, TokenizeResult, TokenizeSetting } from './tokenize-task.ts';

export interface StageTypes {
  readonly tokenize: {
    readonly setting: TokenizeSetting;
    readonly input: TokenizeInput;
    readonly result: TokenizeResult;
  };
  readonly shard: {
    readonly setting: ShardSetting;
    readonly input: ShardInput;
    readonly result: ShardResult;
  };
}

export type StageName = keyof StageTypes;

type SetUp<S extends StageName> = (
  setting: StageTypes[S]['setting'],
) => Promise<StageRun<StageTypes[S]['input'], StageTypes[S]['result']>>;

/** A stage's code is loaded when it is asked for, so a thread loads that of its own stage only. */
export const stages: { readonly [S in StageName]: () => Promise<SetUp<S>> } = {
  tokenize: async () => (await import('./tokenize-task.ts')).setUpTokenize,
  shard: async () => (await import('./shard-task.ts')).setUpShard,
};
