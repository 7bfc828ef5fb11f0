/**
 * Records the progress of a trainer that keeps its own checkpoints. The trainer reports `saved_steps`, and `saved.json`
 * in the run's folder stores that number, so that --resume begins there. The file holds no state that could be
 * restored.
 */

import { join } from 'node:path';
import { writeJson } from '../storage/commit.ts';
import { linkStatOf, readJson, removeFile } from '../storage/files.ts';
import type { Checkpoint, RunPosition } from './run-position.ts';
import type { Metrics } from './trainer.ts';

const savedFile = 'saved.json';
const format = 'longmix-saved';

/** Steps that are done in the checkpoint that the trainer has written; null: the line reports no checkpoint. */
export function savedSteps({ saved_steps: steps }: Metrics): number | null {
  return typeof steps === 'number' && Number.isSafeInteger(steps) && steps >= 0 ? steps : null;
}

export function noteSaved(out: string, position: RunPosition): void {
  writeJson(join(out, savedFile), { format, version: 1, ...position });
}

/** Returns the trainer's last report; null: there is none, or it can't be read. */
export function findSaved(out: string): Checkpoint | null {
  try {
    const note = readJson(join(out, savedFile)) as RunPosition & { format?: unknown };
    return note.format === format && Number.isSafeInteger(note.step) ? { folder: out, position: note } : null;
  } catch {
    return null;
  }
}

/** Removes the record if the run begins before its step, because the run will overwrite that checkpoint. */
export function rewindSaved(out: string, step: number): void {
  const found = findSaved(out);
  if (found !== null && found.position.step > step) dropSaved(out);
}

export function dropSaved(out: string): void {
  const path = join(out, savedFile);
  if (linkStatOf(path)?.kind === 'file' && findSaved(out) !== null) removeFile(path);
}
