/**
 * Feeds shards to a trainer: it computes by index the rows that rank r of W takes in step k of epoch e. Nothing is
 * remembered between calls, so a position `{epoch, step}` is the whole state. The rows that all ranks together see in a
 * step are the same for every number of ranks.
 *
 * Step k takes the next `rowsPerStep` rows of its set's order (`order.ts`), and rank r takes the r-th of W equal parts.
 * With `sortByWork` the step's rows are first sorted by the work of their attention and then dealt to the ranks one by
 * one, so that all ranks have similar work at the same time (Gao et al. 2024, arXiv 2410.02660, section 5). The step's
 * rows stay the same. The cost: every rank reads the lengths of all rows of the step.
 */
import { idBytes } from '../base/id-bytes.ts';
import { LongmixError } from '../errors.ts';
import type { RowLengths } from '../shard/row-columns.ts';
import { followSteps } from '../steps/step-rows.ts';
import { type FeedManifest, feedManifest } from './rows/manifest.ts';
import { epochOrder } from './rows/order.ts';
import { PacedReads } from './rows/paced-reads.ts';
import type { FileRead } from './rows/row-files.ts';
import { type FeedSets, openSets, openSetsAt } from './rows/sets.ts';
import { byWork } from './rows/sort-by-work.ts';

/** The most bytes of a rank's rows of a step, because they are one array and one message. */
const mostBatchBytes = 512 * 1024 * 1024;

export interface FeedOptions {
  /** Seed of the order of rows in all epochs but the first. Default: 0. */
  readonly seed?: number;
  /** Rows per step, for all ranks together. Default: as the build's schedule says, else 1. */
  readonly rowsPerStep?: number;
  /** Default: false. */
  readonly sortByWork?: boolean;
}

/** Where a run is. Saving it is enough to continue from there. */
export interface Position {
  readonly epoch: number;
  readonly step: number;
}

/** A rank's rows of a step. The arrays belong to the caller. */
export interface Batch extends Position, RowLengths {
  /** Name of the shard set that the rows belong to. */
  readonly set: string;
  /** Tokens per row. */
  readonly width: number;
  /** Numbers of the rows in the set. */
  readonly rows: Uint32Array;
  /** rows * width ids. */
  readonly inputIds: Uint16Array | Int32Array;
}

export interface Feed {
  readonly manifest: FeedManifest;
  /** True: the shards are on another machine, and only `batchAhead` reads them. */
  readonly isRemote: boolean;
  /** Whole steps per epoch. */
  readonly epochSteps: number;
  /** Rows of an epoch that fill no whole step and are not used. */
  readonly restRows: number;
  /**
   * @param memory buffer for the ids, such as that of a batch no longer needed. Default, or if it is too small: new
   *   memory
   * @throws LongmixError `step-missing` | `rank-invalid` | `shards-damaged`
   * @throws Error if the feed is remote
   */
  batch(position: Position, rank: number, worldSize: number, memory?: ArrayBufferLike): Batch;
  /** Like `batch`, but other threads read ids that are not in the system's file cache. */
  batchAhead(position: Position, rank: number, worldSize: number, memory?: ArrayBufferLike): Promise<Batch>;
  /** Checks that the rank exists. Streams call this before they begin. @throws LongmixError `rank-invalid` */
  checkRank(rank: number, worldSize: number): void;
  close(): void;
}

/**
 * @param folder a shard set or a build. A build's training sets come as its schedule says, else one after another
 * @throws LongmixError `shards-missing` | `shards-damaged` | `shards-version` | `schedule-damaged` | `build-mixed` |
 *   `rows-per-step-invalid`
 */
export function openFeed(folder: string, options: FeedOptions = {}): Feed {
  return feedOf(openSets(folder), options);
}

/**
 * Opens a feed of shards that may be on another machine.
 * @param place a folder as `openFeed` takes it, or the address of one: s3://, gs://, az://, hf:// or https://
 * @throws LongmixError as `openFeed`, and `remote-address` | `remote-denied` | `remote-unreachable` | `peer-missing`
 */
export async function openFeedAt(place: string, options: FeedOptions = {}): Promise<Feed> {
  return feedOf(await openSetsAt(place), options);
}

/** Makes a feed from open sets. Several feeds may share the sets; close only the last feed, which closes the sets. */
export function feedOf(opened: FeedSets, { seed = 0, rowsPerStep, sortByWork = false }: FeedOptions): Feed {
  const { sets } = opened;
  const steps = followSteps(opened, rowsPerStep);
  const paced = new PacedReads();
  const isRemote = sets.some(({ files }) => files.isRemote);

  /** `looked` are the rows whose lengths must be known: with `sortByWork` those of all ranks. */
  function stepOf({ epoch, step }: Position, rank: number, worldSize: number) {
    if (!isIndex(epoch, 2 ** 32) || !isIndex(step, steps.count)) throw missingStep(epoch, step, steps.count);
    checkRank(rank, worldSize);
    const { set: s, first, rows: all } = steps.at(step);
    const set = sets[s]!;
    const { rows, repeats } = set.manifest;
    const order = epochOrder(seed, epoch, rows, repeats ?? null);
    const count = sortByWork ? all : all / worldSize;
    const start = sortByWork ? first : first + rank * count;
    return { set, looked: Uint32Array.from({ length: count }, (_, i) => order(start + i)) };
  }

  function rowsOf(position: Position, rank: number, worldSize: number) {
    const { set, looked } = stepOf(position, rank, worldSize);
    if (!sortByWork) return { set, rows: looked };
    const sorted = byWork(looked, set.files.lengths(set.files.runs(looked)));
    const count = looked.length / worldSize;
    return { set, rows: Uint32Array.from({ length: count }, (_, i) => sorted[i * worldSize + rank]!) };
  }

  async function fetchLengths(position: Position, rank: number, worldSize: number): Promise<void> {
    const { set, looked } = stepOf(position, rank, worldSize);
    const runs = set.files.runs(looked);
    while (!set.files.isReady(runs)) await set.files.ready(runs);
  }

  function prepare(position: Position, rank: number, worldSize: number, memory?: ArrayBufferLike) {
    const { set, rows } = rowsOf(position, rank, worldSize);
    const { name, manifest, files } = set;
    const { width, dtype } = manifest;
    const { epoch, step } = position;
    const ids = rows.length * width;
    const bytes = ids * idBytes(manifest.dtype);
    // The memory needs no zeroing, because the reads fill all of it.
    const buffer =
      memory !== undefined && memory.byteLength >= bytes ? memory : Buffer.allocUnsafeSlow(bytes).buffer;
    const inputIds = dtype === 'uint16' ? new Uint16Array(buffer, 0, ids) : new Int32Array(buffer, 0, ids);
    const runs = files.runs(rows);
    const batch: Batch = { epoch, step, set: name, width, rows, inputIds, ...files.lengths(runs) };
    const reads: FileRead[] = files.idReads(runs, new Uint8Array(buffer, 0, bytes));
    return { batch, files, reads };
  }

  function checkRank(rank: number, worldSize: number): void {
    if (!isIndex(worldSize - 1, 2 ** 32) || !isIndex(rank, worldSize)) {
      throw new LongmixError('rank-invalid', `rank ${rank} of ${worldSize}`, {
        cure: 'ranks are whole numbers from 0 to the world size - 1',
      });
    }
    const uneven = steps.rowsPerStep.find((rows) => rows % worldSize !== 0);
    const bytes = Math.max(
      ...sets.map(({ manifest }, set) => steps.rowsPerStep[set]! * manifest.width * idBytes(manifest.dtype)),
    );
    if (bytes / worldSize > mostBatchBytes) {
      throw new LongmixError('rank-invalid', `a rank's rows of a step are ${bytes / worldSize} bytes`, {
        cure: `they may be ${mostBatchBytes}: use fewer rows per step, or more ranks`,
      });
    }
    if (uneven !== undefined) {
      throw new LongmixError(
        'rank-invalid',
        `a step's rows, ${uneven}, can't be shared evenly by ${worldSize} ranks`,
        {
          cure: 'make them a multiple of the world size: --rows-per-step, rows_per_step= for a stream, or tokens_per_step where the recipe has that',
        },
      );
    }
  }

  return {
    manifest: feedManifest(opened, steps),
    isRemote,
    epochSteps: steps.count,
    restRows: steps.restRows,
    checkRank,
    batch(position, rank, worldSize, memory) {
      const { batch, files, reads } = prepare(position, rank, worldSize, memory);
      for (const read of reads) files.read(read);
      return batch;
    },
    async batchAhead(position, rank, worldSize, memory) {
      if (isRemote) await fetchLengths(position, rank, worldSize);
      const { batch, files, reads } = prepare(position, rank, worldSize, memory);
      await paced.read(files, reads);
      return batch;
    },
    close() {
      for (const { files } of sets) files.close();
    },
  };
}

function isIndex(number: number, end: number): boolean {
  return Number.isSafeInteger(number) && number >= 0 && number < end;
}

/** @param count steps of an epoch */
export function missingStep(epoch: number, step: number, count: number): LongmixError {
  return new LongmixError('step-missing', `no step ${step} in epoch ${epoch}`, {
    cure:
      count === 0 ? 'the rows make no whole step: use fewer rows per step' : `steps are 0 to ${count - 1}`,
  });
}
