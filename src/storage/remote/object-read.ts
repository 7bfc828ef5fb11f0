/** What the clients of object stores share: a version of an object is read by ranges, with `If-Match` and its etag. */
import type { Entry } from '../storage.ts';
import type { Answer } from './exchange.ts';
import { changed, readPieces, readRange } from './range-read.ts';
import type { RemoteBytes } from './remote-storage.ts';
import type { Persistence } from './retry.ts';

/** The store said no. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'Refused';
    this.status = status;
    this.code = code;
  }
}

interface ObjectSource {
  readonly persistence: Persistence;
  readonly where: string;
  /** One request, not repeated. @throws Passing, Refused */
  get(headers: Readonly<Record<string, string>>, signal: AbortSignal | undefined): Promise<Answer>;
  /** Whether the object alone is missing, not all that it was in. */
  isGone(error: Refused): boolean;
  explain(error: Refused): unknown;
}

/** @param found the version that is read */
export function openObject(
  object: ObjectSource,
  { size, stamp }: { readonly size: number; readonly stamp: string },
): RemoteBytes {
  const { persistence, where } = object;
  const source = {
    ...{ persistence, where, size },
    async ask(range: string, signal: AbortSignal | undefined) {
      const version: Record<string, string> = stamp === '' ? {} : { 'if-match': stamp };
      const answer = await object.get({ range, ...version }, signal).catch((error: unknown) => {
        throw error instanceof Refused ? duringRead(error, object, size) : error;
      });
      const { etag } = answer.headers;
      if (stamp === '' || etag === undefined || stampOf(etag) === stamp) return answer;
      answer.drop();
      throw changed(where, `its etag was ${stamp} and now is ${etag}`);
    },
  };
  const read = async (at: number, into: Uint8Array, signal?: AbortSignal) =>
    await readRange(source, at, into, signal);
  const pieces = async (at: number, length: number, signal?: AbortSignal) =>
    await readPieces(source, at, length, signal);
  return { where, size, stamp, read, readAside: read, pieces, stream: null, close() {} };
}

function duringRead(error: Refused, object: ObjectSource, size: number): unknown {
  if (error.status === 412) return changed(object.where, 'its etag is another one');
  if (error.status === 416) return changed(object.where, `it had ${size} bytes and now has fewer`);
  return object.isGone(error) ? changed(object.where, 'it is gone') : object.explain(error);
}

/** An etag with its quotes: some servers leave them out in lists. */
export function stampOf(etag: string): string {
  return /^(W\/)?"/.test(etag) || etag === '' ? etag : `"${etag}"`;
}

/** Any key that a listing may give, but none that a server might take for a way to somewhere else. */
export function plainKey(name: string): string {
  const wrong = name === '' || name.split('/').some((part) => part === '.' || part === '..');
  if (wrong) throw new Error(`not a name of a file: ${JSON.stringify(name)}`);
  return name;
}

/** Stores sort bytes of UTF-8, which is another order for the few characters beyond U+FFFF; some servers have none. */
export function inOrder(entries: Entry[]): Entry[] {
  return entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
