/**
 * Checks for free disk space before anything is written. Otherwise a build could fail at its end, after all its time
 * was spent, and after it had removed finished shards.
 */

import { idBytes } from '../base/id-bytes.ts';
import { bytes as inBytes } from '../base/words.ts';
import { LongmixError } from '../errors.ts';
import { isShardName } from '../shard/format.ts';
import { exists, listFolder, statOf } from '../storage/files.ts';
import { freeBytes } from '../storage/free-space.ts';
import { join } from '../storage/paths.ts';
import type { BuildPlan, GatherMode, PlannedSet, TokenStore } from './nouns.ts';
import { setFolders } from './ownership.ts';
import { gatheredBytes, gatheredThere, isGathered } from './shards/gather-plan.ts';

/** A planned build, with the sizes of its sets. */
export interface BuildSize {
  readonly out: string;
  readonly plan: { readonly sets: readonly Pick<PlannedSet, 'bytes'>[] };
  /** Bytes of tokens that are gathered, and removed when the shards are written. */
  readonly gathered: number;
}

export function buildSize(
  out: string,
  plan: Pick<BuildPlan, 'sets'>,
  store: TokenStore,
  gather?: GatherMode,
): BuildSize {
  const sets = plan.sets.map(({ bytes }) => ({ bytes }));
  return { out, plan: { sets }, gathered: isGathered(gather, store) ? gatheredBytes(plan, store) : 0 };
}

/**
 * @throws LongmixError `disk-full` if the shards need more than the free space plus the space of the shards already
 * there, which are replaced or kept
 */
export function refuseFullDisk(out: string, builds: readonly BuildSize[]): void {
  const shortage = diskShortage(builds);
  if (shortage === null) return;
  throw new LongmixError('disk-full', shortage, {
    where: out,
    cure: 'choose another disk with --out, or free some space; nothing was removed',
    exitCode: 1,
  });
}

/** Says how much space builds on one disk, made one after the other, lack; null: there is room. */
export function diskShortage(builds: readonly BuildSize[]): string | null {
  const needed = builds.reduce(
    (sum, { plan }) => sum + plan.sets.reduce((all, set) => all + set.bytes, 0),
    0,
  );
  const gathered = builds.reduce((most, build) => Math.max(most, build.gathered), 0);
  const there = builds.reduce((sum, { out }) => sum + shardBytes(out) + gatheredThere(out), 0);
  const free = freeBytes(builds[0]?.out ?? '.');
  if (free === null || needed + gathered <= free + there) return null;
  const included = there === 0 ? '' : ', including what would be replaced';
  const what = gathered === 0 ? 'the shards need' : 'the shards, and the tokens gathered for them, need';
  return `${what} about ${inBytes(needed + gathered)}, and the disk has room for ${inBytes(free + there)}${included}`;
}

/** Text has 3 to 5 bytes per token, depending on the language. */
const bytesPerToken = 4;

/** The same for a token store that is not made yet. Its size is an estimate, so the result is only a warning. */
export function storeShortage(folder: string, textBytes: number, dtype: 'uint16' | 'uint32'): string | null {
  const needed = (textBytes / bytesPerToken) * idBytes(dtype);
  const free = freeBytes(folder);
  if (free === null || needed <= free) return null;
  return `the token store may need ${inBytes(needed)}, and the disk of ${folder} has room for ${inBytes(free)}`;
}

function shardBytes(out: string): number {
  if (!exists(out)) return 0;
  const files = setFolders(out).flatMap((set) =>
    listFolder(join(out, set))
      .filter(isShardName)
      .map((name) => join(out, set, name)),
  );
  return files.reduce((sum, file) => sum + (statOf(file)?.size ?? 0), 0);
}
