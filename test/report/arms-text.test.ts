import { expect, test } from 'vitest';
import { dropReasons } from '../../src/nouns/ledger.ts';
import type { PlannedCell } from '../../src/nouns/mix.ts';
import { armsText } from '../../src/report/arms-text.ts';
import { withCommonThreshold } from '../../src/report/common-threshold.ts';
import type { ArmData } from '../../src/report/html/data.ts';
import { ledgerOf, plainArm, setOf } from '../support/report-data.ts';

const cell = (
  source: string,
  from: number,
  to: number | null,
  long: boolean,
  achieved: number,
): PlannedCell => ({
  source,
  bucket: { from, to },
  documents: 10,
  tokens: 1000,
  long,
  usable: 500,
  requested: achieved,
  redistributed: 0,
  epochs: achieved / 500,
  taken: 4,
  achieved,
});

/** A rule at 4K, and rows of two lengths. */
const ruled: ArmData = {
  name: 'ruled',
  recipe: {},
  warnings: [],
  phases: [
    { name: '1', cells: [cell('web', 0, 4096, false, 300), cell('web', 4096, null, true, 1500)] },
    { name: '2', cells: [cell('books', 4096, null, true, 200)] },
  ],
  ledger: { ...ledgerOf(3072, ['duplicate']), width: null },
  sets: [
    setOf('1', '1', 1024, {
      quality: quality({ pieces: 10, meanPieceLength: 100, meanContextLength: 80 }),
    }),
    setOf('2', '2', 2048, {
      quality: quality({ pieces: 30, meanPieceLength: 300, meanContextLength: 400 }),
    }),
    setOf('validation', null, 1024),
  ],
};
/** No rule, one phase. */
const natural: ArmData = {
  ...plainArm('natural'),
  phases: [{ name: '1', cells: [cell('web', 0, 4096, false, 250), cell('web', 4096, null, false, 750)] }],
};

function quality(more: Partial<ArmData['sets'][number]['quality']>): ArmData['sets'][number]['quality'] {
  return { ...setOf('', null, 1).quality, fitting: 5, fittingCut: 1, ...more };
}

test('a column an arm, a line a figure', () => {
  const rows = armsText([ruled, natural])
    .split('\n')
    .filter((line) => !line.startsWith('--'))
    .map((line) => line.trim().split(/ {2,}/));
  const of = (title: string) => rows.find(([first]) => first === title)?.slice(1);
  expect(rows[0]).toEqual(['arm', 'ruled', 'natural']);
  expect(of('documents')).toEqual(['12', '8']);
  expect(of('tokens')).toEqual(['2,000', '1,000']);
  expect(of('long, of tokens')).toEqual(['85.0%', '75.0%']);
  expect(of('web, of tokens')).toEqual(['90.0%', '100.0%']);
  expect(of('books, of tokens')).toEqual(['10.0%', '0.0%']);
  expect(of('epochs of a cell, at most')).toEqual(['3.00', '1.50']);
  expect(of('>= 4K tokens long')).toEqual(['85.0%', '75.0%']);
  expect(of('rows')).toEqual(['613', '613']);
  expect(of('tokens per row')).toEqual(['1K, 2K', '8K']);
  // All but 2,711 special tokens and 9,119 of padding.
  expect(of('fill')![0]).toBe(`${((1 - 11_830 / (613 * 3072)) * 100).toFixed(3)}%`);
  expect(of('documents that fit, cut')![0]).toBe('2 of 10');
  // 10 pieces of 100 and 30 of 300 on average; squares: 2 x 80 x 1000 + 2 x 400 x 9000, over 2 x 10,000.
  expect(of('mean piece, tokens')![0]).toBe('250');
  expect(of('mean context, tokens')![0]).toBe('368');
  expect(of('padding, tokens')).toEqual(['9,119', '9,119']);
  expect(of('copies of another document')).toEqual(['100,003', '100,003']);
  expect(of('not sampled: the mix asked for less')).toEqual([
    '0',
    // One more for each reason before it (`ledgerOf`).
    (100_003 * (1 + dropReasons.indexOf('not_sampled'))).toLocaleString('en'),
  ]);
  const { packedInstances, packedOnce } = ruled.ledger;
  expect(of('repeats')![0]).toBe((packedInstances - packedOnce).toLocaleString('en-US'));
});

test('a threshold is shared where all agree on it and cells allow', () => {
  const long = (arms: readonly ArmData[]) =>
    withCommonThreshold(arms).map(({ phases }) =>
      phases.flatMap(({ cells }) => cells.map((one) => one.long)),
    );
  expect(long([ruled, natural])).toEqual([
    [false, true, true],
    [false, true],
  ]);
  const straddling = { ...natural, phases: [{ name: '1', cells: [cell('web', 0, null, false, 10)] }] };
  expect(long([ruled, straddling])).toEqual([[false, true, true], [false]]);
  const other = { ...natural, phases: [{ name: '1', cells: [cell('web', 8192, null, true, 10)] }] };
  expect(long([ruled, natural, other])[1]).toEqual([false, false]);
});
