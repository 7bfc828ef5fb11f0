/** Opens the shard sets to train on in a folder: one shard set, or a build's training sets in the order of its run. */

import { LongmixError } from '../../errors.ts';
import { dictFile, manifestFile, type ShardSetManifest } from '../../shard/format.ts';
import { listedSets, openShards, parseListedSets, parseManifest, shardsMissing } from '../../shard/reader.ts';
import { parseSchedule, readSchedule, scheduleFile } from '../../steps/schedule-file.ts';
import type { StepSource } from '../../steps/step-rows.ts';
import { exists } from '../../storage/files.ts';
import { basename, join, resolve } from '../../storage/paths.ts';
import type { RemoteStorage } from '../../storage/remote/remote-storage.ts';
import { isRemote, openRemote } from '../../storage/remote.ts';
import { RowFiles } from './row-files.ts';
import { remoteText, shardsBehind, shardsIn } from './shard-files.ts';

export interface FeedSet {
  /** The set's folder, or its address. */
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
 * @throws LongmixError `shards-missing` | `shards-damaged` | `shards-version` | `schedule-damaged` | `build-mixed`, and
 *   `remote-unsupported` for an address
 */
export function openSets(folder: string): FeedSets {
  if (isRemote(folder)) {
    throw new LongmixError('remote-unsupported', 'openFeed reads folders of this machine only', {
      where: folder,
      cure: 'in a trainer, use `await openFeedAt(...)`, and batchAhead of the feed',
    });
  }
  const listed = exists(join(folder, manifestFile)) ? null : listedSets(folder);
  if (listed === null) return { sets: [openSet(folder)], schedule: null };
  const schedule = readSchedule(folder);
  const names = schedule?.sets.map(({ name }) => name) ?? trainingSets(folder, listed);
  return ofOneBuild(folder, { sets: names.map((name) => openSet(join(folder, name))), schedule });
}

/**
 * Sets of a place that may be on another machine.
 * @param place a folder as `openSets` takes it, or the address of one (`s3://bucket/out/NAME`)
 * @throws LongmixError as `openSets`, and for an address also `remote-address` | `remote-denied` | `remote-unreachable`
 */
export async function openSetsAt(place: string): Promise<FeedSets> {
  if (!isRemote(place)) return openSets(place);
  const storage = await openRemote(place);
  const own = await remoteText(storage, manifestFile);
  if (own !== null) return { sets: [remoteSet(storage, '', own)], schedule: null };
  const at = (name: string) => `${storage.where}/${name}`;
  const dict = await remoteText(storage, dictFile);
  if (dict === null) throw shardsMissing(storage.where);
  const scheduled = await remoteText(storage, scheduleFile);
  const schedule = scheduled === null ? null : parseSchedule(scheduled, at(scheduleFile));
  const names =
    schedule?.sets.map(({ name }) => name) ??
    trainingSets(storage.where, parseListedSets(dict, at(dictFile)));
  const sets: FeedSet[] = [];
  for (const name of names) {
    const text = await remoteText(storage, `${name}/${manifestFile}`);
    if (text === null) throw shardsMissing(at(name));
    sets.push(remoteSet(storage, name, text));
  }
  return ofOneBuild(storage.where, { sets, schedule });
}

/** @throws LongmixError `build-mixed` */
function ofOneBuild(where: string, opened: FeedSets): FeedSets {
  const { sets, schedule } = opened;
  const [first] = sets;
  for (const [i, { name, manifest }] of sets.entries()) {
    const scheduled = schedule?.sets[i];
    const fits = scheduled === undefined || scheduled.rows === manifest.rows;
    if (fits && manifest.fingerprint === first!.manifest.fingerprint) continue;
    throw new LongmixError('build-mixed', `the shard sets of ${where} are not of one build: ${name}`, {
      cure: 'build again with --fresh',
      exitCode: 1,
    });
  }
  return opened;
}

function openSet(folder: string): FeedSet {
  const shards = shardsIn(folder);
  const manifest = openShards(folder);
  const name = basename(resolve(folder));
  return { folder, name, manifest, files: new RowFiles(shards, manifest) };
}

/** @param name of the set's folder in the storage; '': the storage is the set */
function remoteSet(storage: RemoteStorage, name: string, text: string): FeedSet {
  const place = shardsBehind(storage, name);
  const manifest = parseManifest(text, `${place.where}/${manifestFile}`);
  const folder = place.where;
  return { folder, name: basename(folder), manifest, files: new RowFiles(place, manifest) };
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
