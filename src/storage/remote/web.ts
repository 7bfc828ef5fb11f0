/**
 * Files of web servers as a storage. It can open a file by its address, and cannot list a folder. A query and a user in the
 * address are used for each request, and are never shown.
 */
import { basename } from 'node:path/posix';
import { LongmixError } from '../../errors.ts';
import type { Entry } from '../storage.ts';
import { badAddress, plainName, shownAddress } from './address.ts';
import { changed } from './range-read.ts';
import type { RemoteSettings, RemoteStorage } from './remote-storage.ts';
import type { Persistence } from './retry.ts';
import { type FoundWebFile, findWebFile, openWebFile, type WebFile } from './web-file.ts';

/** @param address of a file, or of what lies above files whose names are known @throws LongmixError `remote-address` */
export function openWeb(address: string, { patience }: RemoteSettings): RemoteStorage {
  if (!URL.canParse(address)) throw badAddress(address, 'it is not a URL');
  return webStorage(new URL(address), { patience, counts: { retries: 0 } });
}

/** @param asked a file that was found already, so that it is not asked for again */
function webStorage(
  root: URL,
  persistence: Persistence,
  asked?: FoundWebFile & { readonly name: string },
): RemoteStorage {
  const where = shownAddress(root.href).replace(/\/$/, '');
  /** Every file below gets the query of the address, which may be a signature. */
  const fileAt = (path: string): WebFile => {
    const url = new URL(root);
    url.pathname = path;
    const { username, password } = url;
    url.username = '';
    url.password = '';
    url.hash = '';
    const headers: Record<string, string> = {};
    if (username !== '' || password !== '') {
      const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
      headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
    }
    const shown = shownAddress(url.href);
    return {
      url: url.href,
      where: shown,
      headers,
      persistence,
      cure: 'check the address, and whether it needs a user (https://USER:PASSWORD@HOST/) or has run out',
    };
  };
  const below = (name: string) => fileAt(`${root.pathname.replace(/\/$/, '')}/${plainName(name)}`);
  const unsupported = (what: string) =>
    new LongmixError('remote-unsupported', `a web server ${what}`, {
      where,
      cure: 'name each file by its own address; whole folders are read from s3://, gs:// and hf://',
    });
  return {
    where,
    pinned: where,
    get retries() {
      return persistence.counts.retries;
    },
    // biome-ignore lint/correctness/useYield: there is nothing to list
    async *list() {
      throw unsupported('cannot list a folder');
    },
    async stat(name) {
      const found = await findWebFile(below(name));
      return found === null ? null : { name, size: found.size, stamp: found.stamp };
    },
    async asFile() {
      const name = basename(root.pathname);
      if (name === '' || root.pathname.endsWith('/')) return null;
      const found = await findWebFile(fileAt(root.pathname));
      if (found === null) return null;
      const above = new URL(root);
      above.pathname = root.pathname.slice(0, -name.length);
      const entry: Entry = { name, size: found.size, stamp: found.stamp };
      return { folder: webStorage(above, persistence, { ...found, name }), entry };
    },
    async open(name, known) {
      const file = below(name);
      const isAsked = asked?.name === name && known?.size === asked.size && known.stamp === asked.stamp;
      const found = isAsked ? asked : await findWebFile(file);
      if (found === null) {
        throw new LongmixError('remote-missing', 'there is no such file', {
          where: file.where,
          cure: 'check the address',
        });
      }
      if (known !== undefined && (known.size !== found.size || known.stamp !== found.stamp))
        throw changed(
          file.where,
          `it was ${known.size} bytes, ${known.stamp}, and now is ${found.size} bytes, ${found.stamp}`,
        );
      return openWebFile(file, found);
    },
    create: () => Promise.reject(unsupported('takes no files')),
    putIfAbsent: () => Promise.reject(unsupported('takes no files')),
    replace: () => Promise.reject(unsupported('takes no files')),
    remove: () => Promise.reject(unsupported('takes no files')),
  };
}
