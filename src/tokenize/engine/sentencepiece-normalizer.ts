/**
 * sentencepiece's own normalizer: it applies the compiled map (the longest text of the map that the rest of the
 * document begins with; user-defined pieces are not changed), removes white space at both ends and in runs, adds the
 * dummy prefix and writes U+2581 for spaces. This is one step because its parts depend on each other: runs of spaces
 * are those of the mapped text, and U+2581 in the document is removed at the end like a space.
 *
 * The plain version follows the library's steps one by one. The fast one looks up only text that the map may change,
 * and has a table for single bytes of ASCII (line ends become spaces).
 */

import type { Normalizer } from '../model.ts';
import { AsciiCopy, beginsStretch } from './ascii/copy-ascii.ts';
import {
  type Charsmap,
  childInMap,
  type Found,
  findInMap,
  hasValue,
  readCharsmap,
  replacementAt,
  widthAt,
} from './charsmap.ts';
import { codePointAt } from './space-bytes.ts';

export type SentencePieceNormalizer = Extract<Normalizer, { kind: 'sentencepiece' }>;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The plain version, in the library's steps: tests compare the fast version with it. `continued`: the text continues an
 * earlier part.
 */
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

/** The mapped text, in parts: one for each look-up in the map. */
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
/**
 * Whether a text of the map or a user-defined piece begins with an ASCII byte: never; only with a second byte outside
 * of ASCII; perhaps.
 */
const never = 0;
const beforeOthers = 1;
const maybe = 2;

/** Kinds of characters outside of ASCII in the table `known`; 0: not classified yet. */
const stays = 1;
const isLookedUp = 2;

/** The fast version. The normalized bytes are valid until the next call. */
export function createSentencePieceNormalizer(
  rule: SentencePieceNormalizer,
): (text: Uint8Array, start: number, end: number, continued: boolean) => Uint8Array {
  const { dummy, removesExtraSpaces, escapesSpaces, spaced = false } = rule;
  const map = rule.charsmap === null ? null : readCharsmap(rule.charsmap);
  /** User-defined pieces by their first byte, the longest first. */
  const kept: Uint8Array[][] = Array.from({ length: 256 }, () => []);
  for (const text of rule.kept) kept[encoder.encode(text)[0]!]!.push(encoder.encode(text));
  for (const texts of kept) texts.sort((a, b) => b.length - a.length);
  const starts = startsOf(map, kept);
  const symbol = escapesSpaces && !spaced ? encoder.encode('\u2581') : Uint8Array.of(space);
  const ascii = singleBytes(map, kept, starts, symbol.length > 1);
  /** The kind of each code point. */
  const known = new Uint8Array(0x110000);
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
  const classify = (text: Uint8Array, at: number, point: number): number => {
    const staysSo =
      kept[text[at]!]!.length === 0 && !beginsInMap(map, text, at) && !(spaced && point === 0x2581);
    known[point] = staysSo ? stays : isLookedUp;
    return known[point]!;
  };

  const out = new AsciiCopy(ascii, removesExtraSpaces);

  /** Copies text that needs no look-up in the map; returns where it stopped. */
  function copy(text: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end) {
      const byte = text[at]!;
      if (byte < 0x80) {
        const reached = beginsStretch(text, at, end) ? out.copy(at, end) : at;
        if (reached > at) {
          at = reached;
          continue;
        }
        const to = ascii[byte]!;
        if (to < 0 || (at + 1 < end && text[at + 1]! >= 0x80 && starts[byte] !== never)) break;
        at += 1;
        const isSpace = to === space;
        if (isSpace && out.isAfterSpace) continue;
        out.bytes[out.length++] = to;
        out.isAfterSpace = isSpace && removesExtraSpaces;
        continue;
      }
      const point = codePointAt(text, at);
      if ((known[point] || classify(text, at, point)) !== stays) break;
      out.isAfterSpace = false;
      for (const to = at + widthAt(text, at); at < to; at += 1) out.bytes[out.length++] = text[at]!;
    }
    return at;
  }

  /** Writes a part of the mapped text, with its spaces. The caller has made room. */
  function write(bytes: Uint8Array, from: number, to: number): void {
    let at = from;
    if (out.isAfterSpace) while (at < to && bytes[at] === space) at += 1;
    if (at === to) return;
    out.isAfterSpace = removesExtraSpaces && bytes[to - 1] === space;
    while (at < to) {
      const isSpace = bytes[at] === space;
      if (isSpace || (spaced && isSymbol(bytes, at, to))) {
        out.append(symbol);
        at += isSpace ? 1 : 3;
      } else {
        out.bytes[out.length++] = bytes[at++]!;
      }
    }
  }

  return (text, start, end, continued) => {
    out.begin(text, start, end);
    out.isAfterSpace = removesExtraSpaces && !continued;
    /** Whether only spaces have been read so far. */
    let isBlank = out.isAfterSpace;
    const begin = () => {
      isBlank = false;
      if (dummy === 'prefix' && !continued) out.append(symbol);
    };

    if (!isBlank && start < end) begin();
    for (let at = start; at < end; ) {
      if (!isBlank) at = copy(text, at, end);
      if (at === end) break;
      let length = isKept(text, at, end);
      const isMapped = length === 0 && map !== null && findInMap(map, text, at, end, true, found);
      const bytes = isMapped ? map.replacements : text;
      const from = isMapped ? found.value : at;
      let to = from;
      if (isMapped) {
        while (to < bytes.length && bytes[to] !== 0) to += 1;
        length = found.length;
      } else {
        if (length === 0) length = widthAt(text, at);
        to = from + length;
      }
      at += length;
      out.makeRoom(symbol.length * (to - from + 2), end - at);
      if (isBlank && !(to - from === 1 && bytes[from] === space)) begin();
      write(bytes, from, to);
    }
    if (isBlank) return out.bytes.subarray(0, 0);
    if (removesExtraSpaces) dropEnd(out, symbol);
    if (dummy === 'suffix' && start < end) {
      out.makeRoom(symbol.length, 0);
      out.append(symbol);
    }
    return out.written();
  };
}

/** Removes `end` from the end of the text, as often as it occurs there. */
function dropEnd(out: AsciiCopy, end: Uint8Array): void {
  while (out.length >= end.length && end.every((byte, i) => out.bytes[out.length - end.length + i] === byte))
    out.length -= end.length;
}

function isSymbol(bytes: Uint8Array, at: number, end: number): boolean {
  return bytes[at] === 0xe2 && at + 2 < end && bytes[at + 1] === 0x96 && bytes[at + 2] === 0x81;
}

/** Whether a text in the map begins with the character at `at`, or consists of its first bytes. */
function beginsInMap(map: Charsmap | null, text: Uint8Array, at: number): boolean {
  if (map === null) return false;
  let unit = 0;
  for (const end = at + widthAt(text, at); at < end; at += 1) {
    unit = childInMap(map, unit, text[at]!);
    if (unit < 0) return false;
    if (hasValue(map, unit)) return true;
  }
  return true;
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

/**
 * ASCII byte -> its replacement before another ASCII byte, if that is always the same ASCII byte; -1: it must be looked
 * up.
 * @param writesSpaces spaces are written as another text, so they are never copied
 */
function singleBytes(
  map: Charsmap | null,
  kept: readonly (readonly Uint8Array[])[],
  starts: Uint8Array,
  writesSpaces: boolean,
): Int16Array {
  return Int16Array.from({ length: 128 }, (_, byte) => {
    let to = byte;
    if (starts[byte] === maybe) {
      const child = map === null ? -1 : childInMap(map, 0, byte);
      if (child < 0 || !hasValue(map!, child) || kept[byte]!.length > 0) return -1;
      for (let second = 0; second < 0x80; second += 1) if (childInMap(map!, child, second) >= 0) return -1;
      const found: Found = { length: 0, value: 0 };
      findInMap(map!, Uint8Array.of(byte), 0, 1, true, found);
      const bytes = replacementAt(map!, found.value);
      if (bytes.length !== 1 || bytes[0]! >= 0x80) return -1;
      to = bytes[0]!;
    }
    return to === space && writesSpaces ? -1 : to;
  });
}
