/**
 * sentencepiece's own normalizer: the compiled map (the longest text in it that the rest of the document begins with, but
 * user-defined pieces stay as they are), white space at both ends and in runs, the dummy prefix, U+2581 for spaces. One
 * step, because its parts look at each other: a run of spaces is one of what the map made of the text, and at the end
 * U+2581 of the document goes with the spaces.
 *
 * The plain version follows the library's steps one by one; the fast one copies what stays in stretches. Text that only gets
 * its prefix costs a look at each byte and one copy.
 */
import {
  Bytes,
  type Charsmap,
  childInMap,
  type Found,
  findInMap,
  hasValue,
  readCharsmap,
  replacementAt,
  widthAt,
} from './charsmap.ts';
import type { Normalizer } from './model.ts';

export type SentencePieceNormalizer = Extract<Normalizer, { kind: 'sentencepiece' }>;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Step by step, as the library goes: what the fast version is judged by. `continued`: the text goes on from an earlier part. */
export function normalizePlainly(rule: SentencePieceNormalizer, text: string, continued: boolean): string {
  const { dummy, removesExtraSpaces, escapesSpaces } = rule;
  if (text === '') return '';
  const chunks = chunksOf(rule, encoder.encode(text));
  const space = escapesSpaces ? '\u2581' : ' ';
  let at = 0;
  if (removesExtraSpaces && !continued) while (chunks[at] === ' ') at += 1;
  if (at === chunks.length) return '';
  let out = dummy === 'prefix' && !continued ? space : '';
  let isAfterSpace = removesExtraSpaces && !continued;
  for (; at < chunks.length; at += 1) {
    const chunk = isAfterSpace ? chunks[at]!.replace(/^ +/, '') : chunks[at]!;
    if (chunk === '') continue;
    out += escapesSpaces ? chunk.replaceAll(' ', '\u2581') : chunk;
    isAfterSpace = removesExtraSpaces && chunk.endsWith(' ');
  }
  if (removesExtraSpaces) while (out.endsWith(space)) out = out.slice(0, -1);
  return dummy === 'suffix' ? out + space : out;
}

/** What the map makes of the text, one piece of it after the other. */
function chunksOf({ charsmap, kept }: SentencePieceNormalizer, bytes: Uint8Array): string[] {
  const map = charsmap === null ? null : readCharsmap(charsmap);
  const texts = kept.map((text) => encoder.encode(text)).sort((a, b) => b.length - a.length);
  const found: Found = { length: 0, value: 0 };
  const chunks: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const rest = bytes.subarray(at);
    const own = texts.find((text) => Buffer.compare(rest.subarray(0, text.length), text) === 0);
    if (own === undefined && map !== null && findInMap(map, bytes, at, bytes.length, true, found)) {
      chunks.push(decoder.decode(replacementAt(map, found.value)));
      at += found.length;
      continue;
    }
    const length = own?.length ?? widthAt(bytes, at);
    chunks.push(decoder.decode(bytes.subarray(at, at + length)));
    at += length;
  }
  return chunks;
}

const space = 0x20;
/** Of an ASCII byte: no text in the map or of a user-defined piece begins with it; none whose second byte is ASCII; some. */
const never = 0;
const beforeOthers = 1;
const maybe = 2;

/** The normalized bytes. */
export function createSentencePieceNormalizer(
  rule: SentencePieceNormalizer,
): (text: Uint8Array, start: number, end: number, continued: boolean) => Uint8Array {
  const { dummy, removesExtraSpaces, escapesSpaces, spaced = false } = rule;
  const map = rule.charsmap === null ? null : readCharsmap(rule.charsmap);
  /** By their first byte, the longest first. */
  const kept: Uint8Array[][] = Array.from({ length: 256 }, () => []);
  for (const text of rule.kept) kept[encoder.encode(text)[0]!]!.push(encoder.encode(text));
  for (const texts of kept) texts.sort((a, b) => b.length - a.length);
  const starts = startsOf(map, kept);
  const symbol = escapesSpaces && !spaced ? encoder.encode('\u2581') : Uint8Array.of(space);
  /** Spaces are not copied as they are. */
  const writesSpaces = symbol.length > 1;
  const found: Found = { length: 0, value: 0 };
  const isKept = (text: Uint8Array, at: number, end: number): number => {
    for (const own of kept[text[at]!]!) {
      if (own.length > end - at) continue;
      let i = 1;
      while (i < own.length && own[i] === text[at + i]) i += 1;
      if (i === own.length) return own.length;
    }
    return 0;
  };

  return (text, start, end, continued) => {
    const out = new Bytes(end - start + 64);
    let isAfterSpace = removesExtraSpaces && !continued;
    /** Nothing but spaces has been read. */
    let isBlank = removesExtraSpaces && !continued;
    const begin = () => {
      isBlank = false;
      if (dummy === 'prefix' && !continued) out.append(symbol, 0, symbol.length);
    };
    /** A piece of the map's text, with its spaces. */
    const write = (bytes: Uint8Array, from: number, to: number) => {
      let at = from;
      if (isAfterSpace) while (at < to && bytes[at] === space) at += 1;
      if (at === to) return;
      isAfterSpace = removesExtraSpaces && bytes[to - 1] === space;
      for (let done = at; done < to; done = at) {
        at = done;
        while (at < to && !(writesSpaces && bytes[at] === space) && !(spaced && isSymbol(bytes, at, to)))
          at += 1;
        out.append(bytes, done, at);
        if (at === to) break;
        out.append(symbol, 0, symbol.length);
        at += bytes[at] === space ? 1 : 3;
      }
    };

    if (!isBlank && start < end) begin();
    let done = start;
    let at = start;
    while (at < end) {
      // A stretch that stays: ordinary characters, with single spaces between them.
      const first = text[at]!;
      if (first < 0x80) {
        const kind = starts[first]!;
        const isPlain = kind === never || (kind === beforeOthers && (at + 1 === end || text[at + 1]! < 0x80));
        if (isPlain && first !== space) {
          if (isBlank) begin();
          isAfterSpace = false;
          at += 1;
          continue;
        }
        if (isPlain && !isAfterSpace && !writesSpaces) {
          isAfterSpace = removesExtraSpaces;
          at += 1;
          continue;
        }
      }
      if (done < at) out.append(text, done, at);
      let length = isKept(text, at, end);
      if (length === 0 && map !== null && findInMap(map, text, at, end, true, found)) {
        const bytes = replacementAt(map, found.value);
        if (isBlank && !(bytes.length === 1 && bytes[0] === space)) begin();
        write(bytes, 0, bytes.length);
        length = found.length;
      } else {
        if (length === 0) length = widthAt(text, at);
        if (isBlank && !(length === 1 && first === space)) begin();
        write(text, at, at + length);
      }
      at += length;
      done = at;
    }
    if (done < end) out.append(text, done, end);
    if (isBlank) return out.bytes();
    if (removesExtraSpaces) out.dropEnd(symbol);
    if (dummy === 'suffix' && start < end) out.append(symbol, 0, symbol.length);
    return out.bytes();
  };
}

function isSymbol(bytes: Uint8Array, at: number, end: number): boolean {
  return bytes[at] === 0xe2 && at + 2 < end && bytes[at + 1] === 0x96 && bytes[at + 2] === 0x81;
}

function startsOf(map: Charsmap | null, kept: readonly (readonly Uint8Array[])[]): Uint8Array {
  return Uint8Array.from({ length: 128 }, (_, byte) => {
    const own = kept[byte]!;
    const child = map === null ? -1 : childInMap(map, 0, byte);
    if (own.some((text) => text.length === 1 || text[1]! < 0x80) || (child >= 0 && hasValue(map!, child)))
      return maybe;
    let kind = own.length === 0 ? never : beforeOthers;
    for (let second = 0; child >= 0 && second < 256; second += 1) {
      if (childInMap(map!, child, second) < 0) continue;
      if (second < 0x80) return maybe;
      kind = beforeOthers;
    }
    return kind;
  });
}
