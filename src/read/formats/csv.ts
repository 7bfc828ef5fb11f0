/**
 * Reads CSV and TSV with a header row. A record's number counts the rows below the header. A row is a bad record if it
 * has too few or too many fields, or a quote that is never closed. Quotes around lines that look like rows get a note.
 */
import { constants } from 'node:buffer';
import type { DocumentChunk, ReadUnit } from '../../nouns/documents.ts';
import type { FieldNames } from '../../nouns/recipe.ts';
import type { ReaderOptions } from '../format-spec.ts';
import { corrupt } from '../input/file-blocks.ts';
import { onlyFile, textBlocks } from '../input/unit-blocks.ts';
import { CsvRows, type Row } from './csv-rows.ts';
import { cellValue } from './field-value.ts';
import { fieldMissing, RecordReader, recordTooLarge } from './record-reader.ts';

/** Number of fields in a row, and the indices of the needed ones. */
interface Columns {
  readonly width: number;
  readonly text: number;
  /** null: there is no such column. */
  readonly id: number | null;
  readonly source: number | null;
  /** Of the fields that the source keeps. */
  readonly kept: readonly (number | null)[];
}

export async function* readCsv(
  unit: ReadUnit,
  { counts, chunkBytes, hash, recordBytes }: ReaderOptions,
): AsyncGenerator<DocumentChunk> {
  const file = onlyFile(unit);
  const isTsv = file.format === 'tsv';
  const reader = new RecordReader(unit, counts, chunkBytes);
  const rows = new CsvRows(isTsv ? '\t' : ',', unit.source.quote);
  let columns: Columns | null = null;
  let record = 0;
  const swallowed: number[] = [];

  const add = (row: Row) => {
    if (columns === null) {
      columns = columnsOf(unit, row);
      return;
    }
    record += 1;
    if (row.fault === 'swallows') swallowed.push(row.line);
    const { fields } = row;
    const text = fields[columns.text];
    // In a TSV, quotes are mostly text. Accept a row that has the right number of fields with its quote as text.
    if (row.fault === 'unclosed' && !(isTsv && fields.length === columns.width))
      reader.bad(record, `line ${row.line} has a quote that is never closed${cure}`);
    else if (fields.length !== columns.width || text === undefined)
      reader.bad(record, `line ${row.line} has ${fields.length} fields, the header ${columns.width}`);
    else {
      const values = columns.kept.map((at) => (at === null ? null : cellValue(fields[at])));
      reader.addFields(record, text, column(fields, columns.id), column(fields, columns.source), values);
    }
  };

  for await (const block of textBlocks(file, unit.source.encoding, counts, hash, true)) {
    for (const row of rows.push(block)) {
      add(row);
      if (reader.ready) yield* reader.take();
    }
    if (rows.pending > recordBytes) throw recordTooLarge(`${file.path}:${rows.line}`, recordBytes);
    if (rows.pending > constants.MAX_STRING_LENGTH)
      throw corrupt(file.path, `line ${rows.line} has a quote that is never closed for 512 MiB${cure}`);
  }
  for (const row of rows.end()) {
    add(row);
    if (reader.ready) yield* reader.take();
  }
  if (swallowed.length > 0)
    counts.fileFaults.push({ path: file.path, what: inWords(swallowed), leftOut: false });
  yield* reader.end();
}

const cure = ' (quote: none treats quotes as text)';

function inWords(lines: readonly number[]): string {
  const places = lines.slice(0, 5).join(', ');
  const more = lines.length > 5 ? `, and ${lines.length - 5} more` : '';
  const what = 'quotes join lines that look like separate rows';
  return `${what}, from line ${places}${more}${cure}`;
}

function column(fields: readonly Uint8Array[], at: number | null): Uint8Array | null {
  return at === null ? null : fields[at]!;
}

/** @throws LongmixError `field-missing` */
function columnsOf(unit: ReadUnit, { fields }: Row): Columns {
  const names: FieldNames = unit.source.fields;
  const header = fields.map((name) => Buffer.from(name).toString());
  // If a name is repeated, the last column counts, as in Python's DictReader.
  const at = (name: string) => (header.includes(name) ? header.lastIndexOf(name) : null);
  const text = at(names.text);
  if (text === null) throw fieldMissing(unit, header);
  const source = names.source === null ? null : at(names.source);
  if (names.source !== null && source === null) throw fieldMissing(unit, header, 'source');
  const kept = (unit.source.columns?.fields ?? []).map(at);
  return { width: header.length, text, id: at(names.id), source, kept };
}
