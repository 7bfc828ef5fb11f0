/**
 * Best-fit decreasing for documents. A document longer than a row becomes full rows and a last piece; any other
 * document is one piece, so it is never cut. `fit-lengths.ts` decides which lengths share a row.
 *
 * The rows of all kinds are shuffled, and `lay-rows.ts` writes the pieces of each row in a shuffled order, so the rows
 * follow neither length nor the order of the corpus. The full rows of a document are spread over the run like all other
 * rows, and keep their order in it.
 *
 * Cost: a counting sort by length, a sort by hash inside each length, and 4 bytes per document beside the plan.
 */
import { keyedHash } from '../../base/keyed-hash.ts';
import { HashSorter } from '../../base/radix-sort.ts';
import { borrow } from '../../base/scratch.ts';
import { lastPiece, takenTokens } from '../../base/sequence.ts';
import { shuffle } from '../../base/shuffle.ts';
import { fitLengths, type RowKinds } from './fit-lengths.ts';
import { type LaidPieces, layRows } from './lay-rows.ts';
import { type PackInput, readLengths, sequenceLengths } from './packer.ts';
import type { RowWriter } from './row-writer.ts';

/** Documents whose lengths are computed in one call. */
const blockItems = 4096;

export function packBestFit(input: PackInput, out: RowWriter): void {
  const { seed } = input;
  const sorted = sortPieces(input, out.document.subarray(out.pieces));
  const kinds = fitLengths(sorted.counts);
  const rows = listRows(kinds, sorted);
  shuffle(rows, keyedHash(seed, 'row'), 0);
  layRows({ pieces: sorted, kinds, rows }, input, out);
}

/** Lists what each row is, in the form that `layRows` takes. */
function listRows(kinds: RowKinds, { longs, fullRows }: SortedPieces): Uint32Array {
  const rows = new Uint32Array(kinds.rows + fullRows);
  let row = 0;
  for (let kind = 0; kind < kinds.kinds; kind += 1) {
    for (let n = kinds.rowsOf[kind]!; n > 0; n -= 1, row += 1) rows[row] = kind;
  }
  for (let long = 0; long < longs.length / 4; long += 1) {
    for (let n = longs[4 * long + 3]!; n > 0; n -= 1, row += 1) rows[row] = kinds.kinds + long;
  }
  return rows;
}

interface SortedPieces extends LaidPieces {
  /** Number of pieces of each length. */
  readonly counts: Uint32Array;
  readonly fullRows: number;
}

/** @param scratch has at least one element per piece */
function sortPieces(input: PackInput, scratch: Uint32Array): SortedPieces {
  const { counts, exceptionCount, longCount } = countPieces(input);
  const { sorted, exceptions, longItem, longKeys } = dealPieces(
    input,
    startsOf(counts),
    scratch,
    exceptionCount,
    longCount,
  );
  const sorter = new HashSorter();
  for (let length = 1, from = 0; length < counts.length; length += 1) {
    const to = from + counts[length]!;
    sorter.sort(scratch, sorted, from, to);
    from = to;
  }
  sorter.sort(longKeys, longItem, 0, longCount);
  return { counts, sorted, starts: startsOf(counts), exceptions, ...listLongs(input, longItem) };
}

function countPieces(input: PackInput): {
  counts: Uint32Array;
  exceptionCount: number;
  longCount: number;
} {
  const { table, instances, items, width, sequences } = input;
  const specials = Number(sequences.bos) + Number(sequences.eos);
  const counts = new Uint32Array(width + 1);
  let exceptionCount = 0;
  let longCount = 0;
  const block = new Uint32Array(blockItems);
  for (let first = 0, n = 1; n > 0; first += n) {
    n = readLengths(input, first, block);
    for (let k = 0; k < n; k += 1) {
      const document = instances.document[items === null ? first + k : items[first + k]!]!;
      const length = block[k]!;
      if (length > width) longCount += 1;
      if (length > width || length < specials + table.lengths[document]!) exceptionCount += 1;
      counts[lastPiece(length, width)]! += 1;
    }
  }
  return { counts, exceptionCount, longCount };
}

/** Puts each piece in the range of its length, together with the key that orders it there. */
function dealPieces(
  input: PackInput,
  at: Uint32Array,
  keys: Uint32Array,
  exceptionCount: number,
  longCount: number,
) {
  const { table, instances, items, width, sequences, seed } = input;
  const { keysLow, keysHigh, lengths } = table;
  const specials = Number(sequences.bos) + Number(sequences.eos);
  const takeOf = takenTokens(instances, lengths);
  const hash = keyedHash(seed, 'order');
  // Each document is here once at most, so `table.count` suffices. The ledger, which borrows this array next, needs
  // one number per document.
  const sorted = borrow(table.count);
  const exceptions = new Uint32Array(4 * exceptionCount);
  const longItem = new Uint32Array(longCount);
  const longKeys = new Uint32Array(longCount);
  let exception = 0;
  let long = 0;
  const block = new Uint32Array(blockItems);
  for (let first = 0, n = 1; n > 0; first += n) {
    n = readLengths(input, first, block);
    for (let k = 0; k < n; k += 1) {
      const i = items === null ? first + k : items[first + k]!;
      const length = block[k]!;
      const last = lastPiece(length, width);
      let piece = instances.document[i]!;
      const key = hash(keysLow[piece]!, keysHigh[piece]!, 0);
      if (length > width || length < specials + lengths[piece]!) {
        exceptions[4 * exception] = piece;
        exceptions[4 * exception + 1] = takeOf(i);
        exceptions[4 * exception + 2] = length - last;
        piece = table.count + exception;
        exception += 1;
      }
      if (length > width) {
        longItem[long] = i;
        longKeys[long] = key;
        long += 1;
      }
      const place = at[last]!;
      sorted[place] = piece;
      keys[place] = key;
      at[last] = place + 1;
    }
  }
  return { sorted, exceptions, longItem, longKeys };
}

function listLongs(
  { table, instances, width, sequences }: PackInput,
  longItem: Uint32Array,
): Pick<SortedPieces, 'longs' | 'fullRows'> {
  const lengthOf = sequenceLengths(instances, table, sequences);
  const takeOf = takenTokens(instances, table.lengths);
  const longs = new Uint32Array(4 * longItem.length);
  let fullRows = 0;
  for (let long = 0; long < longItem.length; long += 1) {
    const i = longItem[long]!;
    const length = lengthOf(i);
    const chunks = (length - lastPiece(length, width)) / width;
    longs[4 * long] = instances.document[i]!;
    longs[4 * long + 1] = takeOf(i);
    longs[4 * long + 3] = chunks;
    fullRows += chunks;
  }
  return { longs, fullRows };
}

/** Returns where each length begins in a list that is sorted by length. */
function startsOf(counts: Uint32Array): Uint32Array {
  const starts = new Uint32Array(counts.length);
  for (let length = 1; length < counts.length; length += 1)
    starts[length] = starts[length - 1]! + counts[length - 1]!;
  return starts;
}
