/** `longmix pipe`: a rank's batches on standard output, as Arrow streams. */
import { LongmixError } from '../errors.ts';
import { arrowStream } from '../feed/arrow-stream.ts';
import type { Course } from '../feed/batches.ts';
import { type Feed, openFeed } from '../feed/feed.ts';
import { writeOut } from '../feed/write-out.ts';
import { type FeedFlags, feedOptions, wholeNumber } from './feed-flags.ts';
import { interruptedExitCode } from './interrupted.ts';

interface Flags extends FeedFlags {
  readonly rank: string;
  readonly worldSize: string;
  readonly startStep: string;
  readonly epoch: string;
  readonly steps?: string;
  readonly epochs?: string;
}

export async function runPipe(folder: string, flags: Flags, signal: AbortSignal): Promise<void> {
  const feed = openFeed(folder, feedOptions(flags));
  const course = courseOf(feed, flags);
  feed.checkRank(course.rank, course.worldSize);
  refuseTerminal();
  try {
    for await (const { chunks } of arrowStream(feed, course)) await writeOut(process.stdout, chunks, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    process.stderr.write(
      'longmix: interrupted; the trainer goes on from its step with --epoch and --start-step\n',
    );
    // What the reader has not taken is of no use to it any more, and may never be taken.
    process.exit(interruptedExitCode(signal));
  }
  feed.close();
}

function courseOf(feed: Feed, flags: Flags): Course {
  const { epochSteps } = feed;
  const step = wholeNumber('--start-step', flags.startStep, 0, epochSteps);
  const epoch = wholeNumber('--epoch', flags.epoch, 0);
  if (flags.steps !== undefined && flags.epochs !== undefined) {
    throw new LongmixError('flag-invalid', '--steps and --epochs say the same', { cure: 'give one of them' });
  }
  const epochs = wholeNumber('--epochs', flags.epochs ?? '1', 1, 10 ** 6);
  const steps =
    flags.steps === undefined ? epochs * epochSteps - step : wholeNumber('--steps', flags.steps, 0);
  return {
    from: step === epochSteps ? { epoch: epoch + 1, step: 0 } : { epoch, step },
    steps: epochSteps === 0 ? 0 : steps,
    rank: wholeNumber('--rank', flags.rank, 0),
    worldSize: wholeNumber('--world-size', flags.worldSize, 1),
  };
}

function refuseTerminal(): void {
  if (!process.stdout.isTTY) return;
  throw new LongmixError(
    'stdout-terminal',
    'standard output is a terminal, and an Arrow stream is not for eyes',
    {
      cure: 'send it on: longmix pipe SHARDS | python train.py; or into a file: > rows.arrows',
    },
  );
}
