/**
 * Reads JSON that is not JSON Lines: an array of objects (or of strings, each a text), one object or several in a row,
 * one string, or an object with its records in one array (`{"data": [...]}`). Items are passed on as they end, so a
 * file may be larger than memory. Cost: it is slower than JSON Lines, an item must fit in memory, and a file that
 * begins with an object is read twice.
 */
import type { DocumentChunk, InputFile, ReadUnit } from '../../nouns/documents.ts';
import type { ReaderOptions } from '../format-spec.ts';
import { corrupt } from '../input/file-blocks.ts';
import { onlyFile, textBlocks } from '../input/unit-blocks.ts';
import { createReadCounts } from '../read-counts.ts';
import { isTextMember, recordArrays } from './json-format.ts';
import { JsonItems, JsonItemsError } from './json-items.ts';
import { JsonOutline } from './json-outline.ts';
import { parseJson } from './parse-json.ts';
import { RecordReader, recordTooLarge } from './record-reader.ts';

/** Where the records are in a file. */
interface Layout {
  readonly inArray: boolean;
  /** Bytes [start, end) of the text; `end` null: to the end of the text. */
  readonly start: number;
  readonly end: number | null;
  /** The file is one object. */
  readonly isSingle: boolean;
}

export async function* readJson(
  unit: ReadUnit,
  { counts, chunkBytes, hash, recordBytes }: ReaderOptions,
): AsyncGenerator<DocumentChunk> {
  const file = onlyFile(unit);
  const layout = await findLayout(unit);
  const reader = new RecordReader(unit, counts, chunkBytes);
  const items = new JsonItems(layout?.inArray ?? true, layout?.end !== null);
  let record = 0;
  let at = 0;
  for await (const block of textBlocks(file, unit.source.encoding, counts, hash, true)) {
    const part = layout === null ? block : block.subarray(Math.max(0, layout.start - at));
    at += block.length;
    if (part.length === 0) continue;
    for (const item of within(file, () => items.push(part))) {
      record += 1;
      addItem(reader, file, record, item, layout);
      if (reader.ready) yield* reader.take();
    }
    if (items.pending > recordBytes) throw recordTooLarge(`${file.path}: element ${record + 1}`, recordBytes);
  }
  if (layout !== null) for (const _ of within(file, () => [items.end()]));
  yield* reader.end();
}

/** null: the file is empty. */
async function findLayout(unit: ReadUnit): Promise<Layout | null> {
  const file = onlyFile(unit);
  const { fields } = unit.source;
  const outline = new JsonOutline();
  for await (const block of textBlocks(file, unit.source.encoding, createReadCounts(), null, true)) {
    outline.push(block);
    if (outline.kind === '[') return { inArray: true, start: 0, end: null, isSingle: false };
    if (outline.kind !== null && outline.kind !== '{' && outline.kind !== '"')
      throw corrupt(file.path, 'not JSON that holds records: it does not begin with {, [ or "');
    // Several records in a row.
    if (outline.follows !== null) break;
  }
  if (outline.kind === null) return null;
  if (!outline.isOver) throw corrupt(file.path, 'not JSON, or cut short: the file ends too early');
  const whole = { inArray: false, start: 0, end: null, isSingle: outline.follows === null };
  if (outline.follows !== null || outline.members.some((member) => isTextMember(member, fields)))
    return whole;
  const arrays = recordArrays(outline, fields);
  if (arrays.length > 1) {
    const keys = arrays.map(({ key }) => JSON.stringify(key)).join(', ');
    throw corrupt(file.path, `it has several arrays of records: ${keys}; make a file of each`);
  }
  const [array] = arrays;
  return array === undefined ? whole : { inArray: true, start: array.start, end: array.end, isSingle: false };
}

function addItem(
  reader: RecordReader,
  file: InputFile,
  record: number,
  item: Uint8Array,
  layout: Layout | null,
): void {
  const text = Buffer.from(item.buffer, item.byteOffset, item.length).toString();
  const value = parseJson(text);
  if (value instanceof SyntaxError) {
    if (layout?.isSingle !== true)
      throw corrupt(file.path, `element ${record} is not JSON: ${value.message}`, value);
    reader.bad(record, `not JSON: ${value.message}`);
  } else if (typeof value === 'string') reader.addString(record, value);
  else reader.add(record, value, { json: text, isSingle: layout?.isSingle === true });
}

/** Yields items. Turns an error between them into one that names the file. */
function* within<T>(file: InputFile, items: () => Iterable<T>): Generator<T> {
  try {
    yield* items();
  } catch (cause) {
    if (!(cause instanceof JsonItemsError)) throw cause;
    throw corrupt(file.path, `not JSON, or cut short: ${cause.message}`, cause);
  }
}
