/**
 * Receipts let an interrupted run continue. After a task has committed its files, it leaves a receipt with the
 * fingerprint of all its inputs. A later run skips a task if its receipt has that fingerprint and its files exist.
 *
 * Receipts are notes, not output: they lie in `.longmix/` beside the files that they describe, in a bucket too, and may be
 * deleted.
 */

import { isUrl } from '../base/is-url.ts';
import type { FileRecord } from '../nouns/files.ts';
import { makeFolder, writeFile } from './commit.ts';
import { readJson, removeFile, statOf } from './files.ts';
import { join } from './paths.ts';
import type { Storage } from './storage.ts';

export const notesFolder = '.longmix';

export interface Receipt {
  /** Covers all inputs of the task, with their bytes. */
  readonly fingerprint: string;
  readonly files: readonly Pick<FileRecord, 'name' | 'bytes'>[];
  readonly result: unknown;
}

/** The result of an earlier run of the same task, or null. */
export function findReceipt<T>(folder: string, task: string, expected: string): T | null {
  try {
    const receipt = readJson(receiptFile(folder, task)) as Receipt;
    if (receipt.fingerprint !== expected) return null;
    const present = receipt.files.every(({ name, bytes }) => statOf(join(folder, name))?.size === bytes);
    return present ? (receipt.result as T) : null;
  } catch {
    return null; // The receipt is missing or torn, or a file is gone. Running the task again is always correct.
  }
}

export function leaveReceipt(folder: string, task: string, receipt: Receipt): void {
  makeFolder(join(folder, notesFolder));
  writeFile(receiptFile(folder, task), JSON.stringify(receipt), false);
}

/**
 * The same for a task, which may write to a bucket: there the first receipt stays.
 * @param storage of the folder
 */
export async function leaveReceiptIn(
  storage: Storage,
  folder: string,
  task: string,
  receipt: Receipt,
): Promise<void> {
  if (!isUrl(folder)) return leaveReceipt(folder, task, receipt);
  await storage.putIfAbsent(`${notesFolder}/${task}.json`, Buffer.from(JSON.stringify(receipt)));
}

/** Forgets that a task of this name has ended. */
export function removeReceipt(folder: string, task: string): void {
  removeFile(receiptFile(folder, task));
}

function receiptFile(folder: string, task: string): string {
  return join(folder, notesFolder, `${task}.json`);
}
