/**
 * Makes the folder of `--cache` and tries to write to it, before anything is fetched. Later, a block that can't be written
 * is passed over, because it was read all the same; a folder where none can be written must not stay unnoticed.
 */
import { join } from 'node:path';
import { LongmixError, systemReason } from '../errors.ts';
import { makeFolder, writeCache } from './commit.ts';
import { removeFile } from './files.ts';

/** @throws LongmixError `cache-unwritable` */
export function readyCacheFolder(folder: string): void {
  const probe = join(folder, `probe-${process.pid}`);
  try {
    makeFolder(folder);
    writeCache(probe, [Buffer.from('probe')]);
    removeFile(probe);
  } catch (error) {
    const cause = error instanceof LongmixError ? error.cause : error;
    throw new LongmixError(
      'cache-unwritable',
      `cannot keep what is read in the cache folder ${folder}: ${systemReason(cause)}`,
      {
        cure: 'name a folder that you may write to with --cache (or LONGMIX_INPUT_CACHE), or leave it out',
        cause,
      },
    );
  }
}
