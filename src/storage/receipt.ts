/**
 * Receipts let an interrupted run continue. After a task has committed its files, it leaves a receipt with the
 * fingerprint of all its inputs. A later run skips a task if its receipt has that fingerprint and its files exist.
 *
 * Receipts are local notes, not output: they lie in `.longmix/` beside the files that they describe, and may be
 * deleted.
 */
import { join } from 'node:path';
import type { FileRecord } from '../nouns/files.ts';
import { makeFolder, writeFile } from './commit.ts';
import { exists, readJson, statOf } from './files.ts';

export const notesFolder = '.longmix';

export interface Receipt {
  /** Covers all inputs of the task, with their bytes. */
  readonly fingerprint: string;
  /** Covers the task as planned, with the inputs' sizes and times only, so that a lookup need not read the inputs. */
  readonly listed?: string;
  readonly files: readonly Pick<FileRecord, 'name' | 'bytes'>[];
  readonly result: unknown;
}

/** Whether an earlier run finished a task of this name, from any inputs. */
export function hasReceipt(folder: string, task: string): boolean {
  return exists(receiptFile(folder, task));
}

/**
 * The result of an earlier run of the same task, or null.
 * @param by which of the receipt's two fingerprints to compare with `expected`
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
    return null; // The receipt is missing or torn, or a file is gone. Running the task again is always correct.
  }
}

export function leaveReceipt(folder: string, task: string, receipt: Receipt): void {
  makeFolder(join(folder, notesFolder));
  writeFile(receiptFile(folder, task), JSON.stringify(receipt), false);
}

function receiptFile(folder: string, task: string): string {
  return join(folder, notesFolder, `${task}.json`);
}
