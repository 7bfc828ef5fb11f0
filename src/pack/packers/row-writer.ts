/**
 * Collects the rows of a plan in the order of the run. Columns have the largest length that the plan can reach; this is
 * cheap, because the system provides no memory for pages that are never written. Where rows are packed at a pack
 * length, `perRow` of them end to end make a row.
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
  /** A packer may write pieces here, beyond `pieces`, and then add them in order. This saves a second copy. */
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

  /** Adds a piece that is the whole sequence of a whole document. */
  addWhole(document: number, length: number): void {
    this.document[this.pieces] = document;
    this.length[this.pieces] = length;
    this.pieces += 1;
  }

  /** Adds whole pieces that are already written in `document` and `length`, up to but not including the piece `end`. */
  addPut(end: number): void {
    this.pieces = end;
  }

  /** Adds a piece that isn't a whole document, of a copy that takes `take` tokens of its document. */
  addCut(document: number, take: number, start: number, length: number): void {
    this.#cutPiece[this.#cuts] = this.pieces;
    this.#cutStart[this.#cuts] = start;
    this.#cutTake[this.#cuts] = take;
    this.#cuts += 1;
    this.addWhole(document, length);
  }

  /** Adds a piece, as whole or cut by its length. */
  add(document: number, take: number, start: number, length: number): void {
    const all = this.#bos + this.#table.lengths[document]! + this.#eos;
    if (length < all) this.addCut(document, take, start, length);
    else this.addWhole(document, length);
  }

  /** Ends the open row, if any. From now on a row ends after `perRow` calls of `endRow`. */
  join(perRow: number): void {
    if (this.#inRow > 0) this.#close();
    this.#perRow = perRow;
  }

  /** Space to write the ends of the next `rows` rows ahead. Adding a row overwrites its end here. */
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
    // Writes beyond the end of a typed array are ignored, so an overflow would go unnoticed without this check.
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
