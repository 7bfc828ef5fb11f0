/**
 * Yields batches one after another, from a position on. The next batch is read ahead while the current one is used.
 * Memory: two batches.
 */
import { setImmediate } from 'node:timers/promises';
import { type Batch, type Feed, missingStep, type Position } from './feed.ts';

/** A range of batches of a feed, for one rank. */
export interface Course {
  readonly from: Position;
  /** Number of batches. After the end of an epoch the next epoch follows. */
  readonly steps: number;
  readonly rank: number;
  readonly worldSize: number;
}

/**
 * @param reuse if true, the ids of a batch are overwritten once the next batch is requested. This is faster, because
 *   new memory costs more than the read that fills it; the default (false) is safe
 * @throws LongmixError as `Feed.batch`
 */
export async function* batches(
  feed: Feed,
  { from, steps, rank, worldSize }: Course,
  { reuse = false }: { readonly reuse?: boolean } = {},
): AsyncGenerator<Batch, void, undefined> {
  if (steps === 0) return;
  let position = from;
  let free: ArrayBufferLike | undefined;
  let ahead = feed.batchAhead(position, rank, worldSize);
  try {
    for (let left = steps; left > 0; left -= 1) {
      const batch = await ahead;
      if (left > 1) {
        position = positionAfter(feed, position);
        ahead = readAhead(feed, position, rank, worldSize, free);
        // The consumer may have stopped; avoid an unhandled rejection.
        ahead.catch(() => {});
      }
      yield batch;
      if (reuse) free = batch.inputIds.buffer;
    }
  } finally {
    // Wait for the read to end, because the caller may close the files next.
    await ahead.catch(() => {});
  }
}

/** Reads after the consumer has taken the current batch: reading may block this thread, and would delay that batch. */
async function readAhead(
  feed: Feed,
  position: Position,
  ...rest: [number, number, ArrayBufferLike | undefined]
) {
  await setImmediate();
  return feed.batchAhead(position, ...rest);
}

/**
 * Like `batches`, but reads each batch when it is requested, which is less work. For a process that only passes batches
 * on, and so is ahead of the trainer anyway. The next batch overwrites the ids of a batch.
 * @throws LongmixError as `Feed.batch`
 */
export function* batchesSync(
  feed: Feed,
  { from, steps, rank, worldSize }: Course,
): Generator<Batch, void, undefined> {
  let position = from;
  let memory: ArrayBufferLike | undefined;
  for (let left = steps; left > 0; left -= 1) {
    const batch = feed.batch(position, rank, worldSize, memory);
    memory = batch.inputIds.buffer;
    yield batch;
    position = positionAfter(feed, position);
  }
}

/**
 * @param steps undefined: to the end of the epoch
 * @throws LongmixError `step-missing` | `rank-invalid`
 */
export function courseFrom(
  feed: Feed,
  { epoch, step }: Position,
  steps: number | undefined,
  rank: number,
  worldSize: number,
): Course {
  const { epochSteps } = feed;
  feed.checkRank(rank, worldSize);
  if (epochSteps === 0 || step > epochSteps) throw missingStep(epoch, step, epochSteps);
  // A run that finished an epoch stands after its last step: continue with the next epoch.
  const from = step === epochSteps ? { epoch: epoch + 1, step: 0 } : { epoch, step };
  return { from, steps: steps ?? epochSteps - step, rank, worldSize };
}

function positionAfter({ epochSteps }: Feed, { epoch, step }: Position): Position {
  return step + 1 < epochSteps ? { epoch, step: step + 1 } : { epoch: epoch + 1, step: 0 };
}
