/** `longmix verify`: exit code 0 if everything is as recorded, 1 if anything is wrong. */
import { bytes, counted } from '../base/words.ts';
import { isFolder } from '../build/ownership.ts';
import { type Verified, verify, whyNoStore } from '../build/verify.ts';
import { LongmixError, reworded } from '../errors.ts';
import { manifestFile } from '../shard/format.ts';
import { openShards } from '../shard/reader.ts';
import { exists } from '../storage/files.ts';
import { openPlace } from '../storage/open-place.ts';
import { join } from '../storage/paths.ts';

interface Flags {
  readonly deep?: boolean;
  readonly json?: boolean;
}

const shown = 20;

export async function runVerify(folder: string, flags: Flags): Promise<void> {
  await openPlace(folder);
  const result = await verified(folder, flags.deep === true);
  const { folders, files, faults } = result;
  if (faults.length > 0) process.exitCode = 1;
  if (flags.json === true) {
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    return;
  }
  if (faults.length === 0) {
    process.stdout.write(`ok: ${folders.join(', ')}: ${counted(files, 'file')}, ${bytes(result.bytes)}\n`);
    for (const set of flags.deep === true ? folders : []) {
      const why = await whyNotCompared(set);
      if (why !== null)
        process.stderr.write(`note: ${set}: ${why}, so its rows were decoded but not compared with it\n`);
    }
    return;
  }
  const more = faults.length > shown ? [`... and ${faults.length - shown} more`] : [];
  process.stdout.write(`${[...faults.slice(0, shown), ...more].join('\n')}\n`);
  process.stderr.write(
    `longmix: ${folder}: ${counted(faults.length, 'fault')}\n  run the command that made it again, with --fresh\n`,
  );
}

/** Reports sets that can't even be opened as damaged, if the folder exists at all. */
async function verified(folder: string, deep: boolean): Promise<Verified> {
  try {
    return await verify(folder, deep);
  } catch (error) {
    if (!(error instanceof LongmixError) || !isFolder(folder)) throw error;
    throw reworded(error, { exitCode: 1 });
  }
}

async function whyNotCompared(folder: string): Promise<string | null> {
  return exists(join(folder, manifestFile)) ? await whyNoStore(folder, openShards(folder)) : null;
}
