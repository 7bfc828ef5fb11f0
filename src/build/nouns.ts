/** What the files of `build/` hand to each other: options, the store, the plan. Nothing here runs. */

import type { Progress } from '../base/progress.ts';
import type { Executor } from '../execute/executor.ts';
import type { Ledger } from '../nouns/ledger.ts';
import type { LeftOut, PlannedCell, ReadDocuments } from '../nouns/mix.ts';
import type { SequenceSpec } from '../nouns/recipe.ts';
import type { RowPlan } from '../nouns/rows.ts';
import type { StepPlan } from '../nouns/steps.ts';
import type { DocumentTable } from '../nouns/tokens.ts';
import type { PackingQuality } from '../pack/accounts/quality.ts';
import type { EarlierBuild, ShardDtype } from '../shard/format.ts';
import type { StoreManifest } from '../store/format.ts';

export type SplitName = 'train' | 'validation';

/** Rows that become one shard set: a split, a phase of it, or one row length of a decomposed phase. */
export interface PlannedSet {
  /** Its folder in the build. */
  readonly name: string;
  readonly split: SplitName;
  /** null: of the validation split. */
  readonly phase: string | null;
  readonly sequences: SequenceSpec;
  readonly rows: RowPlan;
  readonly ledger: Ledger;
  readonly quality: PackingQuality;
  /** Approximate bytes of its shards. */
  readonly bytes: number;
}

export interface PlannedPhase {
  readonly name: string;
  /** Tokens that the recipe asks for, over all cells. */
  readonly requested: number;
  readonly cells: readonly PlannedCell[];
}

export interface BuildPlan {
  /** sha256 of the store's fingerprint, the ids of BOS and EOS, and everything in the recipe that decides the shards. */
  readonly fingerprint: string;
  readonly table: DocumentTable;
  readonly phases: readonly PlannedPhase[];
  /** Those that have rows: the training split's in the order of the run, then validation. */
  readonly sets: readonly PlannedSet[];
  /** The accounts of a whole split; equal to its set's where it has one. */
  readonly ledgers: Readonly<Partial<Record<SplitName, Ledger>>>;
  /** null: the recipe says no `tokens_per_step`, and its rows are of one length. */
  readonly steps: StepPlan | null;
  readonly dtype: ShardDtype;
  /** What is left out because earlier runs have read it, by run; none without `mix.without`. */
  readonly without: readonly PlannedWithout[];
}

/** What an earlier run has read, and where that is known from. */
export interface EarlierRead extends EarlierBuild, Pick<PlannedWithout, 'sets'> {
  /** Fingerprint of the tokenizer by which `lengths` count. */
  readonly tokenizer: string;
  readonly documents: ReadDocuments & { readonly lengths: Uint32Array };
}

/** By `runKey`. */
export type EarlierReads = ReadonlyMap<string, EarlierRead>;

/** An earlier run, and what of this corpus it has read. */
export interface PlannedWithout extends EarlierBuild, LeftOut {
  /** Rows that it has read of each shard set, and how many there are. */
  readonly sets: readonly { readonly name: string; readonly read: number; readonly rows: number }[];
}

/** What several plans over one store share, so that an ablation reads the index once. */
export interface StoreIndex {
  readonly table: DocumentTable;
  /** Characters of each document; null: no recipe asks for them. */
  readonly characters: Uint32Array | null;
  /** What the earlier runs of `mix.without` have read; not there: no recipe names one. */
  readonly earlier?: EarlierReads;
}

export interface SetReport extends Pick<PlannedSet, 'name' | 'split' | 'phase' | 'bytes' | 'quality'> {
  readonly rows: number;
  readonly width: number;
  readonly ledger: Omit<Ledger, 'cells'>;
}

export interface PlanReport {
  readonly format: 'longmix-plan';
  readonly version: 2;
  readonly name: string;
  readonly fingerprint: string;
  readonly store: { readonly fingerprint: string; readonly documents: number; readonly tokens: number };
  readonly recipe: unknown;
  readonly phases: BuildPlan['phases'];
  readonly sets: readonly SetReport[];
  readonly ledgers: BuildPlan['ledgers'];
  readonly steps: BuildPlan['steps'];
  /** Not there: the recipe leaves nothing out. */
  readonly without?: BuildPlan['without'];
  readonly warnings: readonly string[];
}

export interface StageOptions {
  /** Worker threads, unless `executor` says where tasks run. */
  readonly workers: number;
  /** Where tasks run (default: in threads). */
  readonly executor?: Executor | undefined;
  /** Bound of the whole process's memory, in bytes; none where it is not given. */
  readonly memory?: number;
  /** Replace what an earlier run left, once there is nothing more to refuse. Default: false. */
  readonly fresh?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: Progress | undefined;
}

export interface StoreOptions extends StageOptions {
  /**
   * With `fresh`, the parts of an intact store whose inputs and tokenizer are unchanged are not tokenized again. Default:
   * false. `build` and `ablate` do so, for their `fresh` is about shards.
   */
  readonly keepUnchanged?: boolean;
}

export interface TokenStore {
  readonly folder: string;
  /** As in the file, but for the ids of BOS and EOS: those are the recipe's tokenizer's as it is now. */
  readonly manifest: StoreManifest;
  /** The id that the recipe names for padding; null: rows are padded with EOS. */
  readonly padId: number | null;
}
