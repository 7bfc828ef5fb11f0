/**
 * The content of a report as plain data. The code that makes plans fills it in, and the page knows nothing of that
 * code.
 */

import type { Ledger } from '../../nouns/ledger.ts';
import type { Cell, PlannedCell } from '../../nouns/mix.ts';
import type { Ablation, AblationArm } from '../../nouns/recipe.ts';
import type { Validation } from '../../nouns/training.ts';
import type { PackingQuality } from '../../pack/accounts/quality.ts';

export interface ReportData {
  readonly title: string;
  readonly tokenizer: string;
  /** null: nothing was sampled (`stats`). */
  readonly seed: number | null;
  /** Cells of each corpus, with a title (`stats`); empty for plans. */
  readonly corpora: readonly CorpusData[];
  /** The plan of one recipe is one arm; an ablation has several. Empty for `stats`. */
  readonly arms: readonly ArmData[];
  /** null: the arms don't belong to an ablation. */
  readonly ablation: ArmChanges | null;
  /** What the arms learned; null: they were not trained. */
  readonly training: TrainingData | null;
}

/** How the arms of an ablation differ from their base, as written by a person. */
export interface ArmChanges extends Pick<Ablation, 'base'> {
  readonly arms: readonly Pick<AblationArm, 'name' | 'changes'>[];
}

export interface CorpusData {
  readonly name: string;
  readonly cells: readonly Cell[];
}

export interface ArmData {
  readonly name: string;
  /** As JSON, with all defaults. */
  readonly recipe: unknown;
  readonly warnings: readonly string[];
  /** Phases of the training run, in order; at least one. */
  readonly phases: readonly PhaseData[];
  /** The accounts of all training rows together; with one training set, the accounts of that set. */
  readonly ledger: Ledger;
  /** Shard sets: those of the training run in order, then those of other splits. */
  readonly sets: readonly SetData[];
}

export interface PhaseData {
  readonly name: string;
  readonly cells: readonly PlannedCell[];
}

export interface SetData {
  readonly name: string;
  readonly split: 'train' | 'validation';
  /** Name of the set's phase; null: the set belongs to another split. */
  readonly phase: string | null;
  /** Tokens per row. */
  readonly width: number;
  readonly ledger: Ledger;
  readonly quality: PackingQuality;
  /** Bytes on disk, expected or counted. */
  readonly bytes: number;
  /** Numbers of rows by their number of pieces (from `rowHistogram`); null: unknown. */
  readonly piecesPerRow: readonly RowBin[] | null;
}

/** Rows with `from` to `to` pieces, both inclusive. */
export interface RowBin {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
}

export interface TrainingData {
  readonly trainer: string;
  /** Upper bound of the tokens that each arm was trained on. */
  readonly tokens: number;
  readonly arms: readonly ArmCurves[];
}

/** Losses are in nats. */
export interface ArmCurves {
  readonly name: string;
  /** After each step: tokens so far, and the step's loss. */
  readonly losses: readonly { readonly tokens: number; readonly loss: number }[];
  /** null: the trainer reported none. */
  readonly validation: Validation | null;
}
