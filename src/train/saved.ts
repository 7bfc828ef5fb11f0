/**
 * How far a trainer that keeps its own checkpoints has come: it says `saved_steps`, and `saved.json` in the run's folder
 * keeps that, so that --resume begins there. A word of what was saved, and nothing that could be restored.
 */

import { join } from 'node:path';
import { writeJson } from '../storage/commit.ts';
import { linkStatOf, readJson, removeFile } from '../storage/files.ts';
import type { Checkpoint, RunPosition } from './run-position.ts';
import type { Metrics } from './trainer.ts';

const savedFile = 'saved.json';
const format = 'longmix-saved';

/** Steps that are done in a checkpoint that the trainer has written; null: the line says nothing of one. */
export function savedSteps({ saved_steps: steps }: Metrics): number | null {
  return typeof steps === 'number' && Number.isSafeInteger(steps) && steps >= 0 ? steps : null;
}

export function noteSaved(out: string, position: RunPosition): void {
  writeJson(join(out, savedFile), { format, version: 1, ...position });
}

/** What the trainer said last; null: nothing, or the note can't be read. */
export function findSaved(out: string): Checkpoint | null {
  try {
    const note = readJson(join(out, savedFile)) as RunPosition & { format?: unknown };
    return note.format === format && Number.isSafeInteger(note.step) ? { folder: out, position: note } : null;
  } catch {
    return null;
  }
}

/** A run that begins before that step writes over what it was about. */
export function rewindSaved(out: string, step: number): void {
  const found = findSaved(out);
  if (found !== null && found.position.step > step) dropSaved(out);
}

export function dropSaved(out: string): void {
  const path = join(out, savedFile);
  if (linkStatOf(path)?.kind === 'file' && findSaved(out) !== null) removeFile(path);
}
