/** A container of Azure Blob Storage, or the part of it below a prefix. It is only read. */
import { LongmixError } from '../../errors.ts';
import type { Entry } from '../storage.ts';
import { badAddress } from './address.ts';
import { type AzureClient, azureClient, explain, isMissing } from './azure-client.ts';
import { azureSettings } from './azure-settings.ts';
import { type ObjectStore, objectFolder } from './object-folder.ts';
import { Refused, stampOf } from './object-read.ts';
import type { RemoteSettings, RemoteStorage } from './remote-storage.ts';
import { Passing } from './retry.ts';
import { elements, plain, textOf } from './xml.ts';

/** @param address `az://CONTAINER[/PREFIX]` @throws LongmixError `remote-address` | `remote-settings` */
export function openAzure(address: string, { environment, patience }: RemoteSettings): RemoteStorage {
  const [, container = '', path = ''] = /^az:\/\/([^/]*)\/?(.*)$/is.exec(address) ?? [];
  if (!/^(\$(root|web|logs)|[a-z0-9](-?[a-z0-9]){2,62})$/.test(container))
    throw badAddress(address, 'it does not name a container, which has 3 to 63 small letters, digits and -');
  if (/(^|\/)\.\.?(\/|$)/.test(path)) throw badAddress(address, 'a part of it is . or ..');
  const settings = azureSettings(environment, `az://${container}`);
  return azureStorage(azureClient(container, settings, patience), path.replace(/\/+$/, ''));
}

/** @param folder without a slash at its end; '': the whole container */
function azureStorage(client: AzureClient, folder: string): RemoteStorage {
  const store: ObjectStore = {
    persistence: client.persistence,
    addressOf: (name) => client.addressOf(name),
    async *objects(prefix) {
      for await (const { blobs } of pages(client, prefix)) yield* blobs;
    },
    head: async (name) => await headOf(client, name),
    get: async (name, headers, signal) => await client.once({ method: 'GET', name, headers, signal }),
    missing: new Refused(404, 'BlobNotFound', ''),
    isGone: (error) => isMissing(error) && error.code !== 'ContainerNotFound',
    explain: (error, name) => explain(error, client, name),
  };
  return objectFolder(store, folder, (_, where) => {
    const unsupported = () =>
      Promise.reject(
        new LongmixError('remote-unsupported', 'longmix does not write to Azure', {
          where,
          cure: 'write to a folder, or to a bucket (s3://, gs://), and copy that',
        }),
      );
    return { create: unsupported, putIfAbsent: unsupported, replace: unsupported, remove: unsupported };
  });
}

interface BlobPage {
  readonly blobs: readonly Entry[];
  /** Where the next page begins; '': this is the last one. */
  readonly next: string;
}

async function* pages(client: AzureClient, prefix: string): AsyncGenerator<BlobPage> {
  let marker = '';
  do {
    const query: Record<string, string> = { restype: 'container', comp: 'list', prefix };
    if (marker !== '') query.marker = marker;
    let page: BlobPage;
    try {
      page = await client.ask({ method: 'GET', name: null, query }, async (answer) =>
        parseBlobs((await answer.gather()).toString()),
      );
    } catch (error) {
      throw explain(error, client, prefix);
    }
    yield page;
    marker = page.next;
  } while (marker !== '');
}

/** A page of List Blobs, without the folders in it. @throws Passing for what is not a whole list */
export function parseBlobs(xml: string): BlobPage {
  const root = elements(plain(xml), 'EnumerationResults')[0];
  const next = root === undefined ? null : textOf(root, 'NextMarker');
  if (root === undefined || next === null || !/<\/EnumerationResults>\s*$/.test(xml))
    throw new Passing('the answer is not a list of blobs');
  const blobs: Entry[] = [];
  for (const blob of elements(root, 'Blob')) {
    const [name, size, etag] = ['Name', 'Content-Length', 'Etag'].map((part) => textOf(blob, part));
    if (!name || !/^\d+$/.test(size ?? '')) throw new Passing('a list with a blob that has no name or size');
    // Accounts with folders of their own list them, as empty blobs.
    if (name.endsWith('/') || textOf(blob, 'ResourceType') === 'directory') continue;
    const isEncoded = /<Name\s+Encoded="true"\s*>/i.test(blob);
    blobs.push({ name: isEncoded ? decoded(name) : name, size: Number(size), stamp: stampOf(etag ?? '') });
  }
  return { blobs, next };
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    throw new Passing('a list with a name that is not encoded as it says');
  }
}

/** null: there is no such blob, or it is a folder. */
async function headOf(client: AzureClient, name: string): Promise<{ size: number; stamp: string } | null> {
  try {
    return await client.ask({ method: 'HEAD', name }, async (answer) => {
      await answer.gather();
      const { 'content-length': length, etag = '', ...headers } = answer.headers;
      if (headers['x-ms-resource-type'] === 'directory' || headers['x-ms-meta-hdi_isfolder'] === 'true')
        return null;
      if (length === undefined) throw new Passing('the server does not say how large a blob is');
      return { size: Number(length), stamp: stampOf(etag) };
    });
  } catch (error) {
    if (error instanceof Refused && isMissing(error)) return null;
    throw explain(error, client, name);
  }
}
