import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSource, sourceOf, temporaryFolder } from '../helpers.ts';

test('a text of any length comes back whole from chunks of any size, cut between characters', async () => {
  const path = join(temporaryFolder(), 'a.txt');
  const text = fc.string({
    unit: fc.constantFrom('a', 'é', '長', '😀', '\r\n'),
    minLength: 1,
    maxLength: 60,
  });
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 50 }), async (whole, chunkBytes) => {
      writeFileSync(path, whole);
      const { documents, chunks } = await readSource(sourceOf(path), { chunkBytes });
      expect(documents).toEqual([{ text: whole, id: null, record: 0, source: null }]);
      // The longest character fits in any chunk.
      const limit = Math.max(chunkBytes, 4);
      expect(Math.max(...chunks.map((chunk) => chunk.text.length))).toBeLessThanOrEqual(limit);
      expect(chunks.map((chunk) => chunk.open)).toEqual(chunks.map((_, i) => i < chunks.length - 1));
    }),
    { numRuns: 300 },
  );
});

test('a file of several blocks that ends on a chunk boundary has no empty last chunk', async () => {
  const path = join(temporaryFolder(), 'a.txt');
  const whole = 'x'.repeat(2 * 1024 * 1024);
  writeFileSync(path, whole);
  const { documents, chunks } = await readSource(sourceOf(path));
  expect(documents[0]!.text).toBe(whole);
  expect(chunks.map((chunk) => chunk.text.length)).toEqual([1024 * 1024, 1024 * 1024]);
});

test('a byte-order mark is dropped at the start only, and line ends are kept', async () => {
  const path = join(temporaryFolder(), 'a.txt');
  writeFileSync(path, '\ufeffone\r\ntwo\n\ufeffthree\r');
  expect((await readSource(sourceOf(path))).documents[0]!.text).toBe('one\r\ntwo\n\ufeffthree\r');
});

test('a file with nothing but a byte-order mark is no document', async () => {
  const path = join(temporaryFolder(), 'a.txt');
  writeFileSync(path, '\ufeff');
  const { documents, counts } = await readSource(sourceOf(path));
  expect([documents, counts.documents]).toEqual([[], 0]);
});
