/**
 * Makes a finished token store again in its place (`--fresh`). Its parts are replaced one by one as they are tokenized.
 * Until the first is replaced, the old store can be put back. So a mistake that shows only in the texts (a field that
 * they don't have) costs nothing.
 */

import { join } from 'node:path';
import { makeFolder, moveFile } from '../../storage/commit.ts';
import { exists, listFolder, removeFile } from '../../storage/files.ts';
import { notesFolder } from '../../storage/receipt.ts';
import { verifyFiles } from '../../storage/verify-files.ts';
import { storeFile, storeFiles } from '../../store/format.ts';
import { openStore } from '../../store/reader.ts';

/**
 * @param keepUnchanged if the whole store is intact, keep its receipts, so that parts with the same inputs and
 * tokenizer are not tokenized again
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

/**
 * Puts the old store back if it is still whole and there is no new one. Call this when the work has ended or failed.
 */
export function putBack(folder: string): void {
  const notes = join(folder, notesFolder);
  if (!exists(join(notes, storeFile))) return;
  if (exists(join(folder, storeFile)) || !isIntact(folder, notes)) removeFile(join(notes, storeFile));
  else moveFile(join(notes, storeFile), join(folder, storeFile));
}

/** @param notes the folder that holds the store's manifest */
function isIntact(folder: string, notes: string = folder): boolean {
  try {
    return verifyFiles(folder, storeFiles(openStore(notes))).length === 0;
  } catch {
    // The store is damaged or of another version, so nothing in it can be trusted.
    return false;
  }
}
