/**
 * Temporary files of the commit protocol (`commit.ts`): their names, by which no two attempts share a file, and what becomes
 * of those that a killed process leaves.
 */
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { listFolder, removeFile, statOf } from './files.ts';
import { placeOf } from './places.ts';
import { isRunning, processPlace } from './process-place.ts';

const temporaryName = /^\.longmix-(.+)-(\d+)-\d+-\d+\.tmp$/;
/** Of this thread, so that its files have other names than those of any process that seems to be the same. */
const attemptId = randomBytes(4).toString('hex');
/** Nothing writes for so long without touching its file. */
const abandonedMs = 24 * 60 * 60 * 1000;
let attempts = 0;

/** A new name beside a file that is to be written. */
export function temporaryPath(path: string): string {
  attempts += 1;
  const owner = `${processPlace()}.${attemptId}-${process.pid}-${threadId}`;
  return join(dirname(path), `.longmix-${owner}-${attempts}.tmp`);
}

/** Whether the name is that of a temporary file, still being written or left by an interrupted attempt. */
export function isTemporary(name: string): boolean {
  return temporaryName.test(name);
}

/**
 * Removes temporary files of interrupted attempts. Keeps those of running processes: another build may be at work. Whether
 * a process runs can be told of this place only (`processPlace`); files of other places are removed after a day.
 */
export function sweep(folder: string): void {
  if (placeOf(folder) !== null) return;
  for (const name of listFolder(folder)) {
    const [, owner, pid] = temporaryName.exec(name) ?? [];
    if (owner === undefined) continue;
    const isHere = owner.split('.')[0] === processPlace();
    if (isHere ? !isRunning(Number(pid)) : isAbandoned(join(folder, name))) removeFile(join(folder, name));
  }
}

function isAbandoned(path: string): boolean {
  const modified = statOf(path)?.modifiedMs;
  return modified !== undefined && Date.now() - modified > abandonedMs;
}
