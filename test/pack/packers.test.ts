import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { takeHeldOut } from '../../src/mix/mix.ts';
import { packBestFitNaive } from '../../src/pack/packers/best-fit-naive.ts';
import { packConcat, packConcatDiscard } from '../../src/pack/packers/concat.ts';
import { fitLengths } from '../../src/pack/packers/fit-lengths.ts';
import { packPad } from '../../src/pack/packers/pad.ts';
import { createPieceList, type Packed, type Packer } from '../../src/pack/packers/pieces.ts';
import { packers as packerTable } from '../../src/pack/rows.ts';
import { fuzz } from '../support/fuzz.ts';
import { sequenceSpec } from '../support/recipes.ts';
import { tableOf } from '../support/table.ts';

interface Problem {
  readonly width: number;
  readonly lengths: Uint32Array;
}

/** Items around the width and its multiples, where cutting begins, and many of equal length, where ties do. */
const problems: fc.Arbitrary<Problem> = fc
  .tuple(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 41, max: 3000 })), fc.boolean())
  .chain(([width, ties]) => {
    const length = fc.oneof(
      fc.integer({ min: 1, max: ties ? Math.min(5, width) : width }),
      fc.integer({ min: 1, max: width }),
      fc.integer({ min: 1, max: 3 * width }),
      fc.constantFrom(width, 2 * width, width + 1, Math.max(1, width - 1)),
    );
    return fc.record({
      width: fc.constant(width),
      lengths: fc.array(length, { maxLength: 80, size: 'max' }).map((lengths) => Uint32Array.from(lengths)),
    });
  });

interface Piece {
  readonly item: number;
  readonly start: number;
  readonly length: number;
}

function rowsOf({ item, start, length, rowEnds }: Packed): Piece[][] {
  let from = 0;
  return Array.from(rowEnds, (end) => {
    const row: Piece[] = [];
    for (; from < end; from += 1) row.push({ item: item[from]!, start: start[from]!, length: length[from]! });
    return row;
  });
}

const total = (row: readonly Piece[]) => row.reduce((sum, { length }) => sum + length, 0);

/** Up to which token each item stands in the rows, every one before it exactly once; null: one is missing or twice. */
function coverage(rows: readonly Piece[][], items: number): (number | null)[] {
  const perItem = Array.from({ length: items }, () => [] as Piece[]);
  for (const piece of rows.flat()) perItem[piece.item]!.push(piece);
  return perItem.map((pieces) =>
    pieces
      .sort((a, b) => a.start - b.start)
      .reduce<number | null>((end, { start, length }) => (start === end ? end + length : null), 0),
  );
}

/** The kinds of rows written out, with the items of each length in their order. */
function packBestFit(lengths: Uint32Array, width: number): Packed {
  const byLength = Array.from({ length: width + 1 }, () => [] as Piece[]);
  const list = createPieceList(200 * lengths.length, 200 * lengths.length);
  for (const [item, length] of lengths.entries()) {
    const rest = length % width;
    for (let start = 0; start < length - rest; start += width) {
      list.add(item, start, width);
      list.endRow();
    }
    if (rest > 0) byLength[rest]!.push({ item, start: length - rest, length: rest });
  }
  const kinds = fitLengths(Uint32Array.from(byLength, (pieces) => pieces.length));
  for (let kind = 0; kind < kinds.kinds; kind += 1) {
    for (let row = 0; row < kinds.rowsOf[kind]!; row += 1) {
      for (let link = kinds.links[kind]!; link >= 0; link = kinds.chain[link + 3]!) {
        for (let n = 0; n < kinds.chain[link + 2]!; n += 1) {
          const { item, start, length } = byLength[kinds.chain[link + 1]!]!.shift()!;
          list.add(item, start, length);
        }
      }
      list.endRow();
    }
  }
  expect(byLength.flat()).toEqual([]);
  return list.finish();
}

const packers: Readonly<Record<string, Packer>> = {
  'best-fit': packBestFit,
  'best-fit-naive': packBestFitNaive,
  concat: packConcat,
  'concat, discard': packConcatDiscard,
  pad: packPad,
};

describe.each(Object.entries(packers))('%s', (name, pack) => {
  it('fills no row beyond its width, leaves none empty and no piece empty', () => {
    fc.assert(
      fc.property(problems, ({ width, lengths }) => {
        const packed = pack(lengths, width);
        const rows = rowsOf(packed);
        expect(rows.filter((row) => row.length === 0 || total(row) > width)).toEqual([]);
        expect(rows.flat().filter(({ length }) => length === 0)).toEqual([]);
        // No piece is outside of a row.
        expect(packed.rowEnds.at(-1) ?? 0).toBe(packed.item.length);
      }),
      fuzz(150),
    );
  });

  it(`has every token of every item ${name === 'concat, discard' ? 'of a prefix' : ''} exactly once`, () => {
    fc.assert(
      fc.property(problems, ({ width, lengths }) => {
        const covered = coverage(rowsOf(pack(lengths, width)), lengths.length);
        if (name === 'concat, discard') {
          for (const [item, tokens] of covered.entries()) {
            expect(tokens).toBeGreaterThan(0);
            expect(tokens).toBeLessThanOrEqual(lengths[item]!);
          }
        } else expect(covered).toEqual([...lengths]);
      }),
      fuzz(150),
    );
  });
});

describe('best-fit', () => {
  it('is what exhaustive search gives, length by length', () => {
    fc.assert(
      fc.property(problems, ({ width, lengths }) => {
        const fast = packBestFit(lengths, width);
        const naive = packBestFitNaive(lengths, width);
        // Which of two items of one length stands where is left open, and so is the order of rows.
        const written = (packed: Packed) =>
          rowsOf(packed).map((row) => row.map(({ length }) => length).join());
        expect(written(fast).sort()).toEqual(written(naive).sort());
      }),
      fuzz(400),
    );
  });

  it('never cuts an item that fits, and cuts others into whole rows and one rest', () => {
    fc.assert(
      fc.property(problems, ({ width, lengths }) => {
        const pieces = rowsOf(packBestFit(lengths, width)).flat();
        const perItem = Array.from(lengths, () => [] as number[]);
        for (const { item, length } of pieces) perItem[item]!.push(length);
        for (const [item, found] of perItem.entries()) {
          const length = lengths[item]!;
          const whole = Array.from({ length: Math.floor(length / width) }, () => width);
          const expected = length % width === 0 ? whole : [...whole, length % width];
          expect(found.sort((a, b) => b - a)).toEqual(expected);
        }
      }),
      fuzz(200),
    );
  });

  it('opens a row only where no open row has room', () => {
    fc.assert(
      fc.property(problems, ({ width, lengths }) => {
        // In the order in which they were opened: by their longest piece, the row that took more of that length first.
        const longestOf = (row: readonly Piece[]) => Math.max(...row.map(({ length }) => length));
        const rows = rowsOf(packBestFit(lengths, width))
          .filter((row) => total(row) < width)
          .sort(
            (a, b) =>
              longestOf(b) - longestOf(a) || sharedAfter(b, longestOf(b)) - sharedAfter(a, longestOf(a)),
          );
        // Pieces went in longest first: a row's first piece had no room in any row that was opened before it, so
        // neither has it now.
        const longest = rows.map(longestOf);
        for (const [later, length] of longest.entries()) {
          for (let earlier = 0; earlier < later; earlier += 1) {
            const room = width - longest[earlier]! - sharedAfter(rows[earlier]!, length);
            if (room >= length) expect.fail(`a piece of ${length} opened a row beside one with ${room}`);
          }
        }
      }),
      fuzz(200),
    );
  });
});

/** Tokens of a row's pieces other than its first that are at least `length`: they were in before a piece of `length`. */
function sharedAfter(row: readonly Piece[], length: number): number {
  const others = row
    .map((piece) => piece.length)
    .sort((a, b) => b - a)
    .slice(1);
  return others.filter((other) => other >= length).reduce((sum, other) => sum + other, 0);
}

describe('concat', () => {
  it('fills all rows but the last, in the order of the items', () => {
    fc.assert(
      fc.property(problems, ({ width, lengths }) => {
        const rows = rowsOf(packConcat(lengths, width));
        for (const row of rows.slice(0, -1)) expect(total(row)).toBe(width);
        const order = rows.flat().map(({ item, start }) => [item, start]);
        const sorted = order.toSorted((a, b) => a[0]! - b[0]! || a[1]! - b[1]!);
        expect(order).toEqual(sorted);
      }),
      fuzz(200),
    );
  });

  it('with discarded tails fills all rows but the last, and begins each with an item', () => {
    fc.assert(
      fc.property(problems, ({ width, lengths }) => {
        const rows = rowsOf(packConcatDiscard(lengths, width));
        for (const row of rows.slice(0, -1)) expect(total(row)).toBe(width);
        for (const { start } of rows.flat()) expect(start).toBe(0);
        // Only the last item of a row may lack something: it is the one that the row's end cut.
        for (const row of rows) {
          for (const { item, length } of row.slice(0, -1)) expect(length).toBe(lengths[item]);
          if (total(row) < width) expect(row.at(-1)!.length).toBe(lengths[row.at(-1)!.item]);
        }
      }),
      fuzz(200),
    );
  });
});

describe('pad', () => {
  it('gives every row to one item', () => {
    fc.assert(
      fc.property(problems, ({ width, lengths }) => {
        const rows = rowsOf(packPad(lengths, width));
        for (const row of rows) expect(row.length).toBe(1);
        const needed = lengths.reduce((sum, length) => sum + Math.ceil(length / width), 0);
        expect(rows.length).toBe(needed);
      }),
      fuzz(100),
    );
  });
});

describe('the table of packers', () => {
  const documents = 300;
  const table = tableOf(
    Array.from({ length: documents }, (_, d) => ({
      source: 0,
      text: d,
      length: 1 + (Math.imul(d, 40_503) % 150),
    })),
    ['a'],
  );
  const plansOf = (name: keyof typeof packerTable) => {
    const more =
      name === 'decompose' ? { decompose: { smallest: 1, odds: [1, 1, 1, 1, 1, 1, 1], cycles: 1 } } : {};
    const sequences = sequenceSpec({ length: 64, ...more });
    const instances = takeHeldOut(
      table,
      new Uint8Array(documents).fill(1),
      new Uint8Array(documents),
      sequences,
    );
    return packerTable[name]({ instances, table, sequences, seed: 3, groups: null });
  };

  it.each(Object.keys(packerTable) as (keyof typeof packerTable)[])(
    '%s takes a phase, and gives plans with all of its tokens',
    (name) => {
      const tokens = plansOf(name).flatMap(({ length }) => Array.from(length));
      const all = table.lengths.reduce((sum, length) => sum + length + 1, 0);
      expect(tokens.reduce((sum, length) => sum + length, 0)).toBe(all);
    },
  );

  it('has the naive packer, whose rows are as many as those of best-fit', () => {
    expect(plansOf('best-fit')[0]!.rows).toBe(plansOf('best-fit-naive')[0]!.rows);
  });
});
