import { expect, it } from 'vitest';
import { planParts } from '../../../src/build/store/parts.ts';
import type { ReadUnit } from '../../../src/nouns/documents.ts';
import { sourceOf } from '../../read/helpers.ts';

const MiB = 1024 * 1024;

function file(name: string, bytes: number, source = 'a', compressed = false): ReadUnit {
  const compression = compressed ? ('gzip' as const) : ('none' as const);
  const files = [{ path: `/nowhere/${name}`, name, bytes, stamp: '', format: 'text' as const, compression }];
  return {
    ...{ source: sourceOf('/nowhere', { name: source }), name, files, start: 0, end: bytes },
    ...{ joined: false },
  };
}

const shape = async (units: readonly ReadUnit[]) =>
  (await planParts(units)).map(({ units: own }) => own.map(({ name }) => name));

it('makes parts of a 64th of all, of 4 to 16 MiB', async () => {
  const many = (count: number, bytes: number) => Array.from({ length: count }, (_, i) => file(`${i}`, bytes));
  expect(await planParts(many(64, MiB))).toHaveLength(16);
  // 1,280 MiB: a 64th is 20.
  expect(await planParts(many(1280, MiB))).toHaveLength(80);
  // 320 MiB: a 64th is 5, rounded up to 8.
  expect(await planParts(many(320, MiB))).toHaveLength(40);
  expect(await planParts([])).toEqual([]);
  expect(await planParts([file('empty', 0)])).toHaveLength(1);
});

it('keeps sources apart, and a large file is a part of its own', async () => {
  const units = [file('1', 10), file('2', 10), file('3', 9 * MiB), file('4', 10), file('5', 10, 'b')];
  expect(await shape(units)).toEqual([['1', '2'], ['3'], ['4'], ['5']]);
});

it('takes a compressed file for four times its size', async () => {
  expect(await shape([file('1', MiB), file('2', MiB, 'a', true), file('3', 1)])).toEqual([
    ['1'],
    ['2'],
    ['3'],
  ]);
  expect(await shape([file('1', MiB), file('2', MiB), file('3', 1)])).toEqual([['1', '2', '3']]);
});
