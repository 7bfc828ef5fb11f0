/**
 * Datasets of the Hugging Face Hub. `hf://datasets/NAME[@REV]/PATH`, as in huggingface_hub: a name has two words, or one
 * for the oldest datasets; a revision is a branch, a tag, a commit or `refs/convert/parquet`. It is looked up once, and all
 * that is read is of that commit.
 *
 *   HF_TOKEN, or the file HF_TOKEN_PATH, HF_HOME/token, ~/.cache/huggingface/token
 *   HF_ENDPOINT     another server of the same kind
 */
import type { IncomingHttpHeaders } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { basename, dirname } from 'node:path/posix';
import { LongmixError } from '../../errors.ts';
import { exists, readText } from '../files.ts';
import type { Entry } from '../storage.ts';
import {
  badAddress,
  checkHeader,
  encodePart,
  encodePath,
  plainName,
  settingsError,
  shownAddress,
} from './address.ts';
import type { Answer } from './exchange.ts';
import { changed } from './range-read.ts';
import type { Environment, RemoteSettings, RemoteStorage } from './remote-storage.ts';
import { Passing, type Persistence, persist } from './retry.ts';
import { follow, openWebFile, refusal, type WebFile } from './web-file.ts';

interface Place {
  readonly name: string;
  readonly revision: string;
  readonly path: string;
}

interface Hub {
  readonly endpoint: string;
  readonly token: string;
  readonly persistence: Persistence;
}

/** One version of one dataset. */
interface Dataset {
  readonly hub: Hub;
  readonly name: string;
  readonly revision: string;
  readonly commit: string;
}

/** @throws LongmixError `remote-address` | `remote-denied` | `remote-missing` | `remote-unreachable` */
export async function openHub(
  address: string,
  { environment, patience }: RemoteSettings,
): Promise<RemoteStorage> {
  const places = placesOf(address);
  const endpoint = (environment.HF_ENDPOINT || 'https://huggingface.co').replace(/\/+$/, '');
  if (!URL.canParse(endpoint))
    throw settingsError(
      shownAddress(address),
      'HF_ENDPOINT is not a URL',
      'write HF_ENDPOINT=https://HOST[:PORT]',
    );
  const token = tokenOf(environment, address);
  const hub = { endpoint, token, persistence: { patience, counts: { retries: 0 } } };
  for (const [index, { name, revision, path }] of places.entries()) {
    const commit = await commitOf(hub, name, revision, index === places.length - 1);
    if (commit !== null) return datasetStorage({ hub, name, revision, commit }, path);
  }
  throw new Error('the last place is found, or an error');
}

/** What an address may mean, likeliest first. */
function placesOf(address: string): Place[] {
  const rest = /^hf:\/\/datasets\/(.+)$/is.exec(address)?.[1]?.replace(/\/+$/, '');
  if (rest === undefined)
    throw badAddress(address, 'on the hub only datasets are read, as hf://datasets/NAME');
  if (rest.split('/').some((part) => /^\.{0,2}$/.test(part)))
    throw badAddress(address, 'a part of it is empty, . or ..');
  const pinned = /^([^/@]+(?:\/[^/@]+)?)@(refs\/(?:convert|pr)\/[^/]+|[^/]+)(?:\/(.*))?$/s.exec(rest);
  if (pinned !== null) {
    const [, name = '', revision = '', path = ''] = pinned;
    return [{ name, revision: decodeURIComponent(revision), path }];
  }
  const [first = '', second, ...others] = rest.split('/');
  const one = {
    name: first,
    revision: 'main',
    path: [second, ...others].filter((part) => part !== undefined).join('/'),
  };
  return second === undefined
    ? [one]
    : [{ name: `${first}/${second}`, revision: 'main', path: others.join('/') }, one];
}

function tokenOf(environment: Environment, address: string): string {
  const { HF_TOKEN, HUGGING_FACE_HUB_TOKEN, HF_TOKEN_PATH, HF_HOME, XDG_CACHE_HOME, HOME } = environment;
  const cache = XDG_CACHE_HOME || join(HOME || homedir(), '.cache');
  const path = HF_TOKEN_PATH || join(HF_HOME || join(cache, 'huggingface'), 'token');
  const token = (HF_TOKEN || HUGGING_FACE_HUB_TOKEN || (exists(path) ? readText(path) : '')).trim();
  if (token !== '') checkHeader(token, 'the token of the hub', address);
  return token;
}

/** null: there is no such dataset, which is an error where no other reading of the address is left. */
async function commitOf(hub: Hub, name: string, revision: string, isLast: boolean): Promise<string | null> {
  if (/^[0-9a-f]{40}$/.test(revision)) return revision;
  const url = `${hub.endpoint}/api/datasets/${encodePath(name)}/revision/${encodePart(revision)}`;
  const question = webFile(
    hub,
    url,
    revision === 'main' ? `hf://datasets/${name}` : `hf://datasets/${name}@${revision}`,
  );
  const found = isLast ? await ask(hub, question) : await askIfThere(hub, question);
  if (found === null) return null;
  const { sha } = found.json as { readonly sha?: unknown };
  if (typeof sha === 'string' && /^[0-9a-f]{40}$/.test(sha)) return sha;
  throw new LongmixError('remote-refused', 'the server does not say which commit a revision is', {
    where: question.where,
    cure: 'check HF_ENDPOINT',
  });
}

function webFile({ token, persistence }: Hub, url: string, where: string): WebFile {
  const headers: Record<string, string> = token === '' ? {} : { authorization: `Bearer ${token}` };
  return { url, where, headers, persistence, cure: 'check HF_TOKEN, HF_ENDPOINT and the address' };
}

interface Told {
  readonly headers: IncomingHttpHeaders;
  readonly json: unknown;
}

/** @throws LongmixError `remote-denied` | `remote-missing` | `remote-refused` | `remote-unreachable` */
async function ask(hub: Hub, file: WebFile): Promise<Told> {
  return await persist(hub.persistence, file.where, async () => {
    const { answer } = await follow(file, new URL(file.url));
    const body = await answer.gather();
    if (answer.status !== 200) throw hubError(hub, file, answer);
    return { headers: answer.headers, json: parseJson(body) };
  });
}

/** null: there is no such dataset, as far as this user may know. */
async function askIfThere(hub: Hub, file: WebFile): Promise<Told | null> {
  try {
    return await ask(hub, file);
  } catch (error) {
    if (error instanceof LongmixError && error.code === 'remote-missing') return null;
    throw error;
  }
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new Passing('the answer is not JSON');
  }
}

function hubError({ token }: Hub, file: WebFile, answer: Answer): Error {
  const code = String(answer.headers['x-error-code'] ?? '');
  const { where } = file;
  const denied = (message: string, cure: string) =>
    new LongmixError('remote-denied', message, { where, cure });
  const missing = (message: string, cure: string) =>
    new LongmixError('remote-missing', message, { where, cure });
  const { status } = answer;
  if (code === 'GatedRepo')
    return denied(
      'the dataset is gated',
      'ask for access on its page, and set HF_TOKEN to a token of that account',
    );
  if (code === 'RevisionNotFound')
    return missing('the dataset has no such revision', 'write a branch, a tag or a commit after the @');
  if (code === 'EntryNotFound')
    return missing('the dataset has no such file or folder', 'check the path after the name');
  if (status === 401 || status === 403 || status === 404) {
    const cure =
      token === ''
        ? 'check the name; if the dataset is private, set HF_TOKEN'
        : 'check the name, and whether HF_TOKEN may read it';
    return missing('there is no such dataset, or it is private', cure);
  }
  return refusal(file, answer);
}

function datasetStorage(dataset: Dataset, folder: string): RemoteStorage {
  const { hub, name, revision, commit } = dataset;
  const prefix = folder === '' ? '' : `${folder}/`;
  const where = addressOf(name, revision, folder);
  const pathOf = (file: string) => prefix + plainName(file);
  const fileAt = (path: string) =>
    webFile(
      hub,
      `${hub.endpoint}/datasets/${encodePath(name)}/resolve/${commit}/${encodePath(path)}`,
      addressOf(name, revision, path),
    );
  const stat = async (file: string): Promise<Entry | null> => {
    const found = await headOf(hub, fileAt(pathOf(file)));
    return found === null ? null : { name: file, ...found };
  };
  const unsupported = () =>
    Promise.reject(
      new LongmixError('remote-unsupported', 'longmix does not write to the hub', {
        where,
        cure: 'write to a folder or a bucket, and upload that',
      }),
    );
  return {
    where,
    pinned: addressOf(name, commit, folder),
    get retries() {
      return hub.persistence.counts.retries;
    },
    async *list(under) {
      const below = under === '' ? folder : pathOf(under);
      const entries: Entry[] = [];
      for await (const { path, size, stamp } of filesBelow(dataset, below))
        entries.push({ name: path.slice(prefix.length), size, stamp });
      yield* entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    stat,
    async asFile() {
      if (folder === '') return null;
      const above = datasetStorage(dataset, dirname(folder) === '.' ? '' : dirname(folder));
      const entry = await above.stat(basename(folder));
      return entry === null ? null : { folder: above, entry };
    },
    async open(file, known) {
      const web = fileAt(pathOf(file));
      const found = known ?? (await headOf(hub, web));
      if (found !== null)
        return openWebFile(
          { ...web, checkFirst: (headers) => checkVersion(web, headers, found.stamp) },
          { ...found, ranged: true },
        );
      throw new LongmixError('remote-missing', 'the dataset has no such file', {
        where: web.where,
        cure: 'check the path after the name',
      });
    },
    create: unsupported,
    putIfAbsent: unsupported,
    replace: unsupported,
    remove: unsupported,
  };
}

function addressOf(name: string, revision: string, path: string): string {
  const version =
    revision === 'main'
      ? ''
      : `@${/^refs\/(convert|pr)\/[^/]+$/.test(revision) ? revision : encodePart(revision)}`;
  return `hf://datasets/${name}${version}${path === '' ? '' : `/${path}`}`;
}

interface TreeEntry {
  readonly type: string;
  readonly path: string;
  readonly size: number;
  readonly oid: string;
  readonly lfs?: { readonly oid: string; readonly size: number };
}

async function* filesBelow(
  { hub, name, revision, commit }: Dataset,
  path: string,
): AsyncGenerator<Omit<Entry, 'name'> & { readonly path: string }> {
  const tree = `${hub.endpoint}/api/datasets/${encodePath(name)}/tree/${commit}${path === '' ? '' : `/${encodePath(path)}`}`;
  let next: string | null = `${tree}?recursive=true&expand=false`;
  while (next !== null) {
    const page = await ask(hub, webFile(hub, next, addressOf(name, revision, path)));
    for (const { type, path: file, size, oid, lfs } of page.json as readonly TreeEntry[])
      if (type === 'file') yield { path: file, size: lfs?.size ?? size, stamp: lfs?.oid ?? oid };
    next = nextPage(page.headers, next);
  }
}

/** `Link: <URL>; rel="next"`; null: this was the last page. */
function nextPage({ link }: IncomingHttpHeaders, from: string): string | null {
  const url = /<([^>]+)>\s*;\s*rel="?next"?/.exec(String(link ?? ''))?.[1];
  if (url === undefined) return null;
  // Asked of the same host, whatever the answer names: a mirror may name the hub, and the token is for no other host.
  const { pathname, search } = new URL(url, from);
  return new URL(`${pathname}${search}`, from).href;
}

/** By what the first host says, without going to where the bytes are; null: there is no such file. */
async function headOf(hub: Hub, file: WebFile): Promise<{ size: number; stamp: string } | null> {
  return await persist(hub.persistence, file.where, async () => {
    const { answer } = await follow(file, new URL(file.url), { method: 'HEAD', stays: true });
    await answer.gather();
    const { status, headers } = answer;
    if (status === 404 && headers['x-error-code'] === 'EntryNotFound') return null;
    if (status === 200 || (status >= 300 && status < 400)) {
      const length = headers['x-linked-size'] ?? headers['content-length'];
      if (length === undefined) throw new Passing('the server does not say how large a file is');
      return { size: Number(length), stamp: versionOf(headers) };
    }
    throw hubError(hub, file, answer);
  });
}

/** The name of the content, as lists have it (`lfs.oid` or `oid`). */
function versionOf(headers: IncomingHttpHeaders): string {
  const etag = headers['x-linked-etag'] ?? headers.etag ?? '';
  return String(etag).replace(/^(W\/)?"(.*)"$/, '$2');
}

function checkVersion({ where }: WebFile, headers: IncomingHttpHeaders, stamp: string): void {
  const now = versionOf(headers);
  // Of the same kind only: a host may have its own way to make an etag.
  if (now.length === stamp.length && now !== stamp)
    throw changed(where, `its hash was ${stamp} and now is ${now}`);
}
