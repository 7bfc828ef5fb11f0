/**
 * Parts that the stores of other builds have: the same text with the same tokenizer is not tokenized again because --out
 * is another. A part never changes under its name, so a link to it is as good as a copy, and stays when the other store is
 * pruned.
 */

import { LongmixError } from '../../errors.ts';
import type { TokenizeResult } from '../../execute/part-notes.ts';
import { findPart, leavePartNote, type PartSetting, partName } from '../../execute/part-notes.ts';
import { shareFile } from '../../storage/commit.ts';
import { exists } from '../../storage/files.ts';
import { join } from '../../storage/paths.ts';
import { leaveReceipt } from '../../storage/receipt.ts';
import { verifyFiles } from '../../storage/verify-files.ts';
import { type StoreManifest, storeFiles } from '../../store/format.ts';
import { openStore } from '../../store/reader.ts';
import { type FoundPart, type NamedPart, type PlannedPart, partsIn } from './find-parts.ts';
import { rememberFiles, unknownFiles } from './store-match.ts';

export interface Borrowed {
  readonly parts: ReadonlyMap<PlannedPart, FoundPart>;
  /** Stores that they are from. */
  readonly from: readonly string[];
}

/**
 * @param folder of the store that takes them; it has `.longmix/`
 * @param stores where to look, in this order
 */
export async function borrowParts(
  folder: string,
  setting: PartSetting,
  wanted: readonly PlannedPart[],
  stores: readonly string[],
): Promise<Borrowed> {
  const parts = new Map<PlannedPart, FoundPart>();
  const from = new Set<string>();
  for (const store of stores) {
    if (parts.size === wanted.length) break;
    const manifest = recordOf(store, setting);
    if (manifest === null) continue;
    const there = partsIn(store, manifest, setting, false);
    // A link is a change of the file's times, which the other store shall not take for a change of its bytes.
    const known = new Set(storeFiles(manifest).map(({ name }) => name));
    for (const { name } of unknownFiles(store, storeFiles(manifest))) known.delete(name);
    const linked: FoundPart[] = [];
    for (const planned of wanted) {
      const found = parts.has(planned) ? null : await there.find(planned);
      if (found === null || !(await isGood(store, found, known))) continue;
      const result = take(store, folder, setting, planned, found);
      if (result === null) break;
      parts.set(planned, { ...found, result });
      linked.push(found);
    }
    if (linked.length === 0) continue;
    from.add(store);
    rememberFiles(
      store,
      linked.flatMap(({ part }) => part.files).filter(({ name }) => known.has(name)),
    );
  }
  return { parts, from: [...from] };
}

function recordOf(store: string, setting: PartSetting): StoreManifest | null {
  try {
    const manifest = openStore(store);
    const isSame = manifest.tokenizer.fingerprint === setting.fingerprint && manifest.dtype === setting.dtype;
    return isSame ? manifest : null;
  } catch (error) {
    if (error instanceof LongmixError) return null;
    throw error;
  }
}

/** What has been written to since is read in full. */
async function isGood(store: string, { part }: FoundPart, known: ReadonlySet<string>): Promise<boolean> {
  const files = part.files.filter(({ name }) => !known.has(name));
  return (
    files.every(({ name }) => exists(join(store, name))) && (await verifyFiles(store, files)).length === 0
  );
}

/** null: files of that store can't be had. */
function take(
  store: string,
  folder: string,
  setting: PartSetting,
  planned: PlannedPart,
  { made, part }: NamedPart,
): TokenizeResult | null {
  const result = findPart(store, made) ?? {
    ...{ part, stamps: planned.stamps },
    ...{ identified: [], malformed: [], badSamples: [], fileFaults: [] },
  };
  try {
    // The record that names the files comes first.
    leaveReceipt(folder, partName(made), { fingerprint: made, files: part.files, result });
    for (const { name } of part.files) shareFile(join(store, name), join(folder, name));
  } catch {
    return null;
  }
  leavePartNote(folder, setting, planned, made);
  return result;
}
