/** The index of a part as it is read: one row per document. From a bucket several are on their way at once. */
import type { Table } from 'apache-arrow';
import { arrow } from '../base/arrow.ts';
import { isUrl } from '../base/is-url.ts';
import { LongmixError } from '../errors.ts';
import { localStorage, readFrom } from '../storage/local.ts';
import { join } from '../storage/paths.ts';
import { readWhole } from '../storage/storage.ts';
import { storageAt } from '../storage/storage-at.ts';
import { docsFile, type PartRecord } from './format.ts';

/** Requests to a bucket that are under way at once. */
export const lanes: number = 8;

export interface PartIndex {
  readonly part: PartRecord;
  readonly file: string;
  readonly docs: Table;
}

/** Reads the index of a part of a store on this machine. */
export function readIndex(folder: string, part: PartRecord): PartIndex {
  return decodeIndex(folder, part, () => readFrom(localStorage(folder), docsFile(part.name)));
}

export async function fetchIndex(folder: string, part: PartRecord): Promise<PartIndex> {
  if (!isUrl(folder)) return readIndex(folder, part);
  const bytes = await readWhole(await (await storageAt(folder)).open(docsFile(part.name)));
  return decodeIndex(folder, part, () => bytes);
}

/** The indexes of parts, in order. */
export async function* indexes(folder: string, parts: readonly PartRecord[]): AsyncGenerator<PartIndex> {
  const ahead: Promise<PartIndex>[] = [];
  const most = isUrl(folder) ? lanes : 1;
  for (let next = 0; next < parts.length || ahead.length > 0; ) {
    while (next < parts.length && ahead.length < most) {
      const fetching = fetchIndex(folder, parts[next]!);
      // Avoid an unhandled rejection: the promise is awaited later, or the consumer has stopped.
      fetching.catch(() => {});
      ahead.push(fetching);
      next += 1;
    }
    yield await ahead.shift()!;
  }
}

/** Checks that the index has one row per document. */
function decodeIndex(folder: string, part: PartRecord, read: () => Uint8Array): PartIndex {
  const file = join(folder, docsFile(part.name));
  let docs: Table;
  try {
    docs = arrow.tableFromIPC(read()) as Table;
  } catch (cause) {
    throw damagedStore(file, 'it cannot be read', cause);
  }
  if (docs.numRows !== part.documents)
    throw damagedStore(file, `${docs.numRows} rows, not ${part.documents}`);
  return { part, file, docs };
}

export function damagedStore(file: string, what: string, cause?: unknown): LongmixError {
  return new LongmixError('store-damaged', `damaged token store: ${file}: ${what}`, {
    cure: 'tokenize again: --fresh',
    exitCode: 1,
    cause,
  });
}
