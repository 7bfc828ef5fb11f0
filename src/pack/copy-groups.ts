/**
 * Items by document and length. The last pieces of a document's copies have one length as a rule, so they are sorted as
 * one group; a copy that takes less of its document is a group of its own. A document of a whole number of rows, and more
 * than one, has full rows only, and is of no group.
 */
import { keyedHash } from '../util/keyed-hash.ts';
import { HashSorter } from '../util/radix-sort.ts';
import { firstFrom } from '../util/sequence.ts';
import { type PackInput, sequenceLengths } from './packer.ts';
import { type CopyPlace, copyPlaces } from './spread.ts';

export class CopyGroups {
  readonly #input: PackInput;
  readonly #lengthOf: (instance: number) => number;
  readonly items: number;
  readonly placeOf: (item: number) => CopyPlace;
  /** Last pieces of each length. */
  readonly counts: Uint32Array;
  /** First item of each group: by length, those that are there once first, and then in keyed order. */
  readonly groups: Uint32Array;
  /** One past the last group of each length and kind. */
  readonly #ends: Uint32Array;
  readonly mostCopies: number;
  /** Documents whose copies differ in length. */
  readonly uneven: ReadonlySet<number>;

  constructor(input: PackInput) {
    const { instances, table, sequences, width, seed } = input;
    this.#input = input;
    this.#lengthOf = sequenceLengths(instances, table, sequences);
    this.placeOf = copyPlaces(input);
    this.items = input.items?.length ?? instances.count;
    this.counts = new Uint32Array(width + 1);
    this.#ends = new Uint32Array(2 * width + 2);
    const uneven = new Set<number>();
    let groups = 0;
    let mostCopies = 0;
    this.#eachGroup((item, to, last, { copies, document }) => {
      this.counts[last]! += to - item;
      this.#ends[bin(last, copies)]! += 1;
      groups += 1;
      if (copies > mostCopies) mostCopies = copies;
      // Not `item !== from`: copies of whole rows are of no group.
      if (to - item !== copies) uneven.add(document);
    });
    this.uneven = uneven;
    this.mostCopies = mostCopies;
    for (let b = 1; b < this.#ends.length; b += 1) this.#ends[b]! += this.#ends[b - 1]!;
    const at = Uint32Array.from(this.#ends);
    this.groups = new Uint32Array(groups);
    const keys = new Uint32Array(groups);
    const hash = keyedHash(seed, 'order');
    this.#eachGroup((item, _to, last, { document, copies }) => {
      const place = at[bin(last, copies) - 1]!;
      this.groups[place] = item;
      keys[place] = hash(table.keysLow[document]!, table.keysHigh[document]!, 0);
      at[bin(last, copies) - 1] = place + 1;
    });
    const sorter = new HashSorter();
    for (let b = 1; b < this.#ends.length; b += 1)
      sorter.sort(keys, this.groups, this.#ends[b - 1]!, this.#ends[b]!);
  }

  documentOf(item: number): number {
    const { instances, items } = this.#input;
    return instances.document[items === null ? item : items[item]!]!;
  }

  /** Tokens of an item's sequence. */
  sequenceOf(item: number): number {
    const { items } = this.#input;
    return this.#lengthOf(items === null ? item : items[item]!);
  }

  /** Groups of a length, of documents that repeat or of others: from the first to before the second. */
  ofLength(length: number, repeated: boolean): readonly [number, number] {
    const b = bin(length, repeated ? 2 : 1);
    return [this.#ends[b - 1]!, this.#ends[b]!];
  }

  lengthOf(group: number): number {
    return firstFrom(this.#ends, group + 1) >> 1;
  }

  #eachGroup(visit: (item: number, to: number, last: number, place: CopyPlace) => void): void {
    const { width } = this.#input;
    for (let from = 0; from < this.items; ) {
      const place = this.placeOf(from);
      const end = from + place.copies;
      for (let item = from; item < end; ) {
        const sequence = this.sequenceOf(item);
        let to = item + 1;
        while (to < end && this.sequenceOf(to) === sequence) to += 1;
        if (sequence <= width || sequence % width !== 0) visit(item, to, lastPiece(sequence, width), place);
        item = to;
      }
      from = end;
    }
  }
}

/** Bins begin with 2: those before them are empty. */
function bin(length: number, copies: number): number {
  return 2 * length + (copies > 1 ? 1 : 0);
}

/** Full rows that a long document has for itself. One that is a whole number of rows long has no last piece beside them. */
export function fullRowsOf(sequence: number, width: number): number {
  return sequence > width ? Math.floor(sequence / width) : 0;
}

/** What is left of a sequence after full rows: 1 to `width` tokens. */
export function lastPiece(length: number, width: number): number {
  return length <= width ? length : ((length - 1) % width) + 1;
}
