/**
 * Reads files that are one document each, or together one joined document. Plain text is never whole in memory: it is
 * passed on in chunks as it is read. Files whose text is extracted (pages, notebooks, books, a program's files) are
 * read whole, and are bad records if extraction fails. A file without text is not a document.
 */
import type { DocumentChunk, InputFile, ReadCounts, ReadUnit } from '../../nouns/documents.ts';
import type { Format } from '../../nouns/recipe.ts';
import type { Extract, Reader, ReaderOptions } from '../format-spec.ts';
import { textBlocks } from '../input/unit-blocks.ts';
import type { UnitHash } from '../input/unit-hash.ts';
import { characterEnd } from '../input/utf8.ts';
import { maxBadSamples } from '../read-counts.ts';

/** @param extractOf returns the function that extracts the text of a format's files; undefined: they are text */
export function textReader(extractOf: ExtractOf): Reader {
  return (unit, options) => readText(extractOf, unit, options);
}

type ExtractOf = (format: Format) => Extract | undefined;

async function* readText(
  extractOf: ExtractOf,
  unit: ReadUnit,
  { counts, chunkBytes, hash, recordBytes }: ReaderOptions,
): AsyncGenerator<DocumentChunk> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  for await (const block of joinedBlocks(extractOf, unit, counts, hash, recordBytes)) {
    waiting.push(block);
    bytes += block.length;
    // Wait for more than one chunk, because some text must remain for the last chunk, which closes the document.
    if (bytes <= chunkBytes) continue;
    let text = concat(waiting);
    for (let cut: number; text.length > chunkBytes; text = text.subarray(cut)) {
      cut = characterEnd(text.subarray(0, Math.max(chunkBytes, 4)));
      if (cut === text.length) break;
      yield chunkOf(text.subarray(0, cut), true);
    }
    waiting = [text];
    bytes = text.length;
  }
  if (bytes === 0) return;
  counts.documents += 1;
  yield chunkOf(concat(waiting), false);
}

async function* joinedBlocks(
  extractOf: ExtractOf,
  unit: ReadUnit,
  counts: ReadCounts,
  hash: UnitHash | null,
  recordBytes: number,
): AsyncGenerator<Uint8Array> {
  const separator = Buffer.from(unit.source.separator);
  let begun = false;
  for (const file of unit.files) {
    const before = counts.badRecords;
    const extract = extractOf(file.format);
    const blocks =
      extract === undefined
        ? textBlocks(file, unit.source.encoding, counts, hash)
        : extractedBlocks(extract, unit, file, counts, hash, recordBytes);
    const first = await blocks.next();
    // A file that is left out gets no separator either.
    if (first.done && counts.badRecords > before) continue;
    if (begun && separator.length > 0) yield separator;
    begun = true;
    if (first.done) continue;
    yield first.value;
    yield* blocks;
  }
}

/** Yields the extracted text as one block. If extraction fails, yields nothing and counts a bad record. */
async function* extractedBlocks(
  extract: Extract,
  unit: ReadUnit,
  file: InputFile,
  counts: ReadCounts,
  hash: UnitHash | null,
  recordBytes: number,
): AsyncGenerator<Uint8Array> {
  const { command, encoding } = unit.source;
  const { extractText } = await import('../extract/extract.ts');
  const before = counts.badRecords;
  const result = await extractText(extract, file, command, counts, hash, recordBytes, encoding);
  if (!('reason' in result)) {
    // If the file was counted as bad because it is not text, there is nothing to yield.
    if (counts.badRecords === before) yield result;
    return;
  }
  counts.badRecords += 1;
  if (counts.badSamples.length < maxBadSamples)
    counts.badSamples.push({ file: file.path, start: unit.start, record: 0, reason: result.reason });
}

function chunkOf(text: Uint8Array, open: boolean): DocumentChunk {
  return { text, ends: [text.length], ids: [null], records: [0], sources: null, open };
}

function concat(blocks: readonly Uint8Array[]): Uint8Array {
  return blocks.length === 1 ? blocks[0]! : Buffer.concat(blocks);
}
