import type { BadRecord, ReadCounts } from '../nouns/documents.ts';

export function createReadCounts(): ReadCounts {
  return {
    documents: 0,
    identified: 0,
    replaced: 0,
    badRecords: 0,
    lines: 0,
    badSamples: [],
    fileFaults: [],
  };
}

export const maxBadSamples = 20;

/** Counts a record that is left out, and keeps the first few for the message. */
export function addBadRecord(counts: ReadCounts, record: BadRecord): void {
  counts.badRecords += 1;
  if (counts.badSamples.length < maxBadSamples) counts.badSamples.push(record);
}
