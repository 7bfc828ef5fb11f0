/**
 * Rows of best-fit decreasing where documents repeat: `fit-copies.ts` says where the last piece of each copy stands; here are
 * the full rows of long documents, and the pieces of each row. The order of a row's pieces depends on the row's place and the
 * documents only. The rows of a long document hold its pieces in the document's order.
 *
 * Cost: 12 bytes per row, beside what `fit-copies.ts` needs.
 */
import { keyedHash, scramble } from '../../base/keyed-hash.ts';
import { takenTokens } from '../../base/sequence.ts';
import { type PackInput, sequenceLengths } from '../packers/packer.ts';
import type { RowWriter } from '../packers/row-writer.ts';
import { CopyPieces } from './copy-pieces.ts';
import { fitCopies } from './fit-copies.ts';
import { anywhere, type Copy, copyTimes, type SpreadRows, sliceOf } from './spread.ts';

export function packCopiesBestFit(input: PackInput, slices: number): SpreadRows {
  const { instances, items, table, width, seed } = input;
  const list = new CopyPieces(input);
  const { longs } = list;
  const {
    rows: fitted,
    pieces,
    lengths,
    starts,
    hosting,
    slice: fittedSlice,
  } = fitCopies(input, list, slices);
  const times = copyTimes(input);
  const takeOf = takenTokens(instances, table.lengths);
  const lengthOf = sequenceLengths(instances, table, input.sequences);
  const instanceOf = (item: number) => (items === null ? item : items[item]!);
  const hash = keyedHash(seed, 'within-row');

  // Full rows of long documents come after the others, one document's together.
  const longCount = longs.item.length;
  const fullRows = longs.fullRows.map((all, l) => all - (hosting.rowsLess.get(l) ?? 0));
  const rows = fitted + fullRows.reduce((sum, n) => sum + n, 0);
  const slice = new Int32Array(rows).fill(anywhere);
  slice.set(fittedSlice);
  const longOf = new Uint32Array(rows - fitted);
  /** Three numbers per long: its document, the tokens that it takes of that, where its next piece begins. */
  const state = new Uint32Array(3 * longCount);
  for (let l = 0, row = fitted; l < longCount; l += 1) {
    const item = longs.item[l]!;
    const { document, from, copies } = list.placeOf(item);
    state[3 * l] = document;
    state[3 * l + 1] = takeOf(instanceOf(item));
    for (let n = 0; n < fullRows[l]!; n += 1, row += 1) {
      longOf[row - fitted] = l;
      if (copies > 1) slice[row] = sliceOf(times(document, 1 + n, item - from, copies), slices);
    }
  }
  let hosted = 0;
  for (const hosts of hosting.hostOf.values()) hosted += hosts.length;

  const giveLong = (l: number, tokens: number, out: RowWriter) => {
    const start = state[3 * l + 2]!;
    out.addCut(state[3 * l]!, state[3 * l + 1]!, start, tokens);
    state[3 * l + 2] = start + tokens;
  };
  const giveCut = (piece: number, length: number, out: RowWriter) => {
    const instance = instanceOf(list.itemOfCut(piece));
    out.addCut(instances.document[instance]!, takeOf(instance), lengthOf(instance) - length, length);
  };

  return {
    rows,
    pieces: rows - fitted + pieces.length + hosted,
    slice,
    give(row, place, out) {
      if (row >= fitted) giveLong(longOf[row - fitted]!, width, out);
      else {
        const from = starts[row]!;
        const to = starts[row + 1]!;
        const hosts = hosting.hostOf.get(row);
        // Long documents stand before or after the others.
        if (place % 2 === 0) for (const { long, tokens } of hosts ?? []) giveLong(long, tokens, out);
        if (to - from > 1) shuffleRow(pieces, lengths, from, to, hash(place, 0, 0));
        for (let p = from; p < to; p += 1) {
          const piece = pieces[p]!;
          if (piece < table.count) out.addWhole(piece, lengths[p]!);
          else giveCut(piece, lengths[p]!, out);
        }
        if (place % 2 === 1) for (const { long, tokens } of hosts ?? []) giveLong(long, tokens, out);
      }
      out.endRow();
    },

    copiesIn(row) {
      if (row >= fitted) return copiesOf([longs.item[longOf[row - fitted]!]!]);
      const found: Copy[] = [];
      const cut: number[] = [];
      for (let p = starts[row]!; p < starts[row + 1]!; p += 1) {
        const piece = pieces[p]!;
        // A copy that is one whole piece stands in no other row.
        if (piece >= table.count) cut.push(list.itemOfCut(piece));
        else if (list.copiesOf(piece) > 1) found.push({ document: piece, copy: -1 - p });
      }
      const hosts = hosting.hostOf.get(row) ?? [];
      return [...found, ...copiesOf([...cut, ...hosts.map(({ long }) => longs.item[long]!)])];
    },
  };

  function copiesOf(found: readonly number[]): Copy[] {
    return found.flatMap((item) => {
      const { document, from, copies } = list.placeOf(item);
      return copies === 1 ? [] : [{ document, copy: item - from }];
    });
  }
}

/** Changes the places of the pieces of a row. */
function shuffleRow(
  pieces: Uint32Array,
  lengths: Uint16Array | Uint32Array,
  from: number,
  to: number,
  salt: number,
): void {
  for (let at = from + 1; at < to; at += 1) {
    const other = from + Math.floor((scramble(salt + at - from) / 2 ** 32) * (at - from + 1));
    const piece = pieces[at]!;
    const length = lengths[at]!;
    pieces[at] = pieces[other]!;
    lengths[at] = lengths[other]!;
    pieces[other] = piece;
    lengths[other] = length;
  }
}
