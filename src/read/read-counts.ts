import type { ReadCounts } from '../nouns/documents.ts';

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
