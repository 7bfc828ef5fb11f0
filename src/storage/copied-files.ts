/** Files of a bucket in a temporary folder of this machine, for work that reads them in any order. */
import { inLanes } from '../base/in-lanes.ts';
import type { FileRecord } from '../nouns/files.ts';
import { join } from './paths.ts';
import { locate, readAhead } from './remote-files.ts';
import { type TemporaryFolder, temporaryFolder } from './temporary-copy.ts';

/** Files that are read at once. */
const lanes = 4;

/** @throws LongmixError `output-unwritable` if there is no room, or what the bucket throws */
export async function copyFiles(
  from: string,
  files: readonly Pick<FileRecord, 'name' | 'bytes'>[],
): Promise<TemporaryFolder> {
  const copy = temporaryFolder(files.reduce((sum, file) => sum + file.bytes, 0));
  try {
    await inLanes(files, lanes, async ({ name }) => {
      const { storage, name: key } = await locate(join(from, name));
      const file = await storage.open(key);
      await copy.add(name, readAhead(file, 0, file.size, { ranges: 2 }));
    });
    return copy;
  } catch (error) {
    copy.remove();
    throw error;
  }
}
