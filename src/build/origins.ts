/**
 * Finds where the documents of a shard set came from. The set's own `documents.parquet` says it, wherever the set was
 * copied. Sets from older versions of longmix lack that file; for them the token store is read, if it is still there.
 */

import { LongmixError } from '../errors.ts';
import { type ListedDocument, readDocuments } from '../shard/documents-file.ts';
import { documentsFile, type ShardSetManifest } from '../shard/format.ts';
import { join } from '../storage/paths.ts';
import { documentOrigins, documentRuns } from '../store/reader.ts';
import { openStoreOf } from './verify.ts';

export type Origin = Pick<ListedDocument, 'file' | 'record' | 'id'>;

/** Origins of the given documents, by document number; null: neither the set nor a store says them. */
export async function originsOf(
  folder: string,
  manifest: ShardSetManifest,
  documents: ReadonlySet<number>,
): Promise<ReadonlyMap<number, Origin> | null> {
  if (!manifest.provenance) return null;
  if (manifest.documents != null) {
    const found = new Map<number, Origin>();
    for await (const one of readDocuments(join(folder, documentsFile), documents))
      found.set(one.document, one);
    return found;
  }
  const store = await openStoreOf(folder, manifest);
  if (store === null) return null;
  const numbers = [...documents];
  const origins = await documentOrigins(store.path, store.store, numbers);
  return new Map(numbers.map((number, i) => [number, { ...origins[i]!, file: origins[i]!.origin }]));
}

/**
 * Documents that match a name from the user: a document number, an id or a file.
 * @throws LongmixError `inspect-nothing` if neither the set nor a store lists ids and files
 */
export async function documentsNamed(
  folder: string,
  manifest: ShardSetManifest,
  name: string,
): Promise<ReadonlySet<number>> {
  const found = new Set<number>(/^\d{1,10}$/.test(name) ? [Number(name)] : []);
  const note = (document: number, { id, file }: Pick<Origin, 'id' | 'file'>) => {
    if (id === name || file === name) found.add(document);
  };
  const store = manifest.documents == null ? await openStoreOf(folder, manifest) : null;
  if (manifest.documents != null) {
    for await (const one of readDocuments(join(folder, documentsFile), null)) note(one.document, one);
  } else if (store !== null) {
    for await (const run of documentRuns(store.path, store.store)) {
      for (let i = 0; i < run.count; i += 1) {
        const { id, origin } = run.origin(i);
        note(run.first + i, { id, file: origin });
      }
    }
  } else if (found.size === 0) {
    throw new LongmixError('inspect-nothing', `${folder} does not say the ids of its documents`, {
      cure: `the ids are in the token store, which is no longer at ${manifest.store.path}; give the document's number, or build again`,
    });
  }
  return found;
}
