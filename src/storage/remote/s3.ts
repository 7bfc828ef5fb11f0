/** A bucket of S3, or the part of it below a prefix. https://docs.aws.amazon.com/AmazonS3/latest/API */
import { checkName } from '../storage.ts';
import { badAddress } from './address.ts';
import { type ObjectStore, objectFolder } from './object-folder.ts';
import { plainKey, Refused, stampOf } from './object-read.ts';
import type { RemoteSettings, RemoteStorage } from './remote-storage.ts';
import { Passing } from './retry.ts';
import { explain, isMissing, type S3Client, s3Client } from './s3-client.ts';
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
  const store: ObjectStore = {
    persistence: client.persistence,
    addressOf: (key) => client.addressOf(key),
    async *objects(prefix) {
      for await (const { objects } of pages(client, prefix)) {
        for (const { key, size, etag } of objects) {
          // A key with a slash at its end is what some programs make for a folder.
          if (!key.endsWith('/')) yield { name: key, size, stamp: stampOf(etag) };
        }
      }
    },
    head: async (key) => await headOf(client, key),
    get: async (key, headers, signal) => await client.once({ method: 'GET', key, headers, signal }),
    missing: new Refused(404, '', ''),
    isGone: (error) => isMissing(error) && error.code !== 'NoSuchBucket',
    explain: (error, key) => explain(error, client, key),
  };
  return objectFolder(store, folder, (prefix) => {
    const newKey = (name: string) => `${prefix}${checkName(name)}`;
    return {
      create: async (name) => pendingObject(client, newKey(name)),
      putIfAbsent: async (name, bytes) => await putObjectIfAbsent(client, newKey(name), bytes),
      async replace(name, bytes, stamp) {
        const etag = await replaceObject(client, newKey(name), bytes, stamp);
        return etag === null ? null : stampOf(etag);
      },
      dropUploads: async (under, before, isOurs) =>
        await dropUploads(client, under === '' ? prefix : `${prefix}${plainKey(under)}/`, before, isOurs),
      async remove(name) {
        const key = newKey(name);
        try {
          await client.ask({ method: 'DELETE', key }, async (answer) => void (await answer.gather()));
        } catch (error) {
          if (error instanceof Refused && store.isGone(error)) return;
          throw explain(error, client, key);
        }
      },
    };
  });
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
