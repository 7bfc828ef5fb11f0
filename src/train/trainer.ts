/**
 * What consumes a build's batches. `longmix train SHARDS --trainer NAME | PATH` gives each step's rows to one; reading
 * the rows, the order, progress, metrics.jsonl and the place to go on from are longmix's, learning is the trainer's.
 *
 * A trainer of one's own is an ES module whose default export is a Trainer, or a function that makes one; trainers/tfjs/
 * is a large example. This one learns how often each id is, and is complete:
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
 * Numbers of a step, or what else JSON can say. `loss` is shown while it runs. Of a step's line `step`, `epoch`, `set`,
 * `tokens`, `seconds` and `dataSeconds` are longmix's: a trainer's own by these names are left out.
 */
export type Metrics = Readonly<Record<string, unknown>>;

export interface TrainContext {
  readonly manifest: FeedManifest;
  /**
   * Folders of the shard sets whose ids a model must know: those that are trained on, the validation set, and those of
   * runs that this one is to be compared with.
   */
  readonly sets: readonly string[];
  /** The build's validation set, if it has one; a row a step. */
  readonly validation: Feed | null;
  /**
   * By the number of a validation row: the name of the source of each of its documents, in order; null: there is no such
   * set, or its shards do not say it (`provenance: false`).
   */
  readonly validationSources: ((row: number) => readonly string[]) | null;
  /** Folder of the run. */
  readonly out: string;
  /** Steps of the whole run, and how many of them an earlier run did. */
  readonly steps: number;
  readonly firstStep: number;
  /** `--set NAME=VALUE`. */
  readonly settings: Readonly<Record<string, string>>;
  /** A line for the user. */
  log(message: string): void;
  /**
   * A line of metrics.jsonl, for a trainer whose numbers come later than its steps. Its `step`, if it has one, counts from
   * 0: a run that begins at step k takes back the lines from k on. `saved_steps: n` says that the trainer has written a
   * checkpoint of its own in which n steps are done: --resume then begins at step n (`firstStep`).
   */
  report(metrics: Metrics): void;
  /** Aborted when the user interrupts; the run then ends after the step. */
  readonly signal: AbortSignal;
}

type Awaitable<T> = T | Promise<T>;

/** Every method may be async. Rows of `batch`: its `inputIds`, `width` a row; documents by `seqLengths`. */
export interface Trainer {
  /** `step` only hands the rows on: the steps that are done are those that `report` is told of. */
  readonly reportsSteps?: boolean;
  /** Once, before anything else. */
  start?(context: TrainContext): Awaitable<void>;
  /** One optimizer step; what it returns is a line of metrics.jsonl. 'done': it wants no more. */
  step(batch: Batch): Awaitable<Metrics | undefined | 'done'>;
  /** After the last step. */
  finish?(): Awaitable<Metrics | undefined>;
  /** Instead of `finish`, when the run failed or was interrupted: ends what it started. */
  stop?(): Awaitable<void>;
  /** Everything that the next step depends on, into an empty folder. Without it a run begins anew. */
  save?(folder: string): Awaitable<void>;
  /** After `start`: the state that `save` wrote. */
  restore?(folder: string): Awaitable<void>;
}
