/**
 * Sends one request and gives its answer, on node:http, with one agent that keeps connections open. It takes half of the CPU
 * of the AWS SDK (bench/RESULTS.md). This file never tries again; `retry.ts` does.
 */
import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { LongmixError } from '../../errors.ts';
import { Passing } from './retry.ts';

export interface Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** `https://host:port` */
  readonly origin: string;
  /** The encoded path with its query, exactly as it is sent. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Body;
  readonly signal?: AbortSignal | undefined;
  readonly stallSeconds: number;
}

/** Bytes to send. They are in memory, or are read when `subarray` asks for them. */
export interface Body {
  readonly length: number;
  subarray(from: number, to: number): Uint8Array;
}

/** An answer whose body is still to come. The caller must use one of its functions; all throw Passing for a broken body. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /**
   * Gives the body chunk by chunk. It must have exactly `length` bytes; chunks that were given are right even if it breaks
   * later.
   */
  give(length: number, take: (chunk: Buffer) => void): Promise<void>;
  /** The whole body in memory. A body of more than `mostBytes` is Passing. */
  gather(mostBytes?: number): Promise<Buffer>;
  chunks(): AsyncGenerator<Uint8Array>;
  /** Gives up the body, and the connection with it. */
  drop(): void;
}

const options = { keepAlive: true, maxSockets: 256 };
const agents = { http: new http.Agent(options), https: new https.Agent(options) };
const pieceBytes = 256 * 1024;

/**
 * @throws Passing for a connection that can't be made or breaks; LongmixError `remote-settings` for a certificate that is
 * not trusted; the signal's reason after its abort
 */
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
      // A busy thread may not have looked at its sockets for a while. Give them a turn before giving up.
      alive = false;
      setImmediate(() => {
        if (!alive && !paused)
          fail(new Passing(`no byte for ${stallSeconds} s from ${new URL(origin).host}`));
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
      // If an answer came before the whole body was sent, the answer says why.
      if (!answered) fail(untrusted(error, origin) ?? new Passing(reasonOf(error, origin)));
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
  /** Stops the clock while the consumer is at work, since then no byte is asked for. */
  pause(now: boolean): void;
  failure(): unknown;
  drop(): void;
}

function answerOf(message: IncomingMessage, { refresh, pause, failure, drop }: Connection): Answer {
  // A connection may break before anybody reads the body; without a listener that would end the process.
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

/** Sends the body in pieces, so that a slow upload is not mistaken for a stalled one. */
function send(outgoing: http.ClientRequest, body: Body | undefined, progress: () => void): void {
  if (body === undefined) {
    outgoing.end();
    return;
  }
  let at = 0;
  const next = (error?: Error | null) => {
    // After the request was given up, the body may be gone.
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

/** With the host: the address that is read may not name it. */
const words: Readonly<Record<string, (host: string) => string>> = {
  ECONNREFUSED: (host) => `nothing listens at ${host}`,
  ECONNRESET: (host) => `${host} closed the connection`,
  ENOTFOUND: (host) => `there is no host ${host}`,
  EAI_AGAIN: (host) => `the name ${host} cannot be resolved now`,
  EPIPE: (host) => `${host} closed the connection`,
  ETIMEDOUT: (host) => `the connection to ${host} timed out`,
  EHOSTUNREACH: (host) => `${host} cannot be reached`,
  ENETUNREACH: (host) => `the network of ${host} cannot be reached`,
};

/** A certificate does not become right by asking again; null: another error. */
function untrusted(error: Error, origin: string): LongmixError | null {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (!/CERT|^UNABLE_TO_/.test(code)) return null;
  return new LongmixError('remote-settings', `the certificate of the server is not trusted (${code})`, {
    where: origin,
    cure: 'check the endpoint; for an authority of your own set NODE_EXTRA_CA_CERTS to the file of its certificate',
  });
}

/** Uses only the codes of Node: a message may contain text from the server. */
function reasonOf(error: Error, origin: string): string {
  const { code = '' } = error as NodeJS.ErrnoException;
  const { host } = new URL(origin);
  return words[code]?.(host) ?? `the connection to ${host} failed${code === '' ? '' : `: ${code}`}`;
}
