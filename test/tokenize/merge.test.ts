/** Merging with a heap gives the same result as naive merging, and stays fast where that is quadratic. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeHeap } from '../../src/tokenize/plain/merge-heap.ts';
import { mergeNaive } from '../../src/tokenize/plain/merge-naive.ts';
import { createMergeTable } from '../../src/tokenize/plain/merge-table.ts';
import { fuzz } from '../support/fuzz.ts';

/** Pieces: strings of a and b by chance, so that merges compete in every way; ids in the order of chance too. */
const anyTable = fc
  .uniqueArray(fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 2, maxLength: 6 }), { maxLength: 30 })
  .map((products) => {
    const pieces = ['a', 'b', ...products].map((text) => Buffer.from(text));
    return createMergeTable({ pieces, merges: 'ranks' });
  });

test('heap and naive agree', () => {
  const symbols = fc.array(fc.constantFrom(0, 1), { maxLength: 60 });
  fc.assert(
    fc.property(anyTable, symbols, (table, text) => {
      expect(mergeHeap(text, table)).toEqual(mergeNaive(text, table));
    }),
    fuzz(2_000),
  );
});

test('a merge list has its own priority, whatever the ids', () => {
  const pieces = ['a', 'b', 'c', 'bc', 'ab'].map((text) => Buffer.from(text));
  const merges = { left: Uint32Array.of(0, 1), right: Uint32Array.of(1, 2), merged: Uint32Array.of(4, 3) };
  const table = createMergeTable({ pieces, merges });
  expect(mergeNaive([0, 1, 2], table)).toEqual([4, 2]);
  expect(mergeHeap([0, 1, 2], table)).toEqual([4, 2]);
});

test('200,000 times one letter', () => {
  const pieces = ['a', 'aa', 'aaaa', 'aaaaaaaa'].map((text) => Buffer.from(text));
  const table = createMergeTable({ pieces, merges: 'ranks' });
  expect(mergeHeap(new Array(200_001).fill(0), table)).toEqual([...new Array(25_000).fill(3), 0]);
});
