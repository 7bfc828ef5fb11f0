/** `--fresh`: which parts are to be made again. Their files stay until others take their place, so nothing is lost by a mistake. */
import { isUrl } from '../../base/is-url.ts';
import { forgetPart, type PartSetting } from '../../execute/part-notes.ts';
import { removeFile } from '../../storage/files.ts';
import { join } from '../../storage/paths.ts';
import { removeReceipt } from '../../storage/receipt.ts';
import { verifyFiles } from '../../storage/verify-files.ts';
import type { PartRecord, StoreManifest } from '../../store/format.ts';
import type { StoreOptions } from '../nouns.ts';
import type { PlannedPart } from './find-parts.ts';
import { rememberFiles } from './store-match.ts';

/**
 * @param keepUnchanged only what is damaged: all files are read. Else all parts of the sources.
 * @returns the record without what is to be made again
 */
export async function forgetParts(
  folder: string,
  setting: PartSetting,
  wanted: readonly PlannedPart[],
  record: StoreManifest | null,
  { keepUnchanged = false }: StoreOptions,
): Promise<StoreManifest | null> {
  const sources = new Set(wanted.map(({ source }) => source));
  const ofSources = (record?.parts ?? []).filter(({ inputs }) => sources.has(inputs[0]!.source));
  const parts = await partsAgain(folder, ofSources, keepUnchanged);
  const again = new Set(parts.map(({ name }) => name));
  for (const { name, files } of parts) {
    removeReceipt(folder, name);
    // In a bucket the first commit of a name stays.
    if (isUrl(folder)) for (const file of files) removeFile(join(folder, file.name));
  }
  if (!keepUnchanged) for (const { units } of wanted) forgetPart(folder, setting, units);
  if (record === null) return null;
  const kept = record.parts.filter(({ name }) => !again.has(name));
  if (keepUnchanged)
    rememberFiles(
      folder,
      kept.flatMap(({ files }) => files),
    );
  return { ...record, parts: kept };
}

async function partsAgain(
  folder: string,
  parts: readonly PartRecord[],
  keepUnchanged: boolean,
): Promise<readonly PartRecord[]> {
  if (!keepUnchanged) return parts;
  const again: PartRecord[] = [];
  for (const part of parts) if ((await verifyFiles(folder, part.files)).length > 0) again.push(part);
  return again;
}
