/** Outputs in a bucket by path: what is known at once, what is sent, and the lock. Against a real S3 server. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join as joinLocal } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { LongmixError } from '../../../src/errors.ts';
import { moveFile, writeFile, writeJson } from '../../../src/storage/commit.ts';
import {
  exists,
  listFolder,
  readJson,
  readText,
  removeFile,
  removeFolder,
  statOf,
} from '../../../src/storage/files.ts';
import { withBriefLock, withLock } from '../../../src/storage/lock.ts';
import { fetchFiles, flushPlaces, openPlace, refreshPlace } from '../../../src/storage/open-place.ts';
import { join } from '../../../src/storage/paths.ts';
import { patienceOf } from '../../../src/storage/remote/retry.ts';
import { s3Client } from '../../../src/storage/remote/s3-client.ts';
import { s3Settings } from '../../../src/storage/remote/s3-settings.ts';
import { parseUploadId, parseUploads } from '../../../src/storage/remote/s3-xml.ts';
import { openRemote } from '../../../src/storage/remote.ts';
import { storageAt } from '../../../src/storage/storage-at.ts';
import { type S3Server, s3Missing, startS3 } from '../../support/s3-server.ts';

const missing = s3Missing();
let server: S3Server;
let places = 0;

beforeAll(async () => {
  if (missing === null) server = await startS3('places');
});

beforeEach(() => {
  for (const [name, value] of Object.entries(server?.environment ?? {})) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
});

/** A place of its own, and the folder in which the server has its objects. */
async function place() {
  places += 1;
  const address = `s3://places/p${places}`;
  const folder = joinLocal(server.folder, 'places', `p${places}`);
  await openPlace(address);
  return { address, folder };
}

describe.skipIf(missing !== null)('a place in a bucket', () => {
  it('is an error of ours if nobody has opened it', () => {
    expect(() => exists('s3://never/opened')).toThrow('nobody has opened s3://never/opened');
  });

  it('knows at once what was written, and sends it in order', async () => {
    const { address, folder } = await place();
    expect([exists(address), listFolder(address), statOf(join(address, 'a'))]).toEqual([false, [], null]);
    writeJson(join(address, 'plan.json'), { format: 'x' });
    writeFile(join(address, 'train/.longmix/one.json'), '1');
    expect(readJson(join(address, 'plan.json'))).toEqual({ format: 'x' });
    expect(listFolder(address)).toEqual(['plan.json', 'train']);
    expect(statOf(join(address, 'train/.longmix'))?.kind).toBe('folder');
    moveFile(join(address, 'plan.json'), join(address, '.longmix/plan.json'));
    removeFolder(join(address, 'train'));
    expect(listFolder(address)).toEqual(['.longmix']);
    await flushPlaces();
    expect(readdirSync(folder, { recursive: true }).sort()).toEqual(['.longmix', '.longmix/plan.json']);
    // What is written again takes the place of what is there.
    writeFile(join(address, '.longmix/plan.json'), 'other');
    await flushPlaces();
    expect(readFileSync(joinLocal(folder, '.longmix/plan.json'), 'utf8')).toBe('other');
  });

  it('has the content of records and notes, and of other files what was asked for', async () => {
    const { address, folder } = await place();
    mkdirSync(joinLocal(folder, 'store/.longmix'), { recursive: true });
    writeFileSync(joinLocal(folder, 'store/store.json'), '{"a":1}');
    writeFileSync(joinLocal(folder, 'store/.longmix/part-1.json'), '2');
    writeFileSync(joinLocal(folder, 'store/part-1.tokens'), 'tokens');
    await refreshPlace(address);
    expect(readJson(join(address, 'store/store.json'))).toEqual({ a: 1 });
    expect(readText(join(address, 'store/.longmix/part-1.json'))).toBe('2');
    const tokens = join(address, 'store/part-1.tokens');
    expect(statOf(tokens)).toMatchObject({ kind: 'file', size: 6 });
    expect(() => readText(tokens)).toThrow('was not fetched');
    await fetchFiles([tokens]);
    expect(readText(tokens)).toBe('tokens');
    expect(() => readText(join(address, 'none'))).toThrow('no such file');
    writeFileSync(joinLocal(folder, 'store/store.json'), '{"a":22}');
    removeFile(tokens);
    await refreshPlace(address);
    // A server that works on a folder notices another writer by its time; here the size has changed.
    expect(exists(tokens)).toBe(false);
  });

  it('says again that a write failed, and writes nothing more, until it is looked at anew', async () => {
    const { address, folder } = await place();
    writeFile(join(address, 'a'), '1');
    await flushPlaces();
    // This server keeps objects as files, and has no file below a file.
    writeFile(join(address, 'a/below.json'), '2');
    writeFile(join(address, 'manifest.json'), '{}');
    await expect(flushPlaces()).rejects.toThrow();
    await expect(flushPlaces()).rejects.toThrow();
    expect(() => writeFile(join(address, 'plan.json'), '{}')).toThrow();
    expect(readdirSync(folder)).toEqual(['a']);
    await refreshPlace(address);
    expect([exists(join(address, 'manifest.json')), listFolder(address)]).toEqual([false, ['a']]);
    writeFile(join(address, 'plan.json'), '{}');
    await flushPlaces();
    expect(readdirSync(folder)).toEqual(['a', 'plan.json']);
  });

  it('is the same whether its scheme is written with capitals or not', async () => {
    const { address } = await place();
    writeFile(join(address.replace('s3', 'S3'), 'a.json'), '{}');
    expect(listFolder(address)).toEqual(['a.json']);
    await openPlace(`${address.replace('s3', 'S3')}/`);
    expect(exists(`${address}/a.json`)).toBe(true);
  });

  it('keeps the first commit of a file, and takes one with the same bytes for it', async () => {
    const { address } = await place();
    const storage = await storageAt(address);
    const commit = async (text: string, name: string) => {
      const file = await storage.create('working-name');
      file.write(Buffer.from(text));
      return await file.commitAside(name);
    };
    expect(await commit('first', 'part')).toMatchObject({ name: 'part', bytes: 5 });
    expect(await commit('first', 'part')).toMatchObject({ name: 'part' });
    await expect(commit('other', 'part')).rejects.toMatchObject({ code: 'remote-conflict' });
    await refreshPlace(address);
    expect(listFolder(address)).toEqual(['part']);
  });
});

it.skipIf(missing !== null)('unfinished uploads are removed where they are ours and old', async () => {
  const settings = { environment: server.environment, patience: patienceOf() };
  const client = s3Client('s3', 'places', s3Settings(server.environment, 's3://'), settings);
  const begin = async (key: string) =>
    await client.ask({ method: 'POST', key, query: { uploads: '' } }, async (answer) =>
      parseUploadId((await answer.gather()).toString()),
    );
  for (const key of ['up/data-0.arrow', 'up/train/data-1.arrow', 'up/theirs.bin', 'other/data-2.arrow'])
    await begin(key);
  const left = async () =>
    await client.ask({ method: 'GET', key: null, query: { uploads: '' } }, async (answer) =>
      parseUploads((await answer.gather()).toString())
        .uploads.map(({ key }) => key)
        .sort(),
    );
  const all = await left();
  expect(all).toHaveLength(4);
  const { dropUploads } = await openRemote('s3://places/up');
  const isOurs = (name: string) => name.startsWith('data-');
  await dropUploads!('', Date.now() - 3_600_000, isOurs);
  expect(await left()).toEqual(all);
  await dropUploads!('', Date.now() + 60_000, isOurs);
  expect(await left()).toEqual(['other/data-2.arrow', 'up/theirs.bin']);
});

describe.skipIf(missing !== null)('its lock', () => {
  const lockOf = (folder: string) => joinLocal(folder, '.longmix.lock');
  const code = async (work: Promise<unknown>) =>
    await work.then(
      () => null,
      (error: unknown) => (error instanceof LongmixError ? error.code : error),
    );

  it('is there while one works, keeps out another, and goes', async () => {
    const { address, folder } = await place();
    await withLock(address, async () => {
      expect(JSON.parse(readFileSync(lockOf(folder), 'utf8'))).toMatchObject({ pid: process.pid });
      // The same call may lock again.
      expect(await withLock(address, () => 7)).toBe(7);
    });
    expect(existsSync(lockOf(folder))).toBe(false);
    const order: string[] = [];
    await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        withBriefLock(address, async () => {
          order.push(name);
          writeFile(join(address, 'note.json'), name);
          await flushPlaces();
          order.push(name);
        }),
      ),
    );
    expect(order.filter((_, i) => i % 2 === 0)).toEqual(order.filter((_, i) => i % 2 === 1));
  });

  it('that another took over is noticed by the next renewal, after which nothing is written', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const { address, folder } = await place();
    const theirs = { host: 'another', pid: 1, began: null, since: 'then', renewed: new Date().toISOString() };
    const work = withLock(address, async () => {
      writeFile(join(address, 'plan.json'), '{}');
      await flushPlaces();
      writeFileSync(lockOf(folder), JSON.stringify(theirs));
      await vi.advanceTimersByTimeAsync(60_000);
      await vi.waitFor(() => expect(() => writeFile(join(address, 'manifest.json'), '{}')).toThrow());
      // What looks anew does not bring it back.
      await refreshPlace(address);
    });
    await expect(work).rejects.toMatchObject({
      code: 'folder-busy',
      message: expect.stringContaining('process 1 of another, since then'),
    });
    expect(readdirSync(folder).sort()).toEqual(['.longmix.lock', 'plan.json']);
    expect(JSON.parse(readFileSync(lockOf(folder), 'utf8'))).toEqual(theirs);
  });

  it('is looked at before the end, if this process may have been suspended', async () => {
    const { address, folder } = await place();
    const work = withLock(address, () => {
      writeFile(join(address, 'plan.json'), '{}');
      writeFileSync(lockOf(folder), JSON.stringify({ host: 'another', pid: 1, since: 'then' }));
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 180_000 });
      onTestFinished(() => void vi.useRealTimers());
    });
    expect(await code(work)).toBe('folder-busy');
    expect(readdirSync(folder)).toEqual(['.longmix.lock']);
  });

  it('is taken over from a process that has ended here, or was silent for long elsewhere', async () => {
    const { address } = await place();
    const storage = await openRemote(address);
    const now = new Date().toISOString();
    const put = async (mark: object) => {
      const lock = { began: null, since: now, renewed: now, ...mark };
      await storage.replace('.longmix.lock', Buffer.from(JSON.stringify(lock)));
    };
    await put({ host: 'another', pid: 1 });
    expect(await code(withLock(address, () => {}))).toBe('folder-busy');
    await put({ host: 'another', pid: 1, renewed: new Date(Date.now() - 6 * 60_000).toISOString() });
    expect(await code(withLock(address, () => {}))).toBe(null);
    // The highest number that Linux gives out is lower.
    await put({ host: hostname(), pid: 2 ** 22 + 1 });
    expect(await code(withLock(address, () => {}))).toBe(null);
    await put({ host: hostname(), pid: process.ppid });
    expect(await code(withLock(address, () => {}))).toBe('folder-busy');
  });
});
