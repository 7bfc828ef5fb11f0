/**
 * Decides whether longmix owns a folder. longmix writes into folders that users name, so it must never replace or
 * remove files of others. It refuses a folder that has a file with a name that longmix would write, but no sign that
 * longmix wrote it. In its own folders, longmix removes only regular files that its own records name.
 *
 * The signs are a record in longmix's format (`manifest.json`, `store.json`, `plan.json` ...), or the notes folder
 * `.longmix/`, which is made before the first file. A link in place of a shard set's folder is refused.
 */

import { LongmixError } from '../errors.ts';
import { partName } from '../execute/part-notes.ts';
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
import { basename, join } from '../storage/paths.ts';
import { notesFolder } from '../storage/receipt.ts';
import { docsFile, storeFile, storeFormat, tokensFile } from '../store/format.ts';
import { ablationFile } from './ablation-file.ts';

/** Files that Hugging Face `datasets` needs beside the shards. */
export const datasetFiles: readonly string[] = ['dataset_info.json', 'state.json'];
export const planFile = 'plan.json';
/** A file in the notes folder with the names of the files that are about to be written. */
const plannedFile = 'planned-files.json';

export interface FolderKind {
  /** The name of this kind of folder in messages. */
  readonly words: string;
  /** Whether longmix writes or removes files of this name in such a folder. */
  writes(name: string): boolean;
  /** Records that longmix leaves there, and the value of `format` in each. */
  readonly records: readonly (readonly [file: string, format: string])[];
  /** The kind of longmix's folders inside it. One of these is a sign too, if the folder's own records are gone. */
  readonly inside?: FolderKind;
}

/** Names of the folders of shard sets. */
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
const partFile = /^part-([0-9a-f]{16}|\d{5,})\.(tokens|docs\.arrow|sketch)$/;

export const tokenFolder: FolderKind = {
  words: 'a token store',
  writes: (name) => partFile.test(name) || name === storeFile,
  records: [[storeFile, storeFormat]],
};

/** Names of files that tasks write, in an output or a token store. */
export function isTaskFile(name: string): boolean {
  return (
    isShardName(name) ||
    partFile.test(name) ||
    name === documentsFile ||
    /^(stretch|units)-[0-9a-f]+\./.test(name)
  );
}

/** @throws LongmixError `folder-foreign` if longmix may not write there; nothing is changed */
export function refuseForeign(folder: string, kind: FolderKind): void {
  const there = kindOf(folder);
  if (there === null) return;
  // The folder that the user names, or a shared token store, may be a link. A shard set may not: it may be emptied.
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
 * Refuses an output folder if it, or a folder in it that a shard set would use, holds files of somebody else.
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

/** Names of the folders that hold a shard set by longmix, finished or not. */
export function setFolders(out: string): string[] {
  const planned = plannedSets(out);
  return setNames(out).filter((name) => {
    const folder = join(out, name);
    return kindOf(folder) === 'folder' && (planned.includes(name) || isOurs(folder, shardFolder));
  });
}

/** Shard sets that the folder's plan lists. They are longmix's own even if their manifests are damaged. */
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

/** The value of `format` in a JSON file; null: it has none, or it is not a regular file with JSON. */
function formatOf(file: string): unknown {
  if (kindOf(file) !== 'file') return null;
  try {
    return (readJson(file) as { format?: unknown } | null)?.format ?? null;
  } catch {
    return null;
  }
}

/**
 * Marks the folder as longmix's own, and notes which files will be written there before any of them is. So a record
 * names every file that an interrupted run leaves. Call `refuseForeign` first.
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

/** Names of files that longmix's records list: `recorded`, the receipts, and the note of files about to be written. */
function ownFiles(folder: string, recorded: readonly string[]): ReadonlySet<string> {
  const notes = join(folder, notesFolder);
  const receipts = kindOf(notes) === 'folder' ? listFolder(notes) : [];
  const received = receipts.flatMap((name) =>
    namesIn(join(notes, name), ({ files, made }) =>
      typeof made === 'string'
        ? [tokensFile(partName(made)), docsFile(partName(made))]
        : (files as { name: string }[]).map((file) => file.name),
    ),
  );
  return new Set([...recorded, ...plannedFiles(folder), ...received]);
}

/** File names in a record; an empty list if the record is damaged or has another form. */
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

/** Files that a shard set's manifest lists with their hashes; an empty list if the manifest is damaged. */
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

/** Removes the receipts of a folder, so that all of its tasks run again. */
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

/** Whether the path is a folder, or a link to one. */
export function isFolder(path: string): boolean {
  try {
    return statOf(path)?.kind === 'folder';
  } catch {
    return false;
  }
}

/** The kind of the entry itself: links are not followed. null: it does not exist, or cannot be examined. */
function kindOf(path: string): FileFacts['kind'] | null {
  try {
    return linkStatOf(path)?.kind ?? null;
  } catch {
    // If the folder is unusable, the first real write reports it.
    return null;
  }
}
