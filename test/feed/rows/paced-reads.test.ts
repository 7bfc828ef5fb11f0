import { afterEach, expect, it, vi } from 'vitest';
import { PacedReads } from '../../../src/feed/rows/paced-reads.ts';
import type { FileRead, RowFiles } from '../../../src/feed/rows/row-files.ts';

afterEach(() => vi.restoreAllMocks());

/** Files whose reads take so long, by a clock of the test's, and where they were read: here or ahead. */
function filesOf(milliseconds: () => number) {
  const log: string[] = [];
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const files = {
    read({ offset }: FileRead) {
      log.push(`here ${offset}`);
      now += milliseconds();
    },
    readAhead({ offset }: FileRead) {
      log.push(`ahead ${offset}`);
      return Promise.resolve();
    },
  };
  return { log, files: files as unknown as RowFiles };
}

const readsOf = (count: number, bytes = 8): FileRead[] =>
  Array.from({ length: count }, (_, offset) => ({ shard: 0, offset, into: new Uint8Array(bytes), row: 0 }));

it('what comes from memory is read here', async () => {
  const { log, files } = filesOf(() => 0);
  await new PacedReads().read(files, readsOf(3));
  expect(log).toEqual(['here 0', 'here 1', 'here 2']);
});

it('after a read that took long the others go to threads, and it is tried again after a while', async () => {
  let slow = true;
  const { log, files } = filesOf(() => (slow ? 8 : 0));
  const paced = new PacedReads();
  await paced.read(files, readsOf(3));
  expect(log.splice(0)).toEqual(['here 0', 'ahead 1', 'ahead 2']);
  slow = false;
  for (let batch = 0; batch < 64; batch += 1) await paced.read(files, readsOf(1));
  expect(new Set(log.splice(0))).toEqual(new Set(['ahead 0']));
  await paced.read(files, readsOf(2));
  expect(log).toEqual(['here 0', 'here 1']);
});

it('much is read by threads', async () => {
  const { log, files } = filesOf(() => 0);
  await new PacedReads().read(files, readsOf(2, 3 * 1024 * 1024));
  expect(log).toEqual(['ahead 0', 'ahead 1']);
});
