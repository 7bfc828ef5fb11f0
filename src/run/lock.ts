/**
 * One writer a folder: a second command is refused, because two builds of different recipes would write each other's
 * shard sets over. The mark is a file that says which process it is. One that is left of a process that is gone, or of
 * another host (a job that was moved there), is taken over, so an interrupted run never has to be cleaned up after.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { LongmixError } from '../errors.ts';
import { isRunning } from './commit.ts';

const lockFile = '.longmix.lock';

interface Holder {
  readonly host: string;
  readonly pid: number;
  /** When the process began, as far as the system tells: numbers of processes come again. */
  readonly began: string | null;
  readonly since: string;
}

/** Folders that this process writes. */
const ours = new Set<string>();

/**
 * Does the work while no other longmix of this host writes the folder, which must be there.
 * @throws LongmixError `folder-busy`
 */
export async function withLock<T>(folder: string, work: () => Promise<T> | T): Promise<T> {
  const path = resolve(folder);
  const file = join(path, lockFile);
  if (ours.has(path)) throw busy(folder, process.pid, 'this very process');
  const holder = take(file);
  if (holder !== null) throw busy(folder, holder.pid, `process ${holder.pid}, since ${holder.since}`);
  ours.add(path);
  try {
    return await work();
  } finally {
    ours.delete(path);
    rmSync(file, { force: true });
  }
}

function busy(folder: string, pid: number, who: string): LongmixError {
  return new LongmixError('folder-busy', `another longmix is writing here (${who})`, {
    where: folder,
    cure:
      pid === process.pid
        ? 'wait for the other call'
        : 'wait until it is done, and this command goes on from there; or choose another folder with --out',
    exitCode: 1,
  });
}

/** Who holds the lock, or null if it is ours now. Two that find the same old mark at the same moment may both take it. */
function take(file: string): Holder | null {
  const mark: Holder = {
    ...{ host: hostname(), pid: process.pid, began: beginning(process.pid) },
    since: new Date().toISOString(),
  };
  const create = () => writeFileSync(file, `${JSON.stringify(mark)}\n`, { flag: 'wx' });
  try {
    create();
    return null;
  } catch (error) {
    // Where nothing can be written there is no one to be kept apart from; what must be written tells its own error.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return null;
  }
  const holder = read(file);
  if (holder !== null && isAlive(holder)) return holder;
  rmSync(file, { force: true });
  try {
    create();
  } catch {
    // Somebody else was quicker by a hair.
    return read(file);
  }
  return null;
}

function read(file: string): Holder | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch {
    return null;
  }
}

function isAlive({ host, pid, began }: Holder): boolean {
  return host === hostname() && pid !== process.pid && isRunning(pid) && began === beginning(pid);
}

/**
 * Linux tells it, in ticks since the boot of that id: field 22 of stat (proc(5)). Null elsewhere, and for a process that
 * has ended and only waits for its parent to ask.
 */
function beginning(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the program's name in parentheses, may have spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : `${boot} ${fields[19]}`;
  } catch {
    return null;
  }
}
