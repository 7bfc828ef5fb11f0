/** Types that the files of `build/` share: options, the store, the plan. There is no code here. */

import type { FimSetting, SourceFim } from '../base/fim.ts';
import type { WholeFrom } from '../base/learned.ts';
import type { Progress } from '../base/progress.ts';
import type { Executor } from '../execute/executor.ts';
import type { NearFigures } from '../near/figures.ts';
import type { Ledger } from '../nouns/ledger.ts';
import type { LeftOut, PlannedCell, PlannedScore, ReadDocuments } from '../nouns/mix.ts';
import type { SequenceSpec } from '../nouns/recipe.ts';
import type { FimCounts, RowPlan } from '../nouns/rows.ts';
import type { StepPlan } from '../nouns/steps.ts';
import type { DocumentColumns, DocumentGroups, DocumentTable } from '../nouns/tokens.ts';
import type { GroupFigures } from '../pack/accounts/group-figures.ts';
import type { PackingQuality } from '../pack/accounts/quality.ts';
import type { EarlierBuild, ShardDtype } from '../shard/format.ts';
import type { CacheSettings } from '../storage/remote-settings.ts';
import type { StoreManifest } from '../store/format.ts';

export type SplitName = 'train' | 'validation';

/** The rows of one shard set: a split, a phase of a split, or one row length of a decomposed phase. */
export interface PlannedSet {
  /** The set's folder in the build. */
  readonly name: string;
  readonly split: SplitName;
  /** null: the set is the validation split. */
  readonly phase: string | null;
  readonly sequences: SequenceSpec;
  readonly rows: RowPlan;
  readonly ledger: Ledger;
  readonly quality: PackingQuality;
  /** Absent: no source has fill in the middle, or the set is the validation split. */
  readonly fim?: FimCounts;
  /** Approximate bytes of all shards of the set. */
  readonly bytes: number;
  /** Not there: the rows are not packed by groups. */
  readonly groups?: GroupFigures;
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
  /** Sets that have rows: those of the training split in the order of the run, then validation. */
  readonly sets: readonly PlannedSet[];
  /** The ledger of each whole split. If a split has only one set, it equals that set's ledger. */
  readonly ledgers: Readonly<Partial<Record<SplitName, Ledger>>>;
  /** null: the recipe has no `tokens_per_step`, and its rows all have one length. */
  readonly steps: StepPlan | null;
  readonly dtype: ShardDtype;
  /** What is left out because earlier runs have read it, by run; none without `mix.without`. */
  readonly without: readonly PlannedWithout[];
  /** null: the recipe does not ask for near copies. */
  readonly near: NearFigures | null;
  /** What the rules of `documents.keep` come to, in their order. */
  readonly scores: readonly PlannedScore[];
  /** How much of conversations is learned, by source; absent: there are none, and rows have no `loss_mask`. */
  readonly wholeFrom?: WholeFrom;
  /** Fill in the middle, with the seed of this recipe; absent: no source has it. */
  readonly fim?: FimSetting;
}

/** What an earlier run has read, and where that is known from. */
export interface EarlierRead extends EarlierBuild, Pick<PlannedWithout, 'sets' | 'replaced'> {
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
  /** When its shards took the place of those of an earlier corpus (ISO 8601), if they did. */
  readonly replaced?: string;
}

/** The index of a store. Several plans can share it, so that an ablation reads it once. */
export interface StoreIndex {
  readonly table: DocumentTable;
  /** Characters of each document; null: no recipe needs them. */
  readonly characters: Uint32Array | null;
  /** Optional columns that the recipes use; not there: they use none. */
  readonly columns?: DocumentColumns;
  /** What the earlier runs of `mix.without` have read; not there: no recipe names one. */
  readonly earlier?: EarlierReads;
  /** Not there: no recipe asks for near copies. */
  readonly near?: NearCopies;
  /** By `groupsKey`; not there: no source of a recipe has a `group`. */
  readonly groups?: ReadonlyMap<string, DocumentGroups>;
}

/** Near copies in a corpus, for the similarities that recipes name. */
export interface NearCopies {
  /** `near/sketch.ts` */
  readonly signatures: Uint32Array;
  /** By similarity: the first document of each document's cluster, its own number if it is alone. */
  readonly clusters: ReadonlyMap<number, Uint32Array>;
}

export interface SetReport
  extends Pick<PlannedSet, 'name' | 'split' | 'phase' | 'bytes' | 'quality' | 'fim'> {
  readonly rows: number;
  readonly width: number;
  readonly ledger: Omit<Ledger, 'cells'>;
  /** Not there: the rows are not packed by groups. */
  readonly groups?: GroupFigures;
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
  /** Not there: the recipe does not ask for near copies. */
  readonly near?: NearFigures;
  /** Not there: the recipe keeps documents by no score. */
  readonly scores?: BuildPlan['scores'];
  readonly warnings: readonly string[];
}

/** When to read the store in order and write its tokens once more before the shards: `auto`: if it is large. */
export type GatherMode = 'auto' | 'always' | 'never';

export interface StageOptions {
  /** Worker threads; not used if `executor` is given. */
  readonly workers: number;
  /** Where tasks run (default: in threads). */
  readonly executor?: Executor | undefined;
  /** Bound of the whole process's memory, in bytes. Default: no bound. */
  readonly memory?: number;
  /** Default: `auto`. */
  readonly gather?: GatherMode | undefined;
  /** Replace the output of an earlier run, after all checks that can refuse the run. Default: false. */
  readonly fresh?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: Progress | undefined;
  /** Keeps what is read of files elsewhere, for the next run. Default: nothing is kept. */
  readonly cache?: CacheSettings | undefined;
}

export interface StoreOptions extends StageOptions {
  /**
   * With `fresh`, keep those parts of an intact store whose inputs and tokenizer are unchanged. Default: false. `build`
   * and `ablate` set it, because their `fresh` is about shards.
   */
  readonly keepUnchanged?: boolean;
  /**
   * Where the store has all sources of the recipe, take it as it is, though the corpus has changed since: that is told.
   * Default: false. `plan` does so.
   */
  readonly asItWas?: boolean;
}

export interface TokenStore {
  readonly folder: string;
  /** As in the file, except that the ids of BOS and EOS are the current ones of the recipe's tokenizer. */
  readonly manifest: StoreManifest;
  /** The id that the recipe names for padding; null: the recipe names none, and rows are padded with EOS. */
  readonly padId: number | null;
  /** Fill in the middle of the recipe's sources; absent: none has it. Arms of an ablation share it, whatever their seeds. */
  readonly fim?: readonly SourceFim[];
}
