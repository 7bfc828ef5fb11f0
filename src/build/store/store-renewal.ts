/**
 * A finished token store that is made again in its place (`--fresh`). Its parts are replaced one by one as they are
 * tokenized; until the first one is, the old store can be put back, so that a mistake that only the texts tell (a field
 * that they don't have) costs nothing.
 */

import { join } from 'node:path';
import { makeFolder, moveFile } from '../../storage/commit.ts';
import { exists, listFolder, removeFile } from '../../storage/files.ts';
import { notesFolder } from '../../storage/receipt.ts';
import { verifyFiles } from '../../storage/verify-files.ts';
import { storeFile, storeFiles } from '../../store/format.ts';
import { openStore } from '../../store/reader.ts';

/**
 * @param keepUnchanged if all of it is intact its receipts stay, and parts of which inputs and tokenizer are the same are
 * not tokenized again
 */
export function setAside(folder: string, keepUnchanged: boolean): void {
  const notes = join(folder, notesFolder);
  const finished = exists(join(folder, storeFile));
  if (!keepUnchanged || (finished && !isIntact(folder))) {
    for (const name of listFolder(notes)) if (/^part-\d{5,}\.json$/.test(name)) removeFile(join(notes, name));
  }
  if (!finished) return;
  makeFolder(notes);
  moveFile(join(folder, storeFile), join(notes, storeFile));
}

/** When the work has ended, well or not. */
export function putBack(folder: string): void {
  const notes = join(folder, notesFolder);
  if (!exists(join(notes, storeFile))) return;
  if (exists(join(folder, storeFile)) || !isIntact(folder, notes)) removeFile(join(notes, storeFile));
  else moveFile(join(notes, storeFile), join(folder, storeFile));
}

/** @param notes the folder that has the store's record */
function isIntact(folder: string, notes: string = folder): boolean {
  try {
    return verifyFiles(folder, storeFiles(openStore(notes))).length === 0;
  } catch {
    // Damaged, or of another version: nothing of it can be trusted.
    return false;
  }
}
