/**
 * Reads a file at a URL. A request for its first byte tells size and version, because many signed addresses do not allow
 * HEAD. Bytes are read by ranges, or from the start if the server has no ranges. Redirects to other hosts are followed without
 * the credentials of the first host. Their target is used until it refuses, since a hub limits how often it is asked.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { LongmixError } from '../../errors.ts';
import { type Answer, exchange } from './exchange.ts';
import { changed, readPieces, readRange } from './range-read.ts';
import type { RemoteBytes } from './remote-storage.ts';
import { isBusy, Passing, type Persistence, persist, retryAfter, trial } from './retry.ts';

export interface WebFile {
  readonly url: string;
  /** Without secrets. */
  readonly where: string;
  /** Credentials and the like, only for the host of `url`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly persistence: Persistence;
  /** The cure for answers of 401 and 403. */
  readonly cure: string;
  /** Checks the version that the first host tells, as the hub does. @throws LongmixError for another version */
  readonly checkFirst?: (headers: IncomingHttpHeaders) => void;
}

export interface FoundWebFile {
  readonly size: number;
  /** ETag, else Last-Modified, else ''. */
  readonly stamp: string;
  readonly ranged: boolean;
}

/** Without ranges, `read` reads from the start each time, up to this offset. */
const nearStart = 16 * 1024 * 1024;
const mostRedirects = 8;

/** null: there is no such file. @throws LongmixError `remote-denied` | `remote-refused` | `remote-unreachable` | `remote-unsupported` */
export async function findWebFile(file: WebFile): Promise<FoundWebFile | null> {
  return await persist(file.persistence, file.where, async () => {
    const { answer } = await follow(file, new URL(file.url), { headers: { range: 'bytes=0-0' } });
    const { status, headers } = answer;
    if (status === 200) answer.drop();
    else await answer.gather();
    if (status === 404 || status === 410) return null;
    const stamp = stampOf(headers);
    const total = /^bytes (?:0-0|\*)\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1];
    if (status === 206 && total !== undefined) return { size: Number(total), stamp, ranged: true };
    // An empty file has no range.
    if (status === 416 && (total === undefined || total === '0')) return { size: 0, stamp, ranged: true };
    if (status !== 200) throw refusal(file, answer);
    const length = headers['content-length'];
    if (length !== undefined) return { size: Number(length), stamp, ranged: false };
    throw new LongmixError('remote-unsupported', 'the server does not say how large the file is', {
      where: file.where,
      cure: 'download the file, and give its path',
    });
  });
}

export function openWebFile(file: WebFile, { size, stamp, ranged }: FoundWebFile): RemoteBytes {
  const { where, persistence } = file;
  let target: URL | null = null;
  const version = file.checkFirst === undefined ? stamp : '';
  const source = {
    ...{ persistence, where, size },
    async ask(range: string, signal: AbortSignal | undefined) {
      const headers = { range, ...ifRange(version) };
      let followed: Followed | null = null;
      try {
        if (target !== null) followed = await follow(file, target, { headers, signal });
        if (followed !== null && [400, 401, 403, 404, 410].includes(followed.answer.status)) {
          // A signed target is valid for a limited time.
          followed.answer.drop();
          followed = null;
        }
        followed ??= await follow(file, new URL(file.url), { headers, signal });
        checkAnswer(file, followed.answer, version);
      } catch (error) {
        followed?.answer.drop();
        // The next try asks the first host again.
        target = null;
        throw error;
      }
      target = followed.url;
      return followed.answer;
    },
  };
  const near = async (at: number, into: Uint8Array, signal?: AbortSignal) => {
    if (at + into.length > Math.min(nearStart, size)) {
      if (at + into.length <= size) throw rangeless(where);
      return await readRange(source, at, into, signal);
    }
    let done = -at;
    for await (const chunk of wholeFile(file, { size, stamp, ranged }, signal)) {
      const piece = chunk.subarray(Math.max(0, -done), Math.min(chunk.length, into.length - done));
      into.set(piece, Math.max(0, done));
      done += chunk.length;
      if (done >= into.length) return;
    }
  };
  const far = async (at: number, into: Uint8Array, signal?: AbortSignal) =>
    await readRange(source, at, into, signal);
  const read = ranged ? far : near;
  const stream = ranged ? null : (signal?: AbortSignal) => wholeFile(file, { size, stamp, ranged }, signal);
  const pieces = async (at: number, length: number, signal?: AbortSignal) =>
    await readPieces(source, at, length, signal);
  return { where, size, stamp, read, readAside: read, ...(ranged ? { pieces } : {}), stream, close() {} };
}

/** All bytes in order, by as many requests as it takes: after a break what came before is skipped, if it is the same file. */
async function* wholeFile(
  file: WebFile,
  { size, stamp }: FoundWebFile,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { where, persistence } = file;
  const afterFailure = trial(persistence, where, signal);
  let given = 0;
  while (given < size) {
    try {
      const { answer } = await follow(file, new URL(file.url), { signal });
      let at = 0;
      try {
        checkAnswer(file, answer, stamp);
        const length = answer.headers['content-length'];
        if (length !== undefined && Number(length) !== size)
          throw changed(where, `it had ${size} bytes and now has ${length}`);
        for await (const chunk of answer.chunks()) {
          const fresh = chunk.subarray(Math.max(0, given - at));
          at += chunk.length;
          if (at > size) throw new Passing('the body is longer than what was asked for');
          given = Math.max(given, at);
          if (fresh.length > 0) yield fresh;
        }
      } finally {
        answer.drop();
      }
      if (at < size) throw new Passing('the connection broke in the middle of an answer');
    } catch (error) {
      if (error instanceof Passing && given > 0 && stamp === '') throw withoutVersion(where);
      await afterFailure(error);
    }
  }
}

/** @throws Passing, LongmixError */
function checkAnswer(file: WebFile, answer: Answer, stamp: string): void {
  const { status, headers } = answer;
  if (status === 404 || status === 410) throw changed(file.where, 'it is gone');
  if (status === 412 || status === 416) throw changed(file.where, 'it is another one, or shorter');
  if (status !== 200 && status !== 206) throw refusal(file, answer);
  const now = stampOf(headers);
  if (stamp !== '' && now !== '' && now !== stamp)
    throw changed(file.where, `its version was ${stamp} and now is ${now}`);
}

function stampOf({ etag, 'last-modified': modified }: IncomingHttpHeaders): string {
  return etag ?? modified ?? '';
}

/** If-Range takes no weak etags; those are compared when the answer comes. */
function ifRange(stamp: string): Record<string, string> {
  return stamp === '' || stamp.startsWith('W/') ? {} : { 'if-range': stamp };
}

interface Followed {
  readonly answer: Answer;
  /** Where the redirects led. */
  readonly url: URL;
}

interface Question {
  readonly method?: 'GET' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** If true, a redirect to another host is not followed but is the answer. */
  readonly stays?: boolean;
}

/** The answer of `start`, or of where it leads. @throws Passing, LongmixError `remote-refused` */
export async function follow(
  file: WebFile,
  start: URL,
  { method = 'GET', headers = {}, signal, stays = false }: Question = {},
): Promise<Followed> {
  const first = new URL(file.url);
  let url = start;
  for (let hop = 0; hop <= mostRedirects; hop += 1) {
    const own = url.origin === first.origin ? file.headers : {};
    const answer = await exchange({
      ...{ method, origin: url.origin, path: url.pathname + url.search, signal },
      headers: { host: url.host, 'user-agent': 'longmix', 'accept-encoding': 'identity', ...headers, ...own },
      stallSeconds: file.persistence.patience.stallSeconds,
    });
    try {
      if (hop === 0 && start.href === first.href) file.checkFirst?.(answer.headers);
      const next = locationOf(answer, url);
      if (next === null || (stays && next.origin !== first.origin)) return { answer, url };
      url = next;
    } catch (error) {
      answer.drop();
      throw error;
    }
    await answer.gather();
  }
  throw new LongmixError('remote-refused', `more than ${mostRedirects} redirects`, {
    where: file.where,
    cure: file.cure,
  });
}

/** null: no redirect. */
function locationOf({ status, headers: { location } }: Answer, from: URL): URL | null {
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return null;
  const url = URL.canParse(location, from.href) ? new URL(location, from) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new Passing('the server leads to something that is not a URL');
  return url;
}

/** What an answer other than 2xx becomes. */
export function refusal({ where, cure }: WebFile, { status, headers }: Answer): Error {
  if (isBusy(status)) return new Passing(`the server answers ${status}`, retryAfter(headers));
  return [401, 403, 407].includes(status)
    ? new LongmixError('remote-denied', `the server refuses access (${status})`, { where, cure })
    : new LongmixError('remote-refused', `the server refuses the request (${status})`, { where, cure });
}

function rangeless(where: string): LongmixError {
  return new LongmixError(
    'remote-unsupported',
    'the server sends whole files only, and this format is read in parts',
    {
      where,
      cure: 'download the file and give its path, or put it on a server with ranges (Accept-Ranges: bytes)',
    },
  );
}

function withoutVersion(where: string): LongmixError {
  return new LongmixError(
    'remote-unreachable',
    'the connection broke, and the server has neither ranges nor versions to go on by',
    {
      where,
      cure: 'run again, or download the file and give its path',
      exitCode: 1,
    },
  );
}
