/** The index of a part as it is read: one row per document. */
import { join } from 'node:path';
import type { Table } from 'apache-arrow';
import { arrow } from '../base/arrow.ts';
import { LongmixError } from '../errors.ts';
import { localStorage, readFrom } from '../storage/local.ts';
import { docsFile, type PartRecord } from './format.ts';

/** Reads the index of a part, and checks that it has one row per document. */
export function readIndex(folder: string, part: PartRecord): { file: string; docs: Table } {
  const name = docsFile(part.name);
  const file = join(folder, name);
  let docs: Table;
  try {
    docs = arrow.tableFromIPC(readFrom(localStorage(folder), name)) as Table;
  } catch (cause) {
    throw damaged(file, 'it cannot be read', cause);
  }
  if (docs.numRows !== part.documents) throw damaged(file, `${docs.numRows} rows, not ${part.documents}`);
  return { file, docs };
}

export function damaged(file: string, what: string, cause?: unknown): LongmixError {
  return new LongmixError('store-damaged', `damaged token store: ${file}: ${what}`, {
    cure: 'tokenize again: --fresh',
    exitCode: 1,
    cause,
  });
}
