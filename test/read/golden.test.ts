/** Every reader and every compression return the same 200 documents. */
import { expect, test } from 'vitest';
import { corpus } from './corpus.ts';
import { readSource, sourceOf } from './helpers.ts';
import { folderInputs, recordInputs, withoutZeros } from './inputs.ts';

const chunkSizes = [1000, 1024 * 1024];

test.each(Object.keys(recordInputs))(
  '%s gives the documents, their ids and their record numbers',
  async (name) => {
    const path = recordInputs[name]!();
    const expected = corpus.map(({ id, text }, number) => ({ id, text, record: number + 1, source: null }));
    for (const chunkBytes of chunkSizes) {
      const { documents, chunks, counts } = await readSource(sourceOf(path), { chunkBytes });
      expect(documents).toEqual(expected);
      expect(counts).toEqual({
        documents: 200,
        identified: 200,
        replaced: 0,
        badRecords: 0,
        lines: expect.any(Number),
        badSamples: [],
        fileFaults: [],
      });
      expect(Math.max(...chunks.map((chunk) => chunk.text.length))).toBeLessThanOrEqual(chunkBytes);
    }
  },
);

test.each(Object.keys(folderInputs))('%s gives the documents in the order of their names', async (name) => {
  const root = folderInputs[name]!();
  for (const chunkBytes of chunkSizes) {
    const { documents, counts } = await readSource(sourceOf(root), { chunkBytes });
    expect(documents).toEqual(
      corpus.map(({ text }) => ({ text: withoutZeros(text), id: null, record: 0, source: null })),
    );
    expect(counts.documents).toBe(200);
  }
});
