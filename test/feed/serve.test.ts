/**
 * `longmix serve` over real HTTP: its bytes equal the feed's, ranks may disconnect and return, and clients may be
 * wrong, slow or hostile.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { get, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Feed, feedOf } from '../../src/feed/feed.ts';
import type { FeedManifest } from '../../src/feed/rows/manifest.ts';
import { type FeedSets, openSets } from '../../src/feed/rows/sets.ts';
import { isLoopback, namesLoopback } from '../../src/feed/serve/access.ts';
import { type FeedServer, feedServer, type ServeOptions } from '../../src/feed/serve/server.ts';
import { builtFolder, expectedSteps, type StreamedStep, streamedSteps, together } from '../support/feed.ts';
import { fuzz } from '../support/fuzz.ts';
import { until } from '../support/workplace.ts';

const folder = mkdtempSync(join(tmpdir(), 'longmix-serve-'));
let opened: FeedSets;
let feed: Feed;
let port = 0;
let open: FeedServer;
const errors: string[] = [];

const options: ServeOptions = {
  seed: 3,
  rowsPerStep: 24,
  token: null,
  tls: null,
  maxConnections: 100,
  idleSeconds: 60,
  onError: (message) => errors.push(message),
};

async function listening(
  more: Partial<ServeOptions> = {},
  { sets = opened, usual = options }: { sets?: FeedSets; usual?: ServeOptions } = {},
): Promise<FeedServer & { port: number }> {
  const made = feedServer(sets, { ...usual, ...more });
  made.server.listen({ host: '127.0.0.1', port: 0 });
  await once(made.server, 'listening');
  return { ...made, port: (made.server.address() as AddressInfo).port };
}

beforeAll(async () => {
  opened = openSets(await builtFolder(folder, 'lengths'));
  feed = feedOf(opened, options);
  const made = await listening();
  [open, port] = [made, made.port];
}, 60_000);
afterAll(async () => {
  await open.stop();
  feed.close();
  rmSync(folder, { recursive: true, force: true });
  expect(errors).toEqual([]);
});

interface Answer {
  readonly code: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** True if the body ended as HTTP says. */
  readonly complete: boolean;
}

/** @param abortAfter so many bytes of the body, then the connection is closed */
async function fetched(
  path: string,
  {
    at = port,
    headers = {},
    abortAfter = Number.POSITIVE_INFINITY,
  }: { at?: number; headers?: OutgoingHttpHeaders; abortAfter?: number } = {},
): Promise<Answer> {
  const asked = get({ host: '127.0.0.1', port: at, path, headers, agent: false });
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= abortAfter) break;
    }
  } catch {
    // Cut off.
  }
  asked.destroy();
  const { complete, headers: got, statusCode } = response;
  return { code: statusCode!, headers: got, body: Buffer.concat(chunks), complete };
}

async function streamed(query: string): Promise<StreamedStep[]> {
  const { code, body, complete, headers } = await fetched(`/v1/stream?${query}`);
  expect({ code, complete, type: headers['content-type'] }).toEqual({
    code: 200,
    complete: true,
    type: 'application/vnd.apache.arrow.stream',
  });
  return streamedSteps(body);
}

async function allRanks(worldSize: number, query: string): Promise<StreamedStep[]> {
  const ranks = Array.from({ length: worldSize }, (_, rank) =>
    streamed(`rank=${rank}&world_size=${worldSize}&${query}`),
  );
  return together(await Promise.all(ranks));
}

const whole = (epoch = 0) =>
  expectedSteps(feed, { from: { epoch, step: 0 }, steps: feed.epochSteps, rank: 0, worldSize: 1 });

describe('GET /v1/stream', () => {
  it.each([1, 2, 3, 8])('gives %i ranks together what one would get', async (worldSize) => {
    expect(await allRanks(worldSize, '')).toEqual(whole());
    expect(await allRanks(worldSize, 'epoch=2')).toEqual(whole(2));
  });

  it('gives a rank that comes back, in whatever world, what it would have got', async () => {
    const all = [...whole(1), ...whole(2)];
    const { body } = await fetched(`/v1/stream?epoch=1&steps=${all.length}`);
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom(1, 2, 3, 8),
        async (part, worldSize) => {
          const query = `/v1/stream?epoch=1&steps=${all.length}`;
          const cut = await fetched(query, { abortAfter: part * body.length });
          const before = streamedSteps(cut.body);
          const last = before.at(-1) ?? { epoch: 1, step: -1 };
          const next = `epoch=${last.epoch}&start_step=${last.step + 1}&steps=${all.length - before.length}`;
          const after = before.length === all.length ? [] : await allRanks(worldSize, next);
          expect([...before, ...after]).toEqual(all);
        },
      ),
      fuzz(12),
    );
  });

  it('takes the rows of a step from the query', async () => {
    const own = feedOf(opened, { ...options, rowsPerStep: 6 });
    const expected = expectedSteps(own, { from: { epoch: 1, step: 2 }, steps: 3, rank: 1, worldSize: 2 });
    expect(await streamed('epoch=1&start_step=2&steps=3&rank=1&world_size=2&rows_per_step=6')).toEqual(
      expected,
    );
    const { body } = await fetched('/v1/manifest?rows_per_step=6');
    expect(JSON.parse(body.toString())).toEqual(JSON.parse(JSON.stringify(own.manifest)));
  });

  it('takes it where no row makes a step by itself: lengths of 64 and 96', async () => {
    const odd = openSets(await builtFolder(folder, 'odd'));
    const { rowsPerStep: _, ...usual } = options;
    const server = await listening({}, { sets: odd, usual });
    const without = await fetched('/v1/manifest', { at: server.port });
    expect([without.code, without.body.toString()]).toEqual([400, expect.stringContaining('use a multiple')]);
    const query = 'rows_per_step=2';
    const { epochSteps } = JSON.parse(
      (await fetched(`/v1/manifest?${query}`, { at: server.port })).body.toString(),
    ) as FeedManifest;
    const { body } = await fetched(`/v1/stream?${query}`, { at: server.port });
    expect(streamedSteps(body)).toHaveLength(epochSteps);
    await server.stop();
    expect(() => feedServer(odd, { ...options, rowsPerStep: 1 })).toThrow('no whole number of rows');
    for (const { files } of odd.sets) files.close();
  });

  it('gives an empty stream for no steps', async () => {
    expect(await streamed(`start_step=${feed.epochSteps}`)).toEqual([]);
    expect((await fetched('/v1/stream?steps=0')).body.length).toBeGreaterThan(100);
  });
});

describe('a wrong request', () => {
  it.each([
    ['/v1/stream?rank=1', 'rank-invalid'],
    ['/v1/stream?rank=5&world_size=5', 'rank-invalid'],
    ['/v1/stream?world_size=7', 'rank-invalid'],
    ['/v1/stream?start_step=1000000', 'step-missing'],
    ['/v1/stream?rows_per_step=1000000', 'batch-too-large'],
    ['/v1/stream?rows_per_step=1000000&world_size=1000', 'step-missing'],
    ['/v1/stream?rank', 'query-invalid'],
    ['/v1/stream?rank=', 'query-invalid'],
    ['/v1/stream?rank=-1', 'query-invalid'],
    ['/v1/stream?rank=1e3', 'query-invalid'],
    ['/v1/stream?rank=0x1', 'query-invalid'],
    ['/v1/stream?rank=+1', 'query-invalid'],
    ['/v1/stream?rank=%00', 'query-invalid'],
    ['/v1/stream?rank=1.5', 'query-invalid'],
    ['/v1/stream?rank=99999999999', 'query-invalid'],
    ['/v1/stream?rank=0&rank=0', 'query-invalid'],
    ['/v1/stream?world_size=0', 'query-invalid'],
    ['/v1/stream?steps=NaN', 'query-invalid'],
    ['/v1/stream?startstep=5', 'query-invalid'],
    ['/v1/stream?__proto__=1', 'query-invalid'],
    ['/v1/stream?constructor=1', 'query-invalid'],
    ['/v1/stream??rank=0', 'query-invalid'],
    [`/v1/stream?rank=${'9'.repeat(1500)}`, 'query-invalid'],
    ['/v1/manifest?rank=0', 'query-invalid'],
    ['/v1/manifest?rows_per_step=5000000000', 'query-invalid'],
    ['/metrics?a=1', 'query-invalid'],
  ])('%s: 400, and what rule it broke', async (path, rule) => {
    const { code, body, headers } = await fetched(path);
    expect([code, headers['content-type']]).toEqual([400, 'application/json']);
    const { error } = JSON.parse(body.toString()) as { error: Record<string, string> };
    expect(error.code).toBe(rule);
    expect(error.message!.length + error.cure!.length).toBeLessThan(400);
    expect(body.toString()).not.toMatch(/\bat .*\.[jt]s/);
  });

  it.each(['/', '/v1', '/v1/stream/', '/v1/../metrics', '/%2e%2e/etc/passwd', '/constructor', '//v1/stream'])(
    '%s: 404',
    async (path) => {
      expect((await fetched(path)).code).toBe(404);
    },
  );

  it('is refused when it is too long, whatever it is', async () => {
    expect((await fetched(`/v1/stream?${'a'.repeat(3000)}`)).code).toBe(414);
    expect((await fetched(`/v1/stream?${'a'.repeat(100_000)}`)).code).toBe(431);
    expect((await fetched('/healthz', { headers: { cookie: 'a'.repeat(20_000) } })).code).toBe(431);
  });

  it.each(['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])('%s: 405', async (method) => {
    const asked = request({ host: '127.0.0.1', port, path: '/v1/stream', method, agent: false });
    asked.end(method === 'POST' ? 'body' : undefined);
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    expect([response.statusCode, response.headers.allow]).toEqual([405, 'GET']);
    response.resume();
  });

  it('of any bytes at all gets an answer or a closed connection, and the server lives', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (bytes) => {
        const socket = connect(port, '127.0.0.1');
        socket.on('error', () => {});
        socket.end(bytes);
        let answer = '';
        socket.setEncoding('latin1').on('data', (text: string) => {
          answer += text;
        });
        await once(socket, 'close');
        expect(answer).toMatch(/^$|^HTTP\/1\.1 4\d\d /);
      }),
      fuzz(40),
    );
    expect((await fetched('/healthz')).body.toString()).toBe('ok\n');
  });
});

describe('access', () => {
  const token = 'correct-horse-battery';
  it('needs the token, but for /healthz', async () => {
    const server = await listening({ token });
    const code = async (path: string, authorization?: string) => {
      const headers = { host: 'data.example', ...(authorization === undefined ? {} : { authorization }) };
      const answer = await fetched(path, { at: server.port, headers });
      if (answer.code === 401) expect(answer.headers['www-authenticate']).toBe('Bearer');
      return answer.code;
    };
    for (const path of ['/v1/manifest', '/v1/stream?steps=1', '/metrics', '/nothing']) {
      for (const wrong of [
        undefined,
        '',
        'Bearer',
        `Bearer ${token}x`,
        `Bearer ${token.slice(1)}`,
        `Basic ${token}`,
        token,
      ]) {
        expect(await code(path, wrong)).toBe(401);
      }
    }
    for (const right of [`Bearer ${token}`, `bearer ${token}`])
      expect(await code('/v1/manifest', right)).toBe(200);
    expect(await code('/v1/stream?steps=1', `Bearer ${token}`)).toBe(200);
    expect(await code('/healthz')).toBe(200);
    await server.stop();
  });

  it('without a token is for requests to localhost', async () => {
    for (const host of ['evil.example', 'localhost.evil.example', '10.0.0.1', '127.0.0.1.evil.example:80']) {
      expect((await fetched('/v1/manifest', { headers: { host } })).code).toBe(403);
    }
    for (const host of ['localhost', 'localhost:9', '127.0.0.1:80', '127.9.9.9', '[::1]:80']) {
      expect((await fetched('/v1/manifest', { headers: { host } })).code).toBe(200);
    }
  });

  it('knows loopback from other addresses', () => {
    for (const host of ['127.0.0.1', '127.255.0.3', '::1', 'localhost']) expect(isLoopback(host)).toBe(true);
    for (const host of ['0.0.0.0', '::', '128.0.0.1', '127.0.0.1.example', 'example', ''])
      expect(isLoopback(host)).toBe(false);
    expect(namesLoopback(undefined)).toBe(false);
  });
});

/** Bytes of a request, for what `node:http` would not send. */
function asking(path: string, version = '1.1'): string {
  return `GET ${path} HTTP/${version}\r\nHost: localhost\r\n\r\n`;
}

it("HTTP/1.0, which can't say that a body was cut off, gets no stream", async () => {
  const answers = ['/v1/stream', '/v1/manifest', '/healthz'].map(async (path) => {
    const socket = connect(port, '127.0.0.1');
    socket.write(asking(path, '1.0'));
    return text(socket);
  });
  const [stream, ...others] = await Promise.all(answers);
  expect(stream).toMatch(/^HTTP\/1\.1 505 /);
  expect(stream).toContain('proxy_http_version 1.1');
  for (const answer of others) expect(answer).toMatch(/^HTTP\/1\.1 200 /);
});

describe('a reader', () => {
  const gauge = async (name: string, at: number) =>
    Number(new RegExp(`^${name} (\\d+)`, 'm').exec((await fetched('/metrics', { at })).body.toString())![1]);
  /** Waits until no stream is open. */
  const ended = async (at: number) => {
    for (let tries = 0; tries < 100 && (await gauge('longmix_open_streams', at)) > 0; tries += 1)
      await sleep(50);
    expect(await gauge('longmix_open_streams', at)).toBe(0);
  };

  it('that takes nothing is cut off, and others are served meanwhile', async () => {
    const server = await listening({ idleSeconds: 1 });
    const query = '/v1/stream?steps=4294967295';
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.pause();
    socket.write(asking(query));
    await sleep(200);
    expect(await gauge('longmix_open_streams', server.port)).toBe(1);
    const other = await fetched('/v1/stream', { at: server.port });
    expect(streamedSteps(other.body)).toEqual(whole());
    await ended(server.port);
    expect(await gauge('longmix_streams_stalled_total', server.port)).toBe(1);
    socket.destroy();
    await server.stop();
  });

  it('that asks for a second stream before it has the first leaves nothing behind', async () => {
    const server = await listening();
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.pause();
    socket.write(asking('/v1/stream?steps=4294967295').repeat(3));
    await sleep(200);
    expect(await gauge('longmix_open_streams', server.port)).toBe(1);
    socket.destroy();
    await ended(server.port);
    await server.stop();
  });

  it('may have one stream after another on a connection, and hears why not at once', async () => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      answer += text;
    });
    for (const answers of [1, 2, 3]) {
      socket.write(asking('/v1/stream?steps=2'));
      await until('the end of the body', () => answer.split('\r\n0\r\n\r\n').length > answers);
    }
    socket.write(asking('/v1/stream?steps=400').repeat(2));
    await once(socket, 'close');
    expect(answer.match(/HTTP\/1\.1 \d+/g)!.map((line) => line.slice(-3))).toEqual([
      '200',
      '200',
      '200',
      '200',
      '400',
    ]);
    expect(answer).toContain('stream-pipelined');
  });

  // Node's own timeout takes up to twice as long for the first two, and does not come at all for the last.
  it.each([
    ['takes nothing', 0, ''],
    ['takes some and then nothing', 3_000_000, ''],
    ['takes nothing and goes on sending', 0, asking('/healthz')],
  ])('that %s is cut within the idle time', async (_, takes, sends) => {
    const server = await listening({ idleSeconds: 2 });
    let accepted!: Socket;
    server.server.on('connection', (socket: Socket) => {
      accepted = socket;
    });
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(asking('/v1/stream?steps=4294967295'));
    let taken = 0;
    if (takes === 0) socket.pause();
    else {
      await new Promise<void>((stopped) => {
        socket.on('data', (chunk) => {
          taken += chunk.length;
          if (taken < takes) return;
          socket.pause();
          stopped();
        });
      });
    }
    const start = performance.now();
    const sending = setInterval(() => sends !== '' && socket.write(sends), 300);
    while (accepted === undefined) await sleep(5);
    const cut = await Promise.race([once(accepted, 'close').then(() => true), sleep(3500).then(() => false)]);
    const seconds = (performance.now() - start) / 1000;
    clearInterval(sending);
    socket.destroy();
    await server.stop();
    expect({ cut, early: seconds < 1.9 }).toEqual({ cut: true, early: false });
    // The system's buffers fill first; the rest is what a busy machine takes.
    expect(seconds).toBeLessThan(3);
  });

  it('that is slow but reads gets everything', async () => {
    const server = await listening({ idleSeconds: 3 });
    const asked = get({ host: '127.0.0.1', port: server.port, path: '/v1/stream?steps=400', agent: false });
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response as AsyncIterable<Buffer>) {
      if (chunks.length < 80) await sleep(50);
      chunks.push(chunk);
    }
    expect(response.complete).toBe(true);
    const steps = streamedSteps(Buffer.concat(chunks));
    expect(steps).toEqual(
      expectedSteps(feed, { from: { epoch: 0, step: 0 }, steps: 400, rank: 0, worldSize: 1 }),
    );
    await server.stop();
  });

  it('whose stream is ended by a stop has whole batches, and sees that it was cut', async () => {
    const server = await listening();
    const cut = fetched('/v1/stream?steps=4294967295', { at: server.port });
    await sleep(300);
    await server.stop();
    const { complete, body } = await cut;
    expect(complete).toBe(false);
    const steps = streamedSteps(body);
    expect(steps.length).toBeGreaterThan(1);
    const last = expectedSteps(feed, { from: steps.at(-1)!, steps: 1, rank: 0, worldSize: 1 });
    expect(steps.slice(-1)).toEqual(last);
  });

  it('beyond the limit of connections is refused', async () => {
    const server = await listening({ maxConnections: 2 });
    const sockets = [1, 2].map(() => connect(server.port, '127.0.0.1'));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    await until('the connections', () => server.server.listening);
    await expect(fetched('/healthz', { at: server.port })).rejects.toThrow(/hang up|ECONNRESET/);
    for (const socket of sockets) socket.destroy();
    await sleep(100);
    const { body } = await fetched('/metrics', { at: server.port });
    expect(body.toString()).toMatch(/^longmix_connections_refused_total [1-9]/m);
    await server.stop();
  });
});

it('GET /metrics is the text format of Prometheus, and counts', async () => {
  const server = await listening();
  const { body: streamBody } = await fetched('/v1/stream?steps=2', { at: server.port });
  await fetched('/v1/stream?steps=x', { at: server.port });
  await sleep(50);
  const text = (await fetched('/metrics', { at: server.port })).body.toString();
  for (const line of text.trimEnd().split('\n')) {
    expect(line).toMatch(/^# (HELP|TYPE) \w+ .+$|^\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [\d.e+-]+$/);
  }
  expect(text).toContain('longmix_requests_total{path="/v1/stream",code="200"} 1');
  expect(text).toContain('longmix_requests_total{path="/v1/stream",code="400"} 1');
  expect(text).toContain(`longmix_stream_bytes_total ${streamBody.length}\n`);
  const rows = streamedSteps(streamBody).reduce((sum, step) => sum + step.rows.length, 0);
  expect(text).toContain(`longmix_stream_rows_total ${rows}\n`);
  expect(text).toMatch(/^longmix_time_to_first_batch_seconds_bucket\{le="\+Inf"\} 1$/m);
  await server.stop();
});
