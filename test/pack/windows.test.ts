/** Documents that stand in every window of a run: each window has an order of its own, or the run would be one order repeated. */
import { describe, expect, it } from 'vitest';
import { keyedOrder } from '../../src/pack/packer.ts';
import { packRows } from '../../src/pack/rows.ts';
import type { DocumentTable, Instances, SequenceSpec } from '../../src/types.ts';
import { sequenceSpec } from '../support/recipes.ts';
import { rowsOf } from '../support/rows.ts';
import { tableOf } from '../support/table.ts';

const documents = Array.from({ length: 40 }, (_, d) => d);
const seed = 3;

function tableWith(lengthOf: (document: number) => number): DocumentTable {
  return tableOf(
    documents.map((d) => ({ source: 0, text: d, length: lengthOf(d) })),
    ['web'],
  );
}

/** No two documents share a row of 128 tokens. */
const apart = tableWith((d) => 65 + d);
const alike = tableWith(() => 128);

/** Two copies of every document, one a window. */
const twice: Instances = {
  ...{ count: 80, document: Uint32Array.from({ length: 80 }, (_, i) => i >> 1), windows: 2 },
  parts: { copy: new Uint32Array(0), take: new Uint32Array(0) },
  window: Uint16Array.from({ length: 80 }, (_, i) => i & 1),
  packLength: null,
};

/** The first document of every row, window by window. */
function packed(table: DocumentTable, more: Partial<SequenceSpec>, instances = twice): [number[], number[]] {
  const sequences = sequenceSpec({ eos: false, length: 128, ...more });
  const firsts = rowsOf(packRows(instances, table, sequences, seed)[0]!, table).map(([first]) => first!);
  const half = firsts.length / 2;
  const order = firsts.map(({ document }) => document);
  return [order.slice(0, half), order.slice(half)];
}

describe('a window', () => {
  it('has rows of its own order, where no two are alike', () => {
    const [first, second] = packed(apart, { packing: 'best-fit' });
    expect(first.toSorted()).toEqual(second.toSorted());
    expect(first).not.toEqual(second);
  });

  it.each<Partial<SequenceSpec>>([
    { packing: 'best-fit' },
    { packing: 'decompose', decompose: { smallest: 128, odds: [1], cycles: 1 } },
  ])('has documents of its own order, where all are alike (%o)', (more) => {
    const [first, second] = packed(alike, more);
    expect(first.toSorted()).toEqual(second.toSorted());
    expect(first).not.toEqual(second);
  });

  it('has an order of its own before its rows are shuffled, and a shuffle of its own', () => {
    const [first, second] = packed(apart, { packing: 'pad' }).map((rows, window) => {
      const items = Uint32Array.from(documents, (d) => 2 * d + window);
      const sequences = sequenceSpec({ packing: 'pad' });
      const input = { table: apart, instances: twice, items, width: 128, sequences, window, seed };
      const before = Array.from(keyedOrder(input), (i) => i >> 1);
      return { before, places: rows.map((d) => before.indexOf(d)) };
    });
    expect(first!.before).not.toEqual(second!.before);
    expect(first!.places).not.toEqual(second!.places);
  });

  it('has its rows of several pack lengths among each other in its own way', () => {
    const innerOf = (d: number) => (d % 2 === 0 ? 64 : 128);
    const instances = { ...twice, packLength: twice.document.map(innerOf) };
    const [first, second] = packed(tableWith(innerOf), { packing: 'best-fit' }, instances);
    expect(first.length).toBe(30);
    expect(first.map(innerOf)).not.toEqual(second.map(innerOf));
  });
});
