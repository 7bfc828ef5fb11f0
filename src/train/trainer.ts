/**
 * A trainer consumes the batches of a build. `longmix train SHARDS --trainer NAME | PATH` passes each step's rows to
 * it. longmix reads and orders the rows, shows progress, writes metrics.jsonl and records the position; the trainer
 * learns.
 *
 * A user's trainer is an ES module whose default export is a Trainer, or a function that makes one; trainers/tfjs/ is a
 * large example. The following trainer is complete; it learns how often each id occurs:
 *
 *   // counts.js: longmix train out/mix --trainer ./counts.js --set smoothing=0.5
 *   import { readFileSync, writeFileSync } from 'node:fs';
 *   import { join } from 'node:path';
 *
 *   export default function makeTrainer() {
 *     let counts, total, smoothing;
 *     return {
 *       start({ manifest, settings }) {
 *         smoothing = Number(settings.smoothing ?? 1);
 *         counts = new Float64Array(manifest.tokenizer.vocabularySize).fill(smoothing);
 *         total = counts.length * smoothing;
 *       },
 *       step({ inputIds, rows, width, padding }) {
 *         let loss = 0;
 *         let tokens = 0;
 *         for (let row = 0; row < rows.length; row += 1) {
 *           for (const id of inputIds.subarray(row * width, (row + 1) * width - padding[row])) {
 *             loss -= Math.log(counts[id] / total);
 *             counts[id] += 1;
 *             total += 1;
 *             tokens += 1;
 *           }
 *         }
 *         return { loss: loss / tokens };
 *       },
 *       save: (folder) => writeFileSync(join(folder, 'counts.json'), JSON.stringify([...counts])),
 *       restore(folder) {
 *         counts = Float64Array.from(JSON.parse(readFileSync(join(folder, 'counts.json'), 'utf8')));
 *         total = counts.reduce((sum, count) => sum + count, 0);
 *       },
 *     };
 *   }
 */
import type { Batch, Feed } from '../feed/feed.ts';
import type { FeedManifest } from '../feed/rows/manifest.ts';

/**
 * Numbers of a step, or other values that can be written as JSON. `loss` is shown during the run. In a step's line,
 * longmix sets `step`, `epoch`, `set`, `tokens`, `seconds` and `dataSeconds`; a trainer's values by these names are
 * left out.
 */
export type Metrics = Readonly<Record<string, unknown>>;

export interface TrainContext {
  readonly manifest: FeedManifest;
  /**
   * Folders, or addresses in a bucket (open them with `openFeedAt`), of the shard sets whose ids the model must know: the training sets, the validation set, and the sets of the
   * runs to compare this one with.
   */
  readonly sets: readonly string[];
  /** The build's validation set, if it has one, with one row per step. In a bucket only `batchAhead` reads it. */
  readonly validation: Feed | null;
  /**
   * Returns, by the number of a validation row, the source name of each of its documents, in order. null: there is no
   * validation set, or its shards don't record sources (`provenance: false`).
   */
  readonly validationSources: ((row: number) => readonly string[]) | null;
  /** Folder of the run. */
  readonly out: string;
  /** Steps of the whole run, and how many of them earlier runs have done. */
  readonly steps: number;
  readonly firstStep: number;
  /** `--set NAME=VALUE`. */
  readonly settings: Readonly<Record<string, string>>;
  /** Shows a line to the user. */
  log(message: string): void;
  /**
   * Adds a line to metrics.jsonl, for a trainer whose numbers come later than its steps. `step`, if given, counts from
   * 0: a run that begins at step k removes the lines from k on. `saved_steps: n` reports that the trainer has written
   * its own checkpoint with n steps done; --resume then begins at step n (`firstStep`).
   */
  report(metrics: Metrics): void;
  /** Aborted when the user interrupts. The run then ends after the current step. */
  readonly signal: AbortSignal;
}

type Awaitable<T> = T | Promise<T>;

/**
 * Every method may be async. The rows of a batch are in `inputIds`, with `width` ids per row; `seqLengths` has the
 * lengths of the documents.
 */
export interface Trainer {
  /** True if `step` only passes rows on. Then a step counts as done when `report` is called with it. */
  readonly reportsSteps?: boolean;
  /** Called once, before all other methods. */
  start?(context: TrainContext): Awaitable<void>;
  /**
   * Does one optimizer step. Returned metrics become a line of metrics.jsonl; 'done' means that it wants no more rows.
   */
  step(batch: Batch): Awaitable<Metrics | undefined | 'done'>;
  /** Called after the last step. */
  finish?(): Awaitable<Metrics | undefined>;
  /** Called instead of `finish` if the run failed or was interrupted. Must end everything that the trainer started. */
  stop?(): Awaitable<void>;
  /**
   * Writes everything that the next step depends on into an empty folder. Without this method runs can't be resumed.
   */
  save?(folder: string): Awaitable<void>;
  /** Called after `start`: reads the state that `save` wrote. */
  restore?(folder: string): Awaitable<void>;
}
