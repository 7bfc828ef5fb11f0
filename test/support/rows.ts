/** Turns the rows of a plan into lists of pieces, and such lists into a plan. */
import type { RowPlan } from '../../src/nouns/rows.ts';
import type { DocumentTable } from '../../src/nouns/tokens.ts';

export interface Piece {
  readonly document: number;
  readonly take: number;
  readonly start: number;
  readonly length: number;
}

export function rowsOf(plan: RowPlan, table: DocumentTable): Piece[][] {
  const { cuts } = plan;
  const cutOf = new Map(Array.from(cuts.piece, (piece, c) => [piece, c]));
  let p = 0;
  return Array.from(plan.rowEnds, (end) => {
    const row: Piece[] = [];
    for (; p < end; p += 1) {
      const [document, cut] = [plan.document[p]!, cutOf.get(p)];
      const take = cut === undefined ? table.lengths[document]! : cuts.take[cut]!;
      row.push({ document, take, start: cut === undefined ? 0 : cuts.start[cut]!, length: plan.length[p]! });
    }
    return row;
  });
}

export function planOf(
  rows: readonly Piece[][],
  table: DocumentTable,
  more: Pick<RowPlan, 'width' | 'bos' | 'eos'>,
): RowPlan {
  const pieces = rows.flat();
  const specials = Number(more.bos) + Number(more.eos);
  const cuts = [...pieces.entries()].filter(
    ([, { document, length }]) => length < table.lengths[document]! + specials,
  );
  let end = 0;
  return {
    ...more,
    rows: rows.length,
    repeats: null,
    rowEnds: Uint32Array.from(rows, (row) => {
      end += row.length;
      return end;
    }),
    document: Uint32Array.from(pieces, ({ document }) => document),
    length: Uint32Array.from(pieces, ({ length }) => length),
    cuts: {
      piece: Uint32Array.from(cuts, ([p]) => p),
      start: Uint32Array.from(cuts, ([, { start }]) => start),
      take: Uint32Array.from(cuts, ([, { take }]) => take),
    },
  };
}
