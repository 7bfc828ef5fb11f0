/**
 * Runs a training: passes batches of a feed to a trainer, step by step, from where the run was. The run's folder has
 * metrics.jsonl and the newest checkpoint. The position in the feed is just a number of steps, so resuming costs
 * nothing except for reading the checkpoint.
 */

import { setImmediate } from 'node:timers/promises';
import { LongmixError } from '../errors.ts';
import { batches } from '../feed/batches.ts';
import { type Batch, type Feed, type FeedOptions, openFeedAt } from '../feed/feed.ts';
import { openSetsAt } from '../feed/rows/sets.ts';
import { dictFile, manifestFile } from '../shard/format.ts';
import { makeFolder } from '../storage/commit.ts';
import { exists } from '../storage/files.ts';
import { withLock } from '../storage/lock.ts';
import { needPlace } from '../storage/open-place.ts';
import { basename, dirname, join, resolve } from '../storage/paths.ts';
import { checkMetrics } from './check-metrics.ts';
import { findCheckpoint, refuseOtherRun, saveCheckpoint } from './checkpoints.ts';
import { appendMetrics, hasMetrics, rewindMetrics } from './metrics-file.ts';
import { rowSources } from './row-sources.ts';
import { RunClock } from './run-clock.ts';
import type { RunPosition } from './run-position.ts';
import { findSaved, noteSaved, rewindSaved, savedSteps } from './saved.ts';
import type { TrainLine } from './train-line.ts';
import type { Metrics, TrainContext, Trainer } from './trainer.ts';

export interface RunOptions {
  /** A build, or a shard set of a build. */
  readonly folder: string;
  /** Folder of the run; null: out/NAME.run. */
  readonly out: string | null;
  /** The trainer's name as the user gave it, to recognize the trainer of a resumed run. */
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Steps of the whole run; null: one epoch. */
  readonly steps: number | null;
  readonly feed: FeedOptions;
  /** Resume the run in `out`; 'if-there': resume it if it has a checkpoint, else begin. */
  readonly resume: boolean | 'if-there';
  /** The first step, for a trainer that keeps its own state; null: 0, or the checkpoint's step. */
  readonly startStep: number | null;
  /** Steps between checkpoints; 0: only at the end. */
  readonly saveEvery: number;
  /** Builds of the runs to compare this one with. Default: none. */
  readonly comparedWith?: readonly string[];
  readonly signal: AbortSignal;
  readonly line: TrainLine;
  /** Called with the run's folder as soon as the checks have passed and the run can begin. */
  readonly onBegin?: (out: string) => void;
}

export interface RunResult {
  readonly out: string;
  /** Steps that are done; null: a trainer in another process did not report them. */
  readonly step: number | null;
  /** Steps whose rows were sent to the trainer. */
  readonly sent: number;
  readonly loss: number | null;
  /** What the trainer's `finish` returned. */
  readonly final: Metrics | null;
}

/**
 * @throws LongmixError `run-exists` | `resume-nothing` | `step-missing` | `checkpoint-mismatch` | `folder-busy`, and
 *   the errors of the feed and the trainer
 */
export async function train(trainer: Trainer, options: RunOptions): Promise<RunResult> {
  const { folder } = options;
  const feed = await openFeedAt(folder, options.feed);
  const validationSet = await findValidation(folder);
  const validation = validationSet === null ? null : await openFeedAt(validationSet);
  try {
    const steps = options.steps ?? feed.epochSteps;
    if (feed.epochSteps === 0) throw noSteps(folder);
    const out = options.out ?? join('out', `${feed.manifest.name}.run`);
    const place = { ...identity(feed, options), step: 0, steps };
    // Check first, so that a refused run leaves no folder.
    beginning(trainer, out, options, place);
    options.onBegin?.(out);
    makeFolder(out);
    return await withLock(out, () => run(trainer, options, { feed, validation, out, place }));
  } finally {
    feed.close();
    validation?.close();
  }
}

interface OpenRun {
  readonly feed: Feed;
  readonly validation: Feed | null;
  readonly out: string;
  readonly place: RunPosition;
}

/** The caller must hold the lock of the run's folder. */
async function run(
  trainer: Trainer,
  options: RunOptions,
  { feed, validation, out, place }: OpenRun,
): Promise<RunResult> {
  const { signal, line } = options;
  const { steps } = place;
  const from = beginning(trainer, out, options, place);
  try {
    const course = { firstStep: from.step, steps, reported: trainer.reportsSteps === true };
    const clock = new RunClock(line, course);
    const report = (metrics: Metrics) => {
      checkMetrics(metrics, `${options.name}: its report`);
      const { saved_steps: _, ...rest } = metrics;
      const said = savedSteps(metrics);
      if (said === null) appendMetrics(out, metrics);
      else if (Object.keys(rest).length > 0) appendMetrics(out, rest);
      clock.heard(metrics);
      if (said === null) return;
      // The report may arrive before our write of the step's rows has returned, so allow one step more than was sent.
      if (said <= clock.sent + 1) noteSaved(out, { ...place, step: said });
      else line.log(`saved_steps: ${said} is ignored: the trainer has the rows of ${clock.sent} steps`);
    };
    rewindMetrics(out, from.step);
    rewindSaved(out, from.step);
    await trainer.start?.({
      ...{ manifest: feed.manifest, sets: await knownSets(options), validation, out },
      validationSources:
        validation === null ? null : await rowSources((await findValidation(options.folder))!),
      ...{ steps, firstStep: from.step, settings: options.settings, log: line.log, report, signal },
    } satisfies TrainContext);
    if (from.checkpoint !== null) await trainer.restore?.(from.checkpoint);

    let step = from.step;
    let saved = step;
    const save = async () => {
      if (saved !== step) await saveCheckpoint(out, trainer, { ...place, step });
      saved = step;
    };
    for await (const batch of rowsOf(feed, from.step, steps)) {
      clock.got();
      const metrics = await trainer.step(batch);
      if (metrics === 'done') break;
      if (metrics !== undefined) checkMetrics(metrics, `${options.name}: its step`);
      step += 1;
      const times = clock.did(batch.inputIds.length, metrics);
      if (metrics !== undefined) {
        const at = { step: step - 1, epoch: batch.epoch, set: batch.set };
        appendMetrics(out, placed(at, { ...metrics, ...times }));
      }
      if (options.saveEvery > 0 && step % options.saveEvery === 0) await save();
      // Let signals in. A trainer that computes in this thread leaves no other moment for them.
      await setImmediate();
      if (signal.aborted) await save();
      signal.throwIfAborted();
    }
    // Save before `finish`, which may take long and be interrupted.
    await save();
    const final = await trainer.finish?.();
    if (final !== undefined) checkMetrics(final, `${options.name}: its finish`);
    // The line's step is the number of all steps, so a run that continues from here removes it again.
    if (final !== undefined) appendMetrics(out, placed({ step }, final));
    clock.end();
    return { out, step: clock.step, sent: step, loss: clock.loss, final: final ?? null };
  } catch (error) {
    try {
      await trainer.stop?.();
    } catch (second) {
      // Throw the first error, because it is the cause; this one may only follow from it.
      line.log((second as Error)?.message ?? String(second));
    }
    throw error;
  }
}

/** Decides where the run begins, and with which checkpoint. */
function beginning(
  trainer: Trainer,
  out: string,
  { resume, startStep }: RunOptions,
  place: RunPosition,
): { readonly step: number; readonly checkpoint: string | null } {
  if (startStep !== null) {
    if (startStep < place.steps) return { step: startStep, checkpoint: null };
    throw new LongmixError('step-missing', `step ${startStep} of a run of ${place.steps} steps`, {
      cure: '--start-step counts from 0; a longer run needs more --steps',
    });
  }
  if (!resume) {
    if (!hasMetrics(out)) return { step: 0, checkpoint: null };
    throw new LongmixError('run-exists', `${out} already holds a run`, {
      cure: 'continue it with --resume, or choose another folder with --out',
    });
  }
  const keepsOwn = trainer.restore === undefined;
  const checkpoint = keepsOwn ? findSaved(out) : findCheckpoint(out);
  if (checkpoint === null && resume === 'if-there') return { step: 0, checkpoint: null };
  if (checkpoint === null) {
    const keeps = trainer.save !== undefined && !keepsOwn;
    throw new LongmixError('resume-nothing', `nothing to resume in ${out}`, {
      cure: keeps
        ? 'it has no finished checkpoint: start without --resume'
        : 'this trainer keeps its own state and did not report what it saved (saved_steps, docs/trainers.md): give the number of steps in its checkpoint with --start-step',
    });
  }
  refuseOtherRun(checkpoint, place);
  return { step: checkpoint.position.step, checkpoint: keepsOwn ? null : checkpoint.folder };
}

function identity(
  { manifest }: Feed,
  { name, feed, settings }: RunOptions,
): Omit<RunPosition, 'step' | 'steps'> {
  const sets = manifest.sets.map((set) => set.name);
  const rowsPerStep = manifest.sets.map((set) => set.rowsPerStep);
  const { seed = 0, sortByWork = false } = feed;
  return { trainer: name, fingerprint: manifest.fingerprint, sets, rowsPerStep, seed, sortByWork, settings };
}

/**
 * Our values come first and win. If a trainer's `step` counted from 1, a resumed run would remove one line too many.
 */
function placed(place: Metrics, metrics: Metrics): Metrics {
  return { ...place, ...metrics, ...place };
}

/** Yields the steps from..to of the run, which may go through the shards several times. */
function rowsOf(feed: Feed, from: number, to: number): AsyncGenerator<Batch, void, undefined> {
  const position = { epoch: Math.floor(from / feed.epochSteps), step: from % feed.epochSteps };
  return batches(feed, { from: position, steps: Math.max(0, to - from), rank: 0, worldSize: 1 });
}

function isBuild(folder: string): boolean {
  return !exists(join(folder, manifestFile)) && exists(join(folder, dictFile));
}

/** Lists the folders of all shard sets that the run uses or is compared with, its own first. */
async function knownSets({ folder, comparedWith = [] }: RunOptions): Promise<string[]> {
  const known: string[] = [];
  for (const place of [folder, ...comparedWith]) {
    // Open the sets, not a feed: without the user's number of rows per step, a feed of these sets may be invalid.
    const { sets } = await openSetsAt(place);
    for (const { files } of sets) files.close();
    const names = sets.map(({ name }) => name);
    const validation = await findValidation(place);
    const training = isBuild(place) ? names.map((name) => join(place, name)) : [place];
    known.push(...training, ...(validation === null ? [] : [validation]));
  }
  return known;
}

/** Returns the validation set of the build that the shards belong to; null: it has none. */
async function findValidation(folder: string): Promise<string | null> {
  await needPlace(folder);
  if (!isBuild(folder)) await needPlace(dirname(resolve(folder)));
  const path = join(isBuild(folder) ? folder : dirname(resolve(folder)), 'validation');
  return basename(resolve(folder)) !== 'validation' && exists(join(path, manifestFile)) ? path : null;
}

function noSteps(folder: string): LongmixError {
  return new LongmixError('step-missing', `${folder} has too few rows for one step`, {
    cure: 'use a smaller --rows-per-step',
  });
}
