/**
 * SentencePiece's compiled map of characters (`precompiled_charsmap`): it maps texts of one or more characters to their
 * replacements. The texts are a double array of the Darts library; the replacements lie end to end, a zero byte after
 * each. The format is
 *
 *   u32 bytes of the array | the array, u32 a unit | the replacements
 *
 * and a unit holds a label, an offset to its children and whether a value is among them
 * (https://github.com/s-yata/darts-clone).
 *
 * Hugging Face's `Precompiled` looks up each grapheme cluster of fewer than 6 bytes. It takes the shortest text of the
 * map that the cluster begins with, and the replacement of this text replaces the whole cluster. It looks up longer
 * clusters, and those without such a text, character by character. (sentencepiece takes the longest text of the map
 * that the rest of a document begins with: sentencepiece-normalizer.ts.)
 *
 * Cost: a table look-up and a copy for each single byte of ASCII and each unchanged character that is its own cluster.
 */

import { clusterEnd, mayJoin } from '../unicode/graphemes.ts';
import { AsciiCopy, beginsStretch } from './ascii/copy-ascii.ts';
import { codePointAt } from './space-bytes.ts';

export interface Charsmap {
  readonly units: Uint32Array;
  readonly replacements: Uint8Array;
}

/** @returns null if the map is damaged */
export function parseCharsmap(bytes: Uint8Array): Charsmap | null {
  if (bytes.length <= 4) return null;
  const size = Buffer.from(bytes.buffer, bytes.byteOffset).readUInt32LE(0);
  if (size >= bytes.length || size < 4) return null;
  const units = new Uint32Array(size >> 2);
  const view = new DataView(bytes.buffer, bytes.byteOffset + 4, size);
  for (let i = 0; i < units.length; i += 1) units[i] = view.getUint32(i * 4, true);
  return { units, replacements: bytes.subarray(4 + size) };
}

const read = new WeakMap<Uint8Array, Charsmap>();

/** Reads a map that was already checked when its file was read. */
export function readCharsmap(bytes: Uint8Array): Charsmap {
  let map = read.get(bytes);
  if (map === undefined) {
    map = parseCharsmap(bytes) ?? { units: new Uint32Array(1), replacements: new Uint8Array(0) };
    read.set(bytes, map);
  }
  return map;
}

/** The shortest prefix of text[at, end) that is in the map, or the longest one. */
export interface Found {
  length: number;
  value: number;
}

/** @returns whether a prefix of the text is in the map; `found` is set to it */
export function findInMap(
  { units }: Charsmap,
  text: Uint8Array,
  at: number,
  end: number,
  longest: boolean,
  found: Found,
): boolean {
  found.length = 0;
  let unit = units[0]!;
  let node = offsetOf(unit);
  for (let next = at; next < end; next += 1) {
    const byte = text[next]!;
    // Hugging Face's library treats a zero byte as the end of the text.
    if (byte === 0 && !longest) break;
    node ^= byte;
    if (node >= units.length) break;
    unit = units[node]!;
    if ((unit & 0x800000ff) >>> 0 !== byte) break;
    node ^= offsetOf(unit);
    if ((unit & 0x100) === 0) continue;
    if (node >= units.length) break;
    found.length = next + 1 - at;
    found.value = units[node]! & 0x7fffffff;
    if (!longest) break;
  }
  return found.length > 0;
}

/** The child of a unit by a byte; -1: there is none. */
export function childInMap({ units }: Charsmap, parent: number, byte: number): number {
  const child = parent ^ offsetOf(units[parent]!) ^ byte;
  return child < units.length && (units[child]! & 0x800000ff) >>> 0 === byte ? child : -1;
}

/** Whether a text in the map ends with this unit. */
export function hasValue({ units }: Charsmap, unit: number): boolean {
  return (units[unit]! & 0x100) !== 0;
}

function offsetOf(unit: number): number {
  return ((unit >>> 10) << ((unit & 0x200) >>> 6)) >>> 0;
}

export function replacementAt({ replacements }: Charsmap, value: number): Uint8Array {
  const end = replacements.indexOf(0, value);
  return replacements.subarray(value, end < 0 ? replacements.length : end);
}

/** Bytes; longer clusters are looked up character by character. */
const longestCluster = 5;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The plain version, on strings: tests compare the fast version with it. */
export function mapGraphemes(map: Charsmap, text: string): string {
  const found: Found = { length: 0, value: 0 };
  const transform = (some: string): string | null => {
    const bytes = encoder.encode(some);
    if (!findInMap(map, bytes, 0, bytes.length, false, found)) return null;
    return decoder.decode(replacementAt(map, found.value));
  };
  const chars = Array.from(text);
  const pointAt = (index: number) => chars[index]?.codePointAt(0);
  const out: string[] = [];
  for (let start = 0; start < chars.length; ) {
    const end = clusterEnd(pointAt, start);
    const cluster = chars.slice(start, end);
    const whole = cluster.join('');
    const mapped = encoder.encode(whole).length <= longestCluster ? transform(whole) : null;
    if (mapped !== null) out.push(mapped);
    else out.push(...cluster.map((char) => transform(char) ?? char));
    start = end;
  }
  return out.join('');
}

/** Kinds of characters in the table `known`; 0: not classified yet. */
const plain = 1;
const mapped = 2;
/** The character may be part of a cluster of several characters. */
const joins = 4;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** The fast version, on bytes. Its result is valid until the next call; null: the text does not change. */
export function createGraphemeMapper(
  map: Charsmap,
): (text: Uint8Array, start: number, end: number) => Uint8Array | null {
  const found: Found = { length: 0, value: 0 };
  /** The kind of each code point. */
  const known = new Uint8Array(0x110000);
  const classify = (point: number, text: Uint8Array, at: number): number => {
    // A line feed joins only a carriage return before it, and a carriage return is never `plain`.
    const mayBeJoined = mayJoin(point) && point !== lineFeed;
    const isMapped = findInMap(map, text, at, at + widthAt(text, at), false, found);
    known[point] = mayBeJoined ? joins : isMapped ? mapped : plain;
    return known[point]!;
  };
  /** ASCII byte -> the ASCII byte that replaces it; -1: it must be looked up. */
  const ascii = Int16Array.from({ length: 128 }, (_, byte) => {
    const kind = classify(byte, Uint8Array.of(byte), 0);
    if (kind === plain) return byte;
    if (kind === joins) return -1;
    const to = replacementAt(map, found.value);
    return to.length === 1 && to[0]! < 0x80 ? to[0]! : -1;
  });
  const joinsBefore = (text: Uint8Array, at: number): boolean => {
    const point = codePointAt(text, at);
    return point !== carriageReturn && (known[point] || classify(point, text, at)) === joins;
  };

  const out = new AsciiCopy(ascii, false);
  let isChanged = false;

  /** Copies characters that are clusters of their own; returns where it stopped. */
  function copy(text: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end) {
      const first = text[at]!;
      if (first < 0x80) {
        const reached = beginsStretch(text, at, end) ? out.copy(at, end) : at;
        if (reached > at) {
          at = reached;
          continue;
        }
        const to = ascii[first]!;
        if (to < 0 || (at + 1 < end && text[at + 1]! >= 0x80 && joinsBefore(text, at + 1))) break;
        out.bytes[out.length++] = to;
        at += 1;
        continue;
      }
      const point = codePointAt(text, at);
      if ((known[point] || classify(point, text, at)) !== plain) break;
      const next = at + widthAt(text, at);
      if (next < end && text[next]! >= 0x80 && joinsBefore(text, next)) break;
      for (; at < next; at += 1) out.bytes[out.length++] = text[at]!;
    }
    return at;
  }

  /** The code points of the cluster's characters, and where each begins. */
  const points: number[] = [];
  const starts: number[] = [];

  /** Reads the cluster that begins at `start` into `points` and `starts`; returns its number of characters. */
  function cluster(text: Uint8Array, start: number, end: number): number {
    points.length = 0;
    starts.length = 0;
    const next = start + widthAt(text, start);
    starts.push(start, next);
    const point = codePointAt(text, start);
    if (
      (known[point] || classify(point, text, start)) !== joins &&
      !(next < end && joinsBefore(text, next))
    ) {
      points.push(point);
      return 1;
    }
    starts.length = 1;
    const pointAt = (index: number): number | undefined => {
      while (points.length <= index) {
        const at = starts[points.length]!;
        if (at >= end) return undefined;
        points.push(codePointAt(text, at));
        starts.push(at + widthAt(text, at));
      }
      return points[index]!;
    };
    return clusterEnd(pointAt, 0);
  }

  return (text, start, end) => {
    out.begin(text, start, end);
    isChanged = false;
    /** Writes text[from, to), or the replacement that the map has for it. */
    const write = (from: number, to: number, isMapped: boolean) => {
      const bytes = isMapped ? map.replacements : text;
      const first = isMapped ? found.value : from;
      let last = isMapped ? first : to;
      if (isMapped) while (last < bytes.length && bytes[last] !== 0) last += 1;
      out.makeRoom(last - first, end - from);
      for (let i = first; i < last; i += 1) out.bytes[out.length++] = bytes[i]!;
      if (isMapped) isChanged = true;
    };

    for (let at = start; at < end; ) {
      at = copy(text, at, end);
      if (at === end) break;
      const count = cluster(text, at, end);
      // `starts` has one entry more than the cluster has characters: where the cluster ends.
      const to = starts[count]!;
      if (to - at <= longestCluster && findInMap(map, text, at, to, false, found)) write(at, to, true);
      else
        for (let i = 0; i < count; i += 1)
          write(starts[i]!, starts[i + 1]!, findInMap(map, text, starts[i]!, starts[i + 1]!, false, found));
      at = to;
    }
    const isSame = !isChanged && Buffer.compare(out.written(), text.subarray(start, end)) === 0;
    return isSame ? null : out.written();
  };
}

export function widthAt(text: Uint8Array, at: number): number {
  const first = text[at]!;
  return first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}
