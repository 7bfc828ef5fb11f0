/** A bucket of S3, or the part of it below a prefix. https://docs.aws.amazon.com/AmazonS3/latest/API */
import { basename } from 'node:path/posix';
import { checkName, type Entry } from '../storage.ts';
import { badAddress } from './address.ts';
import { changed, readPieces, readRange } from './range-read.ts';
import type { RemoteBytes, RemoteSettings, RemoteStorage } from './remote-storage.ts';
import { Passing } from './retry.ts';
import { explain, isMissing, Refused, type S3Client, s3Client } from './s3-client.ts';
import { dropUploads } from './s3-leftovers.ts';
import { googleSettings, s3Settings } from './s3-settings.ts';
import { pendingObject, putObjectIfAbsent, replaceObject } from './s3-upload.ts';
import { type ListPage, parseList } from './s3-xml.ts';

/** @param address `s3://BUCKET[/PREFIX]` or `gs://...` @throws LongmixError `remote-address` | `remote-settings` */
export function openS3(address: string, settings: RemoteSettings): RemoteStorage {
  const [, scheme = '', bucket = '', key = ''] = /^(s3|gs):\/\/([^/]*)\/?(.*)$/is.exec(address) ?? [];
  if (!/^[a-z0-9][a-z0-9._-]{1,}$/i.test(bucket)) throw badAddress(address, 'it does not name a bucket');
  if (/(^|\/)\.\.?(\/|$)/.test(key)) throw badAddress(address, 'a part of it is . or ..');
  const kind = scheme.toLowerCase();
  const find = kind === 'gs' ? googleSettings : s3Settings;
  const client = s3Client(kind, bucket, find(settings.environment, `${kind}://${bucket}`), settings);
  return s3Storage(client, key.replace(/\/+$/, ''));
}

/** @param folder without a slash at its end; '': the whole bucket */
function s3Storage(client: S3Client, folder: string): RemoteStorage {
  const prefix = folder === '' ? '' : `${folder}/`;
  const where = client.addressOf(prefix).replace(/\/$/, '');
  const newKey = (name: string) => `${prefix}${checkName(name)}`;
  const keyOf = (name: string) => `${prefix}${plainKey(name)}`;
  const stat = async (name: string): Promise<Entry | null> => {
    const found = await headOf(client, keyOf(name));
    return found === null ? null : { name, ...found };
  };
  return {
    where,
    pinned: where,
    get retries() {
      return client.persistence.counts.retries;
    },
    async *list(under) {
      const below = under === '' ? prefix : `${keyOf(under)}/`;
      const entries: Entry[] = [];
      for await (const { objects } of pages(client, below)) {
        for (const { key, size, etag } of objects) {
          // A key with a slash at its end is what some programs make for a folder.
          if (key.endsWith('/')) continue;
          entries.push({ name: key.slice(prefix.length), size, stamp: stampOf(etag) });
        }
      }
      // S3 sorts bytes of UTF-8, which is another order for the few characters beyond U+FFFF; some servers have none.
      yield* entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    },
    stat,
    async asFile() {
      if (folder === '') return null;
      const above = s3Storage(client, folder.slice(0, Math.max(0, folder.lastIndexOf('/'))));
      const entry = await above.stat(basename(folder));
      return entry === null ? null : { folder: above, entry };
    },
    async open(name, known) {
      const key = keyOf(name);
      const found = known ?? (await headOf(client, key));
      if (found === null) throw explain(new Refused(404, '', ''), client, key);
      return openObject(client, key, found);
    },
    create: async (name) => pendingObject(client, newKey(name)),
    putIfAbsent: async (name, bytes) => await putObjectIfAbsent(client, newKey(name), bytes),
    async replace(name, bytes, stamp) {
      const etag = await replaceObject(client, newKey(name), bytes, stamp);
      return etag === null ? null : stampOf(etag);
    },
    dropUploads: async (under, before, isOurs) =>
      await dropUploads(client, under === '' ? prefix : `${keyOf(under)}/`, before, isOurs),
    async remove(name) {
      const key = newKey(name);
      try {
        await client.ask({ method: 'DELETE', key }, async (answer) => void (await answer.gather()));
      } catch (error) {
        if (error instanceof Refused && isMissing(error) && error.code !== 'NoSuchBucket') return;
        throw explain(error, client, key);
      }
    },
  };
}

/** Any key that a listing may give, but none that a server might take for a way to somewhere else. */
function plainKey(name: string): string {
  const wrong = name === '' || name.split('/').some((part) => part === '.' || part === '..');
  if (wrong) throw new Error(`not a name of a file: ${JSON.stringify(name)}`);
  return name;
}

/** An etag with its quotes: some servers leave them out in lists. */
function stampOf(etag: string): string {
  return /^(W\/)?"/.test(etag) || etag === '' ? etag : `"${etag}"`;
}

async function* pages(client: S3Client, prefix: string): AsyncGenerator<ListPage> {
  let token: string | null = null;
  do {
    const query: Record<string, string> = {
      'list-type': '2',
      'encoding-type': 'url',
      'max-keys': '1000',
      prefix,
    };
    if (token !== null) query['continuation-token'] = token;
    let page: ListPage;
    try {
      page = await client.ask({ method: 'GET', key: null, query }, async (answer) =>
        parseList((await answer.gather()).toString()),
      );
    } catch (error) {
      throw explain(error, client, prefix);
    }
    yield page;
    token = page.next;
  } while (token !== null);
}

/** null: there is no such object. */
async function headOf(client: S3Client, key: string): Promise<{ size: number; stamp: string } | null> {
  try {
    return await client.ask({ method: 'HEAD', key }, async (answer) => {
      await answer.gather();
      const { 'content-length': length, etag = '' } = answer.headers;
      if (length === undefined) throw new Passing('the server does not say how large an object is');
      return { size: Number(length), stamp: stampOf(etag) };
    });
  } catch (error) {
    if (error instanceof Refused && isMissing(error)) return null;
    throw explain(error, client, key);
  }
}

function openObject(client: S3Client, key: string, known: { size: number; stamp: string }): RemoteBytes {
  const { size, stamp } = known;
  const where = client.addressOf(key);
  const source = {
    ...{ persistence: client.persistence, where, size },
    async ask(range: string, signal: AbortSignal | undefined) {
      const answer = await client
        .once({
          method: 'GET',
          key,
          headers: { range, ...(stamp === '' ? {} : { 'if-match': stamp }) },
          signal,
        })
        .catch((error: unknown) => {
          throw error instanceof Refused ? duringRead(error, client, key, size) : error;
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

function duringRead(error: Refused, client: S3Client, key: string, size: number): unknown {
  const where = client.addressOf(key);
  if (error.status === 412) return changed(where, 'its etag is another one');
  if (error.status === 416) return changed(where, `it had ${size} bytes and now has fewer`);
  if (isMissing(error) && error.code !== 'NoSuchBucket') return changed(where, 'it is gone');
  return explain(error, client, key);
}
