/**
 * How a source of a recipe is read, as a store's record says it; and whether the files of a store are as they were made,
 * which a local note of their sizes and times answers without reading them.
 */

import { LongmixError } from '../../errors.ts';
import type { FileRecord } from '../../nouns/files.ts';
import type { SourceSpec } from '../../nouns/recipe.ts';
import { makeFolder, writeFile } from '../../storage/commit.ts';
import { readJson, statOf } from '../../storage/files.ts';
import { join } from '../../storage/paths.ts';
import { notesFolder } from '../../storage/receipt.ts';
import { verifyFiles } from '../../storage/verify-files.ts';
import { type SourceReading, type StoreManifest, storeFiles } from '../../store/format.ts';

/** What of a source's spec decides the documents, apart from the inputs themselves. */
export function readingOf(
  { name, fields, join: joined, separator, encoding, quote, command, tokens, columns }: SourceSpec,
  partBytes: number,
): SourceReading {
  return {
    source: name,
    fields,
    ...(joined === 'directory' ? { separator } : {}),
    ...(encoding === null ? {} : { encoding }),
    ...(quote === 'auto' ? {} : { quote }),
    ...(command === undefined ? {} : { command }),
    ...(tokens === undefined ? {} : { tokens: tokens.dtype ?? true }),
    ...(columns === undefined ? {} : { columns }),
    partBytes,
  };
}

/** Whether two readings of a source give the same documents of the same files. */
export function sameReading(
  { partBytes: _, ...a }: SourceReading,
  { partBytes: __, ...b }: SourceReading,
): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** As in a recipe: `text: body, id: id`. */
export function inWords(reading: SourceReading): string {
  const { fields, separator, encoding, quote, command, tokens, columns, chat } = reading;
  const kept =
    columns === undefined
      ? null
      : [...columns.fields, ...(columns.compressibility === undefined ? [] : ['compressibility'])];
  const named = Object.entries({
    ...fields,
    separator,
    encoding,
    quote,
    command,
    tokens,
    columns: kept,
    template: chat?.slice(0, 8),
  }).filter(([, name]) => name != null);
  return named
    .map(([key, name]) => `${key}: ${Object.hasOwn(fields, key) ? name : JSON.stringify(name)}`)
    .join(', ');
}

const filesNote = `${notesFolder}/files.json`;

/** Stamps of a store's own files, by name, as they were when the files were known to be good. */
type Stamps = Readonly<Record<string, string>>;

function readStamps(folder: string): Stamps {
  try {
    const note = readJson(join(folder, filesNote));
    return typeof note === 'object' && note !== null ? (note as Stamps) : {};
  } catch {
    return {};
  }
}

function stampIn(folder: string, name: string): string | undefined {
  return statOf(join(folder, name))?.stamp;
}

/**
 * Notes that these files are good. Where nothing can be written, as in a store that is shared read-only, the next command
 * looks again.
 */
export function rememberFiles(folder: string, files: readonly FileRecord[]): void {
  const stamps: Record<string, string> = { ...readStamps(folder) };
  for (const { name } of files) {
    const stamp = stampIn(folder, name);
    if (stamp !== undefined) stamps[name] = stamp;
  }
  try {
    makeFolder(join(folder, notesFolder));
    writeFile(join(folder, filesNote), JSON.stringify(stamps), false);
  } catch (error) {
    if (!(error instanceof LongmixError)) throw error;
  }
}

/** Files that are not known to be good. */
export function unknownFiles(folder: string, files: readonly FileRecord[]): FileRecord[] {
  const stamps = readStamps(folder);
  return files.filter(({ name }) => stamps[name] === undefined || stamps[name] !== stampIn(folder, name));
}

/**
 * Files that have been written to since (or copied) are read in full once. What a failing disk does leaves their times
 * as they were: that is for `verify --deep`.
 * @throws LongmixError `store-damaged`
 */
export async function refuseDamage(folder: string, manifest: Pick<StoreManifest, 'parts'>): Promise<void> {
  const unknown = unknownFiles(folder, storeFiles(manifest));
  if (unknown.length === 0) return;
  const [fault] = await verifyFiles(folder, unknown);
  if (fault !== undefined) {
    throw new LongmixError('store-damaged', fault, {
      cure: 'tokenize again what is damaged: the same command with --fresh',
      exitCode: 1,
    });
  }
  rememberFiles(folder, unknown);
}
