/**
 * Splits a table into rows, as in RFC 4180: fields are separated by delimiters, and a field with a delimiter, a line
 * end or a quote is in quotes, with its own quotes doubled. Some rules are less strict: a quote inside an unquoted
 * field is text; a quote closes a field only before a delimiter or a line end, otherwise it is text; lines may end in
 * `\n`, `\r\n` or `\r`; empty lines are not rows.
 *
 * Some tables are written without any quoting. Then a quote at the beginning of a field would swallow rows up to the
 * next quote. With `auto`, the beginning of the table is examined. If nearly every line is a whole row by itself, and
 * no quote is doubled, the table may be such a one. In a TSV, a quoted field that spans several lines that are rows is
 * then read as unquoted text. In a CSV, whose text may contain delimiters, it is only reported. Cost: a quoted field is
 * held until it ends; one that is never closed is held until the file ends.
 */
import type { Quoting } from '../../nouns/recipe.ts';

const quoteByte = 0x22;
const lf = 0x0a;
const cr = 0x0d;

export interface Row {
  /** Values without their quotes. A field shares the block's memory, or has its own. */
  readonly fields: readonly Uint8Array[];
  /** The line in which the row begins, from 1; `lines`: how many lines it takes. */
  readonly line: number;
  readonly lines: number;
  /** `unclosed`: a quote is never closed, and is read as text. `swallows`: quotes enclose lines that look like rows. */
  readonly fault: 'unclosed' | 'swallows' | null;
}

export class CsvRows {
  readonly #delimiter: number;
  readonly #quoting: Quoting;
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  /** The held bytes are scanned again when there are this many. */
  #wanted = 0;
  #line = 1;
  /** Number of fields in the header; 0: the header has not been read yet. */
  #width = 0;
  /** For `auto`: the table may be written without quoting; null: its beginning has not been examined yet. */
  #isUnquoted: boolean | null = null;
  /** From here on, no quote closes a field. */
  #nothingCloses = false;

  constructor(delimiter: ',' | '\t', quoting: Quoting) {
    this.#delimiter = delimiter.charCodeAt(0);
    this.#quoting = quoting;
    if (quoting === 'auto') this.#wanted = sampleBytes;
  }

  /** Bytes held of a row that has not ended. */
  get pending(): number {
    return this.#bytes;
  }

  get line(): number {
    return this.#line;
  }

  *push(block: Uint8Array): Generator<Row> {
    this.#pieces.push(block);
    this.#bytes += block.length;
    if (this.#bytes >= this.#wanted) yield* this.#rows(false);
  }

  *end(): Generator<Row> {
    yield* this.#rows(true);
  }

  *#rows(isLast: boolean): Generator<Row> {
    const [first] = this.#pieces;
    const whole = this.#pieces.length === 1 ? first! : Buffer.concat(this.#pieces);
    const bytes = Buffer.from(whole.buffer, whole.byteOffset, whole.length);
    if (this.#quoting === 'auto') this.#isUnquoted ??= isUnquoted(bytes, this.#delimiter, isLast);
    const scan = new RowScan(bytes, this.#delimiter, isLast);
    let start = 0;
    while (start < bytes.length) {
      const end = this.#row(scan, start);
      if (end === null) break;
      const { lines, fields, fault } = scan;
      const line = this.#line;
      this.#line += lines;
      start = end;
      if (fields.length === 1 && fields[0]!.length === 0 && !scan.isQuoted) continue;
      if (this.#width === 0) this.#width = fields.length;
      yield { fields, line, lines, fault };
    }
    this.#pieces = start < bytes.length ? [bytes.subarray(start)] : [];
    this.#bytes = bytes.length - start;
    // Scanning again at every block would take time quadratic in the length of a field.
    this.#wanted = 2 * this.#bytes;
  }

  /** The end of the row at `start`; null: it has not ended yet. */
  #row(scan: RowScan, start: number): number | null {
    scan.fault = null;
    if (this.#quoting === 'none') return scan.row(start, false);
    const end = scan.row(start, !this.#nothingCloses);
    if (scan.isUnclosed && scan.isLast && !this.#nothingCloses) {
      this.#nothingCloses = true;
      const plain = scan.row(start, false);
      scan.fault = 'unclosed';
      return plain;
    }
    if (this.#nothingCloses && scan.startsWithQuote) scan.fault = 'unclosed';
    if (end === null || scan.lines === 1 || this.#width < 2 || this.#isUnquoted !== true) return end;
    if (!scan.areRows(start, end, this.#width)) return end;
    if (this.#delimiter === 0x09) return scan.row(start, false);
    scan.fault = 'swallows';
    return end;
  }
}

const sampleBytes = 64 * 1024;
/** One line in this many may not be a row. */
const linesPerStray = 200;

/** Whether a table's quotes seem to be text: nearly every line is a row, and no quoted field has doubled quotes. */
function isUnquoted(bytes: Buffer, delimiter: number, isLast: boolean): boolean {
  const text = bytes.toString('latin1', 0, sampleBytes);
  const lines = text.split(/\r\n|[\r\n]/).filter((line) => line !== '');
  if (!isLast || text.length < bytes.length) lines.pop();
  const separator = String.fromCharCode(delimiter);
  const width = lines[0]?.split(separator).length;
  const strays = lines.filter((line) => line.split(separator).length !== width).length;
  if (strays * linesPerStray > lines.length) return false;
  const inQuotes = new RegExp(`(?:^|${separator})"[^${separator}]*""[^${separator}]*"(?:${separator}|$)`);
  return !lines.some((line) => inQuotes.test(line));
}

/** Scans rows in one buffer, one at a time. Its properties describe the last row until the next is scanned. */
class RowScan {
  fields: Uint8Array[] = [];
  lines = 1;
  isQuoted = false;
  /** A field begins with a quote that was read as text. */
  startsWithQuote = false;
  isUnclosed = false;
  fault: Row['fault'] = null;
  readonly isLast: boolean;
  readonly #bytes: Buffer;
  readonly #delimiter: number;
  /** Place of the next one of each, from the last search on; the buffer's length: there is none. */
  #nextLf = -1;
  #nextCr = -1;
  #nextDelimiter = -1;
  #from = 0;

  constructor(bytes: Buffer, delimiter: number, isLast: boolean) {
    this.#bytes = bytes;
    this.#delimiter = delimiter;
    this.isLast = isLast;
  }

  row(start: number, quotes: boolean): number | null {
    const bytes = this.#bytes;
    this.fields = [];
    this.lines = 1;
    this.isQuoted = false;
    this.startsWithQuote = false;
    this.isUnclosed = false;
    // A row may be scanned twice; then search again.
    if (start <= this.#from) this.#nextLf = this.#nextCr = this.#nextDelimiter = -1;
    this.#from = start;
    for (let at = start; ; ) {
      let end: number;
      if (bytes[at] === quoteByte && quotes) {
        const close = this.#close(at + 1);
        if (close === null) return null;
        this.isQuoted = true;
        this.fields.push(unquoted(bytes.subarray(at + 1, close)));
        end = close + 1;
      } else {
        if (bytes[at] === quoteByte) this.startsWithQuote = true;
        const lineEnd = this.#lineEnd(at);
        if (this.#nextDelimiter < at) this.#nextDelimiter = this.#next(this.#delimiter, at);
        end = Math.min(this.#nextDelimiter, lineEnd);
        this.fields.push(bytes.subarray(at, end));
      }
      if (end < bytes.length && bytes[end] === this.#delimiter) {
        at = end + 1;
        continue;
      }
      // After a `\r` at the end, wait for the next block: it may begin with the `\n`.
      const next = end + 1 + (bytes[end] === cr && bytes[end + 1] === lf ? 1 : 0);
      const isOpen = end >= bytes.length || (bytes[end] === cr && end + 1 === bytes.length);
      if (!isOpen) return next;
      return this.isLast ? bytes.length : null;
    }
  }

  /** Whether each line of [start, end) has as many fields as the header. */
  areRows(start: number, end: number, width: number): boolean {
    const bytes = this.#bytes;
    for (let at = start; at < end; ) {
      const lineEnd = Math.min(this.#lineEnd(at), end);
      const line = bytes.subarray(at, lineEnd);
      let fields = 1;
      for (
        let found = line.indexOf(this.#delimiter);
        found >= 0;
        found = line.indexOf(this.#delimiter, found + 1)
      )
        fields += 1;
      if (fields !== width) return false;
      at = lineEnd + (bytes[lineEnd] === cr && bytes[lineEnd + 1] === lf ? 2 : 1);
    }
    return true;
  }

  /** Place of the quote that closes the field; null: these bytes do not contain it. */
  #close(from: number): number | null {
    const bytes = this.#bytes;
    for (let at = bytes.indexOf(quoteByte, from); at >= 0; at = bytes.indexOf(quoteByte, at + 1)) {
      const next = bytes[at + 1];
      if (next === quoteByte) at += 1;
      else if (next === undefined && !this.isLast) return null;
      else if (next === undefined || next === this.#delimiter || next === lf || next === cr) {
        this.lines += lineEnds(bytes.subarray(from, at));
        return at;
      }
    }
    this.isUnclosed = true;
    return null;
  }

  #lineEnd(from: number): number {
    if (this.#nextLf < from) this.#nextLf = this.#next(lf, from);
    if (this.#nextCr < from) this.#nextCr = this.#next(cr, from);
    return Math.min(this.#nextLf, this.#nextCr);
  }

  #next(byte: number, from: number): number {
    const at = this.#bytes.indexOf(byte, from);
    return at < 0 ? this.#bytes.length : at;
  }
}

function lineEnds(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(lf); at >= 0; at = bytes.indexOf(lf, at + 1)) count += 1;
  if (!bytes.includes(cr)) return count;
  for (let at = bytes.indexOf(cr); at >= 0; at = bytes.indexOf(cr, at + 1))
    if (bytes[at + 1] !== lf) count += 1;
  return count;
}

function unquoted(bytes: Buffer): Uint8Array {
  return bytes.includes('""') ? Buffer.from(bytes.toString().replaceAll('""', '"')) : bytes;
}
