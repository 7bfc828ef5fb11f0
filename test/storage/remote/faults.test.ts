/** What networks and busy servers do to answers: no wrong byte, and one clear error at the end of patience. */
import { beforeAll, describe, expect, it } from 'vitest';
import { readAhead } from '../../../src/storage/remote/read-ahead.ts';
import type { RemoteStorage } from '../../../src/storage/remote/remote-storage.ts';
import { openRemote } from '../../../src/storage/remote.ts';
import { startFakeHub } from '../../support/fake-hub.ts';
import { allFaults, type Fault, type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import { failureOf, listed } from '../../support/remote.ts';
import { type S3Server, s3Missing, startS3 } from '../../support/s3-server.ts';

const missing = s3Missing();
if (missing !== null) console.warn(`test/storage/remote/faults.test.ts skips S3: ${missing}`);

const size = 300_000;
const content = Buffer.from(
  Array.from({ length: size / 6 }, (_, index) => `${10_000 + index}\n`.slice(-6)).join(''),
);
const files = new Map([
  ['a/one.jsonl', content.subarray(0, size)],
  ['a/two.jsonl', Buffer.from('{"text":"two"}\n')],
  ['b.txt', Buffer.from('b')],
]);
/** Faults that leave an answer as it is. */
const harmless: readonly Fault[] = ['delay'];
const harmful = allFaults.filter((fault) => !harmless.includes(fault));

interface Through {
  readonly proxy: FaultProxy;
  readonly open: (tries: number) => Promise<RemoteStorage>;
}

let server: S3Server;

const kinds: readonly (readonly [string, boolean, () => Promise<Through>])[] = [
  [
    'S3',
    missing !== null,
    async () => {
      const proxy = await startFaultProxy(server.endpoint);
      const environment = { ...server.environment, AWS_ENDPOINT_URL_S3: proxy.endpoint };
      const patience = (tries: number) => ({ tries, firstWait: 1, longestWait: 5, stallSeconds: 0.25 });
      return {
        proxy,
        open: async (tries) =>
          await openRemote('s3://bucket/files', { environment, patience: patience(tries) }),
      };
    },
  ],
  [
    'the hub',
    false,
    async () => {
      const hub = await startFakeHub([{ name: 'me/set', files }]);
      // All at one host, so that all goes through the proxy.
      hub.largeBytes = Number.POSITIVE_INFINITY;
      const proxy = await startFaultProxy(hub.endpoint);
      const environment = { HOME: '/nowhere', HF_ENDPOINT: proxy.endpoint, HF_TOKEN: hub.token };
      const patience = (tries: number) => ({ tries, firstWait: 1, longestWait: 5, stallSeconds: 0.25 });
      return {
        proxy,
        open: async (tries) =>
          await openRemote('hf://datasets/me/set', { environment, patience: patience(tries) }),
      };
    },
  ],
];

beforeAll(async () => {
  if (missing !== null) return;
  server = await startS3('bucket');
  const storage = await openRemote('s3://bucket/files', { environment: server.environment });
  for (const [name, bytes] of files) {
    const file = await storage.create(name);
    file.write(bytes);
    await file.commit();
  }
}, 60_000);

async function allOf(storage: RemoteStorage, name: string): Promise<Buffer> {
  const bytes = await storage.open(name);
  const blocks: Buffer[] = [];
  for await (const block of readAhead(bytes, 0, bytes.size, { rangeBytes: 20_000 })) blocks.push(block);
  return Buffer.concat(blocks);
}

for (const [kind, skip, start] of kinds) {
  describe.skipIf(skip)(kind, () => {
    it('gives every byte as it is, whatever meets half of the answers', async () => {
      const { proxy, open } = await start();
      let retries = 0;
      for (let seed = 1; seed <= 4; seed += 1) {
        proxy.plan = { seed, share: 0.5, faults: allFaults };
        const storage = await open(60);
        const entries = await listed(storage);
        expect(entries.map((entry) => [entry.name, entry.size])).toEqual(
          [...files].map(([name, bytes]) => [name, bytes.length]),
        );
        for (const { name } of entries)
          expect((await allOf(storage, name)).equals(files.get(name)!)).toBe(true);
        retries += storage.retries;
      }
      expect([...proxy.made.keys()].sort()).toEqual([...allFaults].sort());
      expect(retries).toBeGreaterThan(30);
    }, 120_000);

    it.each(harmful)('says what it could not do when it always is: %s', async (fault) => {
      const { proxy, open } = await start();
      const storage = await open(3);
      const bytes = await storage.open('a/one.jsonl');
      const asked = proxy.requests.length;
      proxy.plan = { share: 1, faults: [fault] };
      const read = await failureOf(() => bytes.read(1000, Buffer.alloc(5000)));
      expect(read).toMatchObject({
        code: 'remote-unreachable',
        exitCode: 1,
        where: `${storage.where}/a/one.jsonl`,
      });
      expect(read.message).toMatch(/ \(tried 3 times\)$/);
      expect(proxy.requests.length - asked).toBe(3);
      expect(storage.retries).toBe(2);
      expect(await failureOf(() => listed(storage))).toMatchObject({
        code: 'remote-unreachable',
        exitCode: 1,
      });
    });

    it('takes no byte of a file that is told with another size', async () => {
      const { proxy, open } = await start();
      const bytes = await (await open(3)).open('a/one.jsonl');
      const lie = (range: unknown) => String(range).replace(/\d+$/, (total) => String(Number(total) + 1));
      proxy.plan = {
        ...{ share: 0, faults: [] },
        headers: (headers) => ({ ...headers, 'content-range': lie(headers['content-range']) }),
      };
      expect(await failureOf(() => bytes.read(0, Buffer.alloc(10)))).toMatchObject({
        code: 'input-changed',
        exitCode: 1,
      });
    });

    it('takes no byte of a file with another version', async () => {
      const { proxy, open } = await start();
      const bytes = await (await open(3)).open('a/one.jsonl');
      const other = (etag: unknown) =>
        String(etag).replace(/[0-9a-f]/, (digit) => (digit === '0' ? '1' : '0'));
      proxy.plan = {
        share: 0,
        faults: [],
        headers: (headers) => ({ ...headers, etag: other(headers.etag) }),
      };
      expect(await failureOf(() => bytes.read(0, Buffer.alloc(10)))).toMatchObject({
        code: 'input-changed',
        exitCode: 1,
      });
    });

    it('takes no byte of another range than the one asked for', async () => {
      const { proxy, open } = await start();
      const bytes = await (await open(3)).open('a/one.jsonl');
      const shift = (range: unknown) =>
        String(range).replace(/(\d+)-(\d+)/, (_, from, to) => `${Number(from) + 1}-${Number(to) + 1}`);
      proxy.plan = {
        ...{ share: 0, faults: [] },
        headers: (headers) => ({ ...headers, 'content-range': shift(headers['content-range']) }),
      };
      const error = await failureOf(() => bytes.read(0, Buffer.alloc(10)));
      expect(error).toMatchObject({
        code: 'remote-unreachable',
        message: 'the server sent another range (tried 3 times)',
      });
    });
  });
}

describe.skipIf(missing !== null)('writing to S3', () => {
  it('is exact whatever meets half of the answers', async () => {
    const proxy = await startFaultProxy(server.endpoint);
    const environment = { ...server.environment, AWS_ENDPOINT_URL_S3: proxy.endpoint };
    const patience = { tries: 60, firstWait: 1, longestWait: 5, stallSeconds: 1 };
    const storage = await openRemote('s3://bucket/written', { environment, patience });
    const plain = await openRemote('s3://bucket/written', { environment: server.environment });
    const large = Buffer.alloc(20 * 1024 * 1024, content);
    proxy.plan = { share: 0.5, faults: allFaults, seed: 2 };
    for (let round = 0; round < 6; round += 1) {
      const won = await Promise.all(
        [0, 1, 2].map((index) => storage.putIfAbsent(`lock-${round}`, Buffer.from(`${index}`))),
      );
      expect(won.filter(Boolean).length).toBe(1);
      const lock = await plain.open(`lock-${round}`);
      const into = Buffer.alloc(1);
      await lock.read(0, into);
      expect(into.toString()).toBe(String(won.indexOf(true)));
    }
    const file = await storage.create('large');
    file.write(large);
    await file.commit();
    expect((await allOf(plain, 'large')).equals(large)).toBe(true);
    expect(storage.retries).toBeGreaterThan(10);
  }, 120_000);

  it('leaves nothing of an upload that could not be finished', async () => {
    const proxy = await startFaultProxy(server.endpoint);
    const environment = { ...server.environment, AWS_ENDPOINT_URL_S3: proxy.endpoint };
    const patience = { tries: 2, firstWait: 1, stallSeconds: 1 };
    const storage = await openRemote('s3://bucket/failed', { environment, patience });
    const file = await storage.create('large');
    file.write(Buffer.alloc(20 * 1024 * 1024));
    proxy.plan = { share: 1, faults: ['internalError'], of: ({ url = '' }) => url.includes('partNumber=2') };
    expect(await failureOf(() => file.commit())).toMatchObject({
      code: 'remote-unreachable',
      where: 's3://bucket/failed/large',
    });
    expect(proxy.requests.some((request) => /^DELETE .*uploadId=/.test(request))).toBe(true);
    expect(await listed(storage)).toEqual([]);
  }, 60_000);
});
