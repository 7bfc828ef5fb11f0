/** Where what is read of files elsewhere is kept: flags, else variables of the environment. */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { isUrl } from '../base/is-url.ts';
import { LongmixError } from '../errors.ts';
import { parseSize } from '../recipe/units.ts';
import { shownAddress } from '../storage/remote/address.ts';
import type { CacheSettings } from '../storage/remote-settings.ts';

export interface CacheFlags {
  readonly cache?: string;
  readonly cacheSize?: string;
}

const defaultCacheSize = '100GB';
const leastCacheBytes = 100e6;

/**
 * `--cache` and `--cache-size`, else LONGMIX_INPUT_CACHE and LONGMIX_INPUT_CACHE_SIZE; undefined: nothing is kept.
 * @throws LongmixError `flag-invalid`
 */
export function cacheOf(
  { cache, cacheSize }: CacheFlags,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): CacheSettings | undefined {
  const folder = cache ?? environment.LONGMIX_INPUT_CACHE;
  if (folder === undefined || folder === '') {
    if (cacheSize === undefined) return undefined;
    throw new LongmixError('flag-invalid', '--cache-size without --cache', {
      cure: 'name the folder with --cache',
    });
  }
  const size = cacheSize ?? environment.LONGMIX_INPUT_CACHE_SIZE ?? defaultCacheSize;
  const parsed = parseSize(size);
  if ('problem' in parsed)
    throw new LongmixError('flag-invalid', `--cache-size: found "${size}"`, { cure: parsed.problem });
  if (parsed.value < leastCacheBytes) {
    throw new LongmixError('flag-invalid', `--cache-size ${size} is too little`, {
      cure: `use at least ${leastCacheBytes / 1e6}MB: blocks of files are kept, of 4 MiB each`,
    });
  }
  if (isUrl(folder)) {
    throw new LongmixError('flag-invalid', `--cache: ${shownAddress(folder)} is an address`, {
      cure: 'name a folder of this machine: the cache keeps what is read of addresses near',
    });
  }
  const path = resolve(folder);
  if (existsSync(path) && !statSync(path).isDirectory())
    throw new LongmixError('flag-invalid', `--cache: ${folder} is not a folder`, { cure: 'name a folder' });
  return { folder: path, bytes: parsed.value };
}
