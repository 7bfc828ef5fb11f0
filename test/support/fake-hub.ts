/**
 * A hub of datasets on loopback: revisions, trees in pages, files by ranges, large ones from a second host that refuses the
 * token. What it answers is what huggingface.co does, as far as a reader sees it.
 */
import { createHash } from 'node:crypto';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';

export interface HubDataset {
  /** One or two words. */
  readonly name: string;
  /** By path. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** Beside `main`: branches, tags and refs of the same commit. */
  readonly revisions?: readonly string[];
  readonly private?: boolean;
  readonly gated?: boolean;
}

export interface FakeHub {
  readonly endpoint: string;
  /** `METHOD URL`, and the range, of all that was asked; those of the second host begin with CDN. */
  readonly requests: string[];
  /** Files of this size and more lie at the second host. */
  largeBytes: number;
  /** What is signed by another number is refused by the second host, as after its time. */
  signature: number;
  readonly token: string;
}

export const commit: string = 'c0ffee'.padEnd(40, '0');
const pageEntries = 3;

export async function startFakeHub(datasets: readonly HubDataset[]): Promise<FakeHub> {
  const requests: string[] = [];
  const hub = {
    endpoint: '',
    requests,
    largeBytes: 1000,
    signature: 1,
    token: 'hf_planted-secret-of-the-tests',
  };
  const cdn = await listen((request, response) => {
    requests.push(`CDN ${request.method} ${request.url} ${request.headers.range ?? ''}`.trim());
    if (request.headers.authorization !== undefined) return response.writeHead(400).end();
    const url = new URL(request.url!, 'http://cdn');
    if (url.searchParams.get('signature') !== String(hub.signature)) return response.writeHead(403).end();
    const [, hash] = url.pathname.split('/');
    const file = datasets
      .flatMap(({ files }) => [...files.values()])
      .find((bytes) => sha256(bytes) === hash)!;
    sendFile(request, response, file, { etag: '"of-the-cdn"' });
  });
  hub.endpoint = await listen((request, response) => {
    requests.push(`${request.method} ${request.url} ${request.headers.range ?? ''}`.trim());
    answer({ hub, datasets, cdn, request, response });
  });
  return hub;
}

async function listen(
  handle: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<string> {
  const server = http.createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

interface Question {
  readonly hub: FakeHub;
  readonly datasets: readonly HubDataset[];
  readonly cdn: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

function answer({ hub, datasets, cdn, request, response }: Question): ServerResponse {
  const url = new URL(request.url!, hub.endpoint);
  const refuse = (status: number, code: string) => response.writeHead(status, { 'x-error-code': code }).end();
  const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1];
  if (token !== undefined && token !== hub.token) return refuse(401, '');
  const found = /^\/(api\/)?datasets\/(.+?)\/(revision|tree|resolve)\/([^/]+)(?:\/(.*))?$/.exec(url.pathname);
  const [, , name, verb, revision = '', rest = ''] = (found ?? []).map(
    (part) => part && decodeURIComponent(part),
  );
  const dataset = datasets.find((one) => one.name === name);
  if (dataset === undefined || (dataset.private && token === undefined))
    return refuse(token === undefined ? 401 : 404, 'RepoNotFound');
  if (dataset.gated && verb !== 'revision') return refuse(token === undefined ? 401 : 403, 'GatedRepo');
  if (!['main', commit, ...(dataset.revisions ?? [])].includes(revision))
    return refuse(404, 'RevisionNotFound');
  if (verb === 'revision') return sendJson(response, { id: name, sha: commit });
  const path = rest.replace(/\/$/, '');
  if (verb === 'tree') return sendTree(dataset, path, url, response);
  const bytes = dataset.files.get(path);
  if (bytes === undefined) return refuse(404, 'EntryNotFound');
  const about = { 'x-repo-commit': commit, etag: `"${oid(bytes)}"` };
  if (bytes.length < hub.largeBytes) return sendFile(request, response, bytes, about);
  const linked = { 'x-linked-size': bytes.length, 'x-linked-etag': `"${sha256(bytes)}"` };
  const location = `${cdn}/${sha256(bytes)}?signature=${hub.signature}`;
  return response.writeHead(302, { ...about, ...linked, location }).end();
}

function sendTree({ files }: HubDataset, under: string, url: URL, response: ServerResponse): ServerResponse {
  const paths = [...files.keys()].filter((path) => under === '' || path.startsWith(`${under}/`));
  if (paths.length === 0 && under !== '')
    return response.writeHead(404, { 'x-error-code': 'EntryNotFound' }).end();
  const folders = new Set(
    paths.flatMap((path) => foldersOf(path)).filter((folder) => folder.length > under.length),
  );
  const directories = [...folders].map((path) => ({
    type: 'directory',
    oid: oid(Buffer.from(path)),
    size: 0,
    path,
  }));
  const entries = [...directories, ...paths.map((path) => entryOf(path, files.get(path)!))];
  const from = Number(url.searchParams.get('cursor') ?? 0);
  const next = new URL(url);
  next.searchParams.set('cursor', String(from + pageEntries));
  const link = from + pageEntries < entries.length ? { link: `<${next.href}>; rel="next"` } : {};
  return sendJson(response, entries.slice(from, from + pageEntries), link);
}

function entryOf(path: string, bytes: Buffer): object {
  const lfs = { oid: sha256(bytes), size: bytes.length, pointerSize: 132 };
  return { type: 'file', oid: oid(bytes), size: bytes.length, path, ...(bytes.length < 1000 ? {} : { lfs }) };
}

function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function sendJson(
  response: ServerResponse,
  value: unknown,
  headers: Record<string, string> = {},
): ServerResponse {
  return response
    .writeHead(200, { 'content-type': 'application/json', ...headers })
    .end(JSON.stringify(value));
}

function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Buffer,
  headers: Record<string, string>,
): ServerResponse {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
  if (from === undefined)
    return response.writeHead(200, { ...headers, 'content-length': bytes.length }).end(bytes);
  const part = bytes.subarray(Number(from), Number(to) + 1);
  const range = `bytes ${from}-${Number(from) + part.length - 1}/${bytes.length}`;
  return response
    .writeHead(206, { ...headers, 'content-range': range, 'content-length': part.length })
    .end(part);
}

/** As git names a blob. */
function oid(bytes: Buffer): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
