/**
 * `longmix store`: what token stores there are, and the removal of parts that no source of a store has any more: of files
 * that were changed or removed, of another reading or tokenizer, of an earlier longmix. Nothing else removes parts, so a
 * command that reads a store may go on while another brings it up to date.
 */

import { LongmixError } from '../../errors.ts';
import { dropLists } from '../../execute/job-file.ts';
import { partName } from '../../execute/part-notes.ts';
import { exists, listFolder, readJson, removeFile, statOf } from '../../storage/files.ts';
import { withBriefLock } from '../../storage/lock.ts';
import { join } from '../../storage/paths.ts';
import { notesFolder } from '../../storage/receipt.ts';
import { sweep } from '../../storage/temporary-files.ts';
import { type StoreManifest, sketchFile, storeFile, storeFiles } from '../../store/format.ts';
import { openStore } from '../../store/reader.ts';
import { storedSources, sumOf } from '../../store/view.ts';
import { isFolder, ownedFiles, tokenFolder } from '../ownership.ts';
import { sketchesIn } from './sketches.ts';
import { lastUse, usersOfStore } from './store-uses.ts';

export interface StoreSummary {
  readonly store: string;
  readonly tokenizer: string;
  /** Of the tokenizer. */
  readonly fingerprint: string;
  readonly sources: readonly { readonly source: string; readonly parts: number; readonly tokens: number }[];
  readonly parts: number;
  readonly tokens: number;
  /** Of the parts. */
  readonly bytes: number;
  /** ISO 8601; null: no note says it. */
  readonly lastUse: string | null;
  readonly unneeded: Unneeded;
}

/** Parts that no source has any more. */
export interface Unneeded {
  readonly parts: number;
  readonly bytes: number;
  readonly files: readonly string[];
}

/** The folder itself, or the stores in it, or in the folders in it. */
export function findStores(folder: string): string[] {
  if (exists(join(folder, storeFile))) return [folder];
  if (!isFolder(folder)) return [];
  const places = [folder, ...listFolder(folder).map((name) => join(folder, name))];
  const found = places
    .flatMap((place) => (place === folder ? [join(place, 'store')] : [place, join(place, 'store')]))
    .filter((place) => exists(join(place, storeFile)));
  // `FOLDER/store` is a child of the folder, too.
  return [...new Set(found)];
}

/** @throws LongmixError `store-missing` | `store-version` | `store-damaged` */
export function storeSummary(store: string): StoreSummary {
  const record = openStore(store);
  const { tokenizer, parts, totals } = record;
  const used = lastUse(store);
  const sources = [...storedSources(record)].map(([source, stored]) => {
    return { source, parts: stored.parts.length, tokens: sumOf(stored.parts).tokens };
  });
  return {
    ...{ store, tokenizer: tokenizer.name, fingerprint: tokenizer.fingerprint, sources },
    ...{ parts: parts.length, tokens: totals.tokens },
    bytes: storeFiles(record).reduce((sum, file) => sum + file.bytes, 0),
    lastUse: used === null ? null : new Date(used).toISOString(),
    unneeded: unneededParts(store, record),
  };
}

/**
 * Removes what no source of the store needs.
 * @throws LongmixError `folder-busy` while a command, or a list of tasks, may read the store
 */
export async function pruneStore(store: string): Promise<Unneeded> {
  return await withBriefLock(store, () => {
    const [user] = usersOfStore(store);
    if (user !== undefined) {
      throw new LongmixError('folder-busy', `the token store ${store} is in use (${user.who})`, {
        cure: `wait until it has finished, then run this command again. If it is gone, remove ${user.file}`,
        exitCode: 1,
      });
    }
    const record = openStore(store);
    const unneeded = unneededParts(store, record);
    for (const name of unneeded.files) removeFile(join(store, name));
    for (const name of staleNotes(store, record)) removeFile(join(store, notesFolder, name));
    dropLists(store, 'tokenize');
    sweep(store);
    sweep(join(store, notesFolder));
    return unneeded;
  });
}

function unneededParts(store: string, record: StoreManifest): Unneeded {
  const named = new Set([
    storeFile,
    ...storeFiles(record).map(({ name }) => name),
    ...record.parts.map(({ name }) => sketchFile(name)),
  ]);
  const files = ownedFiles(store, tokenFolder, sketchesIn(store)).filter((name) => !named.has(name));
  const parts = new Set(files.map((name) => name.slice(0, name.indexOf('.'))));
  const bytes = files.reduce((sum, name) => sum + (statOf(join(store, name))?.size ?? 0), 0);
  return { parts: parts.size, bytes, files };
}

/** Receipts of other parts than the record's, and notes that lead to such. */
function staleNotes(store: string, { parts }: StoreManifest): string[] {
  const notes = join(store, notesFolder);
  const named = new Set(parts.map(({ name }) => name));
  return listFolder(notes).filter((name) => {
    if (/^part-[0-9a-f]+\.json$/.test(name)) return !named.has(name.slice(0, -'.json'.length));
    return /^units-[0-9a-f]+\.json$/.test(name) && !named.has(partOf(join(notes, name)));
  });
}

function partOf(note: string): string {
  try {
    return partName((readJson(note) as { made: string }).made);
  } catch {
    return '';
  }
}
