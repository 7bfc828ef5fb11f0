/**
 * Decodes bytes of any encoding to well-formed UTF-8, block by block. A byte-order mark of UTF-8, UTF-16 or UTF-32
 * takes precedence over the given encoding, as in WHATWG's decode. Malformed sequences become U+FFFD and are counted.
 */
import type { ReadCounts } from '../../nouns/documents.ts';

/** Decodes block by block; null ends the input. */
type Decode = (block: Uint8Array | null) => string;

export async function* decodeBlocks(
  blocks: AsyncIterable<Uint8Array>,
  encoding: string,
  counts: Pick<ReadCounts, 'replaced'>,
): AsyncGenerator<Uint8Array> {
  let beginning = Buffer.alloc(0);
  let decode: Decode | null = null;
  const taken = (text: string) => {
    counts.replaced += countReplaced(text);
    return Buffer.from(text);
  };
  for await (const block of blocks) {
    let bytes = block;
    if (decode === null) {
      beginning = Buffer.concat([beginning, block]);
      if (beginning.length < longestMark) continue;
      const mark = markOf(beginning);
      decode = decoderOf(mark?.encoding ?? encoding);
      bytes = beginning.subarray(mark?.bytes ?? 0);
    }
    const text = decode(bytes);
    if (text !== '') yield taken(text);
  }
  const mark = decode === null ? markOf(beginning) : null;
  const last = decode ?? decoderOf(mark?.encoding ?? encoding);
  const rest = (decode === null ? last(beginning.subarray(mark?.bytes ?? 0)) : '') + last(null);
  if (rest !== '') yield taken(rest);
}

export interface Mark {
  readonly encoding: string;
  readonly bytes: number;
}

const longestMark = 4;
const marks: readonly (readonly [string, string])[] = [
  ['utf-8', 'efbbbf'],
  // UTF-32 must come before UTF-16, because its mark begins with UTF-16's.
  ['utf-32le', 'fffe0000'],
  ['utf-32be', '0000feff'],
  ['utf-16le', 'fffe'],
  ['utf-16be', 'feff'],
];

/** The byte-order mark at the start of a file; null: there is none. */
export function markOf(bytes: Uint8Array): Mark | null {
  const hex = Buffer.from(bytes.subarray(0, longestMark)).toString('hex');
  const found = marks.find(([, mark]) => hex.startsWith(mark));
  return found === undefined ? null : { encoding: found[0], bytes: found[1].length / 2 };
}

export function decoderOf(encoding: string): Decode {
  if (encoding === 'windows-1252') return windows1252();
  if (encoding.startsWith('utf-32')) return utf32(encoding.endsWith('le'));
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  return (block) => (block === null ? decoder.decode() : decoder.decode(block, { stream: true }));
}

/**
 * Characters of the bytes 0x80 to 0x9f. Some versions of Node (20.20, 23) decode these to control characters (Latin-1).
 */
const highHalf =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178';

function windows1252(): Decode {
  return (block) => {
    if (block === null) return '';
    const text = Buffer.from(block.buffer, block.byteOffset, block.length).toString('latin1');
    return text.replace(/[\u0080-\u009f]/g, (character) => highHalf[character.charCodeAt(0) - 0x80]!);
  };
}

function utf32(littleEndian: boolean): Decode {
  let held = Buffer.alloc(0);
  return (block) => {
    const bytes = block === null ? held : Buffer.concat([held, block]);
    const whole = bytes.length & ~3;
    held = bytes.subarray(whole);
    const parts: string[] = [];
    for (let at = 0; at < whole; at += 4) {
      const point = littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
      const isCharacter = point <= 0x10ffff && (point & 0xfffff800) !== 0xd800;
      parts.push(isCharacter ? String.fromCodePoint(point) : '\ufffd');
    }
    if (block === null && held.length > 0) parts.push('\ufffd');
    return parts.join('');
  };
}

export function countReplaced(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\ufffd'); at >= 0; at = text.indexOf('\ufffd', at + 1)) count += 1;
  return count;
}
