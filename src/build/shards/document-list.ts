/** Writes the `documents.parquet` of a shard set from the store's index, part by part. */
import { setImmediate } from 'node:timers/promises';
import type { RowPlan } from '../../nouns/rows.ts';
import { createDocumentsWriter } from '../../shard/documents-file.ts';
import { type DocumentsRecord, documentsFile } from '../../shard/format.ts';
import { storageAt } from '../../storage/storage-at.ts';
import { documentRuns } from '../../store/reader.ts';
import type { TokenStore } from '../nouns.ts';

/** Yields to the event loop between batches, so that worker threads that report meanwhile do not wait. */
export async function writeDocumentList(
  { folder: storeFolder, manifest }: TokenStore,
  rows: RowPlan,
  folder: string,
  signal: AbortSignal,
): Promise<DocumentsRecord> {
  const isPacked = packedDocuments(rows, manifest.totals.documents);
  const file = await (await storageAt(folder)).create(documentsFile);
  try {
    const writer = await createDocumentsWriter(file);
    for await (const run of documentRuns(storeFolder, manifest)) {
      for (let i = 0; i < run.count; i += 1) {
        if (!isPacked(run.first + i)) continue;
        const { source, id, origin, record } = run.origin(i);
        writer.add({
          ...{ document: run.first + i, source, file: origin, record, id },
          ...{ tokens: run.lengths[i]!, key: run.keys[i]! },
        });
      }
      await setImmediate();
      signal.throwIfAborted();
    }
    const count = writer.finish();
    return { ...(await file.commitAside()), rows: count };
  } catch (error) {
    await file.abort();
    throw error;
  }
}

/** Tells whether a document is in any row. Memory: one bit per document of the store. */
function packedDocuments({ document }: RowPlan, count: number): (document: number) => boolean {
  const bits = new Uint8Array(Math.ceil(count / 8));
  for (const d of document) bits[d >> 3]! |= 1 << (d & 7);
  return (d) => (bits[d >> 3]! & (1 << (d & 7))) !== 0;
}
