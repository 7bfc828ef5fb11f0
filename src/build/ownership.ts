/**
 * Whose a folder is. longmix writes into folders that users name, so it must never replace or remove what somebody else
 * put there: a folder with a file of a name that longmix would write, and without a sign that longmix wrote it, is
 * refused. Inside a folder of its own longmix removes only regular files that its own records name.
 *
 * The signs: a record in longmix's format (`manifest.json`, `store.json`, `plan.json` ...), or the notes folder
 * `.longmix/`, which is made before the first file. A link in place of a shard set's folder is refused.
 */

import { basename, join } from 'node:path';
import { LongmixError } from '../errors.ts';
import {
  dictFile,
  documentsFile,
  isShardName,
  manifestFile,
  type ShardSetManifest,
  shardFormat,
  shardSetFiles,
} from '../shard/format.ts';
import { scheduleFile } from '../steps/schedule-file.ts';
import { makeFolder, writeFile } from '../storage/commit.ts';
import {
  type FileFacts,
  linkStatOf,
  listFolder,
  readJson,
  removeFile,
  removeFolder,
  statOf,
} from '../storage/files.ts';
import { notesFolder } from '../storage/receipt.ts';
import { storeFile, storeFormat } from '../store/format.ts';
import { ablationFile } from './ablation-file.ts';

/** What Hugging Face `datasets` wants beside the shards. */
export const datasetFiles: readonly string[] = ['dataset_info.json', 'state.json'];
export const planFile = 'plan.json';
/** In the notes folder: names of the files that are about to be written. */
const plannedFile = 'planned-files.json';

export interface FolderKind {
  /** What longmix calls such a folder, for messages. */
  readonly words: string;
  /** Whether longmix writes or removes files of this name there. */
  writes(name: string): boolean;
  /** Records that longmix leaves there, and the `format` that each one says. */
  readonly records: readonly (readonly [file: string, format: string])[];
  /** Folders of longmix's inside it, by one of which it is known when its own records are gone. */
  readonly inside?: FolderKind;
}

/** What the folders of shard sets are called. */
const setName = /^(train|validation)(_\w+)?(\.\d+)?$/;

export const shardFolder: FolderKind = {
  words: 'a shard set',
  writes: (name) => isShardName(name) || [...datasetFiles, documentsFile, manifestFile].includes(name),
  records: [[manifestFile, shardFormat]],
};

export const outputFolder: FolderKind = {
  words: 'the output of a build',
  writes: (name) => [planFile, scheduleFile, dictFile, ablationFile].includes(name),
  records: [
    [planFile, 'longmix-plan'],
    [ablationFile, 'longmix-ablation'],
  ],
  inside: shardFolder,
};

/** Of version 4, too, whose parts had numbers. */
const partFile = /^part-([0-9a-f]{16}|\d{5,})\.(tokens|docs\.arrow)$/;

export const tokenFolder: FolderKind = {
  words: 'a token store',
  writes: (name) => partFile.test(name) || name === storeFile,
  records: [[storeFile, storeFormat]],
};

/** @throws LongmixError `folder-foreign` if longmix may not write there; nothing is changed */
export function refuseForeign(folder: string, kind: FolderKind): void {
  const there = kindOf(folder);
  if (there === null) return;
  // A folder that the user names, or a token store that is shared, may be a link; a shard set, which may be emptied, may not.
  if (there === 'link' && kind === shardFolder) {
    throw foreign(folder, kind, 'it is a link', 'longmix does not write a shard set through a link');
  }
  if (!isFolder(folder) || isOurs(folder, kind)) return;
  const found = listFolder(folder).filter((name) => kind.writes(name));
  if (found.length === 0) return;
  throw foreign(
    folder,
    kind,
    `it holds ${found[0]}, which longmix did not write`,
    'longmix would replace it',
  );
}

function foreign(folder: string, kind: FolderKind, why: string, rule: string): LongmixError {
  return new LongmixError('folder-foreign', `${folder} cannot become ${kind.words}: ${why}, and ${rule}`, {
    cure: 'choose another folder with --out (or `store:` in the recipe); --fresh does not change this; nothing was written or removed',
  });
}

/**
 * Refuses an output folder that somebody else wrote, in whole or in a folder that a shard set would be written to.
 * @throws LongmixError `folder-foreign`
 */
export function refuseForeignOutput(out: string): void {
  refuseForeign(out, outputFolder);
  const planned = plannedSets(out);
  for (const name of setNames(out)) {
    const folder = join(out, name);
    if (!planned.includes(name) || kindOf(folder) === 'link') refuseForeign(folder, shardFolder);
  }
}

/** Folders that hold a shard set of longmix's, finished or not. */
export function setFolders(out: string): string[] {
  const planned = plannedSets(out);
  return setNames(out).filter((name) => {
    const folder = join(out, name);
    return kindOf(folder) === 'folder' && (planned.includes(name) || isOurs(folder, shardFolder));
  });
}

/** Shard sets that the plan of this folder lists: they are longmix's even where their manifests are damaged. */
function plannedSets(out: string): readonly string[] {
  return namesIn(join(out, planFile), ({ format, sets }) =>
    format === 'longmix-plan' ? (sets as { name: string }[]).map(({ name }) => name) : [],
  );
}

function setNames(out: string): string[] {
  return (isFolder(out) ? listFolder(out) : []).filter((name) => setName.test(name));
}

/** Whether longmix wrote this folder. */
function isOurs(folder: string, kind: FolderKind): boolean {
  if (kindOf(join(folder, notesFolder)) === 'folder') return true;
  if (kind.records.some(([file, format]) => formatOf(join(folder, file)) === format)) return true;
  return kind.inside !== undefined && setFolders(folder).length > 0;
}

/** The `format` that a JSON file says; null: it says none, or it is not a regular file with JSON. */
function formatOf(file: string): unknown {
  if (kindOf(file) !== 'file') return null;
  try {
    return (readJson(file) as { format?: unknown } | null)?.format ?? null;
  } catch {
    return null;
  }
}

/**
 * Makes the folder longmix's own and notes which files will be written there, before any of them is: files that an
 * interrupted run leaves have a record that names them. `refuseForeign` comes before.
 * @throws LongmixError `output-unwritable`
 */
export function claimFolder(folder: string, files: readonly string[]): void {
  const notes = join(folder, notesFolder);
  makeFolder(folder);
  makeFolder(notes);
  const all = [...new Set([...plannedFiles(folder), ...files])].sort();
  writeFile(join(notes, plannedFile), JSON.stringify({ format: 'longmix-planned-files', files: all }));
}

function plannedFiles(folder: string): readonly string[] {
  return namesIn(join(folder, notesFolder, plannedFile), ({ files }) => files as string[]);
}

/** Files in the folder that longmix's records name: manifests, receipts, and notes of what was about to be written. */
function ownFiles(folder: string, recorded: readonly string[]): ReadonlySet<string> {
  const notes = join(folder, notesFolder);
  const receipts = kindOf(notes) === 'folder' ? listFolder(notes) : [];
  const received = receipts.flatMap((name) =>
    namesIn(join(notes, name), ({ files }) => (files as { name: string }[]).map((file) => file.name)),
  );
  return new Set([...recorded, ...plannedFiles(folder), ...received]);
}

/** A record that is damaged, or has another form, names nothing. */
function namesIn(
  file: string,
  pick: (record: Record<string, unknown>) => readonly string[],
): readonly string[] {
  if (kindOf(file) !== 'file') return [];
  try {
    const names = pick(readJson(file) as Record<string, unknown>);
    return names.filter((name) => typeof name === 'string' && name === basename(name));
  } catch {
    return [];
  }
}

/** Files of a shard set that its manifest lists with their hashes; none where it is damaged. */
export function shardFiles(folder: string): readonly string[] {
  return namesIn(join(folder, manifestFile), (manifest) =>
    manifest.format === shardFormat
      ? shardSetFiles(manifest as unknown as ShardSetManifest).map(({ name }) => name)
      : [],
  );
}

/**
 * The files that longmix's records of this folder name, as far as they are there.
 * @param recorded further names that longmix is known to have written there
 */
export function ownedFiles(folder: string, kind: FolderKind, recorded: readonly string[]): string[] {
  const names = [...ownFiles(folder, recorded)].filter((name) => kind.writes(name));
  return names.filter((name) => kindOf(join(folder, name)) === 'file').sort();
}

/** Removes them, but for those to keep. */
export function removeOwnFiles(
  folder: string,
  kind: FolderKind,
  recorded: readonly string[],
  keep: (name: string) => boolean,
): void {
  for (const name of ownedFiles(folder, kind, recorded)) if (!keep(name)) removeFile(join(folder, name));
}

/** Forgets what earlier tasks have finished there, so that all of them run again. */
export function removeReceipts(folder: string): void {
  const notes = join(folder, notesFolder);
  for (const name of listFolder(notes)) {
    if (name !== plannedFile && kindOf(join(notes, name)) === 'file') removeFile(join(notes, name));
  }
}

/** Removes the notes that longmix keeps in a folder. */
export function removeNotes(folder: string): void {
  const notes = join(folder, notesFolder);
  if (kindOf(notes) === 'folder') removeFolder(notes);
}

/** A folder, or a link to one. */
export function isFolder(path: string): boolean {
  try {
    return statOf(path)?.kind === 'folder';
  } catch {
    return false;
  }
}

/** Of the entry itself, not of what a link leads to; null: it is not there, or cannot be, below a file. */
function kindOf(path: string): FileFacts['kind'] | null {
  try {
    return linkStatOf(path)?.kind ?? null;
  } catch {
    // If the folder is unusable, the first real write reports it.
    return null;
  }
}
