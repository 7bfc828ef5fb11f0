/** What of a piece is learned, where a cut meets the end of an answer. */
import { expect, it } from 'vitest';
import { countLearned, learnedRuns } from '../../src/base/learned.ts';
import { tableOf } from '../support/table.ts';

/** A conversation of 10 tokens with these outputs, of which only outputs are learned. */
function conversation(...ends: number[]) {
  const table = tableOf([{ source: 0, text: 0, length: 10 }], ['chat']);
  const outputs = { offsets: Uint32Array.of(0, ends.length), ends: Uint32Array.from(ends) };
  return { ...table, outputs };
}

const outputsOnly = [0xffff_ffff];
const piece = { document: 0, bos: false, from: 0, to: 10, eos: true, fim: false };

it('an EOS that ends an answer is learned, also where it alone begins the next row', () => {
  const table = conversation(4, 6, 8, 10);
  for (let cut = 0; cut <= 10; cut += 1) {
    const halves = [
      { ...piece, to: cut, eos: false },
      { ...piece, from: cut },
    ];
    const learned = halves.map((half) => countLearned(table, outputsOnly, half));
    expect(learned[0]! + learned[1]!).toBe(countLearned(table, outputsOnly, piece));
  }
  const runs: number[][] = [];
  learnedRuns(table, outputsOnly, { ...piece, from: 10 }, (...run) => runs.push(run));
  expect(runs).toEqual([[0, 1]]);
});

it('an EOS after a prompt, or after an empty answer, is not', () => {
  expect(countLearned(conversation(4, 6), outputsOnly, { ...piece, from: 10 })).toBe(0);
  expect(countLearned(conversation(10, 10), outputsOnly, { ...piece, from: 10 })).toBe(0);
});
