/**
 * Collects the rows of a plan in the order of the run. Columns are as long as the plan can become: memory that is never
 * written to is never there. Where rows are packed at a pack length, `perRow` of them end to end make a row.
 */
import type { SequenceSpec } from '../../nouns/recipe.ts';
import type { RowPlan } from '../../nouns/rows.ts';
import type { DocumentTable } from '../../nouns/tokens.ts';

export class RowWriter {
  readonly #table: DocumentTable;
  readonly #width: number;
  readonly #bos: number;
  readonly #eos: number;
  readonly #rowEnds: Uint32Array;
  /** A packer may put down here, beyond `pieces`, what it then adds in order: no second copy is needed. */
  readonly document: Uint32Array;
  readonly length: Uint16Array | Uint32Array;
  readonly #cutPiece: Uint32Array;
  readonly #cutStart: Uint32Array;
  readonly #cutTake: Uint32Array;
  #rows = 0;
  #perRow = 1;
  #inRow = 0;
  pieces = 0;
  #cuts = 0;

  constructor(
    table: DocumentTable,
    width: number,
    { bos, eos }: Pick<SequenceSpec, 'bos' | 'eos'>,
    pieces: number,
  ) {
    const column = (count: number) => new Uint32Array(new SharedArrayBuffer(count * 4));
    this.#table = table;
    this.#width = width;
    this.#bos = Number(bos);
    this.#eos = Number(eos);
    this.#rowEnds = column(pieces);
    this.document = column(pieces);
    this.length = width < 65_536 ? new Uint16Array(new SharedArrayBuffer(pieces * 2)) : column(pieces);
    this.#cutPiece = column(pieces);
    this.#cutStart = column(pieces);
    this.#cutTake = column(pieces);
  }

  /** The whole sequence of a whole document. */
  addWhole(document: number, length: number): void {
    this.document[this.pieces] = document;
    this.length[this.pieces] = length;
    this.pieces += 1;
  }

  /** Whole pieces that were put down already, up to the piece `end`. */
  addPut(end: number): void {
    this.pieces = end;
  }

  /** A piece that isn't that, of a copy that takes `take` tokens of its document. */
  addCut(document: number, take: number, start: number, length: number): void {
    this.#cutPiece[this.#cuts] = this.pieces;
    this.#cutStart[this.#cuts] = start;
    this.#cutTake[this.#cuts] = take;
    this.#cuts += 1;
    this.addWhole(document, length);
  }

  /** One or the other. */
  add(document: number, take: number, start: number, length: number): void {
    const all = this.#bos + this.#table.lengths[document]! + this.#eos;
    if (length < all) this.addCut(document, take, start, length);
    else this.addWhole(document, length);
  }

  /** Ends the row that is open; from now on it takes so many calls of `endRow` to end one. */
  join(perRow: number): void {
    if (this.#inRow > 0) this.#close();
    this.#perRow = perRow;
  }

  /** Where the ends of so many rows can be put down, as pieces can: row by row they are overwritten as rows are added. */
  rowsAhead(rows: number): Uint32Array {
    return this.#rowEnds.subarray(this.#rows, this.#rows + rows);
  }

  endRow(): void {
    this.#inRow += 1;
    if (this.#inRow === this.#perRow) this.#close();
  }

  #close(): void {
    this.#rowEnds[this.#rows] = this.pieces;
    this.#rows += 1;
    this.#inRow = 0;
  }

  finish(): RowPlan {
    this.join(1);
    // A column that is too short swallows what is written beyond its end.
    if (
      this.#rows > this.#rowEnds.length ||
      this.pieces > this.document.length ||
      this.#cuts > this.#cutPiece.length
    )
      throw new Error('a plan outgrew its columns');
    return {
      width: this.#width,
      rows: this.#rows,
      bos: this.#bos === 1,
      eos: this.#eos === 1,
      rowEnds: this.#rowEnds.subarray(0, this.#rows),
      document: this.document.subarray(0, this.pieces),
      length: this.length.subarray(0, this.pieces),
      repeats: null,
      cuts: {
        piece: this.#cutPiece.subarray(0, this.#cuts),
        start: this.#cutStart.subarray(0, this.#cuts),
        take: this.#cutTake.subarray(0, this.#cuts),
      },
    };
  }
}
