/**
 * What lets an interrupted run go on: after a task has committed its files it leaves a receipt with the fingerprint of
 * all that went in. A later run skips a task whose receipt says the same and whose files are there.
 *
 * Receipts are local notes, not output: they live in `.longmix/` beside what they are about and can be deleted.
 */
import { join } from 'node:path';
import type { FileRecord } from '../nouns/files.ts';
import { makeFolder, writeFile } from './commit.ts';
import { readJson, removeFile, statOf } from './files.ts';

export const notesFolder = '.longmix';

export interface Receipt {
  /** Of all that went in, the bytes of the inputs included. */
  readonly fingerprint: string;
  readonly files: readonly FileRecord[];
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
    return null; // No receipt, a torn one, or a file is gone: the task runs again, which is always right.
  }
}

export function leaveReceipt(folder: string, task: string, receipt: Receipt): void {
  makeFolder(join(folder, notesFolder));
  writeFile(receiptFile(folder, task), JSON.stringify(receipt), false);
}

/** Forgets that a task of this name has ended. */
export function removeReceipt(folder: string, task: string): void {
  removeFile(receiptFile(folder, task));
}

function receiptFile(folder: string, task: string): string {
  return join(folder, notesFolder, `${task}.json`);
}
