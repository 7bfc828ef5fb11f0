/** What the S3 client does about keys that end, clocks that differ and buckets elsewhere, as AWS answers about them. */
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { Refused } from '../../../src/storage/remote/object-read.ts';
import { patienceOf } from '../../../src/storage/remote/retry.ts';
import { placeOf, type S3Client, s3Client } from '../../../src/storage/remote/s3-client.ts';
import { amazon } from '../../../src/storage/remote/s3-sign.ts';
import { openRemote } from '../../../src/storage/remote.ts';
import { failureOf } from '../../support/remote.ts';

async function clientOf(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = http.createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as { port: number };
  let given = 0;
  const settings = {
    ...{
      endpoint: new URL(`http://127.0.0.1:${port}`),
      region: 'us-east-1',
      pathStyle: true,
      dialect: amazon,
    },
    async keys(renew = false) {
      if (renew) given += 1;
      return { id: `id-${given}`, secret: 'planted-secret', session: 'planted-session' };
    },
  };
  const patience = patienceOf({ tries: 3, firstWait: 1 });
  return s3Client('s3', 'bucket', settings, { environment: {}, patience });
}

async function textOf(client: S3Client): Promise<string> {
  return await client.ask({ method: 'GET', key: 'key' }, async (answer) =>
    (await answer.gather()).toString(),
  );
}

function refuse(
  response: ServerResponse,
  status: number,
  code: string,
  headers: Record<string, string> = {},
  more = '',
): void {
  response
    .writeHead(status, headers)
    .end(`<Error><Code>${code}</Code><Message>about planted-secret</Message>${more}</Error>`);
}

it('keys that have ended are renewed once', async () => {
  const seen: string[] = [];
  const client = await clientOf((request, response) => {
    const id = /Credential=([^/]+)/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    seen.push(id);
    if (id === 'id-0') refuse(response, 400, 'ExpiredToken');
    else response.end('text');
  });
  expect(await textOf(client)).toBe('text');
  expect(seen).toEqual(['id-0', 'id-1']);
  expect(client.persistence.counts.retries).toBe(0);
});

it('keys that are refused after they were renewed are an error', async () => {
  let asked = 0;
  const client = await clientOf((_, response) => {
    asked += 1;
    refuse(response, 400, 'ExpiredToken');
  });
  const error = await textOf(client).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(Refused);
  // What the server sends back of the keys is not shown.
  expect(error).toMatchObject({ code: 'ExpiredToken', message: 'about ***' });
  expect(asked).toBe(3);
});

it("the server's clock is followed", async () => {
  const ahead = Date.now() + 3 * 3600_000;
  const client = await clientOf((request, response) => {
    const [, year, month, day, hour, minute, second] =
      /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(request.headers['x-amz-date'])) ?? [];
    const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
    if (Math.abs(time - ahead) < 60_000) response.end('text');
    else refuse(response, 403, 'RequestTimeTooSkewed', { date: new Date(ahead).toUTCString() });
  });
  expect(await textOf(client)).toBe('text');
});

it.each([
  [301, 'PermanentRedirect', { 'x-amz-bucket-region': 'eu-west-3' }, ''],
  [400, 'AuthorizationHeaderMalformed', {}, '<Region>eu-west-3</Region>'],
])(
  'a bucket elsewhere is followed by %i, by several requests at once',
  async (status, code, headers, more) => {
    const regions: string[] = [];
    const client = await clientOf((request, response) => {
      const region = /Credential=[^/]+\/\d+\/([^/]+)/.exec(request.headers.authorization ?? '')?.[1] ?? '';
      regions.push(region);
      if (region === 'eu-west-3') response.end('text');
      else refuse(response, status, code, headers as Record<string, string>, more);
    });
    expect(await Promise.all(Array.from({ length: 4 }, () => textOf(client)))).toEqual(Array(4).fill('text'));
    expect(await textOf(client)).toBe('text');
    expect(regions.filter((region) => region === 'us-east-1').length).toBe(4);
  },
);

it('a bucket that is always elsewhere is an error', async () => {
  let asked = 0;
  const client = await clientOf((_, response) => {
    asked += 1;
    refuse(response, 301, 'PermanentRedirect', { 'x-amz-bucket-region': `region-${asked}` });
  });
  expect(await textOf(client).catch((cause: unknown) => cause)).toMatchObject({ code: 'PermanentRedirect' });
  expect(asked).toBe(3);
});

it.each([
  ['bucket', null, false, 'eu-west-1', 'https://bucket.s3.eu-west-1.amazonaws.com/'],
  ['bucket', null, true, 'eu-west-1', 'https://s3.eu-west-1.amazonaws.com/bucket/'],
  // No certificate of Amazon's fits two names before its own.
  ['my.bucket', null, false, 'us-east-1', 'https://s3.us-east-1.amazonaws.com/my.bucket/'],
  ['bucket', null, false, 'cn-north-1', 'https://bucket.s3.cn-north-1.amazonaws.com.cn/'],
  ['bucket', 'http://here:9000/base/', true, 'x', 'http://here:9000/base/bucket/'],
  ['my.bucket', 'http://here:9000', false, 'x', 'http://my.bucket.here:9000/'],
])('%s at %s (path style: %s, %s) is at %5$s', (bucket, endpoint, pathStyle, region, address) => {
  const url = endpoint === null ? null : new URL(endpoint);
  const { origin, host, path } = placeOf(bucket, { endpoint: url, pathStyle }, region);
  expect(origin + path).toBe(address);
  expect(origin.endsWith(`//${host}`)).toBe(true);
});

it("Google's buckets are spoken to in Google's words alone", async () => {
  const seen: IncomingMessage[] = [];
  const there = new Set<string>();
  const server = http.createServer((request, response) => {
    seen.push(request);
    request.resume().on('end', () => {
      const { method, url = '' } = request;
      if (method === 'PUT' && there.has(url)) return void response.writeHead(412).end();
      if (method === 'PUT') there.add(url);
      response.writeHead(method === 'HEAD' && !there.has(url) ? 404 : 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as { port: number };
  const keys = { GS_ACCESS_KEY_ID: 'GOOG1', GS_SECRET_ACCESS_KEY: 'planted-secret' };
  const environment = { ...keys, STORAGE_EMULATOR_HOST: `127.0.0.1:${port}` };
  const storage = await openRemote('gs://bucket/below', { environment });
  expect(await storage.putIfAbsent('lock', Buffer.from('x'))).toBe(true);
  expect(await storage.putIfAbsent('lock', Buffer.from('x'))).toBe(false);
  // Of any size in one request: Google documents no condition for uploads in parts.
  const file = await storage.create('large');
  file.write(Buffer.alloc(20 * 1024 * 1024));
  expect(await file.commit()).toMatchObject({ bytes: 20 * 1024 * 1024 });
  const puts = seen.filter(({ method }) => method === 'PUT');
  expect(puts.at(-1)?.headers['content-length']).toBe(String(20 * 1024 * 1024));
  for (const { headers } of seen) {
    expect(Object.keys(headers).filter((name) => name.startsWith('x-amz-'))).toEqual([]);
    expect(headers.authorization).toMatch(
      /^GOOG4-HMAC-SHA256 Credential=GOOG1\/\d+\/auto\/storage\/goog4_request,/,
    );
  }
  for (const { headers } of puts) expect(headers['x-goog-if-generation-match']).toBe('0');
  const error = await failureOf(async () => await openRemote('gs://bucket', { environment: {} }));
  expect(error).toMatchObject({ code: 'remote-denied' });
  expect(error.cure).toContain('GS_ACCESS_KEY_ID');
});

it('a server that ignores the condition of a put is not trusted with locks', async () => {
  const server = http.createServer((request, response) => {
    request.resume().on('end', () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as { port: number };
  const environment = {
    HOME: '/nowhere',
    AWS_NO_SIGN_REQUEST: '1',
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
  };
  const storage = await openRemote('s3://bucket', { environment });
  const error = await failureOf(async () => await storage.putIfAbsent('lock', Buffer.from('x')));
  expect(error).toMatchObject({ code: 'remote-unsupported', where: 's3://bucket/lock' });
});
