/** The S3 client against a real server over a folder. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { readAhead } from '../../../src/storage/remote/read-ahead.ts';
import type { RemoteBytes, RemoteStorage } from '../../../src/storage/remote/remote-storage.ts';
import { sha256 } from '../../../src/storage/remote/s3-sign.ts';
import { openRemote } from '../../../src/storage/remote.ts';
import { EndedEarly, readWhole } from '../../../src/storage/storage.ts';
import { startFaultProxy } from '../../support/fault-proxy.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { failureOf, listed } from '../../support/remote.ts';
import { type S3Server, s3Missing, startS3 } from '../../support/s3-server.ts';

const missing = s3Missing();
if (missing !== null) console.warn(`skipped: test/storage/remote/s3.test.ts: ${missing}`);

const patience = { tries: 4, firstWait: 1, stallSeconds: 5 };
let server: S3Server;
let folders = 0;

/** An empty part of the bucket. */
async function fresh(more: Record<string, string> = {}): Promise<RemoteStorage> {
  folders += 1;
  return await at(`s3://bucket/test ${folders}`, more);
}

async function at(address: string, more: Record<string, string> = {}): Promise<RemoteStorage> {
  return await openRemote(address, { environment: { ...server.environment, ...more }, patience });
}

async function put(storage: RemoteStorage, name: string, content: string | Buffer) {
  const file = await storage.create(name);
  file.write(Buffer.from(content));
  return await file.commit();
}

async function textOf(storage: RemoteStorage, name: string): Promise<string> {
  const bytes = await storage.open(name);
  return (await readWhole(bytes)).toString();
}

async function allOf(bytes: RemoteBytes, rangeBytes: number): Promise<Buffer> {
  const blocks: Buffer[] = [];
  for await (const block of readAhead(bytes, 0, bytes.size, { rangeBytes })) blocks.push(block);
  return Buffer.concat(blocks);
}

function madeBytes(size: number, seed: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  for (let index = 0, state = seed; index < size; index += 4) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    if (index + 4 <= size) bytes.writeUInt32LE(state, index);
    else bytes[index] = state & 255;
  }
  return bytes;
}

describe.skipIf(missing !== null)('S3', () => {
  beforeAll(async () => {
    server = await startS3('bucket');
  }, 60_000);

  const odd = [
    ...['a b', 'a+b', 'a&b<c>"d\'', 'ü/ñ/日本', '100%', '%41', 'a=b?c#d;e,f', '(x)!*~', '.hidden', 'a.b/..c'],
    // In UTF-8 the first one comes after the second.
    ...['😀', '\uE000'],
  ];

  it('keeps objects of odd names, and lists them in the order of code units with size and stamp', async () => {
    const storage = await fresh();
    for (const name of odd) {
      const record = await put(storage, name, `text of ${name}`);
      expect(record).toEqual({
        name: name.slice(name.lastIndexOf('/') + 1),
        bytes: Buffer.byteLength(`text of ${name}`),
        sha256: sha256(`text of ${name}`),
      });
    }
    const entries = await listed(storage);
    expect(entries.map(({ name }) => name)).toEqual([...odd].sort());
    for (const entry of entries) {
      expect(await storage.stat(entry.name)).toEqual(entry);
      const bytes = await storage.open(entry.name, entry);
      expect((await readWhole(bytes)).toString()).toBe(`text of ${entry.name}`);
      expect(bytes.where).toBe(`${storage.where}/${entry.name}`);
    }
    expect((await listed(storage, 'ü')).map(({ name }) => name)).toEqual(['ü/ñ/日本']);
    expect(await listed(storage, 'nothing')).toEqual([]);
    for (const { name } of entries) await storage.remove(name);
    await storage.remove('never there');
    expect(await listed(storage)).toEqual([]);
  });

  it('lists more than one page', async () => {
    const storage = await fresh();
    const names = Array.from({ length: 1205 }, (_, index) => `part-${String(index).padStart(5, '0')}`);
    const left = [...names];
    const worker = async () => {
      for (let name = left.pop(); name !== undefined; name = left.pop())
        await storage.putIfAbsent(name, Buffer.from(name));
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    const entries = await listed(storage);
    expect(entries.map(({ name }) => name)).toEqual(names);
    expect(new Set(entries.map(({ stamp }) => stamp)).size).toBe(names.length);
  }, 120_000);

  it('is opened at a bucket, a folder or a file', async () => {
    const storage = await fresh();
    await put(storage, 'x/y.jsonl', 'text');
    const folder = storage.where.slice('s3://bucket/'.length);
    expect((await listed(await at('s3://bucket'), folder)).map(({ name }) => name)).toEqual([
      `${folder}/x/y.jsonl`,
    ]);
    const file = await (await at(`${storage.where}/x/y.jsonl`)).asFile();
    expect(file?.folder.where).toBe(`${storage.where}/x`);
    expect(file?.entry).toMatchObject({ name: 'y.jsonl', size: 4 });
    for (const address of ['s3://bucket', storage.where, `${storage.where}/x/`, `${storage.where}/x/none`])
      expect(await (await at(address)).asFile()).toBeNull();
  });

  it('gives any range of an object that came in several parts', async () => {
    const storage = await fresh();
    const content = madeBytes(41 * 1024 * 1024 + 7, 1);
    const file = await storage.create('large');
    for (let from = 0; from < content.length; from += 999_983)
      file.write(content.subarray(from, from + 999_983));
    const record = await file.commit();
    expect(record).toEqual({ name: 'large', bytes: content.length, sha256: sha256(content) });
    const [entry] = await listed(storage);
    // An object of several parts has another kind of etag.
    expect(entry?.stamp).toMatch(/-6"$/);
    const bytes = await storage.open('large', entry!);
    expect((await allOf(bytes, 8 * 1024 * 1024)).equals(content)).toBe(true);
    for (const [from, to] of [
      [0, 1],
      [content.length - 1, content.length],
      [8_388_600, 8_388_620],
      [5, 5],
    ] as const) {
      const into = Buffer.alloc(to - from);
      await bytes.read(from, into);
      expect(into.equals(content.subarray(from, to))).toBe(true);
    }
    expect(
      await bytes.read(content.length - 3, Buffer.alloc(4)).catch((error: unknown) => error),
    ).toBeInstanceOf(EndedEarly);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`longmix-upload-${process.pid}-`))).toEqual(
      [],
    );
  }, 120_000);

  it('shows nothing of a file before it is committed, or that was given up', async () => {
    const storage = await fresh();
    const [given, large] = [await storage.create('a'), await storage.create('b')];
    given.write(Buffer.from('half'));
    large.write(madeBytes(20 * 1024 * 1024, 2));
    expect(await listed(storage)).toEqual([]);
    await given.abort();
    const committed = large.commitAside();
    await large.abort();
    await expect(committed).rejects.toThrow('given up');
    expect(await listed(storage)).toEqual([]);
    expect(await failureOf(() => storage.open('a'))).toMatchObject({
      code: 'remote-missing',
      where: `${storage.where}/a`,
    });
  });

  it('takes only the first of 8 that put the same name', async () => {
    const storage = await fresh();
    for (let round = 0; round < 5; round += 1) {
      const eight = Array.from({ length: 8 }, (_, index) => index);
      const won = await Promise.all(
        eight.map((index) => storage.putIfAbsent(`lock-${round}`, Buffer.from(`${index}`))),
      );
      expect(won.filter(Boolean).length).toBe(1);
      expect(await textOf(storage, `lock-${round}`)).toBe(String(won.indexOf(true)));
    }
  });

  it.each([100, 20 * 1024 * 1024])(
    'commits of %i bytes: the first of 8 wins, others with its bytes agree, others with their own fail',
    async (size) => {
      const storage = await fresh();
      const create = async (name: string, content: Buffer) => {
        const file = await storage.create(name);
        file.write(content);
        return await file.commit();
      };
      const equal = madeBytes(size, 3);
      const eight = Array.from({ length: 8 }, (_, index) => index);
      const records = await Promise.all(eight.map(() => create('equal', equal)));
      expect(records).toEqual(Array(8).fill({ name: 'equal', bytes: size, sha256: sha256(equal) }));
      const settled = await Promise.allSettled(
        eight.slice(0, 4).map((index) => create('different', madeBytes(size, 10 + index))),
      );
      const winners = settled.flatMap((one, index) => (one.status === 'fulfilled' ? [index] : []));
      expect(winners.length).toBe(1);
      const failed = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
      for (const error of failed)
        expect(error).toMatchObject({ code: 'remote-conflict', where: `${storage.where}/different` });
      const there = await allOf(await storage.open('different'), 1 << 23);
      expect(there.equals(madeBytes(size, 10 + winners[0]!))).toBe(true);
    },
    120_000,
  );

  it('knows its own work where the answer was lost', async () => {
    const storage = await fresh();
    const proxy = await startFaultProxy(server.endpoint);
    const through = await at(storage.where, { AWS_ENDPOINT_URL_S3: proxy.endpoint });
    // The first try of everything that writes gets through, and its answer does not.
    const once = new Set<string>();
    proxy.plan = {
      share: 1,
      faults: ['lostAnswer'],
      of: ({ method, url = '' }) => {
        const key = `${method} ${url}`;
        const first = (method === 'PUT' || method === 'POST') && !once.has(key);
        once.add(key);
        return first;
      },
    };
    expect(await through.putIfAbsent('lock', Buffer.from('mine'))).toBe(true);
    expect(await through.putIfAbsent('lock', Buffer.from('mine'))).toBe(false);
    expect(await put(through, 'small', 'text')).toMatchObject({ bytes: 4 });
    const large = madeBytes(20 * 1024 * 1024, 4);
    expect(await put(through, 'large', large)).toMatchObject({ sha256: sha256(large) });
    expect((await allOf(await storage.open('large'), 1 << 23)).equals(large)).toBe(true);
    expect(through.retries).toBeGreaterThanOrEqual(6);
  }, 120_000);

  it('does not read on in an object that was written anew, or removed', async () => {
    const storage = await fresh();
    await put(storage, 'a', 'the first text');
    const [entry] = await listed(storage);
    const bytes = await storage.open('a', entry!);
    await storage.remove('a');
    const read = () => bytes.read(0, Buffer.alloc(3));
    expect(await failureOf(read)).toMatchObject({
      code: 'input-changed',
      exitCode: 1,
      where: `${storage.where}/a`,
    });
    await put(storage, 'a', 'the other text');
    expect(await failureOf(read)).toMatchObject({ code: 'input-changed' });
    await storage.remove('a');
    await put(storage, 'a', 'short');
    expect(await failureOf(() => bytes.read(10, Buffer.alloc(3)))).toMatchObject({ code: 'input-changed' });
  });

  it('names the cure for keys, buckets and regions that are wrong', async () => {
    const storage = await fresh();
    await put(storage, 'a', 'text');
    const secret = { AWS_SECRET_ACCESS_KEY: 'planted-other' };
    const denied = await at(storage.where, secret);
    const file = await denied.create('b');
    file.write(Buffer.from('x'));
    for (const act of [
      () => listed(denied),
      () => denied.open('a'),
      () => denied.putIfAbsent('b', Buffer.from('x')),
      () => file.commit(),
      () => denied.remove('a'),
      () =>
        at(storage.where, { ...secret, AWS_ACCESS_KEY_ID: 'nobody-PLANTED' }).then((other) => listed(other)),
      () => at(storage.where, { AWS_NO_SIGN_REQUEST: '1' }).then((other) => listed(other)),
    ]) {
      const error = await failureOf(act);
      expect(error).toMatchObject({ code: 'remote-denied', exitCode: 2 });
      expect(error.cure).toContain('AWS_SECRET_ACCESS_KEY');
    }
    const bucket = await failureOf(async () => await listed(await at('s3://another-bucket/x')));
    expect(bucket).toMatchObject({
      code: 'remote-missing',
      message: 'there is no bucket "another-bucket"',
      exitCode: 2,
    });
    expect(bucket.cure).toContain(server.endpoint);
    expect(denied.retries).toBe(0);
  });

  it('follows to the region of the bucket', async () => {
    const storage = await fresh();
    await put(storage, 'a', 'text');
    const elsewhere = await at(storage.where, { AWS_REGION: 'eu-central-1' });
    expect((await listed(elsewhere)).map(({ name }) => name)).toEqual(['a']);
    expect(await textOf(elsewhere, 'a')).toBe('text');
  });

  it('refuses names that lead elsewhere', async () => {
    const storage = await fresh();
    for (const name of ['../a', 'a/../../b', '', '.', 'a/..'])
      for (const act of [
        () => storage.open(name),
        () => storage.create(name),
        () => storage.putIfAbsent(name, Buffer.alloc(1)),
      ])
        await expect(act()).rejects.toThrow('not a name of a file');
  });

  it('is the same over TLS, where bodies go without a hash of their own', async (context) => {
    const folder = temporaryFolder();
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    try {
      const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
      const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
      execFileSync('openssl', ['req', '-x509', ...made, '-keyout', key, '-out', cert, ...subject], {
        stdio: 'ignore',
      });
    } catch {
      context.skip('no openssl to make a certificate with');
    }
    const secure = await startS3('bucket', { cert, key });
    const open = async () =>
      await openRemote('s3://bucket/tls', { environment: secure.environment, patience });
    const refused = await failureOf(async () => await listed(await open()));
    expect(refused).toMatchObject({ code: 'remote-settings', where: secure.endpoint, exitCode: 2 });
    expect(refused.message).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(refused.cure).toContain('NODE_EXTRA_CA_CERTS');
    // Node takes certificates of one's own (NODE_EXTRA_CA_CERTS) only when a process starts.
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    try {
      const storage = await open();
      const content = madeBytes(20 * 1024 * 1024 + 5, 7);
      for (const [name, bytes] of [
        ['large', content],
        ['small', content.subarray(0, 1000)],
      ] as const) {
        expect(await put(storage, name, bytes)).toMatchObject({ sha256: sha256(bytes) });
        expect((await allOf(await storage.open(name), 3_000_000)).equals(bytes)).toBe(true);
      }
      expect(await storage.putIfAbsent('small', Buffer.from('x'))).toBe(false);
      expect((await listed(storage)).map(({ name }) => name)).toEqual(['large', 'small']);
      expect(storage.retries).toBe(0);
    } finally {
      vi.unstubAllEnvs();
    }
  }, 60_000);
});
