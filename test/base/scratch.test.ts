import { expect, it } from 'vitest';
import { borrow, giveBack } from '../../src/base/scratch.ts';

it('lends an array to one at a time, the same again if it is long enough', () => {
  const first = borrow(100);
  const second = borrow(100);
  expect(second.buffer).not.toBe(first.buffer);
  giveBack(first);
  const part = borrow(60);
  expect([part.length, part.buffer]).toEqual([60, first.buffer]);
  giveBack(part);
  expect(borrow(100).buffer).toBe(first.buffer);
  giveBack(second);
  const longer = borrow(200);
  expect(longer.length).toBe(200);
  expect(longer.buffer).not.toBe(second.buffer);
});
