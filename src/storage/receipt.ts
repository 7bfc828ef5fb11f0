/**
 * What lets an interrupted run go on: after a task has committed its files it leaves a receipt with the fingerprint of
 * all that went in. A later run skips a task whose receipt says the same and whose files are there.
 *
 * Receipts are local notes, not output: they live in `.longmix/` beside what they are about and can be deleted.
 */
import { join } from 'node:path';
import type { FileRecord } from '../nouns/files.ts';
import { makeFolder, writeFile } from './commit.ts';
import { exists, readJson, statOf } from './files.ts';

export const notesFolder = '.longmix';

export interface Receipt {
  /** Of all that went in, the bytes of the inputs included. */
  readonly fingerprint: string;
  /** Of the task as its list has it, in which inputs are known by their sizes and times: looked up without reading them. */
  readonly listed?: string;
  readonly files: readonly FileRecord[];
  readonly result: unknown;
}

/** Whether an earlier run finished a task of this name, of whatever it was made. */
export function hasReceipt(folder: string, task: string): boolean {
  return exists(receiptFile(folder, task));
}

/**
 * The result of an earlier run of the same task, or null.
 * @param by which of a receipt's fingerprints `expected` is
 */
export function findReceipt<T>(
  folder: string,
  task: string,
  expected: string,
  by: 'fingerprint' | 'listed' = 'fingerprint',
): T | null {
  try {
    const receipt = readJson(receiptFile(folder, task)) as Receipt;
    if (receipt[by] !== expected) return null;
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

function receiptFile(folder: string, task: string): string {
  return join(folder, notesFolder, `${task}.json`);
}
