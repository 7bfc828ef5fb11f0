/**
 * `longmix verify`: compares a shard set, all shard sets of a build or an ablation, or a token store with its records.
 */

import { type Arrange, fimArrange, fimChoice } from '../base/fim.ts';
import { isUrl } from '../base/is-url.ts';
import { LongmixError } from '../errors.ts';
import type { DocumentTable } from '../nouns/tokens.ts';
import { discardsTails, imbalances } from '../pack/accounts/ledger.ts';
import { manifestFile, type ShardSetManifest, shardSetFiles } from '../shard/format.ts';
import { listedSets, openShards } from '../shard/reader.ts';
import {
  type Fault,
  type StoredDocuments,
  verifyDatasetFiles,
  verifyNames,
  verifyRows,
} from '../shard/verify.ts';
import { exists } from '../storage/files.ts';
import { needPlace, openPlace } from '../storage/open-place.ts';
import { join, resolve } from '../storage/paths.ts';
import { verifyFiles } from '../storage/verify-files.ts';
import { type StoreManifest, storeFile, storeFiles, storeVersion } from '../store/format.ts';
import { loadTable, openStore } from '../store/reader.ts';
import { TokenReader } from '../store/token-reader.ts';
import { viewOf } from '../store/view.ts';
import { ablationFile, type ListedArm, listedArms } from './ablation-file.ts';
import { isFolder } from './ownership.ts';
import { copyTokens } from './store/copy-tokens.ts';
import { damagedSketches } from './store/sketches.ts';

export interface Verified {
  /** The folders that were checked. */
  readonly folders: readonly string[];
  readonly files: number;
  readonly bytes: number;
  readonly faults: readonly Fault[];
}

/** @throws LongmixError `verify-missing` if there is no such folder, `verify-nothing` if it holds nothing finished */
export async function verify(folder: string, deep: boolean): Promise<Verified> {
  await openPlace(folder);
  if (exists(join(folder, storeFile))) return await verifyStore(folder, deep);
  const arms = listedArms(folder) ?? [];
  const builds = arms.length === 0 ? [folder] : arms.map((arm) => arm.folder);
  const sets = builds.flatMap(shardSetFolders);
  if (!exists(folder)) {
    throw new LongmixError('verify-missing', `there is no folder ${folder}`, {
      cure: 'check the path; longmix build writes out/NAME, below the folder in which it is started',
    });
  }
  if (sets.length === 0) {
    throw new LongmixError('verify-nothing', `no finished shards and no finished token store in ${folder}`, {
      cure: 'give the folder that longmix build, longmix ablate or longmix tokenize wrote; if the command was interrupted, run it again to finish the folder',
      exitCode: isFolder(folder) ? 1 : 2,
    });
  }
  const gone = builds.filter((build) => shardSetFolders(build).length === 0);
  const results: Verified[] = [];
  for (const set of sets) results.push(await verifyShardSet(set, deep));
  return {
    folders: sets,
    files: results.reduce((n, { files }) => n + files, 0),
    bytes: results.reduce((n, { bytes }) => n + bytes, 0),
    faults: [
      ...gone.map((build) => `${build}: no finished shards, though ${ablationFile} lists it`),
      ...arms.flatMap(armFaults),
      ...(deep ? await storeFaults(sets) : []),
      ...results.flatMap(({ faults }) => faults),
    ],
  };
}

/**
 * The folder itself if it is a shard set, else the folders that its `dataset_dict.json` lists.
 * @throws LongmixError `shards-damaged`
 */
export function shardSetFolders(folder: string): string[] {
  if (exists(join(folder, manifestFile))) return [folder];
  return listedSets(folder)?.map((name) => join(folder, name)) ?? [];
}

/**
 * Reports shards that the ablation's record does not describe: a run was interrupted, or an arm was built by itself.
 */
function armFaults({ folder, fingerprint }: ListedArm): Fault[] {
  return shardSetFolders(folder)
    .filter((set) => openShards(set).fingerprint !== fingerprint)
    .map(
      (set) =>
        `${set}: its shards differ from those that ${ablationFile} describes; run longmix ablate again`,
    );
}

async function verifyShardSet(folder: string, deep: boolean): Promise<Verified> {
  const manifest = openShards(folder);
  const files = shardSetFiles(manifest);
  const faults = [
    ...(await verifyFiles(folder, files)),
    ...verifyDatasetFiles(folder, manifest),
    ...verifyNames(folder, manifest),
    ...imbalances(manifest.ledger, discardsTails(manifest.sequences)).map(
      (fault) => `${folder}: ledger: ${fault}`,
    ),
    ...(deep ? await deepFaults(folder, manifest) : []),
  ];
  return {
    folders: [folder],
    files: files.length,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    faults,
  };
}

/** Compares the rows with the store's tokens, if the store is there. */
async function deepFaults(folder: string, manifest: ShardSetManifest): Promise<Fault[]> {
  const tokens = await openTokens(folder, manifest);
  try {
    return await verifyRows(folder, manifest, tokens);
  } finally {
    tokens?.close();
  }
}

/**
 * Checks the files of the stores that rows are compared with. Without this, damaged tokens would go unnoticed: shards
 * that were made from them agree both with their manifest and with the store.
 */
async function storeFaults(sets: readonly string[]): Promise<Fault[]> {
  const stores = new Map<string, StoreManifest>();
  for (const set of sets) {
    const found = await openStoreOf(set, openShards(set));
    if (found !== null) stores.set(found.path, found.store);
  }
  const faults: Fault[] = [];
  for (const [path, store] of stores) {
    faults.push(...(await verifyFiles(path, storeFiles(store))));
    faults.push(...damagedSketches(path, store.parts));
  }
  return faults;
}

/** The store that the shards were made from; null: it is no longer there, or its fingerprint differs. */
export async function openStoreOf(
  folder: string,
  manifest: ShardSetManifest,
): Promise<{ path: string; store: StoreManifest } | null> {
  const path = resolve(folder, manifest.store.path);
  await needPlace(path);
  if (!exists(join(path, storeFile))) return null;
  const record = openStore(path);
  const wanted = manifest.store.fingerprint;
  if (record.version !== storeVersion) return record.fingerprint === wanted ? { path, store: record } : null;
  const { sources } = manifest.recipe as { readonly sources: readonly { readonly name: string }[] };
  const store = viewOf(
    record,
    sources.map(({ name }) => name),
  );
  return store?.fingerprint === wanted ? { path, store } : null;
}

/** Why there is no such store; null: there is. */
export async function whyNoStore(folder: string, manifest: ShardSetManifest): Promise<string | null> {
  if ((await openStoreOf(folder, manifest)) !== null) return null;
  return exists(join(resolve(folder, manifest.store.path), storeFile))
    ? 'its token store is of another corpus or tokenizer now'
    : 'its token store is gone';
}

async function openTokens(
  folder: string,
  manifest: ShardSetManifest,
): Promise<(TokenReader & StoredDocuments) | null> {
  const found = await openStoreOf(folder, manifest);
  if (found === null) return null;
  const { path, store } = found;
  const table = await loadTable(path, store);
  // Rows take documents from all over the store. From a bucket that would be a request for each document.
  const copy = isUrl(path) ? await copyTokens(path, store) : null;
  const reader = new TokenReader(copy?.folder ?? path, store, table);
  return Object.assign(reader, {
    table,
    lengthOf: (document: number) => table.lengths[document] ?? 0,
    arrange: arrangeOf(table, manifest),
    close() {
      TokenReader.prototype.close.call(reader);
      copy?.remove();
    },
  });
}

/** Returns what puts the middle of a document at its end; null: the document stays as it is. */
function arrangeOf(table: DocumentTable, { fim }: ShardSetManifest): (document: number) => Arrange | null {
  if (fim === undefined) return () => null;
  const isChosen = fimChoice(table, fim);
  const arrange = fimArrange(table, fim);
  return (document) => (isChosen(document) ? arrange : null);
}

async function verifyStore(folder: string, deep: boolean): Promise<Verified> {
  const manifest = openStore(folder);
  const files = storeFiles(manifest);
  const faults = [...(await verifyFiles(folder, files)), ...damagedSketches(folder, manifest.parts)];
  // This checks the index too: it compares its lengths with the manifest's totals.
  if (deep && faults.length === 0) await loadTable(folder, manifest);
  return {
    folders: [folder],
    files: files.length,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    faults,
  };
}
