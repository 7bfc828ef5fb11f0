/** Feeds of shards behind an address, beside the same shards on this machine. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { batches, batchesSync, courseFrom } from '../../src/feed/batches.ts';
import { type Feed, openFeed, openFeedAt } from '../../src/feed/feed.ts';
import { RowFiles } from '../../src/feed/rows/row-files.ts';
import { shardsBehind, shardsIn } from '../../src/feed/rows/shard-files.ts';
import { arrowStream } from '../../src/feed/stream/arrow-stream.ts';
import { manifestFile } from '../../src/shard/format.ts';
import { openShards } from '../../src/shard/reader.ts';
import { openRemote } from '../../src/storage/remote.ts';
import { builtFolder } from '../support/feed.ts';
import { failureOf } from '../support/remote.ts';
import { s3Missing, startS3 } from '../support/s3-server.ts';

const missing = s3Missing();
if (missing !== null) console.warn(`skipped: test/feed/remote-feed.test.ts: ${missing}`);

describe.skipIf(missing !== null)('a feed of shards in a bucket', () => {
  const names = ['plain', 'phases', 'decompose'] as const;
  const here = mkdtempSync(join(tmpdir(), 'longmix-remote-feed-'));
  afterAll(() => rmSync(here, { recursive: true, force: true }));
  let bucket: string;
  beforeAll(async () => {
    const server = await startS3('shards');
    for (const [name, value] of Object.entries(server.environment)) vi.stubEnv(name, value);
    bucket = join(server.folder, 'shards');
    for (const name of names) cpSync(await builtFolder(here, name), join(bucket, name), { recursive: true });
  });

  async function everyBatch(feed: Feed, worldSize: number) {
    const found: unknown[] = [];
    for (const epoch of [0, 1]) {
      for (let step = 0; step < feed.epochSteps; step += 1)
        for (let rank = 0; rank < worldSize; rank += 1)
          found.push(await feed.batchAhead({ epoch, step }, rank, worldSize));
    }
    return found;
  }

  it.each(names)('gives the batches of the folder: %s', async (name) => {
    for (const options of [{ rowsPerStep: 4 }, { rowsPerStep: 4, sortByWork: true }]) {
      const own = name === 'plain' ? options : { sortByWork: options.sortByWork ?? false };
      const [local, remote] = [openFeed(join(here, name), own), await openFeedAt(`s3://shards/${name}`, own)];
      expect(remote.isRemote).toBe(true);
      expect(remote.manifest).toEqual(local.manifest);
      for (const worldSize of [1, 2])
        expect(await everyBatch(remote, worldSize)).toEqual(await everyBatch(local, worldSize));
      for (const feed of [local, remote]) feed.close();
    }
  });

  it('opens a single set too, and streams the bytes of the folder', async () => {
    const streamed = async (feed: Feed, isAhead: boolean) => {
      const course = courseFrom(feed, { epoch: 1, step: 2 }, 9, 0, 1);
      const chunks: Buffer[] = [];
      const read = isAhead ? batches(feed, course, { reuse: true }) : batchesSync(feed, course);
      for await (const part of arrowStream(feed, read))
        chunks.push(...part.chunks.map((one) => Buffer.from(one)));
      return Buffer.concat(chunks);
    };
    const options = { rowsPerStep: 3, seed: 9 };
    const local = openFeed(join(here, 'plain/train'), options);
    const remote = await openFeedAt('s3://shards/plain/train/', options);
    expect((await streamed(remote, true)).equals(await streamed(local, false))).toBe(true);
    for (const feed of [local, remote]) feed.close();
  });

  it('keeps few lengths where few fit, and fetches them again', async () => {
    const manifest = openShards(join(here, 'plain/train'));
    const storage = await openRemote('s3://shards/plain/train');
    const remote = new RowFiles(shardsBehind(storage, ''), manifest, 1);
    const local = new RowFiles(shardsIn(join(here, 'plain/train')), manifest);
    const first = remote.runs(Uint32Array.of(0));
    const last = remote.runs(Uint32Array.of(manifest.rows - 1));
    for (const runs of [first, last, first]) {
      await remote.ready(runs);
      expect(remote.isReady(runs)).toBe(true);
      expect(remote.isReady(runs === first ? last : first)).toBe(false);
      expect(remote.lengths(runs)).toEqual(local.lengths(runs));
    }
    for (const files of [local, remote]) files.close();
  });

  it('says which address has no shards, and which has damaged ones', async () => {
    expect(await failureOf(() => openFeedAt('s3://shards/nothing/here'))).toMatchObject({
      code: 'shards-missing',
      message: 'no finished shard set here: s3://shards/nothing/here',
    });
    const broken = join(bucket, 'broken');
    cpSync(join(here, 'plain/train'), broken, { recursive: true });
    const manifest = JSON.parse(readFileSync(join(broken, manifestFile), 'utf8'));
    manifest.shards[0].batches[0].offset += 8;
    writeFileSync(join(broken, manifestFile), JSON.stringify(manifest));
    const feed = await openFeedAt('s3://shards/broken');
    expect(await failureOf(() => feed.batchAhead({ epoch: 0, step: 0 }, 0, 1))).toMatchObject({
      code: 'shards-damaged',
      message: expect.stringContaining('damaged shard set: s3://shards/broken/data-'),
    });
    rmSync(join(broken, manifest.shards[0].name));
    const gone = await openFeedAt('s3://shards/broken');
    expect(await failureOf(() => gone.batchAhead({ epoch: 0, step: 0 }, 0, 1))).toMatchObject({
      code: 'remote-missing',
    });
  });

  it('can not be read at once', async () => {
    const feed = await openFeedAt('s3://shards/plain', { rowsPerStep: 1 });
    expect(() => feed.batch({ epoch: 0, step: 0 }, 0, 1)).toThrow('remote');
  });
});
