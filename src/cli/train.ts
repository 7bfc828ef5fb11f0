/** `longmix train`: passes batches to a trainer, shows progress, writes metrics, and records where to resume. */
import { join, relative } from 'node:path';
import { counted, integer } from '../base/words.ts';
import { LongmixError } from '../errors.ts';
import { findCheckpoint } from '../train/checkpoints.ts';
import { graceSeconds } from '../train/command.ts';
import { loadTrainer } from '../train/load-trainer.ts';
import { hasMetrics } from '../train/metrics-file.ts';
import { findSaved } from '../train/saved.ts';
import { type RunResult, train } from '../train/train.ts';
import { quietLine, trainLine } from '../train/train-line.ts';
import type { Trainer } from '../train/trainer.ts';
import { type FeedFlags, feedOptions, wholeNumber } from './feed-flags.ts';
import { allowToStop, whenInterrupted } from './interrupted.ts';
import { refuseRemote } from './local-only.ts';
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
  if (flags.out !== undefined) refuseRemote(flags.out, 'train --out');
  const { startStep, steps } = flags;
  if (startStep !== undefined && flags.resume === true) {
    throw new LongmixError('flag-invalid', '--resume finds the step itself, and --start-step names it', {
      cure: 'give one of them',
    });
  }
  const trainer = await loadTrainer(flags.trainer, command);
  if (flags.trainer === 'command') allowToStop(graceSeconds + 3);
  const result = await train(trainer, {
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
    onBegin: (out) => whenInterrupted(() => howToGoOn(trainer, flags.trainer, out)),
  });
  process.stdout.write(`${endWords(result)}\n`);
}

function endWords({ out, step, sent, loss }: RunResult): string {
  const ended = loss === null ? '' : `, loss ${loss.toFixed(4)}`;
  const metrics = join(relative(process.cwd(), out), 'metrics.jsonl');
  const where = hasMetrics(out) ? `; metrics are in ${metrics}` : '';
  if (step === null) {
    return `the rows of ${counted(sent, 'step')} were sent${ended}; the command did not say which steps it did (a line {"step": 0} each)${where}`;
  }
  const of = step < sent ? `, as the command says, of ${integer(sent)} whose rows it was sent` : '';
  return `${counted(step, 'step')} done${of}${ended}${where}`;
}

/** Says after an interruption how to resume the run. */
function howToGoOn(trainer: Trainer, name: string, out: string): string {
  const keepsOwn = trainer.restore === undefined;
  const found = keepsOwn ? findSaved(out) : findCheckpoint(out);
  if (found !== null) {
    const steps = counted(found.position.step, 'step');
    return `interrupted; ${keepsOwn ? `${name} said that its checkpoint has` : 'the checkpoint has'} ${steps} done: continue with the same command and --resume`;
  }
  if (!keepsOwn) return 'interrupted; there is no checkpoint yet: start again with another --out';
  return `interrupted; ${name} has not said that it saved anything. If it did, continue with the same command and --start-step N, where N is the number of steps that its checkpoint has done`;
}
