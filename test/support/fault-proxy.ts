/**
 * A proxy on loopback that stands before a server and does to answers what networks and busy servers do. Which answer meets
 * which fault is a hash of the seed, the request and how often it came, so a run can be repeated.
 */
import { createHash } from 'node:crypto';
import http, { type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';

export type Fault =
  | 'lostAnswer'
  | 'cut'
  | 'shorter'
  | 'smallerRange'
  | 'longer'
  | 'unmeasured'
  | 'stall'
  | 'delay'
  | 'internalError'
  | 'slowDown'
  | 'tooMany'
  | 'badGateway';

const faults: Readonly<Record<Fault, (answer: ProxiedAnswer) => unknown>> = {
  /** The request is taken, and the connection closed; whether the server did what it says stays open. */
  lostAnswer: ({ response }) => response.destroy(),
  /** Half of the body, then the connection breaks. */
  cut: ({ response, status, headers, body }) => {
    response.writeHead(status, headers);
    response.write(body.subarray(0, body.length >> 1), () => response.destroy());
  },
  /** Half of the body, with a length that says so. */
  shorter: ({ response, status, headers, body }) => {
    const half = body.subarray(0, body.length >> 1);
    response.writeHead(status, { ...headers, 'content-length': half.length }).end(half);
  },
  /** Half of a range, and the headers of that half. */
  smallerRange: (answer) => {
    const { response, status, headers, body } = answer;
    const [, from, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(String(headers['content-range'])) ?? [];
    if (from === undefined || body.length < 2) return faults.shorter(answer);
    const half = body.subarray(0, body.length >> 1);
    const range = `bytes ${from}-${Number(from) + half.length - 1}/${total}`;
    response
      .writeHead(status, { ...headers, 'content-length': half.length, 'content-range': range })
      .end(half);
  },
  /** More than was asked for, without a length. */
  longer: ({ response, status, headers, body }) => {
    const { 'content-length': _, ...others } = headers;
    response.writeHead(status, { ...others, 'transfer-encoding': 'chunked' });
    response.end(Buffer.concat([body, Buffer.from('more')]));
  },
  /** Less than was asked for, without a length. */
  unmeasured: ({ response, status, headers, body }) => {
    const { 'content-length': _, ...others } = headers;
    response
      .writeHead(status, { ...others, 'transfer-encoding': 'chunked' })
      .end(body.subarray(0, body.length >> 1));
  },
  /** Nothing comes any more after half of the body. */
  stall: ({ response, status, headers, body }) => {
    response.writeHead(status, headers);
    response.write(body.subarray(0, body.length >> 1));
  },
  delay: ({ response, status, headers, body }) =>
    setTimeout(() => response.writeHead(status, headers).end(body), 30),
  internalError: ({ response }) => problem(response, 500, 'InternalError'),
  slowDown: ({ response }) => problem(response, 503, 'SlowDown'),
  tooMany: ({ response }) => problem(response, 429, 'TooManyRequests', { 'retry-after': '0' }),
  badGateway: ({ response }) =>
    void response.writeHead(502, { 'content-type': 'text/html' }).end('<html>502</html>'),
};

const lengthFaults: readonly Fault[] = ['cut', 'shorter', 'smallerRange', 'longer', 'unmeasured'];

/** All that break an answer: what is read through them must be sent again. */
export const allFaults: readonly Fault[] = Object.keys(faults) as Fault[];

interface ProxiedAnswer {
  readonly response: ServerResponse;
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

function problem(
  response: ServerResponse,
  status: number,
  code: string,
  headers: OutgoingHttpHeaders = {},
): void {
  response.writeHead(status, { 'content-type': 'application/xml', ...headers });
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>later</Message></Error>`);
}

export interface FaultProxy {
  readonly endpoint: string;
  /** `GET path` of every request, in order. */
  readonly requests: string[];
  /** How often each fault was made. */
  readonly made: Map<Fault, number>;
  /** What is done with the next requests. */
  plan: FaultPlan;
}

export interface FaultPlan {
  readonly seed?: number;
  /** Of requests; the others pass. */
  readonly share: number;
  readonly faults: readonly Fault[];
  /** Requests that may meet one; all by default. */
  readonly of?: (request: IncomingMessage) => boolean;
  /** Headers to change in what passes. */
  readonly headers?: (headers: OutgoingHttpHeaders) => OutgoingHttpHeaders;
  /** Done before a request goes on. */
  readonly before?: (request: IncomingMessage) => Promise<void> | void;
}

/** @param upstream `http://127.0.0.1:PORT` */
export async function startFaultProxy(
  upstream: string,
  plan: FaultPlan = { share: 0, faults: [] },
): Promise<FaultProxy> {
  const seen = new Map<string, number>();
  const proxy = { requests: [] as string[], made: new Map<Fault, number>(), plan };
  const agent = new http.Agent({ keepAlive: true });
  const server = http.createServer((request, response) => {
    const { plan } = proxy;
    const name = `${request.method} ${request.url}`;
    const key = `${name} ${request.headers.range ?? ''}`;
    const times = seen.get(key) ?? 0;
    seen.set(key, times + 1);
    proxy.requests.push(name);
    const fault = (plan.of?.(request) ?? true) ? chosen(plan, key, times) : null;
    if (fault !== null) proxy.made.set(fault, (proxy.made.get(fault) ?? 0) + 1);
    const forward = async () => {
      await plan.before?.(request);
      const answer = await passOn(request, upstream, agent);
      const headers = plan.headers?.(answer.headers) ?? answer.headers;
      const proxied = { response, ...answer, headers };
      // An answer to HEAD has no body to be broken, and nothing beside it that would show a wrong length.
      const isBodiless = request.method === 'HEAD' && lengthFaults.includes(fault!);
      if (isBodiless) faults.lostAnswer(proxied);
      else if (fault === null) response.writeHead(answer.status, headers).end(answer.body);
      else faults[fault](proxied);
    };
    forward().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    agent.destroy();
  });
  const { port } = server.address() as { port: number };
  return Object.assign(proxy, { endpoint: `http://127.0.0.1:${port}` });
}

function chosen({ seed = 1, share, faults: kinds }: FaultPlan, key: string, times: number): Fault | null {
  const digest = createHash('sha256').update(`${seed} ${times} ${key}`).digest();
  if (digest.readUInt32LE(0) / 2 ** 32 >= share) return null;
  return kinds[digest.readUInt32LE(4) % kinds.length] ?? null;
}

function passOn(
  request: IncomingMessage,
  upstream: string,
  agent: http.Agent,
): Promise<Omit<ProxiedAnswer, 'response'>> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(upstream);
    const { method = 'GET', url: path = '/', headers } = request;
    // The host stays as the client has it: it is signed.
    const outgoing = http.request({ agent, host: '127.0.0.1', port, method, path, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
      );
    });
    outgoing.on('error', reject);
    request.pipe(outgoing);
  });
}
