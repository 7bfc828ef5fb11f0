/**
 * Sends requests to one bucket: signs them, sends them again while that may help, and follows to the bucket's region. A
 * refusal of S3 is thrown as `Refused`; `explain` turns it into an error for the user.
 */
import { LongmixError } from '../../errors.ts';
import { encodePath, encodeQuery } from './address.ts';
import { type Answer, type Body, exchange } from './exchange.ts';
import { Refused } from './object-read.ts';
import type { RemoteSettings } from './remote-storage.ts';
import { isBusy, Passing, type Persistence, persist, retryAfter } from './retry.ts';
import type { S3Settings } from './s3-settings.ts';
import { type Keys, sha256, sign } from './s3-sign.ts';
import { parseError } from './s3-xml.ts';

export interface Operation {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** null: the bucket itself. */
  readonly key: string | null;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Body;
  /** Hash of the body in hex, if it is known. */
  readonly sha256?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface S3Client {
  readonly bucket: string;
  readonly settings: S3Settings;
  readonly persistence: Persistence;
  /** For messages. */
  addressOf(key: string): string;
  /** One request, not repeated. @throws Passing, Refused */
  once(operation: Operation): Promise<Answer>;
  /** @param take reads the answer @throws Refused, LongmixError `remote-unreachable` */
  ask<T>(operation: Operation, take: (answer: Answer) => Promise<T>): Promise<T>;
}

const anyBody = 64 * 1024;

export function s3Client(
  scheme: string,
  bucket: string,
  settings: S3Settings,
  { patience }: RemoteSettings,
): S3Client {
  const persistence = { patience, counts: { retries: 0 } };
  const addressOf = (key: string) => `${scheme}://${bucket}/${key}`;
  let { region } = settings;
  let moves = 0;
  /** Milliseconds by which the server's clock is ahead. */
  let clock = 0;

  const send = async (operation: Operation, keys: Keys | null): Promise<Answer> => {
    const { method, key, query = {}, headers = {}, body, signal } = operation;
    const { origin, path: base, host } = placeOf(bucket, settings, region);
    const path = `${base}${key === null ? '' : encodePath(key)}`;
    const asked = encodeQuery(query);
    const secure = origin.startsWith('https:');
    const payload = secure
      ? 'UNSIGNED-PAYLOAD'
      : (operation.sha256 ?? sha256(body === undefined ? '' : body.subarray(0, body.length)));
    const all = {
      host,
      ...headers,
      ...(body === undefined ? {} : { 'content-length': String(body.length) }),
    };
    const signable = { method, path, query: asked, headers: all, payload };
    const now = new Date(Date.now() + clock);
    return await exchange({
      ...{ method, origin, signal, stallSeconds: patience.stallSeconds },
      path: asked === '' ? path : `${path}?${asked}`,
      headers: keys === null ? all : sign(signable, { keys, region, dialect: settings.dialect, now }),
      ...(body === undefined ? {} : { body }),
    });
  };

  const once = async (operation: Operation): Promise<Answer> => {
    let keys = await settings.keys();
    for (let again = 0; ; again += 1) {
      const signedFor = region;
      const answer = await send(operation, keys);
      if (answer.status >= 200 && answer.status < 300) return answer;
      const problem = parseError((await answer.gather(anyBody)).toString());
      const { 'x-amz-bucket-region': home, date } = answer.headers;
      const target = (typeof home === 'string' ? home : undefined) ?? problem?.region ?? undefined;
      const code = problem?.code ?? '';
      if (again < 2) {
        if (isElsewhere(answer.status, code) && target !== undefined && target !== signedFor) {
          // Several requests may learn this at the same time.
          if (region === signedFor && moves < 2) {
            moves += 1;
            region = target;
          }
          if (region !== signedFor) continue;
        }
        if (code === 'ExpiredToken') {
          keys = await settings.keys(true);
          continue;
        }
        if (code === 'RequestTimeTooSkewed' && date !== undefined) {
          clock = Date.parse(date) - Date.now();
          continue;
        }
      }
      if (isPassing(operation.method, answer.status, code)) {
        const words = code === '' ? '' : ` ${code}`;
        throw new Passing(`the server answers ${answer.status}${words}`, retryAfter(answer.headers));
      }
      throw new Refused(answer.status, code, redact(problem?.message ?? '', keys));
    }
  };

  return {
    ...{ bucket, settings, persistence, addressOf, once },
    ask: ({ signal, ...operation }, take) =>
      persist(
        persistence,
        addressOf(operation.key ?? ''),
        async () => await take(await once({ ...operation, signal })),
        signal,
      ),
  };
}

/** Where requests to a bucket go: the bucket is in the host or in the path. */
export function placeOf(
  bucket: string,
  { endpoint, pathStyle }: Pick<S3Settings, 'endpoint' | 'pathStyle'>,
  region: string,
): { readonly origin: string; readonly host: string; readonly path: string } {
  const own =
    endpoint ?? new URL(`https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`);
  const root = own.pathname.replace(/\/+$/, '');
  // A certificate for *.HOST does not fit a bucket with a dot.
  if (pathStyle || (bucket.includes('.') && own.protocol === 'https:'))
    return { origin: own.origin, host: own.host, path: `${root}/${bucket}/` };
  const host = `${bucket}.${own.host}`;
  return { origin: `${own.protocol}//${host}`, host, path: `${root}/` };
}

function isElsewhere(status: number, code: string): boolean {
  return (
    status === 301 ||
    status === 307 ||
    code === 'AuthorizationHeaderMalformed' ||
    (status === 400 && code === '')
  );
}

const passingCodes = new Set([
  'SlowDown',
  'RequestTimeout',
  'InternalError',
  'ServiceUnavailable',
  'ThrottlingException',
  'Throttling',
  'RequestLimitExceeded',
  'TooManyRequests',
  'BandwidthLimitExceeded',
  'ConditionalRequestConflict',
  'OperationAborted',
]);

function isPassing(method: string, status: number, code: string): boolean {
  // An upload in parts that conflicts with another must begin again.
  if (method === 'POST' && code === 'ConditionalRequestConflict') return false;
  return passingCodes.has(code) || isBusy(status);
}

/** Removes keys from a text of the server, which may repeat what it was sent. */
function redact(text: string, keys: Keys | null): string {
  const secrets = keys === null ? [] : [keys.secret, keys.session, keys.id];
  const clean = secrets.reduce<string>(
    (rest, secret) => (secret !== undefined && secret.length > 5 ? rest.replaceAll(secret, '***') : rest),
    text,
  );
  return clean.replace(/\s+/g, ' ').slice(0, 300);
}

/** Turns a refusal into an error for the user, and gives any other error back as it is. */
export function explain(error: unknown, client: S3Client, key: string): unknown {
  if (!(error instanceof Refused)) return error;
  const where = client.addressOf(key);
  const { status, code, message } = error;
  const said = [status, code].filter(Boolean).join(' ') + (message === '' ? '' : `: ${message}`);
  if (isMissing(error)) {
    const what =
      code === 'NoSuchBucket' ? `there is no bucket "${client.bucket}"` : 'there is no such object';
    return new LongmixError('remote-missing', what, {
      where,
      cure: `check the address${endpointHint(client)}`,
    });
  }
  // Some servers answer 404 for access keys that they do not know.
  if (status === 401 || status === 403 || /User|AccessKey/.test(code)) {
    const google = client.settings.dialect.service === 'storage';
    const names = google
      ? 'GS_ACCESS_KEY_ID and GS_SECRET_ACCESS_KEY'
      : 'AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or AWS_PROFILE';
    return new LongmixError('remote-denied', `the server refuses access (${said})`, {
      where,
      cure: `check ${names}, and what they may do with this bucket${endpointHint(client)}`,
    });
  }
  if (status === 501) {
    return new LongmixError('remote-unsupported', `the server cannot do this (${said})`, {
      where,
      cure: 'longmix needs lists, ranges and conditional puts (If-None-Match); use a server or a version of it that has them',
    });
  }
  return new LongmixError('remote-refused', `the server refuses the request (${said})`, {
    where,
    cure: `check the address, AWS_REGION and the name of the bucket${endpointHint(client)}`,
  });
}

/** Whether there is no such object, or no bucket; other things may be missing, too. */
export function isMissing({ status, code }: Refused): boolean {
  return status === 404 && /^(NoSuchKey|NoSuchBucket|NotFound|)$/.test(code);
}

function endpointHint({ settings }: S3Client): string {
  return settings.endpoint === null
    ? "; for another server than Amazon's set AWS_ENDPOINT_URL_S3"
    : ` at ${settings.endpoint.origin}`;
}
