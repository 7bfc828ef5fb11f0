/** Room on the disk, asked before `--fresh` removes what is there: finished shards are worth more than a failed build. */
import { readdirSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LongmixError } from '../errors.ts';
import { bytes as inBytes } from '../report/format.ts';
import { isShardName } from '../shard/format.ts';
import type { BuildPlan } from './build-plan.ts';
import { setFolders } from './ownership.ts';

/** @throws LongmixError `disk-full` if the plan's shards have no room where those that are there are gone */
export function refuseFullDisk(out: string, { sets }: Pick<BuildPlan, 'sets'>): void {
  const needed = sets.reduce((sum, set) => sum + set.bytes, 0);
  const { bavail, bsize, blocks } = statfsSync(out);
  // Some file systems do not say.
  if (blocks === 0) return;
  const room = bavail * bsize + shardBytes(out);
  if (needed <= room) return;
  throw new LongmixError(
    'disk-full',
    `the shards need about ${inBytes(needed)}, and the disk has room for ${inBytes(room)}, what would be replaced included`,
    { where: out, cure: 'choose another disk with --out, or make room; nothing was removed', exitCode: 1 },
  );
}

function shardBytes(out: string): number {
  const files = setFolders(out).flatMap((set) =>
    readdirSync(join(out, set))
      .filter(isShardName)
      .map((name) => join(out, set, name)),
  );
  return files.reduce((sum, file) => sum + statSync(file).size, 0);
}
