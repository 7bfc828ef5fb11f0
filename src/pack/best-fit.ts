/**
 * Best-fit decreasing for documents: one longer than a row gives full rows and a last piece, every other is one piece,
 * and `fit-lengths.ts` says which lengths share a row. No document that fits in a row is cut.
 *
 * Rows of all kinds are shuffled, then take their pieces: for a length the next of its documents, which are in keyed
 * order, and the pieces of a row are shuffled too. So nothing comes sorted by length, nor as the corpus has it. The full
 * rows of a document are spread over the run like any, and keep their order in it.
 *
 * Cost: a counting sort by length and a sort by hash inside each length, 8 bytes a document while that lasts, then 4.
 */
import { keyedHash } from '../util/keyed-hash.ts';
import { HashSorter } from '../util/radix-sort.ts';
import { shuffle } from '../util/shuffle.ts';
import { fitLengths } from './fit-lengths.ts';
import { instanceLength, orderHash, type PackInput, type RowStream } from './packer.ts';

export function packBestFit(input: PackInput): RowStream {
  const { table, width, window, seed } = input;
  const pieces = sortPieces(input);
  const { counts, ofLength, exceptions, longs } = pieces;
  const kinds = fitLengths(counts);

  // Kinds of rows first, then a number for every document that fills rows by itself, as often as it does.
  const rows = new Uint32Array(kinds.rows + longs.rows);
  let r = 0;
  for (let kind = 0; kind < kinds.kinds; kind += 1) {
    rows.fill(kind, r, r + kinds.rowsOf[kind]!);
    r += kinds.rowsOf[kind]!;
  }
  for (let long = 0; long < longs.item.length; long += 1) {
    rows.fill(kinds.kinds + long, r, r + longs.chunks[long]!);
    r += longs.chunks[long]!;
  }
  shuffle(rows, keyedHash(seed, 'row'), window);

  const { document, take } = input.instances;
  const given = new Uint32Array(longs.item.length);
  const nextOf = startsOf(counts);
  const inRow = new Uint32Array(width);
  const lengths = new Uint32Array(width);
  const within = keyedHash(seed, 'within-row');
  r = 0;
  return {
    rows: rows.length,
    next(out) {
      const row = rows[r]!;
      r += 1;
      if (row >= kinds.kinds) {
        const long = row - kinds.kinds;
        const item = longs.item[long]!;
        out.add(document[item]!, take[item]!, given[long]! * width, width);
        given[long]! += 1;
        return;
      }
      let n = 0;
      for (let link = kinds.links[row]!; link >= 0; link = kinds.next[link]!) {
        const length = kinds.length[link]!;
        for (let times = kinds.times[link]!; times > 0; times -= 1) {
          inRow[n] = ofLength[nextOf[length]!]!;
          nextOf[length]! += 1;
          lengths[n] = length;
          n += 1;
        }
      }
      for (; n > 0; n -= 1) {
        // Any of those that are left, and the last takes its place.
        const p = n === 1 ? 0 : Math.floor((within(r, n, window) / 2 ** 32) * n);
        const piece = inRow[p]!;
        const length = lengths[p]!;
        inRow[p] = inRow[n - 1]!;
        lengths[p] = lengths[n - 1]!;
        if (piece < table.count) {
          out.addWhole(piece, length);
        } else {
          const item = exceptions.item[piece - table.count]!;
          out.add(document[item]!, take[item]!, exceptions.start[piece - table.count]!, length);
        }
      }
    },
  };
}

interface SortedPieces {
  /** Number of pieces of each length. */
  readonly counts: Uint32Array;
  /** Pieces by length, then in keyed order: the document of one that is whole; `table.count` + the number of an exception. */
  readonly ofLength: Uint32Array;
  /** Instances of pieces that aren't whole documents, and where these begin. */
  readonly exceptions: { readonly item: Uint32Array; readonly start: Uint32Array };
  /** Instances that have full rows before their last piece, in keyed order, and how many; and the sum of those. */
  readonly longs: { readonly item: Uint32Array; readonly chunks: Uint32Array; readonly rows: number };
}

function sortPieces({ table, instances, items, width, sequences, window, seed }: PackInput): SortedPieces {
  const { document } = instances;
  const specials = Number(sequences.bos) + Number(sequences.eos);
  const count = items?.length ?? instances.count;
  const counts = new Uint32Array(width + 1);
  let exceptionCount = 0;
  let longCount = 0;
  for (let k = 0; k < count; k += 1) {
    const i = items === null ? k : items[k]!;
    const length = instanceLength(instances, i, table, sequences);
    if (length > width) longCount += 1;
    if (length > width || length < specials + table.lengths[document[i]!]!) exceptionCount += 1;
    counts[lastPiece(length, width)]! += 1;
  }

  const at = startsOf(counts);
  const ofLength = new Uint32Array(count);
  let keys = new Uint32Array(count);
  const exceptions = { item: new Uint32Array(exceptionCount), start: new Uint32Array(exceptionCount) };
  const longItem = new Uint32Array(longCount);
  const longKeys = new Uint32Array(longCount);
  const hash = orderHash(table, window, seed);
  exceptionCount = 0;
  longCount = 0;
  for (let k = 0; k < count; k += 1) {
    const i = items === null ? k : items[k]!;
    const length = instanceLength(instances, i, table, sequences);
    const last = lastPiece(length, width);
    const key = hash(document[i]!);
    let piece = document[i]!;
    if (length > width || length < specials + table.lengths[piece]!) {
      exceptions.item[exceptionCount] = i;
      exceptions.start[exceptionCount] = length - last;
      piece = table.count + exceptionCount;
      exceptionCount += 1;
    }
    if (length > width) {
      longItem[longCount] = i;
      longKeys[longCount] = key;
      longCount += 1;
    }
    ofLength[at[last]!] = piece;
    keys[at[last]!] = key;
    at[last]! += 1;
  }

  const sorter = new HashSorter();
  for (let length = 1, from = 0; length <= width; length += 1) {
    const to = from + counts[length]!;
    sorter.sort(keys, ofLength, from, to);
    from = to;
  }
  keys = new Uint32Array(0);
  sorter.sort(longKeys, longItem, 0, longCount);
  const chunks = new Uint32Array(longCount);
  let rows = 0;
  for (let long = 0; long < longCount; long += 1) {
    const length = instanceLength(instances, longItem[long]!, table, sequences);
    chunks[long] = (length - lastPiece(length, width)) / width;
    rows += chunks[long]!;
  }
  return { counts, ofLength, exceptions, longs: { item: longItem, chunks, rows } };
}

/** What is left of a sequence after full rows: 1 to `width` tokens. */
function lastPiece(length: number, width: number): number {
  return length <= width ? length : ((length - 1) % width) + 1;
}

/** Where each length begins in a list that is sorted by length. */
function startsOf(counts: Uint32Array): Uint32Array {
  const starts = new Uint32Array(counts.length);
  for (let length = 1; length < counts.length; length += 1)
    starts[length] = starts[length - 1]! + counts[length - 1]!;
  return starts;
}
