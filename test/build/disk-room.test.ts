/** A build checks the free disk space before it writes or removes anything. */
import { mkdirSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { diskShortage, refuseFullDisk, storeShortage } from '../../src/build/disk-room.ts';
import { errorOf } from '../support/error-of.ts';
import { temporaryFolder } from '../support/folder.ts';

const planOf = (out: string, ...bytes: number[]) => [
  { out, plan: { sets: bytes.map((one) => ({ bytes: one })) }, gathered: 0 },
];

it('refuses what has no room, and counts the shards that would go', () => {
  const folder = temporaryFolder();
  const { bavail, bsize } = statfsSync(folder);
  const tooMuch = bavail * bsize + 2e9;
  refuseFullDisk(folder, planOf(folder, 1e6, 1e6));
  const error = errorOf(() => refuseFullDisk(folder, planOf(folder, tooMuch / 2, tooMuch / 2)));
  expect(error).toMatchObject({ code: 'disk-full', where: folder, exitCode: 1 });
  // A file with nothing in it but its size.
  mkdirSync(join(folder, 'train/.longmix'), { recursive: true });
  const shard = join(folder, 'train/data-00000-of-00001.arrow');
  writeFileSync(shard, '');
  truncateSync(shard, 4e9);
  refuseFullDisk(folder, planOf(folder, tooMuch));
});

it('is foreseen for all arms together, in a folder that is not there yet', () => {
  const folder = temporaryFolder();
  const { bavail, bsize } = statfsSync(folder);
  const most = bavail * bsize;
  const arms = ['a', 'b', 'c'].flatMap((arm) => planOf(join(folder, 'out', arm), most / 2.5));
  expect(diskShortage(arms.slice(0, 2))).toBeNull();
  expect(diskShortage(arms)).toMatch(/^the shards need about .*, and the disk has room for [^,]*$/);
});

it('counts the tokens that are gathered, once for all arms, and what an interrupted build left of them', () => {
  const folder = temporaryFolder();
  const { bavail, bsize } = statfsSync(folder);
  const most = bavail * bsize;
  const arms = ['a', 'b'].flatMap((arm) =>
    planOf(join(folder, arm), most / 10).map((size) => ({ ...size, gathered: most / 2 })),
  );
  expect(diskShortage(arms)).toBeNull();
  const larger = arms.map((size) => ({ ...size, gathered: 0.95 * most }));
  expect(diskShortage(larger)).toMatch(
    /^the shards, and the tokens gathered for them, need about .* room for/,
  );
  const left = join(folder, 'a/.longmix/gather-0123');
  mkdirSync(left, { recursive: true });
  writeFileSync(join(left, 'stretch-00000.tokens'), '');
  truncateSync(join(left, 'stretch-00000.tokens'), Math.ceil(0.2 * most));
  expect(diskShortage(larger)).toBeNull();
});

it('is said of a token store before it is made, by the size of its text and of its ids', () => {
  const folder = temporaryFolder();
  const { bavail, bsize } = statfsSync(folder);
  const text = 1.5 * bavail * bsize;
  expect(storeShortage(folder, text, 'uint16')).toBeNull();
  expect(storeShortage(folder, text, 'uint32')).toMatch(
    /^the token store may need .*, and the disk of .* has room for/,
  );
});
