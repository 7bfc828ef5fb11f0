import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leaveOutRead } from '../../src/mix/already-read.ts';
import { dropReasons } from '../../src/nouns/ledger.ts';
import type { ReadDocuments } from '../../src/nouns/mix.ts';
import { fuzz } from '../support/fuzz.ts';
import { corpora, scramble, type TableDocument, tableOf } from '../support/table.ts';

const code = 1 + dropReasons.indexOf('already_read');

interface Read {
  readonly text: number;
  readonly length: number;
  readonly unread: number;
}

function readOf(documents: readonly Read[]): ReadDocuments {
  return {
    count: documents.length,
    keysLow: Uint32Array.from(documents, ({ text }) => scramble(text)),
    keysHigh: Uint32Array.from(documents, ({ text }) => scramble(text + 0x9e3779b9)),
    lengths: Uint32Array.from(documents, ({ length }) => length),
    unread: Uint32Array.from(documents, ({ unread }) => unread),
  };
}

/** Documents of the corpus, and some that are not in it, each at most once. */
const readsOf = (documents: readonly TableDocument[]) =>
  fc
    .array(fc.nat(2 * documents.length), { maxLength: documents.length })
    .map((picks) => [...new Set(picks.map((pick) => documents[pick]?.text ?? 100_000 + pick))])
    .map((texts) =>
      texts.map((text): Read => {
        const length = documents.find((one) => one.text === text)?.length ?? 7;
        return { text, length, unread: length >> 1 };
      }),
    );

describe('leaveOutRead', () => {
  it('bars every document that a run has read, for the first run that has, and counts what that costs', () => {
    const cases = corpora(120).chain(({ table, documents }) =>
      fc.record({
        table: fc.constant(table),
        documents: fc.constant(documents),
        barred: fc.uint8Array({ minLength: documents.length, maxLength: documents.length, max: 3 }),
        runs: fc.array(readsOf(documents), { minLength: 1, maxLength: 3 }),
        sameTokenizer: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(cases, ({ table, documents, barred, runs, sameTokenizer }) => {
        const expected = [...barred];
        const counts = runs.map((read) => {
          const mine = documents.flatMap(({ text }, d) => {
            const found = read.find((one) => one.text === text);
            return found === undefined || expected[d] !== 0 ? [] : [{ d, ...found }];
          });
          for (const { d } of mine) expected[d] = code;
          return {
            documents: mine.length,
            tokens: mine.reduce((sum, { length }) => sum + length, 0),
            unread: mine.reduce((sum, { unread }) => sum + unread, 0),
            absent: read.filter(({ text }) => !documents.some((one) => one.text === text)).length,
          };
        });
        const out = Uint8Array.from(barred);
        const reads = runs.map(readOf).map((read) => (sameTokenizer ? read : { ...read, lengths: null }));
        expect(leaveOutRead(table, out, reads)).toEqual(counts);
        expect([...out]).toEqual(expected);
      }),
      fuzz(300),
    );
  });

  it('tells documents of one key apart by their length, unless another tokenizer counted it', () => {
    const table = tableOf(
      [4, 5].map((length) => ({ source: 0, text: 1, length })),
      ['only'],
    );
    const read = readOf([{ text: 1, length: 5, unread: 0 }]);
    const barredBy = (one: ReadDocuments) => {
      const out = new Uint8Array(2);
      leaveOutRead(table, out, [one]);
      return [...out].map((reason) => reason === code);
    };
    expect(barredBy(read)).toEqual([false, true]);
    expect(barredBy({ ...read, lengths: null })).toEqual([true, true]);
  });

  it('finds documents whose keys all begin at the end of the table', () => {
    const documents = Array.from({ length: 100 }, (_, text) => ({ source: 0, text, length: 3 }));
    const table = tableOf(documents, ['only']);
    const read = readOf(documents.filter(({ text }) => text % 2 === 0).map((one) => ({ ...one, unread: 1 })));
    table.keysLow.fill(2 ** 32 - 1);
    read.keysLow.fill(2 ** 32 - 1);
    const out = new Uint8Array(100);
    expect(leaveOutRead(table, out, [read])).toEqual([{ documents: 50, tokens: 150, unread: 50, absent: 0 }]);
    expect([...out].every((reason, d) => (reason === code) === (d % 2 === 0))).toBe(true);
  });
});
