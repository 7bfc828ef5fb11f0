/** A large WARC file -> ranges of whole records, which can be read one by one. */
import type { ReadUnit } from '../../nouns/documents.ts';
import type { ByteRange } from '../format-spec.ts';
import { type Looks, lookInto } from '../input/file-blocks.ts';
import { memberFrom } from '../input/gzip-members.ts';
import { headEnd, headOf } from '../input/http-message.ts';
import { onlyFile } from '../input/unit-blocks.ts';
import { isBeginning, lengthOf, recordMark } from './warc.ts';

/** Ranges of whole records, of at least `rangeBytes` bytes as stored. In a gzip file they consist of whole members. */
export async function warcRanges(unit: ReadUnit, rangeBytes: number): Promise<ByteRange[]> {
  const { bytes, compression } = onlyFile(unit);
  if (compression === 'zstd' || compression === 'brotli') return [{ start: 0, end: bytes }];
  const looks = await lookInto(onlyFile(unit));
  try {
    const next = {
      none: nextRecords(looks, bytes),
      gzip: async (from: number) => await memberFrom(looks, bytes, from, isBeginning),
    }[compression];
    const ranges: ByteRange[] = [];
    let start = 0;
    while (bytes - start > rangeBytes) {
      const end = await next(start + rangeBytes);
      if (end >= bytes) break;
      ranges.push({ start, end });
      start = end;
    }
    return [...ranges, { start, end: bytes }];
  } finally {
    looks.close();
  }
}

/** Finds where a plain file's records begin, going from one to the next. Callers must ask for ascending places. */
function nextRecords(looks: Looks, bytes: number): (from: number) => Promise<number> {
  let record = 0;
  let [held, heldAt]: [Buffer, number] = [Buffer.alloc(0), 0];
  const bytesAt = async (at: number, count: number): Promise<Buffer> => {
    const end = Math.min(bytes, at + count);
    if (at < heldAt || end > heldAt + held.length) [held, heldAt] = [await looks.at(at, windowBytes), at];
    return held.subarray(at - heldAt, end - heldAt);
  };
  const after = async (at: number): Promise<number> => {
    const start = await bytesAt(at, 16 * 1024);
    const end = headEnd(start);
    const length = end > 0 ? lengthOf(headOf(start.subarray(0, end))) : null;
    let next = at + (length === null ? 0 : end + length);
    if (next >= bytes) return bytes;
    while (/^[\r\n]/.test((await bytesAt(next, 1)).toString('latin1'))) next += 1;
    if (length !== null && isBeginning(await bytesAt(next, 5))) return next;
    for (; next < bytes; next += 60 * 1024) {
      const found = (await bytesAt(next, 64 * 1024)).indexOf(recordMark);
      if (found >= 0) return next + found + 4;
    }
    return bytes;
  };
  return async (from) => {
    while (record < from) record = await after(record);
    return record;
  };
}

/** Records are smaller as a rule: a look at each would be a request each where the file lies elsewhere. */
const windowBytes = 1024 * 1024;
