/**
 * The feed against a plain computation: which rows a step has, that they are those of the shards, and that neither the
 * number of ranks nor where a run began changes anything.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Feed, openFeed } from '../../src/feed/feed.ts';
import { readSchedule } from '../../src/shard/schedule-file.ts';
import { type BuildName, builtFolder, plainRow, recipes, seenRows, stepRows } from '../support/feed.ts';
import { fuzz } from '../support/fuzz.ts';

const folder = mkdtempSync(join(tmpdir(), 'longmix-feed-'));
const builds = new Map<string, string>();
const feeds = new Map<string, Feed>();
/** Rows a step; null: as the build's schedule says. */
const rowsPerStep = { plain: 24, wide: 24, phases: null, lengths: 24, decompose: null } as const;
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
