/** Opens the shard sets to train on in a folder: one shard set, or a build's training sets in the order of its run. */

import { basename, join, resolve } from 'node:path';
import { LongmixError } from '../../errors.ts';
import { manifestFile, type ShardSetManifest } from '../../shard/format.ts';
import { listedSets, openShards } from '../../shard/reader.ts';
import { readSchedule } from '../../steps/schedule-file.ts';
import type { StepSource } from '../../steps/step-rows.ts';
import { exists } from '../../storage/files.ts';
import { RowFiles } from './row-files.ts';

export interface FeedSet {
  readonly folder: string;
  /** Name of the set's folder. */
  readonly name: string;
  readonly manifest: ShardSetManifest;
  readonly files: RowFiles;
}

export interface FeedSets extends StepSource {
  readonly sets: readonly FeedSet[];
}

/**
 * @param folder a shard set (out/NAME/train), or a build (out/NAME)
 * @throws LongmixError `shards-missing` | `shards-damaged` | `shards-version` | `schedule-damaged` | `build-mixed`
 */
export function openSets(folder: string): FeedSets {
  const listed = exists(join(folder, manifestFile)) ? null : listedSets(folder);
  if (listed === null) return { sets: [openSet(folder)], schedule: null };
  const schedule = readSchedule(folder);
  const names = schedule?.sets.map(({ name }) => name) ?? trainingSets(folder, listed);
  const sets = names.map((name) => openSet(join(folder, name)));
  const [first] = sets;
  for (const [i, { manifest }] of sets.entries()) {
    const scheduled = schedule?.sets[i];
    const fits = scheduled === undefined || scheduled.rows === manifest.rows;
    if (fits && manifest.fingerprint === first!.manifest.fingerprint) continue;
    throw new LongmixError('build-mixed', `the shard sets of ${folder} are not of one build: ${names[i]}`, {
      cure: 'build again with --fresh',
      exitCode: 1,
    });
  }
  return { sets, schedule };
}

function openSet(folder: string): FeedSet {
  const manifest = openShards(folder);
  return { folder, name: basename(resolve(folder)), manifest, files: new RowFiles(folder, manifest) };
}

/** The sets to train on. `sets` lists them in the order of the phases. */
function trainingSets(build: string, sets: readonly string[]): string[] {
  const names = sets.filter((name) => name.startsWith('train'));
  if (names.length === 0) {
    throw new LongmixError('shards-missing', `no training set in ${build}`, {
      cure: 'name the shard set itself, such as out/NAME/validation',
    });
  }
  return names;
}
