/**
 * Trains the arms of an ablation one after another, with the same trainer, the same number of tokens and the same
 * tokens per step, so that the curves differ by the mix only. All arms share one vocabulary, so that losses are
 * comparable.
 *
 * An interrupted ablation continues where it was: finished arms are only validated again.
 */
import { join } from 'node:path';
import { LongmixError } from '../errors.ts';
import { type FeedOptions, openFeed } from '../feed/feed.ts';
import { clearRun, findCheckpoint } from './checkpoints.ts';
import { loadTrainer } from './load-trainer.ts';
import { readMetrics } from './metrics-file.ts';
import { type RunOptions, train } from './train.ts';
import type { Metrics } from './trainer.ts';

export interface ArmsTraining {
  readonly trainer: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Upper bound of the tokens that each arm was trained on. */
  readonly tokens: number;
  readonly arms: readonly ArmTraining[];
}

export interface ArmTraining {
  readonly arm: string;
  readonly steps: number;
  readonly tokensPerStep: number;
  /** The tokens so far and the loss, after each step. */
  readonly losses: readonly { readonly tokens: number; readonly loss: number }[];
  /** The trainer's report after the last step, such as the loss by position. */
  readonly final: Metrics | null;
}

export interface ArmsOptions extends Pick<RunOptions, 'name' | 'settings' | 'saveEvery' | 'signal' | 'line'> {
  /** Folder of the ablation; runs go to out/ARM.run. */
  readonly out: string;
  readonly arms: readonly string[];
  /** Tokens per arm; null: one epoch of the arm with the fewest tokens. */
  readonly tokens: number | null;
  /** Replace existing runs. */
  readonly fresh: boolean;
}

/** @throws LongmixError `budget-too-small` | `budget-differs`, and the errors of `train` */
export async function trainArms({ out, arms, tokens, fresh, ...run }: ArmsOptions): Promise<ArmsTraining> {
  const folders = arms.map((arm) => join(out, arm));
  const budgets = budgetsOf(folders);
  const given = tokens ?? Math.min(...budgets.map((one) => one.epochSteps * one.tokensPerStep));
  const runs = arms.map((arm, i) => {
    const { rowsPerStep, tokensPerStep } = budgets[i]!;
    const steps = Math.floor(given / tokensPerStep);
    if (steps === 0) throw tooSmall(arm, given, tokensPerStep);
    return { arm, rowsPerStep, tokensPerStep, steps, folder: join(out, `${arm}.run`) };
  });
  if (!fresh) refuseOtherBudgets(runs);
  const trained: ArmTraining[] = [];
  for (const [i, { arm, rowsPerStep, tokensPerStep, steps, folder }] of runs.entries()) {
    if (fresh) clearRun(folder);
    run.line.log(`arm ${arm}: ${steps} steps of ${tokensPerStep} tokens`);
    const { final } = await train(await loadTrainer(run.name), {
      ...run,
      ...{
        folder: folders[i]!,
        out: folder,
        steps,
        feed: optionsOf(rowsPerStep),
        resume: 'if-there',
        startStep: null,
      },
      comparedWith: folders,
    });
    const losses = readMetrics(folder).flatMap(({ step, loss }) =>
      typeof step === 'number' && typeof loss === 'number'
        ? [{ tokens: (step + 1) * tokensPerStep, loss }]
        : [],
    );
    trained.push({ arm, steps, tokensPerStep, losses, final });
  }
  return { trainer: run.name, settings: run.settings, tokens: given, arms: trained };
}

interface Budget {
  /** Undefined: use the feed's default, such as the build's schedule. */
  readonly rowsPerStep: number | undefined;
  readonly tokensPerStep: number;
  readonly epochSteps: number;
}

/** Chooses steps with as many tokens as the longest row of all arms, or as a build's schedule prescribes. */
function budgetsOf(folders: readonly string[]): Budget[] {
  const shapes = folders.map((folder) => shapeOf(folder, undefined));
  const most = Math.max(...shapes.map(({ tokensPerStep }) => tokensPerStep));
  return folders.map((folder, i) => {
    const shape = shapes[i]!;
    const rows = most / shape.tokensPerStep;
    if (shape.isScheduled || !Number.isInteger(rows)) return { ...shape, rowsPerStep: undefined };
    return { ...shapeOf(folder, rows), rowsPerStep: rows };
  });
}

function optionsOf(rowsPerStep: number | undefined): FeedOptions {
  return rowsPerStep === undefined ? {} : { rowsPerStep };
}

function shapeOf(folder: string, rowsPerStep: number | undefined) {
  const feed = openFeed(folder, optionsOf(rowsPerStep));
  const { epochSteps, manifest } = feed;
  feed.close();
  const [first] = manifest.sets;
  const tokensPerStep = first!.length * first!.rowsPerStep;
  return { epochSteps, tokensPerStep, isScheduled: manifest.schedule !== null };
}

/** Refuses a run of another length: it has a different number of tokens and a different learning rate schedule. */
function refuseOtherBudgets(runs: readonly { arm: string; steps: number; folder: string }[]): void {
  for (const { arm, steps, folder } of runs) {
    const position = findCheckpoint(folder)?.position;
    if (position === undefined || position.steps === steps) continue;
    throw new LongmixError(
      'budget-differs',
      `arm ${arm}: its run does not have the ${steps} steps that it would have now`,
      {
        where: folder,
        cure: 'arms are compared on the same tokens: remove that folder to train the arm anew, or all with --fresh; or give the --train-tokens that it was trained with',
      },
    );
  }
}

function tooSmall(arm: string, tokens: number, tokensPerStep: number): LongmixError {
  return new LongmixError(
    'budget-too-small',
    `arm ${arm}: ${tokens} tokens are less than one step of ${tokensPerStep}`,
    {
      cure: 'give more with --train-tokens',
    },
  );
}
