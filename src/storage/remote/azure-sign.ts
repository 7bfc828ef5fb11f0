/**
 * Shared Key authorization of Azure's blobs, as of version 2015-02-21 and later.
 * https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key
 */
import { createHmac } from 'node:crypto';

export interface AzureRequest {
  readonly method: string;
  /** As it is sent: encoded by `encodePath`, and with the account where the server has it in the path (Azurite). */
  readonly path: string;
  /** Not encoded; names in lower case. */
  readonly query: Readonly<Record<string, string>>;
  /** Names in lower case. Those that belong to the protocol are signed. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Standard headers in the order of the signature: each has a line, which is empty where there is no such header. */
const standard = [
  'content-encoding',
  'content-language',
  'content-length',
  'content-md5',
  'content-type',
  'date',
  'if-modified-since',
  'if-match',
  'if-none-match',
  'if-unmodified-since',
  'range',
];

export function stringToSign({ method, path, query, headers }: AzureRequest, account: string): string {
  // A length of zero is an empty line, too.
  const first = standard.map((name) =>
    name === 'content-length' ? headers[name]?.replace(/^0$/, '') : headers[name],
  );
  const own = Object.keys(headers)
    .filter((name) => name.startsWith('x-ms-'))
    .sort();
  const asked = Object.keys(query).sort();
  return [
    method,
    ...first.map((value) => value ?? ''),
    ...own.map((name) => `${name}:${headers[name]!.trim()}`),
    `/${account}${path}`,
    ...asked.map((name) => `${name}:${query[name]}`),
  ].join('\n');
}

/** The value of the header `authorization`. */
export function authorization(request: AzureRequest, account: string, key: Buffer): string {
  const signature = createHmac('sha256', key).update(stringToSign(request, account)).digest('base64');
  return `SharedKey ${account}:${signature}`;
}
