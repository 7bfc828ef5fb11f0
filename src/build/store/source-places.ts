/**
 * Where the sources of a store's record were when they were read last. A record names sources and files, and no places, so
 * two recipes over one store may have different corpora under one name. `plan` takes a corpus as it was only if it is the
 * same corpus. The note has hashes, because an address may hold a signature.
 */
import { fingerprint } from '../../base/fingerprint.ts';
import type { SourceSpec } from '../../nouns/recipe.ts';
import { writeJson } from '../../storage/commit.ts';
import { readJson } from '../../storage/files.ts';
import { join } from '../../storage/paths.ts';
import { notesFolder } from '../../storage/receipt.ts';

const placesNote = `${notesFolder}/places.json`;

type Place = Pick<SourceSpec, 'name' | 'path'>;

/** The caller has the store's lock. */
export function notePlaces(folder: string, sources: readonly Place[]): void {
  const places = { ...readPlaces(folder) };
  for (const source of sources) places[source.name] = placeOf(source);
  writeJson(join(folder, placesNote), places);
}

/** Whether the record's source of this name was read elsewhere. A store that was copied without its notes does not say it. */
export function isElsewhere(folder: string, source: Place): boolean {
  const { [source.name]: noted } = readPlaces(folder);
  return noted !== undefined && noted !== placeOf(source);
}

function placeOf({ path }: Place): string {
  return fingerprint(path).slice(0, 16);
}

function readPlaces(folder: string): Readonly<Record<string, string>> {
  try {
    return { ...(readJson(join(folder, placesNote)) as Record<string, string>) };
  } catch {
    return {};
  }
}
