/**
 * The two stages that are lists of tasks: between them stands the plan, which needs every length. Each is set up once
 * a thread (it loads the tokenizer, opens the store), then run an input at a time.
 */
import type { ShardInput, ShardResult, ShardSetting } from './shard-task.ts';
import type { TaskProgress } from './tasks.ts';
import type { TokenizeInput, TokenizeResult, TokenizeSetting } from './tokenize-task.ts';

export type StageRun<Input, Result> = (
  input: Input,
  report: (progress: TaskProgress) => void,
  signal?: AbortSignal,
) => Promise<Result>;

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

/** A thread loads the code of its own stage only. */
export const stages: {
  readonly [S in StageName]: (
    setting: StageTypes[S]['setting'],
  ) => Promise<StageRun<StageTypes[S]['input'], StageTypes[S]['result']>>;
} = {
  tokenize: async (setting) => (await import('./tokenize-task.ts')).setUpTokenize(setting),
  shard: async (setting) => (await import('./shard-task.ts')).setUpShard(setting),
};
