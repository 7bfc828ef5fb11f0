/** Who uses a token store: marks in its notes, by which `longmix store prune` knows that nothing may be removed now. */
import { fingerprint } from '../../base/fingerprint.ts';
import { LongmixError } from '../../errors.ts';
import { jobsFolder, readJob } from '../../execute/job-file.ts';
import { findPlanned, type PartSetting, type PlannedUnits } from '../../execute/part-notes.ts';
import { makeFolder, writeFile } from '../../storage/commit.ts';
import { exists, listFolder, readJson, removeFile, statOf } from '../../storage/files.ts';
import { markUse, usersOf } from '../../storage/lock.ts';
import { dirname, join, resolve } from '../../storage/paths.ts';
import { notesFolder } from '../../storage/receipt.ts';

const marks = (store: string): string => join(store, notesFolder, 'uses');
const jobMark = /^job-[0-9a-f]{16}\.json$/;

/** This process uses the store until it ends. */
export function useStore(store: string): void {
  markUse(marks(store));
}

/** Tasks of this list read the store, wherever and whenever they run. @param job path of the list */
export function keepForJob(store: string, job: string): void {
  makeFolder(marks(store));
  writeFile(jobFile(store, job), JSON.stringify({ job: resolve(job) }), false);
}

/** The list's tasks are done. */
export function doneWithJob(store: string, job: string): void {
  removeFile(jobFile(store, job));
}

/** The same of lists of parts, of whichever command, whose tasks are all done. */
export function doneWithParts(store: string): void {
  for (const { job, file } of waitingLists(store)) {
    if (dirname(job) === resolve(jobsFolder(store)) && areMade(job)) removeFile(file);
  }
}

function areMade(job: string): boolean {
  try {
    const { stage, folder, setting, tasks, input } = readJob(job);
    const isMade = (task: number) =>
      findPlanned(folder, setting as PartSetting, input(task) as PlannedUnits) !== null;
    return stage === 'tokenize' && Array.from({ length: tasks }, (_, task) => task).every(isMade);
  } catch (error) {
    if (error instanceof LongmixError) return false;
    throw error;
  }
}

function waitingLists(store: string): { job: string; file: string }[] {
  const lists = listFolder(marks(store)).filter((name) => jobMark.test(name));
  return lists.flatMap((name) => {
    const file = join(marks(store), name);
    const { job } = readJson(file) as { job: string };
    return exists(job) ? [{ job, file }] : [];
  });
}

function jobFile(store: string, job: string): string {
  return join(marks(store), `job-${fingerprint(resolve(job)).slice(0, 16)}.json`);
}

/** Who may be reading the store now, in words, and the file that says so. */
export function usersOfStore(store: string): { who: string; file: string }[] {
  const waiting = waitingLists(store).map(({ job, file }) => ({ who: `the list of tasks ${job}`, file }));
  return [...usersOf(marks(store)), ...waiting];
}

/** When a command last used the store, in ms since 1970; null: no note says it. */
export function lastUse(store: string): number | null {
  const times = listFolder(marks(store)).map((name) => statOf(join(marks(store), name))?.modifiedMs ?? 0);
  // A bucket's listing is not asked for times.
  return Math.max(0, ...times) || null;
}
