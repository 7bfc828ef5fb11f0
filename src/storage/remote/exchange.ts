/**
 * One request and its answer, on node:http with one agent whose connections stay open. It takes half of the CPU of
 * fetch, and lets a body go straight into the memory of the reader. Nothing here tries again.
 */
import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { Passing } from './retry.ts';

export interface Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** `https://host:port` */
  readonly origin: string;
  /** Path and query as they go out: encoded already. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Body;
  readonly signal?: AbortSignal | undefined;
  readonly stallSeconds: number;
}

/** Bytes to send: in memory, or read as they are asked for. */
export interface Body {
  readonly length: number;
  subarray(from: number, to: number): Uint8Array;
}

/** An answer whose body is still to come; one of its functions must be called. All throw Passing for a broken body. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /**
   * The body, which must have exactly `length` bytes, chunk by chunk. What was given stays right even if the rest does not
   * come.
   */
  give(length: number, take: (chunk: Buffer) => void): Promise<void>;
  /** The body in memory, as far as `mostBytes`; more is Passing. */
  gather(mostBytes?: number): Promise<Buffer>;
  chunks(): AsyncGenerator<Uint8Array>;
  /** Gives up the body, and the connection with it. */
  drop(): void;
}

const options = { keepAlive: true, maxSockets: 256 };
const agents = { http: new http.Agent(options), https: new https.Agent(options) };
const pieceBytes = 256 * 1024;

/** @throws Passing for a connection that can't be made or breaks; the signal's reason after its abort */
export function exchange(request: Request): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method, origin, headers, path, body, signal, stallSeconds } = request;
    signal?.throwIfAborted();
    const { protocol, hostname, port } = new URL(origin);
    const secure = protocol === 'https:';
    // An IPv6 host has brackets in a URL, and none in a socket's address.
    const host = hostname.replace(/^\[|\]$/g, '');
    const outgoing = (secure ? https : http).request({
      agent: secure ? agents.https : agents.http,
      ...{ method, host, port, path, headers },
    });
    let failed: unknown;
    let answered = false;
    const fail = (error: unknown) => {
      failed ??= error;
      outgoing.destroy();
      reject(failed);
    };
    let alive = false;
    let paused = false;
    const stall = setTimeout(() => {
      // A thread that was busy for long has not looked at its sockets yet: they get a turn before it gives up.
      alive = false;
      setImmediate(() => {
        if (!alive && !paused) fail(new Passing(`no byte for ${stallSeconds} s`));
      });
    }, stallSeconds * 1000);
    const refresh = () => {
      alive = true;
      stall.refresh();
    };
    const abort = () => fail(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    const settle = () => {
      clearTimeout(stall);
      signal?.removeEventListener('abort', abort);
    };
    outgoing.on('error', (error) => {
      // An answer before all of the body went out: it says why.
      if (!answered) fail(new Passing(reasonOf(error)));
    });
    outgoing.on('close', () => {
      settle();
      reject(failed ?? new Passing('the connection was closed without an answer'));
    });
    outgoing.on('response', (message) => {
      answered = true;
      refresh();
      const pause = (now: boolean) => {
        paused = now;
        refresh();
      };
      resolve(answerOf(message, { refresh, pause, failure: () => failed, drop: () => outgoing.destroy() }));
    });
    send(outgoing, body, refresh);
  });
}

interface Connection {
  refresh(): void;
  /** While the consumer is at work, silence is its own. */
  pause(now: boolean): void;
  failure(): unknown;
  drop(): void;
}

function answerOf(message: IncomingMessage, { refresh, pause, failure, drop }: Connection): Answer {
  // A connection may break before somebody looks at the body.
  message.on('error', () => {});
  const consume = (take: (chunk: Buffer) => void): Promise<void> =>
    new Promise((resolve, reject) => {
      const fail = (error: unknown) => {
        drop();
        reject(failure() ?? error);
      };
      if (message.destroyed && !message.complete) return fail(cutShort());
      message.on('data', (chunk: Buffer) => {
        refresh();
        try {
          take(chunk);
        } catch (error) {
          fail(error);
        }
      });
      message.on('end', () => (message.complete ? resolve() : fail(cutShort())));
      message.on('error', () => fail(cutShort()));
      message.on('close', () => fail(cutShort()));
    });
  return {
    status: message.statusCode ?? 0,
    headers: message.headers,
    async give(length, take) {
      let received = 0;
      await consume((chunk) => {
        received += chunk.length;
        if (received > length) throw new Passing('the body is longer than what was asked for');
        take(chunk);
      });
      if (received < length) throw cutShort();
    },
    async gather(mostBytes = 32 * 1024 * 1024) {
      const chunks: Buffer[] = [];
      let received = 0;
      await consume((chunk) => {
        received += chunk.length;
        if (received > mostBytes) throw new Passing(`an answer of more than ${mostBytes} bytes`);
        chunks.push(chunk);
      });
      return Buffer.concat(chunks);
    },
    async *chunks() {
      try {
        for await (const chunk of message) {
          pause(true);
          yield chunk as Buffer;
          pause(false);
        }
      } catch {
        throw failure() ?? cutShort();
      } finally {
        if (!message.complete) drop();
      }
      if (!message.complete) throw cutShort();
    },
    drop,
  };
}

/** In pieces, so that a slow upload is not taken for one that stalls. */
function send(outgoing: http.ClientRequest, body: Body | undefined, progress: () => void): void {
  if (body === undefined) {
    outgoing.end();
    return;
  }
  let at = 0;
  const next = (error?: Error | null) => {
    // Given up: the body may not be there any more.
    if (error || outgoing.destroyed) return;
    progress();
    if (at >= body.length) {
      outgoing.end();
      return;
    }
    try {
      const piece = body.subarray(at, Math.min(body.length, at + pieceBytes));
      at += piece.length;
      outgoing.write(piece, next);
    } catch (cause) {
      outgoing.destroy(cause as Error);
    }
  };
  next();
}

function cutShort(): Passing {
  return new Passing('the connection broke in the middle of an answer');
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was closed',
  ENOTFOUND: 'no host of that name',
  EAI_AGAIN: 'the name of the host cannot be resolved now',
  EPIPE: 'the connection was closed',
  ETIMEDOUT: 'the connection timed out',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
};

/** Of Node's own codes only: a message may have what the server sent. */
function reasonOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined ? 'the connection failed' : (words[code] ?? `the connection failed: ${code}`);
}
