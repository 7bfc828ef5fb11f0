/** Without repeats the rows are the same as in every release so far, so that existing builds stay valid. */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { takeHeldOut } from '../../src/mix/mix.ts';
import type { Instances } from '../../src/nouns/mix.ts';
import type { SequenceSpec } from '../../src/nouns/recipe.ts';
import { packRows } from '../../src/pack/rows.ts';
import { sequenceSpec } from '../support/recipes.ts';
import { scramble, tableOf } from '../support/table.ts';

const documents = 3000;
const table = tableOf(
  Array.from({ length: documents }, (_, d) => ({
    source: d % 3,
    text: d,
    length: 1 + Math.floor(2 ** (12 * (scramble(d) / 2 ** 32))),
  })),
  ['alpha', 'beta', 'gamma'],
);

function hashOf(more: Partial<SequenceSpec>, packLengths: readonly number[] = []): string {
  const sequences = sequenceSpec({ length: 512, ...more });
  const all = takeHeldOut(table, new Uint8Array(documents).fill(1), new Uint8Array(documents), sequences);
  const packLength =
    packLengths.length === 0 ? null : all.document.map((d) => packLengths[d % packLengths.length]!);
  const instances: Instances = { ...all, packLength };
  const hash = createHash('sha256');
  for (const { width, rows, rowEnds, document, length, cuts } of packRows(instances, table, sequences, 17)) {
    const columns = [[width, rows], rowEnds, document, length, cuts.piece, cuts.start, cuts.take];
    for (const column of columns) hash.update(Uint32Array.from(column));
  }
  return hash.digest('hex').slice(0, 16);
}

it.each<[string, string, Partial<SequenceSpec>, number[]]>([
  ['best-fit', 'ab02077119398db7', {}, []],
  ['best-fit-bos', '59dcdaebf44b9908', { bos: true, plusOne: true }, []],
  ['truncate', '923860008c9cd5a6', { overlong: 'truncate' }, []],
  ['exclude', '05c9906ee73a87c9', { overlong: 'exclude' }, []],
  ['concat', '43ec8641131fa933', { packing: 'concat' }, []],
  ['discard', '6281fcf0cabe40d3', { packing: 'concat', tails: 'discard' }, []],
  ['pad', 'ffd53c8dfd2f6394', { packing: 'pad' }, []],
  [
    'decompose',
    '48bbaeaedfeb9683',
    { packing: 'decompose', decompose: { smallest: 64, odds: [4, 3, 2, 1], cycles: 2 } },
    [],
  ],
  ['inner', 'f5ab861ff1a11133', { packLength: 128 }, []],
  ['inners', '9be224a957eeed3b', {}, [128, 256, 512]],
])('%s', (_, expected, more, packLengths) => {
  expect(hashOf(more, packLengths)).toBe(expected);
});
