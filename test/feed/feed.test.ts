/**
 * Compares the feed with a plain computation: which rows a step has, that they equal the shards' rows, and that neither
 * the number of ranks nor the position where a run began changes them.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LongmixError } from '../../src/errors.ts';
import { batches } from '../../src/feed/batches.ts';
import { type Feed, openFeed } from '../../src/feed/feed.ts';
import { RowFiles } from '../../src/feed/rows/row-files.ts';
import { shardsIn } from '../../src/feed/rows/shard-files.ts';
import { openShards } from '../../src/shard/reader.ts';
import { readSchedule } from '../../src/steps/schedule-file.ts';
import { type BuildName, builtFolder, plainRow, recipes, seenRows, stepRows } from '../support/feed.ts';
import { fuzz } from '../support/fuzz.ts';

const folder = mkdtempSync(join(tmpdir(), 'longmix-feed-'));
const builds = new Map<string, string>();
const feeds = new Map<string, Feed>();
/** Rows a step; null: as the build's schedule says. */
const rowsPerStep = { plain: 24, wide: 24, phases: null, lengths: 24, odd: 24, decompose: null } as const;
const names = Object.keys(recipes) as BuildName[];

beforeAll(async () => {
  for (const name of names) {
    builds.set(name, await builtFolder(folder, name));
    const rows = rowsPerStep[name];
    feeds.set(
      name,
      openFeed(builds.get(name)!, { seed: 7, ...(rows === null ? {} : { rowsPerStep: rows }) }),
    );
  }
}, 120_000);
afterAll(() => {
  for (const feed of feeds.values()) feed.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(names)('feed of %s', (name) => {
  const feed = () => feeds.get(name)!;
  const widths = [1, 2, 3, 8];
  const worldSizes = () =>
    widths.filter((worldSize) => feed().manifest.sets.every((set) => set.rowsPerStep % worldSize === 0));

  it('gives every row of the first epoch once, in the order of the shards', () => {
    const next = new Map(feed().manifest.sets.map((set) => [set.name, 0]));
    for (let step = 0; step < feed().epochSteps; step += 1) {
      for (const seen of stepRows(feed(), { epoch: 0, step }, 1)) {
        expect(seen).toEqual(plainRow(builds.get(name)!, seen.set, next.get(seen.set)!));
        next.set(seen.set, seen.row + 1);
      }
    }
    const given = [...next.values()].reduce((sum, rows) => sum + rows, 0);
    const rows = feed().manifest.sets.reduce((sum, set) => sum + set.rows, 0);
    expect(given + feed().restRows).toBe(rows);
    expect(given).toBeGreaterThan(rows / 2);
  });

  it('gives every row of a later epoch at most once, in another order', () => {
    const seen = new Set<string>();
    let moved = 0;
    for (let step = 0; step < feed().epochSteps; step += 1) {
      const { rows: first } = feed().batch({ epoch: 0, step }, 0, 1);
      const later = feed().batch({ epoch: 2, step }, 0, 1);
      expect(later.rows.length).toBe(first.length);
      for (const [i, row] of later.rows.entries()) {
        seen.add(`${later.set}/${row}`);
        if (row !== first[i]) moved += 1;
      }
      for (const row of seenRows(later)) expect(row).toEqual(plainRow(builds.get(name)!, row.set, row.row));
    }
    const rows = feed().manifest.sets.reduce((sum, set) => sum + set.rows, 0);
    expect(seen.size + feed().restRows).toBe(rows);
    expect(moved).toBeGreaterThan(0.8 * seen.size);
  });

  it('has the same tokens in every step', () => {
    const lengths = new Map(feed().manifest.sets.map((set) => [set.name, set.length]));
    const tokens = Array.from({ length: feed().epochSteps }, (_, step) => {
      const { rows, set } = feed().batch({ epoch: 0, step }, 0, 1);
      return rows.length * lengths.get(set)!;
    });
    expect(new Set(tokens).size).toBe(1);
  });

  it('follows the schedule', () => {
    const schedule = readSchedule(builds.get(name)!);
    const asked = schedule?.stretches.flatMap(([set, steps]) =>
      new Array<string>(steps).fill(schedule.sets[set]!.name),
    );
    const sets = Array.from(
      { length: feed().epochSteps },
      (_, step) => feed().batch({ epoch: 1, step }, 0, 1).set,
    );
    expect(sets).toEqual(asked ?? [...sets].sort((a, b) => order(a) - order(b)));
    function order(set: string): number {
      return feed().manifest.sets.findIndex((known) => known.name === set);
    }
  });

  it('shares a step out to any number of ranks, and goes on with another', async () => {
    expect(worldSizes().length).toBeGreaterThan(2);
    await fc.assert(
      fc.asyncProperty(fc.nat(3), fc.nat(feed().epochSteps - 1), async (epoch, step) => {
        const alone = stepRows(feed(), { epoch, step }, 1);
        for (const worldSize of worldSizes()) {
          expect(stepRows(feed(), { epoch, step }, worldSize)).toEqual(alone);
          const ahead = await feed().batchAhead({ epoch, step }, worldSize - 1, worldSize);
          expect(ahead).toEqual(feed().batch({ epoch, step }, worldSize - 1, worldSize));
        }
      }),
      fuzz(20),
    );
  });
});

describe('rows sorted by work', () => {
  const work = ({ seqLengths }: { seqLengths: readonly number[] }) =>
    seqLengths.reduce((sum, length) => sum + length ** 2, 0);

  it('are the same rows of each step, dealt out so that the ranks have alike work at every moment', () => {
    const plain = feeds.get('wide')!;
    const sorted = openFeed(builds.get('wide')!, { seed: 7, rowsPerStep: 24, sortByWork: true });
    let [spread, unsorted] = [0, 0];
    for (let step = 0; step < plain.epochSteps; step += 1) {
      const position = { epoch: 1, step };
      const all = seenRows(plain.batch(position, 0, 1));
      const order = [...all.keys()].sort((a, b) => work(all[a]!) - work(all[b]!) || a - b);
      for (const worldSize of [1, 2, 3, 8]) {
        for (let rank = 0; rank < worldSize; rank += 1) {
          const mine = order.filter((_, i) => i % worldSize === rank).map((i) => all[i]!);
          expect(seenRows(sorted.batch(position, rank, worldSize))).toEqual(mine);
        }
      }
      spread += momentsApart(sorted, position);
      unsorted += momentsApart(plain, position);
    }
    expect(spread).toBeLessThan(0.5 * unsorted);
    sorted.close();
  });

  /** What eight ranks' rows of the same moment differ by, summed over the moments. */
  function momentsApart(feed: Feed, position: { epoch: number; step: number }): number {
    const ranks = Array.from({ length: 8 }, (_, rank) => seenRows(feed.batch(position, rank, 8)).map(work));
    return ranks[0]!.reduce((sum, _, i) => {
      const moment = ranks.map((of) => of[i]!);
      return sum + Math.max(...moment) - Math.min(...moment);
    }, 0);
  }
});

it('lengths are the same whether they are kept in memory or read each time', () => {
  const set = join(builds.get('plain')!, 'train');
  const manifest = openShards(set);
  const [kept, unkept] = [new RowFiles(shardsIn(set), manifest), new RowFiles(shardsIn(set), manifest, 0)];
  fc.assert(
    fc.property(fc.array(fc.nat(manifest.rows - 1), { maxLength: 30 }), (list) => {
      for (const rows of [Uint32Array.from(list), Uint32Array.from(list).sort()]) {
        expect(unkept.lengths(unkept.runs(rows))).toEqual(kept.lengths(kept.runs(rows)));
      }
    }),
    fuzz(50),
  );
  for (const files of [kept, unkept]) files.close();
});

describe('batches', () => {
  it('come one after another, through epochs, and reused memory changes nothing', async () => {
    const feed = feeds.get('lengths')!;
    const course = { from: { epoch: 0, step: 1 }, steps: 2 * feed.epochSteps, rank: 1, worldSize: 2 };
    for (const reuse of [false, true]) {
      let i = 1;
      for await (const batch of batches(feed, course, { reuse })) {
        const position = { epoch: Math.floor(i / feed.epochSteps), step: i % feed.epochSteps };
        expect(batch).toEqual(feed.batch(position, 1, 2));
        i += 1;
      }
      expect(i).toBe(course.steps + 1);
    }
  });

  it('may be left at any time', async () => {
    const feed = openFeed(builds.get('plain')!);
    const course = { from: { epoch: 0, step: 0 }, steps: 10, rank: 0, worldSize: 1 };
    for await (const { step } of batches(feed, course)) if (step === 3) break;
    feed.close();
  });
});

it('a feed of shards that a build replaces is an error, and never rows of both', () => {
  const copy = join(folder, 'replaced');
  cpSync(builds.get('plain')!, copy, { recursive: true });
  const feed = openFeed(copy, { rowsPerStep: 1 });
  feed.batch({ epoch: 0, step: 0 }, 0, 1);
  const manifest = join(copy, 'train', 'manifest.json');
  writeFileSync(manifest, `${readFileSync(manifest, 'utf8')}\n`);
  const last = { epoch: 0, step: feed.epochSteps - 1 };
  expect(() => feed.batch(last, 0, 1)).toThrow('the shards were replaced while they were read');
  feed.close();
});

describe('what cannot be fed', () => {
  const fails = (act: () => unknown) => {
    try {
      act();
    } catch (error) {
      return error instanceof LongmixError ? error.code : error;
    }
    return 'nothing';
  };

  it('is refused with a code', () => {
    const feed = feeds.get('plain')!;
    const at = (epoch: number, step: number, rank = 0, worldSize = 1) =>
      fails(() => feed.batch({ epoch, step }, rank, worldSize));
    for (const step of [-1, feed.epochSteps, 0.5, Number.NaN]) expect(at(0, step)).toBe('step-missing');
    for (const epoch of [-1, 1.5, 2 ** 32]) expect(at(epoch, 0)).toBe('step-missing');
    for (const rank of [-1, 2, 0.5]) expect(at(0, 0, rank, 2)).toBe('rank-invalid');
    for (const worldSize of [0, -1, 5, 48, 1.5]) expect(at(0, 0, 0, worldSize)).toBe('rank-invalid');
    const plain = builds.get('plain')!;
    for (const rows of [0, -1, 1.5]) {
      expect(fails(() => openFeed(plain, { rowsPerStep: rows }))).toBe('rows-per-step-invalid');
    }
    expect(fails(() => openFeed(builds.get('phases')!, { rowsPerStep: 3 }))).toBe('rows-per-step-invalid');
    expect(fails(() => openFeed(folder))).toBe('shards-missing');
  });

  it('damaged files are named', () => {
    const copy = join(folder, 'damaged');
    cpSync(builds.get('plain')!, copy, { recursive: true });
    const [first, second] = shardsOf(copy);
    truncateSync(first!, 700);
    rmSync(second!);
    const feed = openFeed(copy, { rowsPerStep: 1 });
    expect(() => feed.batch({ epoch: 0, step: 0 }, 0, 1)).toThrow(`damaged shard set: ${first}`);
    const steps = Array.from({ length: feed.epochSteps }, (_, step) =>
      fails(() => feed.batch({ epoch: 0, step }, 0, 1)),
    );
    expect(new Set(steps)).toEqual(new Set(['shards-damaged', 'nothing']));
    writeFileSync(join(copy, 'schedule.json'), '{}');
    expect(fails(() => openFeed(copy))).toBe('schedule-damaged');
    feed.close();
  });

  function shardsOf(build: string): string[] {
    return openShards(join(build, 'train')).shards.map(({ name }) => join(build, 'train', name));
  }
});
