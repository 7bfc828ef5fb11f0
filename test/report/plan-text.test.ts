import { describe, expect, test } from 'vitest';
import { bucketName, cellsText } from '../../src/report/cells-text.ts';
import { ledgerText, mixText, type SplitFigures } from '../../src/report/plan-text.ts';
import type { Cell, PlannedCell } from '../../src/types.ts';
import { ledgerOf } from '../support/report-data.ts';

const short = { from: 0, to: 4096 };
const long = { from: 4096, to: null };

test.each([
  [short, '< 4K'],
  [{ from: 1024, to: 3000 }, '1K - 3000'],
  [long, '>= 4K'],
])('bucketName %o', (bucket, name) => expect(bucketName(bucket)).toBe(name));

describe('cells', () => {
  test('shares are of all tokens; sources and everything are summed', () => {
    const cells: Cell[] = [
      { source: 'web', bucket: short, documents: 9, tokens: 3000 },
      { source: 'web', bucket: long, documents: 1, tokens: 5000 },
      { source: 'books', bucket: long, documents: 2, tokens: 2_000_000_000 },
    ];
    const lines = cellsText(cells).split('\n');
    expect(lines.map((line) => line.replace(/ +/g, ' ')).filter((line) => !line.startsWith('-'))).toEqual([
      'source length, tokens documents tokens share',
      'web < 4K 9 3,000 < 0.001%',
      ' >= 4K 1 5,000 < 0.001%',
      ' all 10 8,000 < 0.001%',
      'books >= 4K 2 2.00B 100.0% ████████████████████████',
      ' all 2 2.00B 100.0%',
      'all 12 2.00B 100.0%',
    ]);
    expect(new Set(lines.filter((line) => line.startsWith('-')))).toHaveLength(1);
  });

  test('no cells', () => {
    expect(cellsText([])).toMatch(/^all +0 +0 +100\.0%$/m);
  });
});

test('the mix: long and short apart where a rule tells them', () => {
  const cell = (name: string, isLong: boolean, tokens: number, achieved: number): PlannedCell => ({
    source: name,
    bucket: isLong ? long : short,
    documents: 1,
    tokens,
    long: isLong,
    usable: tokens,
    requested: achieved,
    redistributed: 0,
    epochs: achieved / tokens,
    taken: 1,
    achieved,
  });
  const rows = mixText([cell('web', false, 300, 100), cell('web', true, 100, 200)])
    .split('\n')
    .map((line) => line.trim().split(/ {2,}/));
  expect(rows.slice(2).filter(([first]) => !first!.startsWith('--'))).toEqual([
    ['web', '< 4K', '1', '300', '75.0%', '100', '1', '100', '33.3%', '0.33', '███████▀▀▀▀▀▀▀▀▀'],
    ['>= 4K long', '1', '100', '25.0%', '200', '1', '200', '66.7%', '2.00', '█████▄▄▄▄▄▄▄▄▄'],
    ['all', '2', '400', '100.0%', '300', '2', '300', '100.0%', '0.75'],
    ['all', 'short', '1', '300', '75.0%', '100', '1', '100', '33.3%', '0.33'],
    ['long', '1', '100', '25.0%', '200', '1', '200', '66.7%', '2.00'],
    ['all', '2', '400', '100.0%', '300', '2', '300', '100.0%', '0.75'],
  ]);
});

test('the mix: what redistribute moved has a column where it moved anything', () => {
  const cell = (from: number, requested: number, redistributed: number): PlannedCell => ({
    source: 'web',
    bucket: { from, to: null },
    ...{ documents: 9, tokens: 90_000, long: false, usable: 90_000, requested, redistributed },
    ...{ epochs: (requested + redistributed) / 90_000, taken: 5, achieved: requested + redistributed },
  });
  const text = mixText([cell(0, 100_000, -10_000), cell(512, 20_000, 10_000)]);
  expect(text).toMatch(/requested +moved +taken +achieved/);
  expect(text).toMatch(/100K +-10\.0K +5 +90\.0K/);
  expect(text).toMatch(/20\.0K +\+10\.0K +5 +30\.0K/);
  expect(text).toMatch(/120K +0 +10 +120K/);
});

test('the ledger sums from top to bottom, and names only what was dropped', () => {
  const split: SplitFigures = {
    name: 'train',
    bytes: 0,
    quality: {
      fill: 1,
      rowsOverConcat: 0,
      fitting: 0,
      fittingCut: 0,
      pieces: 0,
      meanPieceLength: 0,
      meanContextLength: 0,
    },
    ledger: {
      documents: 3,
      packedDocuments: 2,
      read: 1000,
      dropped: { ...ledgerOf(512, []).dropped, not_sampled: 300, tail_discarded: 50 },
      packedOnce: 650,
      packedInstances: 700,
      specialTokens: 2,
      padding: 322,
      rows: 2,
      width: 512,
      rowTokens: 1024,
      cells: [],
    },
  };
  const rows = ledgerText([split])
    .split('\n')
    .slice(2)
    .map((line) => line.split(/ {2,}/));
  expect(rows).toEqual([
    ['read', '1,000'],
    ['- not sampled: the mix asked for less', '-300'],
    ['- tails of cut documents, discarded', '-50'],
    ['= packed, once', '650'],
    ['+ repeats', '50'],
    ['+ special tokens', '2'],
    ['+ padding', '322'],
    ['= rows x width', '1,024'],
  ]);
});
