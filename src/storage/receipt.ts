/**
 * What lets an interrupted run go on: after a task has committed its files it leaves a receipt with the fingerprint of
 * all that went in. A later run skips a task whose receipt says the same and whose files are there.
 *
 * Receipts are local notes, not output: they live in `.longmix/` beside what they are about and can be deleted.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { FileRecord } from '../nouns/files.ts';
import { makeFolder, writeFile } from './commit.ts';
import { exists, readJson, statOf } from './files.ts';

export const notesFolder = '.longmix';

interface Receipt {
  readonly fingerprint: string;
  readonly files: readonly FileRecord[];
  readonly result: unknown;
}

/** sha256 over a value's JSON. Keys are taken in the order in which the code that makes the value writes them. */
export function fingerprint(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

/** Whether an earlier run finished a task of this name, of whatever it was made. */
export function hasReceipt(folder: string, task: string): boolean {
  return exists(receiptFile(folder, task));
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

export function leaveReceipt(
  folder: string,
  task: string,
  expected: string,
  files: readonly FileRecord[],
  result: unknown,
): void {
  makeFolder(join(folder, notesFolder));
  const receipt: Receipt = { fingerprint: expected, files, result };
  writeFile(receiptFile(folder, task), JSON.stringify(receipt), false);
}

function receiptFile(folder: string, task: string): string {
  return join(folder, notesFolder, `${task}.json`);
}
