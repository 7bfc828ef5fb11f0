/**
 * `store.json`: every source that the store holds, as it was last read. A command replaces the entries of its recipe's
 * sources and leaves the others. Sources stand in the order of their names, so the record does not tell who came first.
 */

import { LongmixError } from '../../errors.ts';
import type { SourceSpec } from '../../nouns/recipe.ts';
import { writeJson } from '../../storage/commit.ts';
import { exists } from '../../storage/files.ts';
import { withBriefLock } from '../../storage/lock.ts';
import { join } from '../../storage/paths.ts';
import {
  type StoreDtype,
  type StoreManifest,
  storeFile,
  storeVersion,
  type TokenizerRecord,
} from '../../store/format.ts';
import { openStore } from '../../store/reader.ts';
import { type StoreContent, storedSources, storeManifest } from '../../store/view.ts';
import { notePlaces } from './source-places.ts';

/** What a folder has of a store. */
export interface Held {
  /** null: nothing of this tokenizer. */
  readonly record: StoreManifest | null;
  /** Why a record that is there serves nothing; null: there is none, or it serves. */
  readonly why: string | null;
}

/**
 * The caller has the store's lock.
 * @param fresh all of it is made again, so a damaged record is as good as none
 * @throws LongmixError `store-damaged`
 */
export function readRecord(
  folder: string,
  tokenizer: TokenizerRecord,
  dtype: StoreDtype,
  fresh: boolean,
): Held {
  if (!exists(join(folder, storeFile))) return { record: null, why: null };
  try {
    const record = openStore(folder);
    if (record.version !== storeVersion) return { record: null, why: 'an earlier longmix made it' };
    if (record.tokenizer.fingerprint === tokenizer.fingerprint && record.dtype === dtype)
      return { record, why: null };
    const of = ({ name, fingerprint }: TokenizerRecord) => `${name} (${fingerprint.slice(0, 8)})`;
    const [was, is] = [of(record.tokenizer), of(tokenizer)];
    return { record: null, why: `its tokens are of the tokenizer ${was}, and the recipe asks for ${is}` };
  } catch (error) {
    if (error instanceof LongmixError && error.code === 'store-version')
      return { record: null, why: 'another version of longmix made it' };
    if (error instanceof LongmixError && fresh) return { record: null, why: 'its record is damaged' };
    throw error;
  }
}

/** Records the sources of a recipe as they are now. @param specs of the same sources, for where they are */
export async function recordSources(
  folder: string,
  content: StoreContent,
  specs: readonly SourceSpec[],
  fresh: boolean,
): Promise<void> {
  await withBriefLock(folder, () => {
    const { record } = readRecord(folder, content.tokenizer, content.dtype, fresh);
    const sources = new Map(record === null ? [] : storedSources(record));
    for (const source of content.sources) sources.set(source.reading.source, source);
    const names = [...sources.keys()].sort();
    const next = storeManifest({ ...content, sources: names.map((name) => sources.get(name)!) });
    if (next.fingerprint !== record?.fingerprint) writeJson(join(folder, storeFile), next);
    notePlaces(folder, specs);
  });
}
