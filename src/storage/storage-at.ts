/**
 * The storage of a folder or of an address below a bucket, for the files of tasks: shards, tokens, what is gathered. On this
 * machine it answers at once; behind an address by promises, from any thread.
 */
import { isUrl } from '../base/is-url.ts';
import { localStorage } from './local.ts';
import type { MaybePromise, Storage } from './storage.ts';

export function storageAt(folder: string): MaybePromise<Storage> {
  return isUrl(folder) ? remote(folder) : localStorage(folder);
}

async function remote(address: string): Promise<Storage> {
  return await (await import('./remote-files.ts')).storageOf(address);
}
