/** README.md and ARCHITECTURE.md describe each family as the code does. (families-*.test.ts check their own rows.) */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeTokenizer } from '../../src/tokenize/load.ts';
import { allFamilies, familyNamed } from './families.ts';
import {
  formatRow,
  formatSummary,
  formatTable,
  isInTable,
  readRows,
  rowOf,
  tableOf,
} from './family-table.ts';

const page = (name: string) => readFileSync(join(import.meta.dirname, '../..', name), 'utf8');
const committed = tableOf(page('ARCHITECTURE.md'));
const rows = readRows(committed);

test('each family has its row, in the order of families.ts', () => {
  const names = allFamilies.filter(isInTable).map(({ name }) => name);
  expect(rows.map(({ family }) => family)).toEqual(names);
});

test('the summary of README.md is that of the rows', () => {
  expect(formatTable(rows)).toBe(committed);
  expect(tableOf(page('README.md')), 'node scripts/tokenizer-table.mjs').toBe(formatSummary(rows));
});

/** The families that no families-*.test.ts runs. */
describe.each(['llama-3', 'qwen-3', 'gemma-3', 'r50k_base', 'cl100k_base', 'o200k_base'])('%s', (name) => {
  test('its row is what the code says', async () => {
    const family = familyNamed(name);
    const { spec } = await family.open();
    expect(committed.split('\n')).toContain(formatRow(rowOf(family, await describeTokenizer(spec))));
  });
});
