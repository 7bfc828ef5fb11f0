/**
 * Keeps a run's state in a folder such as out/step-00000120/: the trainer's files and, written last, position.json. A
 * folder without position.json is not a checkpoint. Only the newest is kept; the previous one is removed once the newer
 * one is complete.
 */

import { join } from 'node:path';
import { LongmixError } from '../errors.ts';
import { makeFolder, writeJson } from '../storage/commit.ts';
import { exists, linkStatOf, listFolder, readJson, removeFolder } from '../storage/files.ts';
import { dropMetrics } from './metrics-file.ts';
import type { Checkpoint, RunPosition } from './run-position.ts';
import { dropSaved } from './saved.ts';
import type { Trainer } from './trainer.ts';

const positionFile = 'position.json';
const folderName = /^step-\d{8,}$/;

/**
 * Removes an earlier run from its folder: its metrics, its checkpoints and `saved.json`. Other files in the folder
 * stay.
 */
export function clearRun(out: string): void {
  for (const folder of folders(out)) {
    const isCheckpoint = exists(join(folder, positionFile)) && linkStatOf(folder)?.kind !== 'link';
    if (isCheckpoint) removeFolder(folder);
  }
  dropMetrics(out);
  dropSaved(out);
}

export async function saveCheckpoint(out: string, trainer: Trainer, position: RunPosition): Promise<void> {
  if (trainer.save === undefined) return;
  const folder = join(out, `step-${String(position.step).padStart(8, '0')}`);
  removeFolder(folder);
  makeFolder(folder);
  await trainer.save(folder);
  writeJson(join(folder, positionFile), { format: 'longmix-checkpoint', version: 1, ...position });
  for (const older of folders(out)) if (older !== folder) removeFolder(older);
}

/** Returns the newest complete checkpoint, or null. */
export function findCheckpoint(out: string): Checkpoint | null {
  const folder = folders(out).findLast((candidate) => exists(join(candidate, positionFile)));
  if (folder === undefined) return null;
  const file = join(folder, positionFile);
  try {
    const position = readJson(file) as RunPosition | null;
    if (!Number.isSafeInteger(position?.step)) throw new Error('it has no step');
    return { folder, position: position! };
  } catch (cause) {
    throw new LongmixError('checkpoint-damaged', `cannot read ${file}`, {
      cure: 'start again without --resume, in another folder',
      exitCode: 1,
      cause,
    });
  }
}

/** @throws LongmixError `checkpoint-mismatch` if the checkpoint belongs to a run with other shards or settings */
export function refuseOtherRun({ folder, position }: Checkpoint, now: RunPosition): void {
  const same = (key: keyof typeof now) => JSON.stringify(position[key]) === JSON.stringify(now[key]);
  const differs = (
    ['trainer', 'fingerprint', 'sets', 'rowsPerStep', 'seed', 'sortByWork', 'settings'] as const
  ).filter((key) => !same(key));
  if (differs.length === 0) return;
  const names: Readonly<Record<string, string>> = { fingerprint: 'the shards', sets: 'the shard sets' };
  const words = differs.map((key) => names[key] ?? key);
  const cure = differs.includes('fingerprint')
    ? 'name the build that the run was trained on; if that was built again since, begin a new run in another folder with --out'
    : 'resume with the flags of that run, or choose another folder with --out';
  throw new LongmixError(
    'checkpoint-mismatch',
    `the run in that folder is a different one: ${words.join(', ')} differ`,
    { where: folder, cure },
  );
}

function folders(out: string): string[] {
  return listFolder(out)
    .filter((name) => folderName.test(name))
    .map((name) => join(out, name));
}
