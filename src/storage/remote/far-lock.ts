/**
 * The lock of an output or a token store in a bucket: an object that is made by a conditional put. It names its process, and
 * is renewed every minute while that works. It is taken over, by a put that asks for the etag that was seen,
 *
 *   - if its process was one of this host and has ended,
 *   - if it was not renewed for `staleMinutes`: the clocks of hosts may differ by some of them.
 *
 * The cost: after a crash on another host, a command waits that long. A holder that was suspended for longer notices at its
 * next renewal, and at the latest before it ends, that the lock is another's, and then writes nothing more. What its threads
 * have under way meanwhile is as with two workers: the first commit of each file wins.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { storageOf } from '../remote-files.ts';
import { readWhole } from '../storage.ts';
import type { RemoteStorage } from './remote-storage.ts';

const renewSeconds = 60;
const staleMinutes = 5;

/** Who holds a lock. */
export interface Holder {
  readonly host: string;
  readonly pid: number;
  /** When the process began, or null if the system does not say. Needed because process numbers are reused. */
  readonly began: string | null;
  readonly since: string;
}

interface Mark extends Holder {
  readonly renewed: string;
}

export interface FarLock {
  /** Notices a loss that no renewal has had the time to notice: after a pause of this process. */
  check(): Promise<void>;
  release(): Promise<void>;
}

/**
 * @param isEnded whether a holder is known to have ended
 * @param onLost called once if another process has taken the lock over, or removed it (null)
 */
export async function takeFarLock(
  folder: string,
  file: string,
  holder: Holder,
  isEnded: (holder: Holder) => boolean,
  onLost: (to: Holder | null) => void,
): Promise<FarLock | { readonly holder: Holder }> {
  const storage = await storageOf(folder);
  const content = (): Buffer => {
    return Buffer.from(JSON.stringify({ ...holder, renewed: new Date().toISOString() } satisfies Mark));
  };
  // Each turn but the last means that another process has just removed or written a lock.
  for (let turn = 0; ; turn += 1) {
    if (await storage.putIfAbsent(file, content())) break;
    const found = await read(storage, file);
    if (found === null) continue;
    const { mark, stamp } = found;
    if (mark !== null && !isEnded(mark) && !isStale(mark)) return { holder: mark };
    if ((await storage.replace(file, content(), stamp)) !== null) break;
    if (turn > 20) return { holder: mark ?? holder };
    await wait(50 * Math.random());
  }
  return hold(storage, file, holder, content, onLost);
}

function hold(
  storage: RemoteStorage,
  file: string,
  holder: Holder,
  content: () => Buffer,
  onLost: (to: Holder | null) => void,
): FarLock {
  const isOurs = (mark: Mark | null | undefined) =>
    mark?.pid === holder.pid && mark.host === holder.host && mark.since === holder.since;
  let renewing: Promise<unknown> = Promise.resolve();
  let renewed = Date.now();
  let isLost = false;
  const renew = async () => {
    if (isLost) return;
    const found = await read(storage, file);
    // Who takes it over between the two requests is seen by the next renewal.
    if (isOurs(found?.mark)) await storage.replace(file, content(), found!.stamp);
    else {
      isLost = true;
      onLost(found?.mark ?? null);
    }
    renewed = Date.now();
  };
  const timer = setInterval(() => {
    // One renewal that fails is made up for by the next.
    renewing = renew().catch(() => {});
  }, renewSeconds * 1000);
  timer.unref();
  return {
    async check() {
      await renewing;
      if (Date.now() - renewed > 2 * renewSeconds * 1000) await renew();
    },
    async release() {
      clearInterval(timer);
      await renewing;
      try {
        if (isOurs((await read(storage, file))?.mark)) await storage.remove(file);
      } catch {
        // A lock that stays is taken over: this process will have ended.
      }
    },
  };
}

/** `mark` is null if the file is not a lock. null: there is none. */
async function read(
  storage: RemoteStorage,
  file: string,
): Promise<{ mark: Mark | null; stamp: string } | null> {
  const entry = await storage.stat(file);
  if (entry === null) return null;
  try {
    const text = (await readWhole(await storage.open(file, entry))).toString();
    return { mark: JSON.parse(text) as Mark, stamp: entry.stamp };
  } catch (error) {
    if (error instanceof SyntaxError) return { mark: null, stamp: entry.stamp };
    // It was replaced or removed meanwhile.
    if ((error as { code?: string }).code === 'input-changed') return null;
    throw error;
  }
}

function isStale({ renewed }: Mark): boolean {
  return !(Date.now() - Date.parse(renewed) < staleMinutes * 60_000);
}
