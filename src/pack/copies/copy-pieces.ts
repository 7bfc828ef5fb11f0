/**
 * The last pieces of all items, by length, for mixes in which documents repeat. The pieces of a length stand in lists:
 * one list of the documents with one copy, in keyed order, and one list per slice of the run (`spread.ts`) with copies
 * in the order of their times. An item that is exactly two or more rows long has full rows only, and is in no list.
 *
 * Documents are first sorted by length; then each document writes its copies to the range of its length. This costs one
 * cache miss per document, not one per copy.
 *
 * Cost: 4 bytes per item, 8 per list, and 4 per item that isn't one whole piece; during sorting, 4 more bytes per item
 * and 12 per document that repeats.
 */
import { Column } from '../../base/column.ts';
import { keyedHash } from '../../base/keyed-hash.ts';
import { HashSorter } from '../../base/radix-sort.ts';
import { borrow, giveBack } from '../../base/scratch.ts';
import { firstFrom, lastPiece } from '../../base/sequence.ts';
import type { LaidPieces } from '../packers/lay-rows.ts';
import { type PackInput, sequenceLengths } from '../packers/packer.ts';
import { eachRun } from './item-runs.ts';
import { anywhere, type CopyPlace, copyPhases, copyPlaces, sliceOf, timeOf } from './spread.ts';

export class CopyPieces {
  readonly #input: PackInput;
  readonly #slices: number;
  readonly #phaseOf: (document: number) => number;
  readonly #placeOf: (item: number) => CopyPlace;
  /** Items of pieces that aren't whole documents. */
  readonly #cutItem: Uint32Array;
  /** By `bin`: where the lists of a length end, for documents with one copy and for copies. */
  readonly #listEnds: Uint32Array;
  /**
   * List by list: the document of a piece that is a whole document, else `table.count` + the number of the cut piece.
   */
  readonly sorted: Uint32Array;
  /** By list: its first piece in `sorted`, and its slice, which is `anywhere` for documents with one copy. */
  readonly starts: Column = new Column();
  readonly sliceOf: Column = new Column();
  /** Number of last pieces of each length. */
  readonly counts: Uint32Array;
  readonly mostCopies: number;
  /** Long items in keyed order; the copies of a document stand one after another. */
  readonly longs: Longs;

  constructor(input: PackInput, slices: number) {
    const { table, width, seed } = input;
    this.#input = input;
    this.#slices = slices;
    this.#phaseOf = copyPhases(input);
    this.#placeOf = copyPlaces(input);
    const ends = new Uint32Array(2 * width + 2);
    const runEnds = new Uint32Array(width + 1);
    let pieces = 0;
    let cuts = 0;
    let longs = 0;
    let runs = 0;
    let mostCopies = 0;
    eachRun(input, (_item, items, _document, sequence, isWhole, copies) => {
      if (sequence > width) longs += items;
      if (!hasLastPiece(sequence, width)) return;
      const length = lastPiece(sequence, width);
      ends[bin(length, copies > 1)]! += items;
      pieces += items;
      if (!isWhole) cuts += items;
      if (copies === 1) return;
      runEnds[length]! += 1;
      runs += 1;
      if (copies > mostCopies) mostCopies = copies;
    });
    this.mostCopies = mostCopies;
    this.counts = Uint32Array.from(
      { length: width + 1 },
      (_, length) => ends[2 * length]! + ends[2 * length + 1]!,
    );
    toStarts(ends);
    toStarts(runEnds);
    const sorted = new Uint32Array(pieces);
    this.sorted = sorted;
    const keys = borrow(pieces);
    const cutItem = new Uint32Array(cuts);
    const longItem = new Uint32Array(longs);
    const longKeys = new Uint32Array(longs);
    const order = keyedHash(seed, 'order');
    cuts = 0;
    longs = 0;
    const cut = (item: number) => {
      cutItem[cuts] = item;
      cuts += 1;
      return table.count + cuts - 1;
    };
    // Put documents with one copy to their places, and runs of copies to theirs, by length.
    const runItem = new Uint32Array(runs);
    const runItems = new Uint32Array(runs);
    const runPhase = new Uint32Array(runs);
    eachRun(input, (item, items, document, sequence, isWhole, copies) => {
      const key =
        copies === 1 || sequence > width ? order(table.keysLow[document]!, table.keysHigh[document]!, 0) : 0;
      if (sequence > width) {
        for (let n = 0; n < items; n += 1, longs += 1) {
          longItem[longs] = item + n;
          longKeys[longs] = key;
        }
      }
      if (!hasLastPiece(sequence, width)) return;
      const length = lastPiece(sequence, width);
      if (copies === 1) {
        const place = ends[bin(length, false)]!;
        ends[bin(length, false)] = place + 1;
        keys[place] = key;
        sorted[place] = isWhole ? document : cut(item);
        return;
      }
      const place = runEnds[length]!;
      runEnds[length] = place + 1;
      runItem[place] = item;
      runItems[place] = 2 * items + Number(isWhole);
      runPhase[place] = this.#phaseOf(document);
    });

    const sorter = new HashSorter();
    const runColumns = { item: runItem, items: runItems, phase: runPhase };
    this.#listEnds = new Uint32Array(2 * width + 2);
    for (let length = 1; length <= width; length += 1) {
      const once = bin(length, false);
      const from = ends[once]!;
      if (from > ends[once - 1]!) {
        sorter.sort(keys, sorted, ends[once - 1]!, from);
        this.starts.push(ends[once - 1]!);
        this.sliceOf.push(anywhere);
      }
      this.#listEnds[once] = this.starts.length;
      const to = this.#giveCopies(runColumns, runEnds[length - 1]!, runEnds[length]!, from, keys, cut);
      ends[once + 1] = to;
      sorter.sort(keys, sorted, from, to);
      this.#listBySlice(keys, from, to);
      this.#listEnds[once + 1] = this.starts.length;
    }
    giveBack(keys);
    sorter.sort(longKeys, longItem, 0, longs);
    this.#cutItem = cutItem;
    const lengthOf = sequenceLengths(input.instances, table, input.sequences);
    const fullRows = longItem.map((item) => fullRowsOf(lengthOf(this.#instanceOf(item)), width));
    this.longs = { item: longItem, fullRows };
  }

  /** Returns the range [first, end) of the lists of a length, for documents that repeat or for the others. */
  listsOf(length: number, repeated: boolean): readonly [number, number] {
    const b = bin(length, repeated);
    return [this.#listEnds[b - 1]!, this.#listEnds[b]!];
  }

  /** Returns the list that the piece at `sorted[at]` belongs to. */
  listAt(at: number): number {
    return firstFrom(this.starts.toUint32(), at + 1) - 1;
  }

  /** Returns the length of the pieces of a list. */
  lengthOf(list: number): number {
    return firstFrom(this.#listEnds, list + 1) >> 1;
  }

  /** Returns where the pieces of the given documents stand in `sorted`, ascending. */
  placesOf(documents: ReadonlySet<number>): Uint32Array {
    const places: number[] = [];
    for (let at = 0; documents.size > 0 && at < this.sorted.length; at += 1)
      if (documents.has(this.documentOf(this.sorted[at]!))) places.push(at);
    return Uint32Array.from(places);
  }

  /** Where a list ends in `sorted`. */
  endOf(list: number): number {
    return list + 1 < this.starts.length ? this.starts.at(list + 1) : this.sorted.length;
  }

  documentOf(piece: number): number {
    return piece < this.#input.table.count ? piece : this.documentOfItem(this.itemOfCut(piece));
  }

  documentOfItem(item: number): number {
    return this.#input.instances.document[this.#instanceOf(item)]!;
  }

  /** The item of a piece that isn't a whole document. */
  itemOfCut(piece: number): number {
    return this.#cutItem[piece - this.#input.table.count]!;
  }

  /** Returns the document of an item, the document's first item, and how many items it has. */
  placeOf(item: number): CopyPlace {
    return this.#placeOf(item);
  }

  /** Returns which copy of which document a piece is, if its list belongs to this slice. */
  copyOf(piece: number, slice: number): { document: number; copy: number; copies: number } {
    if (piece >= this.#input.table.count) {
      const item = this.itemOfCut(piece);
      const { document, from, copies } = this.#placeOf(item);
      return { document, copy: item - from, copies };
    }
    const copies = this.copiesOf(piece);
    if (copies === 1) return { document: piece, copy: 0, copies };
    // The copies of a document are in different slices, so the slice tells which copy it is.
    const phase = this.#phaseOf(piece);
    let copy = Math.floor((slice * copies) / this.#slices);
    while (sliceOf(timeOf(phase, 0, copy, copies), this.#slices) < slice) copy += 1;
    while (sliceOf(timeOf(phase, 0, copy, copies), this.#slices) > slice) copy -= 1;
    return { document: piece, copy, copies };
  }

  copiesOf(document: number): number {
    const { instances } = this.#input;
    return firstFrom(instances.document, document + 1) - firstFrom(instances.document, document);
  }

  /**
   * Returns the pieces in the form that `layRows` takes.
   * @param starts where each list begins in `sorted`
   * @param takeOf tokens of its document that an item takes; it is copied to the plan
   */
  laid(starts: Uint32Array, takeOf: (item: number) => number): LaidPieces {
    const { instances, table, sequences, width } = this.#input;
    const lengthOf = sequenceLengths(instances, table, sequences);
    const exceptions = new Uint32Array(4 * this.#cutItem.length);
    for (let cut = 0; cut < this.#cutItem.length; cut += 1) {
      const item = this.#cutItem[cut]!;
      const length = lengthOf(this.#instanceOf(item));
      exceptions[4 * cut] = this.documentOfItem(item);
      exceptions[4 * cut + 1] = takeOf(item);
      exceptions[4 * cut + 2] = length - lastPiece(length, width);
    }
    const longs = new Uint32Array(4 * this.longs.item.length);
    for (let long = 0; long < this.longs.item.length; long += 1) {
      const item = this.longs.item[long]!;
      longs[4 * long] = this.documentOfItem(item);
      longs[4 * long + 1] = takeOf(item);
    }
    return { sorted: this.sorted, starts, exceptions, longs };
  }

  /** Writes the copies of the runs to `sorted`, and their times to `times`. @returns where they end */
  #giveCopies(
    runs: { item: Uint32Array; items: Uint32Array; phase: Uint32Array },
    first: number,
    last: number,
    from: number,
    times: Uint32Array,
    cut: (item: number) => number,
  ): number {
    const { sorted } = this;
    let at = from;
    for (let run = first; run < last; run += 1) {
      const begin = runs.item[run]!;
      const end = begin + (runs.items[run]! >>> 1);
      const phase = runs.phase[run]!;
      const isWhole = runs.items[run]! % 2 === 1;
      const { document, from: firstCopy, copies } = this.#placeOf(begin);
      for (let item = begin; item < end; item += 1, at += 1) {
        times[at] = timeOf(phase, 0, item - firstCopy, copies);
        sorted[at] = isWhole ? document : cut(item);
      }
    }
    return at;
  }

  /** Adds a list per slice that has pieces. The pieces must be sorted by their times. */
  #listBySlice(times: Uint32Array, from: number, to: number): void {
    let last = anywhere;
    for (let at = from; at < to; at += 1) {
      const slice = sliceOf(times[at]!, this.#slices);
      if (slice === last) continue;
      last = slice;
      this.starts.push(at);
      this.sliceOf.push(slice);
    }
  }

  #instanceOf(item: number): number {
    const { items } = this.#input;
    return items === null ? item : items[item]!;
  }
}

/** Items longer than a row, as parallel arrays. */
export interface Longs {
  readonly item: Uint32Array;
  readonly fullRows: Uint32Array;
}

/** Replaces each count by the sum of the counts before it: where its pieces begin. */
function toStarts(counts: Uint32Array): void {
  let end = 0;
  for (let at = 0; at < counts.length; at += 1) {
    end += counts[at]!;
    counts[at] = end - counts[at]!;
  }
}

/** Two bins per length. Lengths begin with 1, so the bins 0 and 1 are empty. */
function bin(length: number, repeated: boolean): number {
  return 2 * length + (repeated ? 1 : 0);
}

function hasLastPiece(sequence: number, width: number): boolean {
  return sequence <= width || sequence % width !== 0;
}

/** Number of full rows of a long document. If it is exactly a whole number of rows long, it has no last piece. */
function fullRowsOf(sequence: number, width: number): number {
  return sequence > width ? Math.floor(sequence / width) : 0;
}
