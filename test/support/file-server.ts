/** The files of a folder over HTTP, by ranges, with an etag each: counts what it sends, and may be told to misbehave. */
import { readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export interface FileServer {
  /** `http://127.0.0.1:PORT` */
  readonly address: string;
  /** Bytes of bodies that were sent, and requests: start again at any time by setting them. */
  readonly sent: { bytes: number; requests: number };
}

/** True: the answer was given, and not by the server. */
export type Misbehaviour = (request: IncomingMessage, answer: ServerResponse, number: number) => boolean;

/** Goes when the test ends. */
export async function fileServer(folder: string, misbehave: Misbehaviour = () => false): Promise<FileServer> {
  const sent = { bytes: 0, requests: 0 };
  const server = createServer((request, answer) => {
    sent.requests += 1;
    if (misbehave(request, answer, sent.requests)) return;
    const path = join(folder, decodeURIComponent(new URL(request.url!, 'http://x').pathname));
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats?.isFile()) return void answer.writeHead(404).end();
    const content = readFileSync(path);
    const etag = `"${stats.size}-${stats.mtimeMs}"`;
    const headers = { etag, 'accept-ranges': 'bytes' };
    const ifRange = request.headers['if-range'];
    const isSame = ifRange === undefined || ifRange === etag;
    const [, first, last] = (isSame && /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '')) || [];
    if (first === undefined) {
      sent.bytes += content.length;
      return void answer.writeHead(200, { ...headers, 'content-length': content.length }).end(content);
    }
    const start = Number(first);
    if (start >= content.length)
      return void answer.writeHead(416, { ...headers, 'content-range': `bytes */${content.length}` }).end();
    const part = content.subarray(start, last === '' ? content.length : Number(last) + 1);
    sent.bytes += part.length;
    const range = `bytes ${start}-${start + part.length - 1}/${content.length}`;
    answer.writeHead(206, { ...headers, 'content-range': range, 'content-length': part.length }).end(part);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sent };
}
