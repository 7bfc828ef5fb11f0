/**
 * Plain text: a document a file, or one for all files of a joined unit. The text is never whole in memory: it leaves
 * in chunks as it comes in. A file without text is no document.
 */
import type { DocumentChunk, ReadCounts, ReadUnit } from '../types.ts';
import type { UnitHash } from './hash-input.ts';
import { textBlocks } from './unit-blocks.ts';
import { characterEnd } from './utf8.ts';

export async function* readText(
  unit: ReadUnit,
  counts: ReadCounts,
  chunkBytes: number,
  hash: UnitHash | null,
): AsyncGenerator<DocumentChunk> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  for await (const block of joinedBlocks(unit, counts, hash)) {
    waiting.push(block);
    bytes += block.length;
    // More than a chunk, never exactly one: what stays back closes the document.
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
  unit: ReadUnit,
  counts: ReadCounts,
  hash: UnitHash | null,
): AsyncGenerator<Uint8Array> {
  const separator = Buffer.from(unit.source.separator);
  let isFirst = true;
  for (const file of unit.files) {
    const before = counts.badRecords;
    const blocks = textBlocks(unit, file, counts, hash);
    const first = await blocks.next();
    // A file that is left out leaves no separator either.
    if (first.done && counts.badRecords > before) continue;
    if (!isFirst && separator.length > 0) yield separator;
    isFirst = false;
    if (first.done) continue;
    yield first.value;
    yield* blocks;
  }
}

function chunkOf(text: Uint8Array, open: boolean): DocumentChunk {
  return { text, ends: [text.length], ids: [null], records: [0], sources: null, open };
}

function concat(blocks: readonly Uint8Array[]): Uint8Array {
  return blocks.length === 1 ? blocks[0]! : Buffer.concat(blocks);
}
