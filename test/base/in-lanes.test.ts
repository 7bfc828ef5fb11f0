import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inLanes } from '../../src/base/in-lanes.ts';

test('results come in the order of the items, with at most so many under way', async () => {
  let [now, most] = [0, 0];
  const results = await inLanes([5, 1, 4, 2, 3], 2, async (ms) => {
    now += 1;
    most = Math.max(most, now);
    await wait(ms);
    now -= 1;
    return 10 * ms;
  });
  expect(results).toEqual([50, 10, 40, 20, 30]);
  expect(most).toBe(2);
  expect(await inLanes([], 3, async () => 1)).toEqual([]);
});

test('after an error nothing more is begun', async () => {
  const begun: number[] = [];
  const work = inLanes([0, 1, 2, 3, 4, 5], 2, async (i) => {
    begun.push(i);
    await wait(1);
    if (i === 1) throw new Error('one');
    await wait(1);
  });
  await expect(work).rejects.toThrow('one');
  await wait(10);
  expect(begun.length).toBeLessThanOrEqual(3);
});
