/**
 * `longmix serve`: a feed over HTTP. The server keeps no state per rank: a rank that reconnects with its current step
 * gets the same rows as without the interruption.
 *
 *   GET /v1/manifest   JSON (`manifest.ts`); ?rows_per_step
 *   GET /v1/stream     Arrow streams (`arrow-stream.ts`); ?rank, world_size, epoch, start_step, steps, rows_per_step;
 *                      without `steps`: to the end of the epoch
 *   GET /metrics       for Prometheus
 *   GET /healthz       "ok", for everybody, without a token
 *
 * A body that ends before its last batch is cut off without HTTP's last chunk, so no reader mistakes it for complete.
 * HTTP/1.0 has no chunks, and gets no stream.
 *
 * Cost: two batches of memory and one file descriptor per stream. All ranks share the shards' files.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { LongmixError } from '../../errors.ts';
import { batches, type Course, courseFrom } from '../batches.ts';
import { type Feed, type FeedOptions, feedOf } from '../feed.ts';
import type { FeedSets } from '../rows/sets.ts';
import { arrowStream, arrowStreamType } from '../stream/arrow-stream.ts';
import { writeOut } from '../stream/write-out.ts';
import { namesLoopback, tokenCheck } from './access.ts';
import { watchIdle } from './idle.ts';
import { Metrics } from './metrics.ts';
import { manifestQuery, noQuery, type StreamQuery, streamQuery } from './stream-query.ts';

export interface ServeOptions extends FeedOptions {
  /** Null: only for programs on this machine; the caller must listen on a loopback address. */
  readonly token: string | null;
  /** PEM. */
  readonly tls: { readonly key: Buffer; readonly cert: Buffer } | null;
  readonly maxConnections: number;
  /** A reader that takes nothing for this long is cut off; one that takes less than some 2 MB in it may be, too. */
  readonly idleSeconds: number;
  /** Called with one line about each error on the server's side. */
  readonly onError: (message: string) => void;
}

export interface FeedServer {
  readonly server: Server;
  /** Ends streams after their current batch. Resolves when the last connection has closed. */
  readonly stop: () => Promise<void>;
}

const longestUrl = 2048;
const headerBytes = 8 * 1024;
const headerSeconds = 10;
const keepAliveSeconds = 10;
const stopSeconds = 2;

/** @param opened the caller must close these sets */
export function feedServer(opened: FeedSets, options: ServeOptions): FeedServer {
  const metrics = new Metrics();
  let feed: Feed | undefined;
  const allowed = options.token === null ? null : tokenCheck(options.token);
  let stopping = false;

  const limits = {
    maxHeaderSize: headerBytes,
    headersTimeout: headerSeconds * 1000,
    requestTimeout: headerSeconds * 1000,
    keepAliveTimeout: keepAliveSeconds * 1000,
    connectionsCheckingInterval: 1000,
  };
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    respond(request, response).catch((error: unknown) => options.onError(messageOf(error)));
  };
  const server =
    options.tls === null
      ? createServer(limits, answer)
      : createTlsServer({ ...limits, ...options.tls, handshakeTimeout: headerSeconds * 1000 }, answer);
  server.maxConnections = options.maxConnections;
  server.on('drop', () => {
    metrics.refused += 1;
  });

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const arrived = performance.now();
    const { url = '', method, headers } = request;
    const path = url.length > longestUrl ? '' : url.split('?', 1)[0]!;
    const known = Object.hasOwn(routes, path);
    response.on('close', () => metrics.request(known ? path : 'other', response.statusCode));
    // No request needs a body. A body is not read, and its connection is not used again.
    request.on('error', () => {});
    if (
      method !== 'GET' ||
      headers['transfer-encoding'] !== undefined ||
      Number(headers['content-length'] ?? 0) > 0
    ) {
      return refuse(response, 405, 'method-unknown', 'only GET, without a body', {
        headers: { allow: 'GET' },
      });
    }
    if (url.length > longestUrl)
      return refuse(response, 414, 'url-too-long', `more than ${longestUrl} characters`);
    if (path !== '/healthz') {
      if (allowed !== null && !allowed(headers.authorization)) {
        return refuse(response, 401, 'token-wrong', 'send the header Authorization: Bearer TOKEN', {
          headers: { 'www-authenticate': 'Bearer' },
        });
      }
      if (allowed === null && !namesLoopback(headers.host)) {
        return refuse(
          response,
          403,
          'host-unknown',
          'without a token only requests to localhost are answered',
        );
      }
    }
    if (!known) return refuse(response, 404, 'path-unknown', `paths are ${Object.keys(routes).join(', ')}`);
    if (stopping) return refuse(response, 503, 'stopping', 'the server is being stopped');
    const search = new URLSearchParams(url.slice(path.length));
    try {
      await routes[path as keyof typeof routes](search, response, arrived);
    } catch (error) {
      if (response.headersSent) {
        response.destroy();
        throw error;
      }
      if (error instanceof LongmixError && error.exitCode === 2)
        return refuse(response, 400, error.code, error.message, { cure: error.cure });
      refuse(response, 500, 'failed', 'the server could not do it; its log says why');
      throw error;
    }
  }

  const routes = {
    '/v1/manifest': (search: URLSearchParams, response: ServerResponse) => {
      const { rows_per_step: rowsPerStep } = manifestQuery(search);
      send(response, 200, 'application/json', `${JSON.stringify(feedWith(rowsPerStep).manifest)}\n`);
    },
    '/v1/stream': async (search: URLSearchParams, response: ServerResponse, arrived: number) => {
      if (response.req.httpVersion === '1.0') {
        return refuse(
          response,
          505,
          'http-version',
          'a stream needs HTTP/1.1: in 1.0 a body that was cut off looks whole',
          { cure: 'a proxy may have to be told: proxy_http_version 1.1 for nginx' },
        );
      }
      // Node delays the response to a pipelined request, and doesn't inform it when the connection ends.
      if (response.socket === null) {
        return refuse(
          response,
          400,
          'stream-pipelined',
          'the answer before is not complete: wait for it, or use another connection',
        );
      }
      const query = streamQuery(search);
      const own = feedWith(query.rows_per_step);
      await stream(own, courseOf(own, query), response, arrived);
    },
    '/metrics': (search: URLSearchParams, response: ServerResponse) => {
      noQuery(search);
      send(response, 200, 'text/plain; version=0.0.4', metrics.text());
    },
    '/healthz': (search: URLSearchParams, response: ServerResponse) => {
      noQuery(search);
      send(response, 200, 'text/plain', 'ok\n');
    },
  };

  function feedWith(rowsPerStep: number | undefined): Feed {
    if (rowsPerStep !== undefined) return feedOf(opened, { ...options, rowsPerStep });
    feed ??= feedOf(opened, options);
    return feed;
  }
  // Report a wrong flag at once. Without the flag the default of one row may be invalid; requests then give the number.
  if (options.rowsPerStep !== undefined) feedWith(undefined);

  async function stream(own: Feed, course: Course, response: ServerResponse, arrived: number): Promise<void> {
    const gone = new AbortController();
    const watch = watchIdle(options.idleSeconds, () => {
      metrics.stalled += 1;
      response.destroy();
    });
    response.on('close', () => {
      watch.end();
      gone.abort();
    });
    response.writeHead(200, { 'content-type': arrowStreamType, 'cache-control': 'no-store' });
    metrics.openStreams += 1;
    let first = true;
    try {
      for await (const { chunks, rows } of arrowStream(own, batches(own, course, { reuse: true }))) {
        // The time for reading the shards doesn't count as the reader's.
        watch.alive();
        const taken = await writeOut(response, chunks, { signal: gone.signal, onTaken: watch.alive }).then(
          () => true,
          // The reader has left, which is not an error.
          () => false,
        );
        if (!taken) return;
        watch.rest();
        metrics.bytes += chunks.reduce((sum, chunk) => sum + chunk.length, 0);
        metrics.rows += rows;
        if (first) metrics.firstBatch((performance.now() - arrived) / 1000);
        first = false;
        if (stopping) {
          response.destroy();
          return;
        }
      }
      response.end();
    } finally {
      metrics.openStreams -= 1;
    }
  }

  return {
    server,
    async stop() {
      stopping = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      // Readers that take nothing would keep the server open.
      const timer = setTimeout(() => server.closeAllConnections(), stopSeconds * 1000);
      await closed;
      clearTimeout(timer);
    },
  };
}

/**
 * The most rows per batch. In a shuffled epoch each row is a separate read; with many more rows, one request would keep
 * the others waiting for seconds.
 */
const mostRows = 32_768;

/** @throws LongmixError `step-missing` | `rank-invalid` | `batch-too-large` */
function courseOf(feed: Feed, query: StreamQuery): Course {
  const { rank = 0, world_size: worldSize = 1, epoch = 0, start_step: step = 0 } = query;
  const rows = Math.max(...feed.manifest.sets.map(({ rowsPerStep }) => rowsPerStep)) / worldSize;
  if (rows > mostRows) {
    throw new LongmixError(
      'batch-too-large',
      `${Math.ceil(rows)} rows for a rank and step; the most are ${mostRows}`,
      {
        cure: 'use fewer rows_per_step or more ranks, or read the files: longmix pipe',
      },
    );
  }
  return courseFrom(feed, { epoch, step }, query.steps, rank, worldSize);
}

function send(response: ServerResponse, code: number, type: string, body: string): void {
  response.writeHead(code, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(body);
}

function refuse(
  response: ServerResponse,
  code: number,
  error: string,
  message: string,
  {
    headers = {},
    cure,
  }: { readonly headers?: Readonly<Record<string, string>>; readonly cure?: string | undefined } = {},
): void {
  for (const [name, value] of Object.entries({ ...headers, connection: 'close' }))
    response.setHeader(name, value);
  send(response, code, 'application/json', `${JSON.stringify({ error: { code: error, message, cure } })}\n`);
}

function messageOf(error: unknown): string {
  return error instanceof LongmixError ? error.message : ((error as Error).stack ?? String(error));
}
