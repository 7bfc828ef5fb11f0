/**
 * What a report shows, as plain data: whoever makes plans fills it in, and the page knows nothing of how they are made.
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
  /** Cells as they are found, a title each (`stats`); empty for plans. */
  readonly corpora: readonly CorpusData[];
  /** The plan of one recipe is one arm; an ablation has several. Empty for `stats`. */
  readonly arms: readonly ArmData[];
  /** null: the arms aren't an ablation's. */
  readonly ablation: ArmChanges | null;
  /** What the arms learned; null: they were not trained. */
  readonly training: TrainingData | null;
}

/** What the arms of an ablation change of their base, in the words that a person wrote. */
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
  /** Of the training run, in order; at least one. */
  readonly phases: readonly PhaseData[];
  /** The accounts of all its training rows together; its set's, where it has one. */
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
  /** Name of its phase; null: of another split. */
  readonly phase: string | null;
  /** Tokens of a row. */
  readonly width: number;
  readonly ledger: Ledger;
  readonly quality: PackingQuality;
  /** On disk, expected or counted. */
  readonly bytes: number;
  /** How many rows have so many pieces (`rowHistogram` counts them); null: not known. */
  readonly piecesPerRow: readonly RowBin[] | null;
}

/** Rows of `from` to `to` pieces, both included. */
export interface RowBin {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
}

export interface TrainingData {
  readonly trainer: string;
  /** What each arm was given, at most. */
  readonly tokens: number;
  readonly arms: readonly ArmCurves[];
}

/** Losses are in nats. */
export interface ArmCurves {
  readonly name: string;
  /** After each step: tokens so far, and the step's loss. */
  readonly losses: readonly { readonly tokens: number; readonly loss: number }[];
  /** null: the trainer said nothing of it. */
  readonly validation: Validation | null;
}
