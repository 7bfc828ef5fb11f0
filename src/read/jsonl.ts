/**
 * JSON Lines: an object a line; a record's number is its line in the unit. Blank lines are no records. Lines are cut as bytes, and
 * nearly all of them are read by `json-scan/`, which takes the fields out of the bytes. JSON.parse, several times slower,
 * judges the others, and all where `plain` asks for it: what is read is the same.
 */
import { constants } from 'node:buffer';
import type { DocumentChunk, ReadCounts, ReadUnit } from '../types.ts';
import type { UnitHash } from './hash-input.ts';
import { jsonScan, type LineTaker, linesOf } from './json-scan/json-scan.ts';
import { LineSplitter } from './line-splitter.ts';
import { RecordReader, recordTooLarge } from './record-reader.ts';
import { countLines } from './split-lines.ts';
import { onlyFile, plainBlocks } from './unit-blocks.ts';
import { repairUtf8, withoutBom } from './utf8.ts';

export async function* readJsonl(
  unit: ReadUnit,
  counts: ReadCounts,
  chunkBytes: number,
  hash: UnitHash | null,
  recordBytes: number,
  plain: boolean = false,
): AsyncGenerator<DocumentChunk> {
  const reader = new RecordReader(unit, counts, chunkBytes);
  const scan = plain ? null : jsonScan(unit.source.fields);
  const lines = new LineSplitter(Math.min(recordBytes, constants.MAX_STRING_LENGTH));
  let record = 0;

  const taker: LineTaker = {
    document(text, lone, id, source) {
      record += 1;
      counts.replaced += lone;
      reader.addText(record, text, id, source);
    },
    odd(line) {
      record += 1;
      const bytes = record === 1 && unit.start === 0 ? withoutBom(line) : line;
      if (isBlank(bytes)) return;
      const value = parse(repairUtf8(bytes, counts));
      if (value instanceof SyntaxError) reader.bad(record, `not JSON: ${value.message}`);
      else reader.add(record, value);
    },
  };

  const { path } = onlyFile(unit);
  const add = (run: Uint8Array | null) => {
    if (run === null) {
      record += 1;
      if (recordBytes < constants.MAX_STRING_LENGTH)
        throw recordTooLarge(`${path}:${countLines(path, unit.start) + record}`, recordBytes);
      reader.bad(record, 'the line is too long');
    } else if (scan !== null) scan.scan(run, taker);
    else for (const line of linesOf(run)) taker.odd(line);
  };

  for await (const block of plainBlocks(onlyFile(unit), unit.start, unit.end, hash, true)) {
    for (const run of lines.push(block)) {
      add(run);
      if (reader.ready) yield* reader.take();
    }
  }
  for (const run of lines.end()) add(run);
  counts.lines += record;
  yield* reader.end();
}

function parse(line: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(line.buffer, line.byteOffset, line.length).toString());
  } catch (error) {
    return error;
  }
}

/** Whether there is only JSON whitespace. */
function isBlank(line: Uint8Array): boolean {
  for (const byte of line) {
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  }
  return true;
}
