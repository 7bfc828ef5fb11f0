import { describe, expect, test } from 'vitest';
import { bar, table, tables } from '../../src/report/table.ts';

const columns = [{ title: 'name', align: 'left' }, { title: 'n' }] as const;

describe('table', () => {
  test('aligns, rules, and leaves no blanks at line ends', () => {
    expect(table(columns, [['a', '1'], null, ['longer', '1,000'], ['', '']])).toBe(
      ['name        n', '------  -----', 'a           1', '------  -----', 'longer  1,000', ''].join('\n'),
    );
  });

  test('without rows: the titles', () => {
    expect(table(columns, [])).toBe('name  n\n----  -');
  });

  test('letters that take two columns, or none', () => {
    const lines = table(columns, [
      ['日本語', '1'],
      ['e\u0301te\u0301', '2'],
      ['👩‍🔬', '3'],
      ['ab', '4'],
    ]).split('\n');
    expect(lines.slice(2)).toEqual(['日本語  1', 'e\u0301te\u0301     2', '👩‍🔬      3', 'ab      4']);
  });

  test('a name that is too long keeps both ends', () => {
    const short = [{ title: 'name', align: 'left', widest: 9 }] as const;
    const lines = table(short, [['corpus-of-2024-a'], ['corpus-of-2024-b'], ['123456789'], ['日本語日本語']]);
    expect(lines.split('\n').slice(2)).toEqual(['corp…24-a', 'corp…24-b', '123456789', '日本…本語']);
  });

  test('very many rows', () => {
    const rows = Array.from({ length: 200_000 }, (_, i) => ['row', String(i)]);
    expect(table(columns, rows).split('\n')).toHaveLength(200_002);
  });
});

describe('bar', () => {
  test.each([
    [0, ''],
    [1, '████'],
    [0.5, '██'],
    [1 / 32, '▏'],
    [7 / 32, '▉'],
    [9 / 32, '█▏'],
    [2, '████'],
    [-1, ''],
  ])('%d', (share, text) => expect(bar(share, 4)).toBe(text));
});

describe('80 columns', () => {
  const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

  test('a column that may lose its middle does, and no more than it must', () => {
    const columns = [{ title: 'source', align: 'left', least: 8 } as const, { title: 'n' }, { title: 'm' }];
    const wide = table(columns, [['a'.repeat(70), '1234', '5678']]);
    expect(widest(wide)).toBe(80);
    expect(wide).toContain('…');
    expect(table(columns, [['a'.repeat(60), '1234', '5678']])).not.toContain('…');
  });

  test('columns that can be spared are left out where that is not enough, the highest number first', () => {
    const columns = [
      { title: 'source', align: 'left', least: 20 } as const,
      { title: 'a'.repeat(25), spare: 1 },
      { title: 'b'.repeat(25), spare: 2 },
      { title: 'c'.repeat(25) },
    ];
    const text = table(columns, [['s'.repeat(30), '1', '2', '3']]);
    expect(text.split('\n')[0]).toMatch(/^source +a+ +c+$/);
    expect(widest(text)).toBe(80);
  });

  test('columns that are too many go into tables below each other, each with the first column', () => {
    const arms = Array.from({ length: 9 }, (_, i) => ({ title: `arm-number-${i}` }));
    const text = tables(
      [{ title: 'figure', align: 'left' }, ...arms],
      [['rows', ...arms.map((_, i) => String(i))], null],
    );
    expect(widest(text)).toBeLessThanOrEqual(80);
    expect(text.match(/^figure/gm)!.length).toBe(2);
    for (const [i, { title }] of arms.entries()) expect(text).toMatch(new RegExp(`${title}[^]*\\b${i}\\b`));
    expect(tables([{ title: 'a' }, { title: 'b' }], [['1', '2']])).toBe(
      table([{ title: 'a' }, { title: 'b' }], [['1', '2']]),
    );
  });
});
