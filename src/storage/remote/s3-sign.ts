/**
 * Signature version 4, and Google's dialect of it for HMAC keys.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 * https://cloud.google.com/storage/docs/authentication/signatures
 */
import { createHash, createHmac } from 'node:crypto';

export interface Keys {
  readonly id: string;
  readonly secret: string;
  /** Of keys that were lent for a while. */
  readonly session?: string | undefined;
}

export interface Dialect {
  readonly algorithm: string;
  readonly prefix: string;
  readonly service: string;
  readonly end: string;
  /** Of the headers that belong to the protocol: `x-amz-`. */
  readonly headers: string;
}

export const amazon: Dialect = {
  algorithm: 'AWS4-HMAC-SHA256',
  prefix: 'AWS4',
  service: 's3',
  end: 'aws4_request',
  headers: 'x-amz-',
};

/** Google does not take x-amz- and x-goog- headers in one request, and its conditional put needs one of the latter. */
export const google: Dialect = {
  algorithm: 'GOOG4-HMAC-SHA256',
  prefix: 'GOOG4',
  service: 'storage',
  end: 'goog4_request',
  headers: 'x-goog-',
};

export interface Signable {
  readonly method: string;
  /** Encoded by `encodePath`. */
  readonly path: string;
  /** By `encodeQuery`. */
  readonly query: string;
  /** With `host`; names in lower case. All are signed. */
  readonly headers: Readonly<Record<string, string>>;
  /** Hex, or UNSIGNED-PAYLOAD. */
  readonly payload: string;
}

export interface Signer {
  readonly keys: Keys;
  readonly region: string;
  readonly dialect: Dialect;
  readonly now: Date;
}

/** The headers, with those that sign them. */
export function sign(
  { method, path, query, headers, payload }: Signable,
  { keys, region, dialect, now }: Signer,
): Record<string, string> {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const day = time.slice(0, 8);
  const all: Record<string, string> = {
    ...headers,
    [`${dialect.headers}content-sha256`]: payload,
    [`${dialect.headers}date`]: time,
    ...(keys.session === undefined ? {} : { [`${dialect.headers}security-token`]: keys.session }),
  };
  const names = Object.keys(all).sort();
  const canonicalHeaders = names.map((name) => `${name}:${all[name]!.trim().replace(/ +/g, ' ')}\n`).join('');
  const signed = names.join(';');
  const canonical = [method, path, query, canonicalHeaders, signed, payload].join('\n');
  const scope = `${day}/${region}/${dialect.service}/${dialect.end}`;
  const text = [dialect.algorithm, time, scope, sha256(canonical)].join('\n');
  const parts = [day, region, dialect.service, dialect.end];
  const key = parts.reduce<string | Buffer>(
    (secret, part) => hmac(secret, part),
    dialect.prefix + keys.secret,
  );
  const signature = hmac(key, text).toString('hex');
  all.authorization = `${dialect.algorithm} Credential=${keys.id}/${scope}, SignedHeaders=${signed}, Signature=${signature}`;
  return all;
}

export function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
