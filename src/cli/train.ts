/** `longmix train`: batches to a trainer, with progress, metrics and the place to go on from. */
import { join, relative } from 'node:path';
import { LongmixError } from '../errors.ts';
import { counted } from '../report/format.ts';
import { graceSeconds } from '../train/command.ts';
import { loadTrainer } from '../train/load-trainer.ts';
import { train } from '../train/train.ts';
import { quietLine, trainLine } from '../train/train-line.ts';
import { type FeedFlags, feedOptions, wholeNumber } from './feed-flags.ts';
import { allowToStop } from './interrupted.ts';
import { settingsOf } from './trainer-settings.ts';

interface Flags extends FeedFlags {
  readonly trainer: string;
  readonly set: readonly string[];
  readonly out?: string;
  readonly steps?: string;
  readonly startStep?: string;
  readonly saveEvery: string;
  readonly resume?: boolean;
  readonly quiet?: boolean;
}

export async function runTrain(
  folder: string,
  command: readonly string[],
  flags: Flags,
  signal: AbortSignal,
): Promise<void> {
  const { startStep, steps } = flags;
  if (startStep !== undefined && flags.resume === true) {
    throw new LongmixError('flag-invalid', '--resume finds the step itself, and --start-step names it', {
      cure: 'give one of them',
    });
  }
  const trainer = await loadTrainer(flags.trainer, command);
  if (flags.trainer === 'command') allowToStop(graceSeconds + 3);
  const { out, step, loss } = await train(trainer, {
    folder,
    out: flags.out ?? null,
    name: flags.trainer,
    settings: settingsOf(flags.set),
    steps: steps === undefined ? null : wholeNumber('--steps', steps, 1),
    feed: feedOptions(flags),
    resume: flags.resume === true,
    startStep: startStep === undefined ? null : wholeNumber('--start-step', startStep, 0),
    saveEvery: wholeNumber('--save-every', flags.saveEvery, 0),
    signal,
    line: flags.quiet === true ? quietLine(process.stderr) : trainLine(process.stderr),
  });
  const ended = loss === null ? '' : `, loss ${loss.toFixed(4)}`;
  process.stdout.write(
    `${counted(step, 'step')} done${ended}; metrics are in ${join(relative(process.cwd(), out), 'metrics.jsonl')}\n`,
  );
}
