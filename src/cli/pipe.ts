/** `longmix pipe`: writes a rank's batches to standard output as Arrow streams. */
import { LongmixError } from '../errors.ts';
import { batches, batchesSync, type Course, courseFrom } from '../feed/batches.ts';
import { type Feed, openFeedAt } from '../feed/feed.ts';
import { arrowStream } from '../feed/stream/arrow-stream.ts';
import { writeOut } from '../feed/stream/write-out.ts';
import { type FeedFlags, feedOptions, noteRest, wholeNumber } from './feed-flags.ts';
import { interruptedExitCode } from './interrupted.ts';

interface Flags extends FeedFlags {
  readonly rank: string;
  readonly worldSize: string;
  readonly startStep: string;
  readonly epoch: string;
  readonly steps?: string;
  readonly epochs?: string;
}

export async function runPipe(place: string, flags: Flags, signal: AbortSignal): Promise<void> {
  const feed = await openFeedAt(place, feedOptions(flags));
  const course = courseOf(feed, flags);
  refuseTerminal();
  if (flags.steps === undefined) noteRest(feed);
  try {
    const read = feed.isRemote ? batches(feed, course, { reuse: true }) : batchesSync(feed, course);
    for await (const { chunks } of arrowStream(feed, read))
      await writeOut(process.stdout, chunks, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
    process.stderr.write(
      'longmix: interrupted; the trainer can continue from its step with --epoch and --start-step\n',
    );
    // Exit without writing the rest: the reader doesn't need it any more, and may never take it.
    process.exit(interruptedExitCode(signal));
  }
  feed.close();
}

function courseOf(feed: Feed, flags: Flags): Course {
  const step = wholeNumber('--start-step', flags.startStep, 0);
  const epoch = wholeNumber('--epoch', flags.epoch, 0);
  if (flags.steps !== undefined && flags.epochs !== undefined) {
    throw new LongmixError('flag-invalid', '--steps and --epochs both set the end', {
      cure: 'give one of them',
    });
  }
  const epochs = wholeNumber('--epochs', flags.epochs ?? '1', 1, 10 ** 6);
  const steps =
    flags.steps === undefined ? epochs * feed.epochSteps - step : wholeNumber('--steps', flags.steps, 0);
  const rank = wholeNumber('--rank', flags.rank, 0);
  return courseFrom(feed, { epoch, step }, steps, rank, wholeNumber('--world-size', flags.worldSize, 1));
}

function refuseTerminal(): void {
  if (!process.stdout.isTTY) return;
  throw new LongmixError(
    'stdout-terminal',
    'standard output is a terminal, and an Arrow stream is not readable text',
    {
      cure: 'pipe it: longmix pipe SHARDS | python train.py; or write a file: > rows.arrows',
    },
  );
}
