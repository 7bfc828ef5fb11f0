/** `--fresh`: which parts are to be made again. Their files stay until others take their place, so nothing is lost by a mistake. */
import { forgetPart, type PartSetting } from '../../execute/part-notes.ts';
import { removeReceipt } from '../../storage/receipt.ts';
import { verifyFiles } from '../../storage/verify-files.ts';
import type { StoreManifest } from '../../store/format.ts';
import type { StoreOptions } from '../nouns.ts';
import type { PlannedPart } from './find-parts.ts';
import { rememberFiles } from './store-match.ts';

/**
 * @param keepUnchanged only what is damaged: all files are read. Else all parts of the sources.
 * @returns the record without what is to be made again
 */
export function forgetParts(
  folder: string,
  setting: PartSetting,
  wanted: readonly PlannedPart[],
  record: StoreManifest | null,
  { keepUnchanged = false }: StoreOptions,
): StoreManifest | null {
  const sources = new Set(wanted.map(({ source }) => source));
  const isAgain = ({ inputs, files }: StoreManifest['parts'][number]) =>
    sources.has(inputs[0]!.source) && (!keepUnchanged || verifyFiles(folder, files).length > 0);
  const again = new Set(record?.parts.filter(isAgain).map(({ name }) => name));
  for (const name of again) removeReceipt(folder, name);
  if (!keepUnchanged) for (const { units } of wanted) forgetPart(folder, setting, units);
  if (record === null) return null;
  const parts = record.parts.filter(({ name }) => !again.has(name));
  if (keepUnchanged)
    rememberFiles(
      folder,
      parts.flatMap(({ files }) => files),
    );
  return { ...record, parts };
}
