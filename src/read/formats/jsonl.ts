/**
 * Reads JSON Lines, one object per line. A record's number is its line in the unit. Blank lines are not records. Lines
 * are cut as bytes, and `json-scan/` takes the fields of nearly all lines directly from the bytes. JSON.parse, several
 * times slower, reads the other lines, and with `plain` all lines. The result is the same.
 */
import { constants, isUtf8 } from 'node:buffer';
import type { DocumentChunk, ReadCounts, ReadUnit } from '../../nouns/documents.ts';
import type { ReaderOptions } from '../format-spec.ts';
import { decodeBlocks } from '../input/decode.ts';
import { isOtherThanUtf8 } from '../input/judge-text.ts';
import { judgedBlocks, onlyFile, plainBlocks } from '../input/unit-blocks.ts';
import type { UnitHash } from '../input/unit-hash.ts';
import { repairUtf8, withoutBom } from '../input/utf8.ts';
import { jsonScan, type LineTaker, linesOf } from '../json-scan/json-scan.ts';
import { createReadCounts } from '../read-counts.ts';
import { LineSplitter } from './line-splitter.ts';
import { parseJson } from './parse-json.ts';
import { RecordReader, recordTooLarge } from './record-reader.ts';
import { placeOfLine } from './split-lines.ts';

export async function* readJsonl(
  unit: ReadUnit,
  { counts, chunkBytes, hash, recordBytes }: ReaderOptions,
  plain: boolean = false,
): AsyncGenerator<DocumentChunk> {
  const { encoding, tokens, chat, columns } = unit.source;
  const reader = new RecordReader(unit, counts, chunkBytes);
  const isText = tokens === undefined && chat === undefined && columns === undefined;
  const scan = plain || !isText ? null : jsonScan(unit.source.fields);
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
      if (encoding === null && !isUtf8(bytes) && isOtherThanUtf8(bytes)) {
        reader.bad(record, 'not UTF-8');
        return;
      }
      const whole = textOf(repairUtf8(bytes, counts));
      // Some files are the lines of an array, with a comma at the end of each.
      const json = whole.endsWith(',') ? whole.slice(0, -1) : whole;
      const value = parseJson(json);
      if (value instanceof SyntaxError) reader.bad(record, `not JSON: ${value.message}`);
      else reader.add(record, value, { json });
    },
  };

  const add = (run: Uint8Array | null) => {
    if (run === null) {
      record += 1;
      if (recordBytes < constants.MAX_STRING_LENGTH)
        throw recordTooLarge(placeOfLine(unit, record), recordBytes);
      reader.bad(record, 'the line is too long');
    } else if (scan !== null) scan.scan(run, taker);
    else for (const line of linesOf(run)) taker.odd(line);
  };

  const blocks = await lineBlocks(unit, counts, hash);
  for await (const block of blocks ?? []) {
    for (const run of lines.push(block)) {
      add(run);
      if (reader.ready) yield* reader.take();
    }
  }
  for (const run of lines.end()) add(run);
  counts.lines += record;
  yield* reader.end();
}

function textOf(line: Uint8Array): string {
  return Buffer.from(line.buffer, line.byteOffset, line.length)
    .toString()
    .replace(/[ \t\r]+$/, '');
}

/** So many bytes are judged before the lines are read. */
const beginningBytes = 64 * 1024;

/** The unit's bytes, decoded to UTF-8 if the encoding differs; null: the file is not text, which is counted once. */
async function lineBlocks(
  unit: ReadUnit,
  counts: ReadCounts,
  hash: UnitHash | null,
): Promise<AsyncGenerator<Uint8Array> | null> {
  const { encoding } = unit.source;
  const file = onlyFile(unit);
  const blocks = plainBlocks(file, unit.start, unit.end, hash, true);
  if (unit.start > 0) {
    // Judge the file's beginning: a range in the middle does not show what the file is.
    const beginning = plainBlocks(file, 0, Math.min(beginningBytes, unit.end), null, false);
    const judged = await judgedBlocks(file, beginning, encoding, beginningBytes, createReadCounts(), true);
    await judged?.return(undefined);
    return judged === null ? null : blocks;
  }
  const judged = await judgedBlocks(file, blocks, encoding, beginningBytes, counts, true);
  if (judged === null || encoding === null || encoding === 'utf-8') return judged;
  return decodeBlocks(judged, encoding, counts);
}

/** Whether the line has only JSON whitespace. */
function isBlank(line: Uint8Array): boolean {
  for (const byte of line) {
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  }
  return true;
}
