/**
 * Where documents repeat, the last piece of each item, sorted by length. Pieces of documents that are there once are in
 * keyed order, those of copies in the order of their times in the run (`spread.ts`). An item of a whole number of rows, and
 * more than one, has full rows only, and is not in the list.
 *
 * Cost: 8 bytes per item, and 4 per one that isn't one whole piece.
 */
import { keyedHash } from '../../base/keyed-hash.ts';
import { HashSorter } from '../../base/radix-sort.ts';
import { borrow } from '../../base/scratch.ts';
import { firstFrom, rowWidth } from '../../base/sequence.ts';
import { type PackInput, sequenceLengths } from '../packers/packer.ts';
import { type CopyPlace, type CopyTime, copyPlaces, copyTimes } from './spread.ts';

export class CopyPieces {
  readonly #input: PackInput;
  readonly #times: CopyTime;
  readonly #placeOf: (item: number) => CopyPlace;
  /** Items of pieces that aren't whole documents. */
  readonly #cutItem: Uint32Array;
  /** Where the pieces of each length end, those that are there once and those of copies. */
  readonly #ends: Uint32Array;
  /** A piece each: the document of one that is whole; `table.count` + its number, of one that isn't. */
  readonly sorted: Uint32Array;
  /** What the pieces of a length are ordered by; the times of copies. */
  readonly keys: Uint32Array;
  /** Last pieces of each length. */
  readonly counts: Uint32Array;
  readonly mostCopies: number;
  /** In keyed order, the copies of a document one after another. */
  readonly longs: Longs;

  constructor(input: PackInput) {
    const { table, width, seed } = input;
    this.#input = input;
    this.#times = copyTimes(input);
    this.#placeOf = copyPlaces(input);
    const ends = new Uint32Array(2 * width + 2);
    let pieces = 0;
    let cuts = 0;
    let longs = 0;
    let mostCopies = 0;
    this.#eachItem((_item, _document, sequence, isWhole, _copy, copies) => {
      if (sequence > width) longs += 1;
      if (!hasLastPiece(sequence, width)) return;
      ends[bin(lastPiece(sequence, width), copies > 1)]! += 1;
      pieces += 1;
      if (!isWhole) cuts += 1;
      if (copies > mostCopies) mostCopies = copies;
    });
    this.mostCopies = mostCopies;
    this.counts = Uint32Array.from(
      { length: width + 1 },
      (_, length) => ends[2 * length]! + ends[2 * length + 1]!,
    );
    let end = 0;
    // Each number moves from where its pieces begin to where they end.
    const at = ends.map((count) => {
      end += count;
      return end - count;
    });
    this.#ends = at;
    const sorted = new Uint32Array(pieces);
    const keys = borrow(pieces);
    const cutItem = new Uint32Array(cuts);
    const longItem = new Uint32Array(longs);
    const longKeys = new Uint32Array(longs);
    const hash = keyedHash(seed, 'order');
    cuts = 0;
    longs = 0;
    this.#eachItem((item, document, sequence, isWhole, copy, copies) => {
      if (sequence > width) {
        longItem[longs] = item;
        longKeys[longs] = hash(table.keysLow[document]!, table.keysHigh[document]!, 0);
        longs += 1;
      }
      if (!hasLastPiece(sequence, width)) return;
      const b = bin(lastPiece(sequence, width), copies > 1);
      const place = at[b]!;
      at[b] = place + 1;
      keys[place] =
        copies > 1
          ? this.#times(document, 0, copy, copies)
          : hash(table.keysLow[document]!, table.keysHigh[document]!, 0);
      if (isWhole) sorted[place] = document;
      else {
        sorted[place] = table.count + cuts;
        cutItem[cuts] = item;
        cuts += 1;
      }
    });
    const sorter = new HashSorter();
    for (let b = 2; b < at.length; b += 1) sorter.sort(keys, sorted, at[b - 1]!, at[b]!);
    sorter.sort(longKeys, longItem, 0, longs);
    this.sorted = sorted;
    this.keys = keys;
    this.#cutItem = cutItem;
    const lengthOf = sequenceLengths(input.instances, table, input.sequences);
    const fullRows = longItem.map((item) => {
      return fullRowsOf(lengthOf(input.items === null ? item : input.items[item]!), width);
    });
    this.longs = { item: longItem, fullRows };
  }

  /** Where the pieces of a length are, of documents that repeat or of others: from the first to before the second. */
  ofLength(length: number, repeated: boolean): readonly [number, number] {
    const b = bin(length, repeated);
    return [this.#ends[b - 1]!, this.#ends[b]!];
  }

  /** The length of the sorted piece at a place. */
  lengthAt(at: number): number {
    return firstFrom(this.#ends, at + 1) >> 1;
  }

  documentOf(piece: number): number {
    const { table, instances, items } = this.#input;
    if (piece < table.count) return piece;
    const item = this.itemOfCut(piece);
    return instances.document[items === null ? item : items[item]!]!;
  }

  /** The item of a piece that isn't a whole document. */
  itemOfCut(piece: number): number {
    return this.#cutItem[piece - this.#input.table.count]!;
  }

  /** The document of an item, its first item, and how many there are. */
  placeOf(item: number): CopyPlace {
    return this.#placeOf(item);
  }

  /** Which copy of which document the sorted piece at a place is. */
  copyAt(at: number): { readonly document: number; readonly copy: number; readonly copies: number } {
    const piece = this.sorted[at]!;
    if (piece >= this.#input.table.count) {
      const item = this.itemOfCut(piece);
      const { document, from, copies } = this.#placeOf(item);
      return { document, copy: item - from, copies };
    }
    const copies = this.copiesOf(piece);
    const key = this.keys[at]!;
    // The time was rounded down.
    const copy = Math.floor((key / 2 ** 32) * copies);
    return { document: piece, copy: this.#times(piece, 0, copy, copies) === key ? copy : copy + 1, copies };
  }

  copiesOf(document: number): number {
    const { instances } = this.#input;
    return firstFrom(instances.document, document + 1) - firstFrom(instances.document, document);
  }

  #eachItem(
    visit: (
      item: number,
      document: number,
      sequence: number,
      isWhole: boolean,
      copy: number,
      copies: number,
    ) => void,
  ): void {
    const { table, instances, items, sequences, width } = this.#input;
    const { document, parts } = instances;
    const bos = Number(sequences.bos);
    const specials = bos + Number(sequences.eos);
    const longest = sequences.overlong === 'truncate' ? rowWidth(sequences) : Number.POSITIVE_INFINITY;
    const count = items?.length ?? instances.count;
    let part = 0;
    for (let from = 0; from < count; ) {
      const d = document[items === null ? from : items[from]!]!;
      let end = from + 1;
      while (end < count && document[items === null ? end : items[end]!] === d) end += 1;
      const all = table.lengths[d]! + specials;
      for (let item = from; item < end; item += 1) {
        const instance = items === null ? item : items[item]!;
        while (parts.copy[part]! < instance) part += 1;
        const taken = parts.copy[part] === instance ? parts.take[part]! + bos : all;
        const sequence = Math.min(taken, longest);
        const isWhole = sequence === all && taken === all && all <= width;
        visit(item, d, sequence, isWhole, item - from, end - from);
      }
      from = end;
    }
  }
}

/** Items of documents that span rows: parallel arrays. */
export interface Longs {
  readonly item: Uint32Array;
  readonly fullRows: Uint32Array;
}

/** Bins begin with 2: those before them are empty. */
function bin(length: number, repeated: boolean): number {
  return 2 * length + (repeated ? 1 : 0);
}

function hasLastPiece(sequence: number, width: number): boolean {
  return sequence <= width || sequence % width !== 0;
}

/** Full rows that a long document has for itself. One that is a whole number of rows long has no last piece beside them. */
function fullRowsOf(sequence: number, width: number): number {
  return sequence > width ? Math.floor(sequence / width) : 0;
}

/** What is left of a sequence after full rows: 1 to `width` tokens. */
export function lastPiece(length: number, width: number): number {
  return length <= width ? length : ((length - 1) % width) + 1;
}
