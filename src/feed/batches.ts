/**
 * Batches one after another, from a position on. One is read ahead while the one before is used.
 * Memory: two batches.
 */
import { setImmediate } from 'node:timers/promises';
import { type Batch, type Feed, missingStep, type Position } from './feed.ts';

/** Which batches of a feed. */
export interface Course {
  readonly from: Position;
  /** So many; past the end of an epoch the next one follows. */
  readonly steps: number;
  readonly rank: number;
  readonly worldSize: number;
}

/**
 * @param reuse the ids of a batch are overwritten once the next one has been asked for. New memory costs more than the
 *   read that fills it; the default is safe
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
        // Who awaits it may have left by then.
        ahead.catch(() => {});
      }
      yield batch;
      if (reuse) free = batch.inputIds.buffer;
    }
  } finally {
    // Its files must not be closed under it.
    await ahead.catch(() => {});
  }
}

/** Not before the batch that is there has been taken: reading may keep this thread, and its taker may only have to wait. */
async function readAhead(
  feed: Feed,
  position: Position,
  ...rest: [number, number, ArrayBufferLike | undefined]
) {
  await setImmediate();
  return feed.batchAhead(position, ...rest);
}

/**
 * The same, read when they are asked for, which is less work: for a process that does nothing but hand them on, and so
 * is ahead of the trainer as it is. The ids of a batch are overwritten by the next.
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
  // Where a run stood that had done all of an epoch.
  const from = step === epochSteps ? { epoch: epoch + 1, step: 0 } : { epoch, step };
  return { from, steps: steps ?? epochSteps - step, rank, worldSize };
}

function positionAfter({ epochSteps }: Feed, { epoch, step }: Position): Position {
  return step + 1 < epochSteps ? { epoch, step: step + 1 } : { epoch: epoch + 1, step: 0 };
}
