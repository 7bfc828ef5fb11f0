/**
 * Allows one writer per folder. A second command is refused, because two builds of different recipes would overwrite
 * each other's shard sets. The lock is a file that names its process. A lock of a process that has ended is taken over,
 * so nobody has to clean up after an interrupted run. A lock of another host is taken over too, because the job may
 * have been moved from there; the cost is that two hosts that share a folder are not kept apart.
 *
 * A folder that many may read and add to at once, as a token store, is locked for the moments in which its record changes
 * (`withBriefLock`), and each process that uses it leaves a mark (`markUse`), so that nothing is removed under it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { linkSync, realpathSync, renameSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isUrl } from '../base/is-url.ts';
import { LongmixError } from '../errors.ts';
import { makeFolder, putIfAbsent, writeFile } from './commit.ts';
import { listFolder, readText, removeFile } from './files.ts';
import { endPlace, flushPlaces, losePlace, refreshPlace } from './open-place.ts';
import { isRunning } from './process-place.ts';
import type { Holder } from './remote/far-lock.ts';

const lockFile = '.longmix.lock';

/** `ours`: the folders that this process writes. `within`: the folders whose locks the current async call holds. */
const ours = new Set<string>();
const within = new AsyncLocalStorage<ReadonlySet<string>>();
let attempts = 0;

/**
 * Runs `work` while no other longmix on this host writes the folder. The folder must exist. `work` may itself call
 * `withLock` for the same folder.
 * @throws LongmixError `folder-busy`
 */
export async function withLock<T>(folder: string, work: () => Promise<T> | T): Promise<T> {
  const isFar = isUrl(folder);
  const path = isFar ? folder.replace(/\/+$/, '') : realpathSync(folder);
  const mine = within.getStore() ?? new Set();
  if (mine.has(path)) return await work();
  if (isFar)
    return await within.run(new Set([...mine, path]), () => withFarLock(path, ![...mine].some(isUrl), work));
  const file = join(path, lockFile);
  if (ours.has(path)) throw busy(folder, file, 'this very process');
  const mark = JSON.stringify({
    ...{ host: hostname(), pid: process.pid, began: beginning(process.pid) },
    since: now(),
  } satisfies Holder);
  const holder = take(file, mark);
  if (holder !== null) throw busy(folder, file, `process ${holder.pid}, since ${holder.since}`);
  ours.add(path);
  try {
    return await within.run(new Set([...mine, path]), async () => await work());
  } finally {
    ours.delete(path);
    // Remove the lock only if it is still ours.
    if (read(file) === mark) remove(file);
  }
}

/**
 * A lock in a bucket says in addition when its holder renewed it last, since a process of another host can't be asked. It
 * is taken over if that is long ago, or if its holder is a process of this host that has ended. A holder that notices this
 * writes nothing more.
 * @param isOuter the current call holds no other lock in a bucket
 */
async function withFarLock<T>(folder: string, isOuter: boolean, work: () => Promise<T> | T): Promise<T> {
  const { takeFarLock } = await import('./remote/far-lock.ts');
  const holder: Holder = { host: hostname(), pid: process.pid, began: beginning(process.pid), since: now() };
  const busyBy = ({ host, pid, since }: Holder) =>
    busy(folder, `${folder}/${lockFile}`, `process ${pid} of ${host}, since ${since}`);
  let regain = () => {};
  const lock = await takeFarLock(folder, lockFile, holder, isEnded, (to) => {
    // Of a lock that somebody removed nobody knows who writes there now.
    const error = to === null ? busy(folder, `${folder}/${lockFile}`, 'our lock was removed') : busyBy(to);
    regain = losePlace(folder, error);
  });
  if ('holder' in lock) throw busyBy(lock.holder);
  try {
    await refreshPlace(folder);
    return await work();
  } finally {
    try {
      await lock.check();
      await flushPlaces();
    } finally {
      await lock.release();
      regain();
      if (isOuter) endPlace(folder);
    }
  }
}

/** Whether the holder is known to have ended: only of this host. */
function isEnded(holder: Holder): boolean {
  if (holder.host !== hostname()) return false;
  return holder.pid === process.pid ? holder.began !== beginning(process.pid) : !isAlive(holder);
}

const patienceMs = 10_000;

/**
 * The same for a moment's work: it waits for others that have the lock, who as a rule have it for a moment, too.
 * @throws LongmixError `folder-busy` after ten seconds
 */
export async function withBriefLock<T>(folder: string, work: () => Promise<T> | T): Promise<T> {
  const until = Date.now() + patienceMs;
  for (;;) {
    let began = false;
    try {
      return await withLock(folder, () => {
        began = true;
        return work();
      });
    } catch (error) {
      const isBusy = error instanceof LongmixError && error.code === 'folder-busy';
      if (began || !isBusy || Date.now() > until) throw error;
      await setTimeout(20 + 20 * Math.random());
    }
  }
}

/**
 * Leaves a mark that this process uses the folder, until it ends. The file stays: its time says when the folder was last
 * used. Marks of processes that are gone are removed here.
 * @param marks folder of the marks, which is made
 */
export function markUse(marks: string): void {
  try {
    makeFolder(marks);
    for (const name of listFolder(marks)) {
      const holder = parse(read(join(marks, name)) ?? '');
      if (holder?.host === hostname() && !isRunning(holder.pid)) remove(join(marks, name));
    }
    const name = `${hostname()}-${process.pid}.json`;
    const mark: Holder = { host: hostname(), pid: process.pid, began: beginning(process.pid), since: now() };
    writeFile(join(marks, name), JSON.stringify(mark), false);
  } catch {
    // Who may not write in the folder can't keep anybody from removing what is there.
  }
}

/** Processes that have marked the folder as used, and may be at it still: others of this host, and all of other hosts. */
export function usersOf(marks: string): { who: string; file: string }[] {
  return listFolder(marks).flatMap((name) => {
    const file = join(marks, name);
    const holder = parse(read(file) ?? '');
    if (typeof holder?.pid !== 'number' || (holder.host === hostname() && !isAlive(holder))) return [];
    const where = holder.host === hostname() ? '' : ` of ${holder.host}`;
    return [{ who: `process ${holder.pid}${where}, since ${holder.since}`, file }];
  });
}

function now(): string {
  return new Date().toISOString();
}

function busy(folder: string, file: string, who: string): LongmixError {
  return new LongmixError('folder-busy', `another longmix is writing here (${who})`, {
    where: folder,
    cure: `wait until it has finished, then run this command again to continue from there; or choose another folder with --out. If no longmix is running there, remove ${file}`,
    exitCode: 1,
  });
}

/** Returns who holds the lock; null: we hold it now, or nothing can be locked because the folder is unwritable. */
function take(file: string, mark: string): Holder | null {
  attempts += 1;
  const aside = `${file}.${process.pid}-${attempts}-old`;
  // Each turn but the last means that another process has just removed or written a lock.
  for (let turn = 0; turn < 100; turn += 1) {
    try {
      if (putIfAbsent(file, Buffer.from(mark))) return null;
    } catch {
      // If the folder is unwritable, the first real write reports it.
      return null;
    }
    const found = read(file);
    if (found === null) continue;
    const holder = parse(found);
    if (holder !== null && isAlive(holder)) return holder;
    takeAway(file, found, aside);
  }
  return null;
}

/** Removes a lock if it still has the text `found`: another process may have replaced it by its own. */
function takeAway(file: string, found: string, aside: string): void {
  try {
    renameSync(file, aside);
    if (read(aside) !== found) linkSync(aside, file);
  } catch {
    // Another process was quicker. The next turn sees which one holds the lock.
  }
  remove(aside);
}

function remove(file: string): void {
  try {
    removeFile(file);
  } catch {
    // A lock that stays does no harm: once this process has ended, it is taken over.
  }
}

function read(file: string): string | null {
  try {
    return readText(file);
  } catch {
    return null;
  }
}

function parse(mark: string): Holder | null {
  try {
    return JSON.parse(mark) as Holder;
  } catch {
    return null;
  }
}

function isAlive({ host, pid, began }: Holder): boolean {
  if (host !== hostname() || pid === process.pid || !isRunning(pid)) return false;
  const now = beginning(pid);
  return now !== gone && (began === null || now === null || now === began);
}

const gone = 'gone';

/**
 * When a process began, as Linux reports it: the boot's id, and ticks since that boot (field 22 of stat, proc(5)). Null
 * if the system does not report it; `gone` for a zombie, which has ended and only waits for its parent to collect it.
 */
function beginning(pid: number): string | null {
  try {
    const boot = readText('/proc/sys/kernel/random/boot_id').trim();
    const stat = readText(`/proc/${pid}/stat`);
    // The second field, the program's name in parentheses, may have spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? gone : `${boot} ${fields[19]}`;
  } catch {
    return null;
  }
}
