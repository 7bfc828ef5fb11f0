/** Compares the trainer with a plain one that counts all pairs again for each merge. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byteLetters, bytesOfByteLetters, inByteLetters } from './byte-letters.ts';
import { fuzz } from './fuzz.ts';
import { countWords, makeWords } from './made-words.ts';
import { type TrainedBpe, trainBpe } from './train-bpe.ts';

const alphabet = ['a', 'b', 'c'];

function trainPlainly(words: ReadonlyMap<string, number>, size: number): TrainedBpe {
  const pieces = [...alphabet];
  const merges: [string, string][] = [];
  let split = [...words].map(([word, count]) => ({ symbols: [...word], count }));
  while (pieces.length < size) {
    const counts = new Map<string, number>();
    for (const { symbols, count } of split) {
      for (let at = 1; at < symbols.length; at += 1) {
        const pair = `${pieces.indexOf(symbols[at - 1]!)} ${pieces.indexOf(symbols[at]!)}`;
        counts.set(pair, (counts.get(pair) ?? 0) + count);
      }
    }
    const ranked = [...counts].map(([pair, count]) => ({ ids: pair.split(' ').map(Number), count }));
    ranked.sort((a, b) => b.count - a.count || a.ids[0]! - b.ids[0]! || a.ids[1]! - b.ids[1]!);
    if (ranked.length === 0) throw new Error(`the words yield ${pieces.length} pieces, not ${size}`);
    const [left, right] = ranked[0]!.ids.map((id) => pieces[id]!) as [string, string];
    if (!merges.some(([l, r]) => l === left && r === right)) merges.push([left, right]);
    if (!pieces.includes(left + right)) pieces.push(left + right);
    split = split.map(({ symbols, count }) => ({ symbols: joinPair(symbols, left, right), count }));
  }
  return { pieces, merges };
}

function joinPair(symbols: readonly string[], left: string, right: string): string[] {
  const joined: string[] = [];
  for (let at = 0; at < symbols.length; at += 1) {
    const isPair = symbols[at] === left && symbols[at + 1] === right;
    joined.push(isPair ? left + right : symbols[at]!);
    if (isPair) at += 1;
  }
  return joined;
}

test('it gives the vocabulary of the plain trainer', () => {
  const word = fc
    .array(fc.constantFrom(...alphabet), { minLength: 1, maxLength: 9 })
    .map((parts) => parts.join(''));
  const counted = fc.array(fc.tuple(word, fc.integer({ min: 1, max: 9 })), { minLength: 1, maxLength: 8 });
  const attempt = (train: () => TrainedBpe) => {
    try {
      return train();
    } catch (error) {
      return (error as Error).message;
    }
  };
  fc.assert(
    fc.property(counted, fc.integer({ min: 3, max: 24 }), (list, size) => {
      const words = new Map(list);
      expect(attempt(() => trainBpe(words, { alphabet, size }))).toEqual(
        attempt(() => trainPlainly(words, size)),
      );
    }),
    fuzz(500),
  );
});

test('no piece is longer than was asked for', () => {
  const { pieces } = trainBpe(makeWords(2_000), { alphabet: [], size: 900, longest: 5 });
  expect(Math.max(...pieces.map(({ length }) => length))).toBe(5);
});

test('byte letters stand for bytes', () => {
  expect(new Set(byteLetters).size).toBe(256);
  const text = ' the\u00e9\n\u6211';
  expect(inByteLetters(text).slice(0, 4)).toBe('\u0120the');
  expect(bytesOfByteLetters(inByteLetters(text)).toString()).toBe(text);
});

test('words are counted in several cuts, and made ones are the same each time', () => {
  expect(countWords(["don't 1234"]).get(" don't")).toBeUndefined();
  expect([...countWords(["I don't 1234"]).keys()]).toEqual(
    expect.arrayContaining([' don', " don't", ' 1234', '123']),
  );
  expect(makeWords(500)).toEqual(makeWords(500));
  expect(makeWords(500).size).toBe(500);
});
