/**
 * Writes the tables of README.md and ARCHITECTURE.md that say which engine each family of tokenizers gets. Loads every
 * family of test/tokenize/families.ts, and records what the code does with it.
 *
 *   npm run build && node scripts/tokenizer-table.mjs [NAME ...]
 *
 * With names, only their rows are made again. A family whose file is not on this machine keeps its row.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { describeTokenizer } from '../dist/tokenize/load.js';
import { importTypeScript } from './import-typescript.mjs';

const { allFamilies } = await importTypeScript('test/tokenize/families.ts');
const { formatSummary, formatTable, isInTable, readRows, rowOf, tableOf } = await importTypeScript(
  'test/tokenize/family-table.ts',
);

const architecture = new URL('../ARCHITECTURE.md', import.meta.url);
const readme = new URL('../README.md', import.meta.url);
const names = process.argv.slice(2);
const known = new Map(readRows(tableOf(readFileSync(architecture, 'utf8'))).map((row) => [row.family, row]));

const rows = [];
for (const family of allFamilies.filter(isInTable)) {
  const row = await rowNow(family);
  if (row !== undefined) rows.push(row);
}
write(architecture, formatTable(rows));
write(readme, formatSummary(rows));
// Exit explicitly: if a family had to be made, a Python process may still be waiting for work.
process.exit(0);

async function rowNow(family) {
  const row = known.get(family.name);
  if (names.length > 0 && !names.includes(family.name)) return row;
  const why = family.missing();
  if (why !== null) {
    console.error(`${family.name}: ${row === undefined ? 'no row' : 'its row stays as it is'}, for ${why}`);
    return row;
  }
  const { spec } = await family.open();
  return rowOf(family, await describeTokenizer(spec));
}

function write(file, table) {
  const page = readFileSync(file, 'utf8');
  const marks = /(<!-- tokenizers:[^>]*-->\n).*?(<!-- \/tokenizers -->)/s;
  if (!marks.test(page)) throw new Error(`${file.pathname} has no place for the table`);
  writeFileSync(
    file,
    page.replace(marks, (_, begin, end) => `${begin}${table}\n${end}`),
  );
}
