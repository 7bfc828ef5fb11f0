/** The memory of a plan is told before it is made, where it is worth a word. */
import { expect, it } from 'vitest';
import { planMemoryNote } from '../../../src/build/plan/plan-memory.ts';

it('says what a plan takes of a machine, and what can be done if it does not fit', () => {
  expect(planMemoryNote(1_000_000, 16e9)).toBeNull();
  expect(planMemoryNote(209_000_000, 16e9)).toBe(
    "the plan of 209,000,000 documents takes about 8.15 GB of this machine's 16.0 GB",
  );
  expect(planMemoryNote(2_090_000_000, 64e9)).toMatch(
    /81\.5 GB of this machine's 64\.0 GB; a machine with more memory/,
  );
});
