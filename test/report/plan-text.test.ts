import { describe, expect, test } from 'vitest';
import { bucketName } from '../../src/base/bucket-name.ts';
import type { Cell, PlannedCell } from '../../src/nouns/mix.ts';
import { cellsText } from '../../src/report/cells-text.ts';
import { ledgerText, mixText, type SplitFigures } from '../../src/report/plan-text.ts';
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
    expect(
      lines.map((line) => line.replace(/(?<=\S) +/g, ' ')).filter((line) => !line.startsWith('-')),
    ).toEqual([
      'source, length in tokens documents tokens share',
      'web 10 8,000 < 0.001%',
      '  < 4K 9 3,000 < 0.001%',
      '  >= 4K 1 5,000 < 0.001%',
      'books 2 2.00B 100.0%',
      '  >= 4K 2 2.00B 100.0% ██████████████',
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
  expect(rows.filter(([first]) => !first!.startsWith('--'))).toEqual([
    ['source, length', 'docs', 'tokens', 'share', 'asked', 'taken', 'gets', 'share', 'epochs'],
    ['web', '2', '400', '100.0%', '300', '2', '300', '100.0%', '0.75'],
    ['< 4K', '1', '300', '75.0%', '100', '1', '100', '33.3%', '0.33'],
    ['>= 4K long', '1', '100', '25.0%', '200', '1', '200', '66.7%', '2.00'],
    ['short', '1', '300', '75.0%', '100', '1', '100', '33.3%', '0.33'],
    ['long', '1', '100', '25.0%', '200', '1', '200', '66.7%', '2.00'],
    ['all', '2', '400', '100.0%', '300', '2', '300', '100.0%', '0.75'],
  ]);
});

/** Long names, large numbers, and shares of every width. */
function manyCells(sources: number, redistributed = 0): PlannedCell[] {
  return Array.from({ length: sources }, (_, s) =>
    [0, 4096, 131_072].map((from, i): PlannedCell => {
      const tokens = (s + 1) * 1_234_567 * (i + 1);
      return {
        source: `a-source-with-a-very-long-name-number-${s}`,
        bucket: { from, to: [4096, 131_072, 524_288][i]! },
        ...{
          documents: 123_456_789,
          tokens,
          long: i > 0,
          usable: tokens,
          requested: tokens * 12.5,
          redistributed,
        },
        ...{ epochs: 12.5, taken: 99_999, achieved: tokens * 12.5 },
      };
    }),
  ).flat();
}

describe('tables of many sources', () => {
  const linesOf = (text: string) => text.split('\n');

  test.each([1, 5, 12, 200])(
    'fit in 80 columns and, unless all is asked for, on a page: %d sources',
    (count) => {
      const cells = manyCells(count, -5e9);
      for (const all of [false, true]) {
        for (const text of [mixText(cells, all), cellsText(cells, all)]) {
          expect(Math.max(...linesOf(text).map((line) => line.length))).toBeLessThanOrEqual(80);
          if (!all) expect(linesOf(text).length).toBeLessThanOrEqual(50);
          else expect(linesOf(text).length).toBeGreaterThan(4 * count);
        }
      }
    },
  );

  test('of a few more than a page the sources are shown, of very many the largest, and the lengths over all', () => {
    const some = mixText(manyCells(12));
    expect(some).toContain('number-0');
    expect(some).toMatch(/\(12 sources, 36 cells: --all shows every one, --html FILE writes a page\)$/);
    const many = cellsText(manyCells(200));
    expect(many.match(/^a-source/gm)).toHaveLength(15);
    expect(many).toContain('number-199');
    expect(many).toMatch(/^185 other sources +\S+/m);
    expect(many.match(/^ {2}\S/gm)).toHaveLength(3);
    expect(many).toMatch(/^all +74,074,073,400 /m);
  });
});

test('the mix: what redistribute moved has a column where it moved anything', () => {
  const cell = (from: number, requested: number, redistributed: number): PlannedCell => ({
    source: 'web',
    bucket: { from, to: null },
    ...{ documents: 9, tokens: 90_000, long: false, usable: 90_000, requested, redistributed },
    ...{ epochs: (requested + redistributed) / 90_000, taken: 5, achieved: requested + redistributed },
  });
  const text = mixText([cell(0, 100_000, -10_000), cell(512, 20_000, 10_000)]);
  expect(text).toMatch(/docs +tokens +share +asked +moved +gets +share/);
  expect(text).toMatch(/100K +-10\.0K +90\.0K/);
  expect(text).toMatch(/20\.0K +\+10\.0K +30\.0K/);
  expect(text).toMatch(/120K +0 +120K/);
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
