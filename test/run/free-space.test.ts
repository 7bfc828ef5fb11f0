/** What `--fresh` asks of the disk before it removes anything. */
import { mkdirSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { PlannedSet } from '../../src/run/build-plan.ts';
import { refuseFullDisk } from '../../src/run/free-space.ts';
import { errorOf } from '../support/error-of.ts';
import { temporaryFolder } from '../support/folder.ts';

const planOf = (...bytes: number[]) => ({ sets: bytes.map((one) => ({ bytes: one }) as PlannedSet) });

it('refuses what has no room, and counts the shards that would go', () => {
  const folder = temporaryFolder();
  const { bavail, bsize } = statfsSync(folder);
  const tooMuch = bavail * bsize + 2e9;
  refuseFullDisk(folder, planOf(1e6, 1e6));
  const error = errorOf(() => refuseFullDisk(folder, planOf(tooMuch / 2, tooMuch / 2)));
  expect(error).toMatchObject({ code: 'disk-full', where: folder, exitCode: 1 });
  // A file with nothing in it but its size.
  mkdirSync(join(folder, 'train/.longmix'), { recursive: true });
  const shard = join(folder, 'train/data-00000-of-00001.arrow');
  writeFileSync(shard, '');
  truncateSync(shard, 4e9);
  refuseFullDisk(folder, planOf(tooMuch));
});
