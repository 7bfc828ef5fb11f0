/**
 * Makes any bytes well-formed UTF-8, block by block. Malformed sequences become U+FFFD, exactly as in the WHATWG
 * TextDecoder and wherever the blocks are cut, and are counted. Well-formed blocks (nearly all) pass through without
 * being decoded. Cost: one scan by `isUtf8`, and a copy of at most one block if a character spans two.
 */
import { isUtf8 } from 'node:buffer';
import type { ReadCounts } from '../../nouns/documents.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const replacement = Buffer.from('\ufffd');
const nothing: Uint8Array = new Uint8Array(0);

/** Makes bytes well-formed UTF-8. The input must be complete: no character continues in another block. */
export function repairUtf8(bytes: Uint8Array, counts: ReadCounts): Uint8Array {
  if (isUtf8(bytes)) return bytes;
  const repaired = Buffer.from(decoder.decode(bytes));
  // A U+FFFD that was in the input is not a replacement.
  counts.replaced += countOf(repaired) - countOf(bytes);
  return repaired;
}

/** Counts lone surrogates in a string. UTF-8 cannot hold them, so they become U+FFFD when the string is encoded. */
export function countLoneSurrogates(text: string, counts: ReadCounts): void {
  // With the `u` flag, a surrogate that is half of a pair does not match.
  const lone = text.match(/[\ud800-\udfff]/gu);
  if (lone !== null) counts.replaced += lone.length;
}

/** Repairs a file's blocks and drops the byte-order mark at its start. */
export async function* repairBlocks(
  blocks: AsyncIterable<Uint8Array>,
  counts: ReadCounts,
): AsyncGenerator<Uint8Array> {
  let held = nothing;
  let atStart = true;
  for await (const block of blocks) {
    let bytes = held.length === 0 ? block : Buffer.concat([held, block]);
    if (atStart && bytes.length < 3) {
      held = bytes;
      continue;
    }
    if (atStart) bytes = withoutBom(bytes);
    atStart = false;
    const cut = characterEnd(bytes);
    held = bytes.subarray(cut);
    if (cut > 0) yield repairUtf8(bytes.subarray(0, cut), counts);
  }
  if (held.length > 0) yield repairUtf8(held, counts);
}

export function withoutBom(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

/**
 * The largest offset at which no character is cut. It is before a lead byte or at the end. A decoder starts afresh at a
 * lead byte, whatever came before, so decoding both sides separately gives the same as decoding the whole.
 */
export function characterEnd(bytes: Uint8Array): number {
  const { length } = bytes;
  for (let back = 1; back <= 3 && back <= length; back += 1) {
    const byte = bytes[length - back]!;
    if ((byte & 0xc0) === 0x80) continue;
    return sequenceLength(byte) > back ? length - back : length;
  }
  return length;
}

function sequenceLength(lead: number): number {
  if (lead < 0xc2 || lead > 0xf4) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

function countOf(bytes: Uint8Array): number {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let count = 0;
  for (let at = buffer.indexOf(replacement); at >= 0; at = buffer.indexOf(replacement, at + 3)) count += 1;
  return count;
}
