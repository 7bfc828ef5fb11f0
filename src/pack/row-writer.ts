/**
 * Collects the rows of a plan in the order of the run. Columns are as long as the plan can become: memory that is never
 * written to is never there.
 */
import type { DocumentTable, RowPlan, SequenceSpec } from '../types.ts';

export interface Capacity {
  readonly rows: number;
  readonly pieces: number;
  readonly cuts: number;
}

export class RowWriter {
  readonly #table: DocumentTable;
  readonly #width: number;
  readonly #bos: number;
  readonly #eos: number;
  readonly #rowEnds: Uint32Array;
  readonly #document: Uint32Array;
  readonly #length: Uint16Array | Uint32Array;
  readonly #cutPiece: Uint32Array;
  readonly #cutStart: Uint32Array;
  readonly #cutTake: Uint32Array;
  #rows = 0;
  #pieces = 0;
  #cuts = 0;

  constructor(
    table: DocumentTable,
    width: number,
    { bos, eos }: Pick<SequenceSpec, 'bos' | 'eos'>,
    { rows, pieces, cuts }: Capacity,
  ) {
    const column = (count: number) => new Uint32Array(new SharedArrayBuffer(count * 4));
    this.#table = table;
    this.#width = width;
    this.#bos = Number(bos);
    this.#eos = Number(eos);
    this.#rowEnds = column(rows);
    this.#document = column(pieces);
    this.#length = width < 65_536 ? new Uint16Array(new SharedArrayBuffer(pieces * 2)) : column(pieces);
    this.#cutPiece = column(cuts);
    this.#cutStart = column(cuts);
    this.#cutTake = column(cuts);
  }

  /** The whole sequence of a whole document. */
  addWhole(document: number, length: number): void {
    this.#document[this.#pieces] = document;
    this.#length[this.#pieces] = length;
    this.#pieces += 1;
  }

  /** A piece of any kind, of a copy that takes `take` tokens of its document. */
  add(document: number, take: number, start: number, length: number): void {
    const all = this.#table.lengths[document]!;
    if (start > 0 || take < all || length < this.#bos + all + this.#eos) {
      this.#cutPiece[this.#cuts] = this.#pieces;
      this.#cutStart[this.#cuts] = start;
      this.#cutTake[this.#cuts] = take;
      this.#cuts += 1;
    }
    this.addWhole(document, length);
  }

  endRow(): void {
    this.#rowEnds[this.#rows] = this.#pieces;
    this.#rows += 1;
  }

  finish(): RowPlan {
    // A column that is too short swallows what is written beyond its end.
    if (
      this.#rows > this.#rowEnds.length ||
      this.#pieces > this.#document.length ||
      this.#cuts > this.#cutPiece.length
    )
      throw new Error('a plan outgrew its columns');
    return {
      width: this.#width,
      rows: this.#rows,
      bos: this.#bos === 1,
      eos: this.#eos === 1,
      rowEnds: this.#rowEnds.subarray(0, this.#rows),
      document: this.#document.subarray(0, this.#pieces),
      length: this.#length.subarray(0, this.#pieces),
      cuts: {
        piece: this.#cutPiece.subarray(0, this.#cuts),
        start: this.#cutStart.subarray(0, this.#cuts),
        take: this.#cutTake.subarray(0, this.#cuts),
      },
    };
  }
}
