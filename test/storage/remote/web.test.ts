import { createHash } from 'node:crypto';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readAhead } from '../../../src/storage/remote/read-ahead.ts';
import type { RemoteBytes } from '../../../src/storage/remote/remote-storage.ts';
import { openRemote } from '../../../src/storage/remote.ts';
import { EndedEarly } from '../../../src/storage/storage.ts';
import { failureOf, listed } from '../../support/remote.ts';

const text = Buffer.from(Array.from({ length: 200_000 }, (_, index) => `${index}\n`).join(''));
const patience = { tries: 4, firstWait: 1, stallSeconds: 0.3 };

interface Web {
  at: string;
  requests: string[];
  ranges: boolean;
  headers: Record<string, string>;
  body: Buffer;
  /** Instead of the file. */
  instead: ((request: IncomingMessage, response: ServerResponse) => boolean) | null;
}

/** A web server with one file at every path that ends in it. */
async function startWeb(): Promise<Web> {
  const web: Web = {
    at: '',
    requests: [],
    ranges: true,
    headers: { etag: '"one"' },
    body: text,
    instead: null,
  };
  const server = http.createServer((request, response) => {
    const { url = '', headers } = request;
    web.requests.push(`${url} ${headers.range ?? 'whole'}`);
    if (web.instead?.(request, response)) return;
    const file = /\/file\.jsonl(\?.*)?$/.test(url)
      ? web.body
      : /\/empty(\?.*)?$/.test(url)
        ? Buffer.alloc(0)
        : null;
    if (file === null) response.writeHead(404).end();
    else sendFile(web, file, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  web.at = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  return web;
}

function sendFile(web: Web, file: Buffer, request: IncomingMessage, response: ServerResponse): void {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
  const wanted = request.headers['if-range'];
  const same = wanted === undefined || wanted === (web.headers.etag ?? web.headers['last-modified']);
  if (!web.ranges || from === undefined || !same) {
    response.writeHead(200, { ...web.headers, 'content-length': file.length }).end(file);
  } else if (Number(from) >= file.length) {
    response.writeHead(416, { 'content-range': `bytes */${file.length}` }).end();
  } else {
    const part = file.subarray(Number(from), Number(to) + 1);
    const range = `bytes ${from}-${Number(from) + part.length - 1}/${file.length}`;
    response
      .writeHead(206, { ...web.headers, 'content-range': range, 'content-length': part.length })
      .end(part);
  }
}

async function opened(address: string): Promise<RemoteBytes> {
  const file = await (await openRemote(address, { patience })).asFile();
  if (file === null) throw new Error('no such file');
  return await file.folder.open(file.entry.name, file.entry);
}

async function allOf(bytes: RemoteBytes, start: number = 0, end: number = bytes.size): Promise<Buffer> {
  const blocks: Buffer[] = [];
  for await (const block of readAhead(bytes, start, end, { rangeBytes: 100_000 })) blocks.push(block);
  return Buffer.concat(blocks);
}

describe('a file of a web server', () => {
  it('is found with its size and version by a request for one byte', async () => {
    const web = await startWeb();
    const storage = await openRemote(`${web.at}/a/b%20c/file.jsonl`);
    expect(storage.where).toBe(`${web.at}/a/b%20c/file.jsonl`);
    const file = await storage.asFile();
    expect(file?.folder.where).toBe(`${web.at}/a/b%20c`);
    expect(file?.entry).toEqual({ name: 'file.jsonl', size: text.length, stamp: '"one"' });
    expect(web.requests).toEqual(['/a/b%20c/file.jsonl bytes=0-0']);
    expect(await (await openRemote(`${web.at}/nothing`)).asFile()).toBeNull();
  });

  it('is read by ranges, in order and whole, with an ETag, a weak one, a date or no version', async () => {
    const web = await startWeb();
    for (const headers of [
      { etag: '"x"' },
      { etag: 'W/"x"' },
      { 'last-modified': 'Mon, 01 Jan 2024 00:00:00 GMT' },
      {},
    ]) {
      web.headers = headers as Record<string, string>;
      const bytes = await opened(`${web.at}/file.jsonl`);
      expect((await allOf(bytes)).equals(text)).toBe(true);
      expect((await allOf(bytes, 12_345, 654_321)).equals(text.subarray(12_345, 654_321))).toBe(true);
      const into = Buffer.alloc(7);
      await bytes.readAside(99, into);
      expect(into.equals(text.subarray(99, 106))).toBe(true);
      expect(await bytes.read(text.length - 3, into).catch((error: unknown) => error)).toBeInstanceOf(
        EndedEarly,
      );
    }
  });

  it('may be empty', async () => {
    const web = await startWeb();
    for (const ranges of [true, false]) {
      web.ranges = ranges;
      const bytes = await opened(`${web.at}/empty`);
      expect(bytes.size).toBe(0);
      expect((await allOf(bytes)).length).toBe(0);
    }
  });

  it('is read from its start where the server has no ranges, in one request', async () => {
    const web = await startWeb();
    web.ranges = false;
    const bytes = await opened(`${web.at}/file.jsonl`);
    expect(bytes.stream).not.toBeNull();
    web.requests.length = 0;
    expect((await allOf(bytes)).equals(text)).toBe(true);
    expect((await allOf(bytes, 1000, 2000)).equals(text.subarray(1000, 2000))).toBe(true);
    expect(web.requests).toEqual(['/file.jsonl whole', '/file.jsonl whole']);
    const into = Buffer.alloc(100_000);
    await bytes.read(50_000, into);
    expect(into.equals(text.subarray(50_000, 150_000))).toBe(true);
  });

  it('that breaks in the middle is gone on with after what came, with and without ranges', async () => {
    const web = await startWeb();
    for (const ranges of [true, false]) {
      web.ranges = ranges;
      let broken = 0;
      const bytes = await opened(`${web.at}/file.jsonl`);
      web.instead = (_, response) => {
        if (!ranges && broken < 2) {
          broken += 1;
          response.writeHead(200, { ...web.headers, 'content-length': text.length });
          response.write(text.subarray(0, broken * 100_000), () => response.destroy());
          return true;
        }
        if (!ranges || broken >= 2) return false;
        broken += 1;
        const [from, to] = [100, 1100].map((at) => at + (broken - 1) * 300) as [number, number];
        response.writeHead(206, {
          ...web.headers,
          'content-range': `bytes ${from}-1099/${text.length}`,
          'content-length': 1100 - from,
        });
        response.write(text.subarray(from, Math.min(to, from + 300)), () =>
          setTimeout(() => response.destroy(), 20),
        );
        return true;
      };
      if (ranges) {
        web.requests.length = 0;
        const into = Buffer.alloc(1000);
        await bytes.read(100, into);
        expect(into.equals(text.subarray(100, 1100))).toBe(true);
        // What had come was not asked for again.
        expect(web.requests).toEqual([
          '/file.jsonl bytes=100-1099',
          '/file.jsonl bytes=400-1099',
          '/file.jsonl bytes=700-1099',
        ]);
      } else {
        expect((await allOf(bytes)).equals(text)).toBe(true);
      }
      expect(broken).toBe(2);
      web.instead = null;
    }
  });

  it('is not sent to another host with its password, nor shown with it', async () => {
    const [first, second] = [await startWeb(), await startWeb()];
    const seen: (string | undefined)[] = [];
    first.instead = (request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(302, { location: `${second.at}${request.url}` }).end();
      return true;
    };
    second.instead = (request) => {
      seen.push(request.headers.authorization);
      return false;
    };
    const address = `${first.at.replace('//', '//user:planted@')}/file.jsonl?signature=PLANTED`;
    const bytes = await opened(address);
    expect(bytes.where).toBe(`${first.at}/file.jsonl`);
    expect(seen).toEqual([`Basic ${Buffer.from('user:planted').toString('base64')}`, undefined]);
    expect((await allOf(bytes)).equals(text)).toBe(true);
    // The query belongs to the address, and where it led is kept.
    expect(second.requests[0]).toBe('/file.jsonl?signature=PLANTED bytes=0-0');
    expect(first.requests.length).toBeLessThan(6);
  });

  it('is cancelled as soon as its reader stops', async () => {
    const web = await startWeb();
    const bytes = await opened(`${web.at}/file.jsonl`);
    let open = 0;
    web.instead = (request, response) => {
      if (!/bytes=[1-9]/.test(request.headers.range ?? '')) return false;
      open += 1;
      response.on('close', () => (open -= 1));
      return true;
    };
    for await (const block of readAhead(bytes, 0, bytes.size, { rangeBytes: 1000, ranges: 4 })) {
      expect(block.equals(text.subarray(0, 1000))).toBe(true);
      while (open < 3) await new Promise((resolve) => setTimeout(resolve, 5));
      break;
    }
    for (let waited = 0; open > 0 && waited < 100; waited += 1)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(open).toBe(0);
  });
});

describe('readAhead', () => {
  const made = (size: number): RemoteBytes & { underWay: number; most: number; reads: number } => {
    const bytes = {
      ...{ where: 'here', size, stamp: '', stream: null, underWay: 0, most: 0, reads: 0 },
      async read(at: number, into: Uint8Array) {
        bytes.underWay += 1;
        bytes.reads += 1;
        bytes.most = Math.max(bytes.most, bytes.underWay);
        await new Promise((resolve) =>
          setTimeout(resolve, Number(createHash('md5').update(`${at}`).digest()[0]) / 50),
        );
        for (let index = 0; index < into.length; index += 1) into[index] = (at + index) % 251;
        bytes.underWay -= 1;
      },
      readAside: (at: number, into: Uint8Array) => bytes.read(at, into),
      close() {},
    };
    return bytes;
  };

  it.each([true, false])(
    'gives blocks in order and has no more under way than it may (reuse: %s)',
    async (reuse) => {
      const bytes = made(10_007);
      let at = 3;
      for await (const block of readAhead(bytes, 3, 10_001, { rangeBytes: 100, ranges: 3, reuse })) {
        for (const byte of block) expect(byte).toBe(at++ % 251);
      }
      expect(at).toBe(10_001);
      expect(bytes.most).toBe(3);
      expect(bytes.reads).toBe(100);
    },
  );

  it('keeps blocks as they are where memory is not used again', async () => {
    const blocks: Buffer[] = [];
    for await (const block of readAhead(made(1000), 0, 1000, { rangeBytes: 100, ranges: 3 }))
      blocks.push(block);
    expect(Buffer.concat(blocks).every((byte, index) => byte === index % 251)).toBe(true);
  });

  it('throws what a read throws, after the blocks before it', async () => {
    const bytes = made(1000);
    const { readAside } = bytes;
    bytes.readAside = async (at, into) => {
      if (at >= 500) throw new Error(`no ${at}`);
      await readAside(at, into);
    };
    let count = 0;
    const all = async () => {
      for await (const _ of readAhead(bytes, 0, 1000, { rangeBytes: 100 })) count += 1;
    };
    await expect(all()).rejects.toThrow('no 500');
    expect(count).toBe(5);
  });
});

describe('what a web server says no to', () => {
  it('a folder cannot be listed, and nothing is written', async () => {
    const web = await startWeb();
    const storage = await openRemote(`${web.at}/folder/?token=PLANTED`);
    expect(await storage.asFile()).toBeNull();
    for (const act of [
      () => listed(storage),
      () => storage.create('x'),
      () => storage.putIfAbsent('x', Buffer.alloc(1)),
    ])
      expect(await failureOf(act)).toMatchObject({
        code: 'remote-unsupported',
        exitCode: 2,
        where: `${web.at}/folder`,
      });
  });

  it('a file that changed is never read on', async () => {
    const web = await startWeb();
    for (const ranges of [true, false]) {
      web.ranges = ranges;
      const headers = [
        { etag: '"one"' },
        { etag: 'W/"one"' },
        { 'last-modified': 'Mon, 01 Jan 2024 00:00:00 GMT' },
        {},
      ];
      for (const before of headers as Record<string, string>[]) {
        web.headers = before;
        const bytes = await opened(`${web.at}/file.jsonl`);
        web.headers = before.etag === undefined ? before : { etag: before.etag.replace('one', 'two') };
        if (before['last-modified'] !== undefined)
          web.headers = { 'last-modified': 'Tue, 02 Jan 2024 00:00:00 GMT' };
        // Without a version only the size tells.
        web.body = Buffer.concat([text, Buffer.from('more')]);
        expect(await failureOf(() => allOf(bytes))).toMatchObject({ code: 'input-changed', exitCode: 1 });
        web.body = text;
      }
    }
  });

  it('a file that went away, and one that was listed as another, are changed', async () => {
    const web = await startWeb();
    const file = (await (await openRemote(`${web.at}/file.jsonl?x=PLANTED`, { patience })).asFile())!;
    const bytes = await file.folder.open('file.jsonl', file.entry);
    const other = await failureOf(() => file.folder.open('file.jsonl', { ...file.entry, stamp: '"other"' }));
    expect(other.code).toBe('input-changed');
    web.instead = (_, response) => Boolean(response.writeHead(404).end());
    expect(await failureOf(() => allOf(bytes))).toMatchObject({
      code: 'input-changed',
      where: `${web.at}/file.jsonl`,
    });
    expect(await failureOf(() => file.folder.open('file.jsonl'))).toMatchObject({
      code: 'remote-missing',
      exitCode: 2,
    });
  });

  it.each([
    [401, 'remote-denied', 2],
    [403, 'remote-denied', 2],
    [400, 'remote-refused', 2],
    [501, 'remote-refused', 2],
    [429, 'remote-unreachable', 1],
    [500, 'remote-unreachable', 1],
    [503, 'remote-unreachable', 1],
  ])('%i is %s', async (status, code, exitCode) => {
    const web = await startWeb();
    web.instead = (_, response) =>
      Boolean(response.writeHead(status, { 'retry-after': '0' }).end('it was PLANTED'));
    const storage = await openRemote(`${web.at.replace('//', '//u:planted@')}/file.jsonl?s=PLANTED`, {
      patience,
    });
    const error = await failureOf(() => storage.asFile());
    expect(error).toMatchObject({ code, exitCode, where: `${web.at}/file.jsonl` });
    expect(error.message).toContain(String(status));
    expect(web.requests.length).toBe(exitCode === 1 ? patience.tries : 1);
    expect(storage.retries).toBe(web.requests.length - 1);
  });

  it('a server that is not there, does not answer or says nothing of a size', async () => {
    const web = await startWeb();
    const nobody = await openRemote('http://127.0.0.1:1/file.jsonl?s=PLANTED', { patience });
    expect(await failureOf(() => nobody.asFile())).toMatchObject({
      code: 'remote-unreachable',
      message: 'nothing listens at 127.0.0.1:1 (tried 4 times)',
      where: 'http://127.0.0.1:1/file.jsonl',
      exitCode: 1,
    });
    const storage = await openRemote(`${web.at}/file.jsonl`, { patience });
    web.instead = () => true;
    expect((await failureOf(() => storage.asFile())).message).toBe(
      `no byte for 0.3 s from ${new URL(web.at).host} (tried 4 times)`,
    );
    web.instead = (_, response) => Boolean(response.writeHead(200).end('x'));
    expect((await failureOf(() => storage.asFile())).code).toBe('remote-unsupported');
    web.instead = (request, response) => Boolean(response.writeHead(302, { location: request.url }).end());
    expect((await failureOf(() => storage.asFile())).code).toBe('remote-refused');
  });

  it('formats that are read in parts need ranges, beyond what lies near the start', async () => {
    const web = await startWeb();
    web.ranges = false;
    web.body = Buffer.alloc(20 * 1024 * 1024);
    const bytes = await opened(`${web.at}/file.jsonl`);
    const error = await failureOf(() => bytes.read(bytes.size - 8, Buffer.alloc(8)));
    expect(error).toMatchObject({ code: 'remote-unsupported' });
    expect(error.cure).toContain('download');
  });
});
