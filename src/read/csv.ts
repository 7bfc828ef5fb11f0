/**
 * CSV and TSV with a header row, by csv-parse. A record's number counts the rows below the header. Records are taken
 * in its `on_record` callback, so there is one async hop a block and none a row. A row with too few or too many fields
 * is a bad record.
 */
import { type CsvError, type Parser, parse } from 'csv-parse';
import { LongmixError } from '../errors.ts';
import type { DocumentChunk, FieldNames, ReadCounts, ReadUnit } from '../types.ts';
import { corrupt } from './file-blocks.ts';
import type { UnitHash } from './hash-input.ts';
import { fieldMissing, RecordReader } from './record-reader.ts';
import { onlyFile, textBlocks } from './unit-blocks.ts';

export async function* readCsv(
  unit: ReadUnit,
  counts: ReadCounts,
  chunkBytes: number,
  hash: UnitHash | null,
): AsyncGenerator<DocumentChunk> {
  const file = onlyFile(unit);
  const reader = new RecordReader(unit, counts, chunkBytes);
  const parser = rowParser(unit, reader);
  for await (const block of textBlocks(file, counts, hash)) {
    await feed(file.path, parser, block);
    if (reader.ready) yield* reader.take();
  }
  await feed(file.path, parser, null);
  yield* reader.end();
}

function rowParser(unit: ReadUnit, reader: RecordReader): Parser {
  const { fields } = unit.source;
  let record = 0;
  const parser = parse({
    delimiter: unit.files[0]!.format === 'tsv' ? '\t' : ',',
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    columns: (header: string[]) => {
      if (!header.includes(fields.text)) throw fieldMissing(unit, header);
      if (fields.source !== null && !header.includes(fields.source))
        throw fieldMissing(unit, header, 'source');
      return header.map((name) => (isNeeded(name, fields) ? name : false));
    },
    on_record: (row: Record<string, string>) => {
      record += 1;
      reader.add(record, row);
      // Nothing goes on to the parser's own output.
      return null;
    },
    on_skip: (error: CsvError | undefined) => {
      record += 1;
      // All that follows the quote is inside it, so this is no matter of one record.
      if (error?.code === 'CSV_QUOTE_NOT_CLOSED') throw corrupt(onlyFile(unit).path, error.message, error);
      reader.bad(record, error?.message ?? 'not a row');
    },
  });
  // The callbacks of `feed` have the error; without a listener it would end the process as well.
  parser.on('error', () => {});
  return parser;
}

function isNeeded(name: string, fields: FieldNames): boolean {
  return name === fields.text || name === fields.id || name === fields.source;
}

/** Parses a block (null: the end) to its last record. */
function feed(path: string, parser: Parser, block: Uint8Array | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null) => {
      if (!error) resolve();
      else if (error instanceof LongmixError) reject(error);
      else reject(corrupt(path, error.message, error));
    };
    if (block === null) parser.end(done);
    else parser.write(block, done);
  });
}
