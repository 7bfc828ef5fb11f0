/**
 * SentencePiece's compiled map of characters (`precompiled_charsmap`): texts of one or more characters and what they become,
 * as a double array of the Darts library and the replacements end to end, a zero byte after each. The format is
 *
 *   u32 bytes of the array | the array, u32 a unit | the replacements
 *
 * and a unit holds a label, an offset to its children and whether a value is among them (https://github.com/s-yata/darts-clone).
 *
 * Hugging Face's `Precompiled` looks up each grapheme cluster of fewer than 6 bytes, and of the texts in the map that it begins
 * with takes the shortest: what this becomes stands for all of the cluster. Clusters that have none, and longer ones, it
 * looks up character by character. (sentencepiece takes the longest text that the rest of a document begins with:
 * sentencepiece-normalizer.ts.)
 *
 * Text that the map leaves alone costs a look at each byte.
 */
import { clusterEnd, mayJoin } from './graphemes.ts';

export interface Charsmap {
  readonly units: Uint32Array;
  readonly replacements: Uint8Array;
}

/** @returns null: it is damaged */
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

/** Of a map that was found to be whole when its file was read. */
export function readCharsmap(bytes: Uint8Array): Charsmap {
  let map = read.get(bytes);
  if (map === undefined) {
    map = parseCharsmap(bytes) ?? { units: new Uint32Array(1), replacements: new Uint8Array(0) };
    read.set(bytes, map);
  }
  return map;
}

/** The first prefix of text[at, end) that is in the map, or the longest one. */
export interface Found {
  length: number;
  value: number;
}

/** @returns whether there is one; `found` says which */
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
    // Hugging Face's library takes a zero for the end of the text.
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

/** The unit that follows another one by a byte; -1: there is none. */
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

/** Bytes of the longest cluster that is looked up as a whole. */
const longestCluster = 5;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** By clusters, in strings: what the fast version is judged by. */
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

/** What is known of a character; 0: it was not looked at yet. */
const plain = 1;
/** It may be part of a cluster of several characters. */
const joins = 2;
const mapped = 3;

/** By clusters, in bytes. null: the text stays as it is. */
export function createGraphemeMapper(
  map: Charsmap,
): (text: Uint8Array, start: number, end: number) => Uint8Array | null {
  const found: Found = { length: 0, value: 0 };
  /** By code point. */
  const known = new Uint8Array(0x110000);
  const classify = (point: number, text: Uint8Array, at: number, to: number): number => {
    const isMapped = findInMap(map, text, at, to, false, found);
    known[point] = isMapped ? mapped : mayJoin(point) ? joins : plain;
    return known[point]!;
  };
  const ascii = new Uint8Array(1);
  const isPlain = Uint8Array.from({ length: 128 }, (_, byte) => {
    ascii[0] = byte;
    return classify(byte, ascii, 0, 1) === plain ? 1 : 0;
  });

  return (text, start, end) => {
    let out: Bytes | null = null;
    let done = start;
    /** The cluster's characters: their code points, and where they begin. */
    const points: number[] = [];
    const starts: number[] = [];
    const pointAt = (index: number): number | undefined => {
      while (points.length <= index) {
        const at = starts[points.length]!;
        if (at >= end) return undefined;
        points.push(codePointAt(text, at));
        starts.push(at + widthAt(text, at));
      }
      return points[index]!;
    };
    const replace = (from: number, to: number) => {
      out ??= new Bytes(end - start + 64);
      out.append(text, done, from);
      const bytes = replacementAt(map, found.value);
      out.append(bytes, 0, bytes.length);
      done = to;
    };

    for (let at = start; at < end; ) {
      const first = text[at]!;
      if (first < 0x80) {
        if (isPlain[first] === 1) {
          // Ordinary text: this character is a cluster unless one that is not ASCII follows.
          let next = at + 1;
          while (next < end && text[next]! < 0x80 && isPlain[text[next]!] === 1) next += 1;
          at = next < end && text[next]! >= 0x80 ? next - 1 : next;
          if (next < end && text[next]! < 0x80) continue;
          if (next >= end) break;
        }
      }
      const point = codePointAt(text, at);
      const width = widthAt(text, at);
      const next = at + width;
      const kind = known[point] || classify(point, text, at, next);
      if (kind === plain) {
        if (next >= end) break;
        const follower = codePointAt(text, next);
        const after = known[follower] || classify(follower, text, next, next + widthAt(text, next));
        if (after === plain || (after === mapped && !mayJoin(follower))) {
          at = next;
          continue;
        }
      }
      points.length = 0;
      starts.length = 0;
      starts.push(at);
      const count = clusterEnd(pointAt, 0);
      // A character after the cluster may have been looked at, and is not part of it.
      const to = starts[count]!;
      if (to - at <= longestCluster && findInMap(map, text, at, to, false, found)) {
        replace(at, to);
      } else {
        for (let i = 0; i < count; i += 1)
          if (findInMap(map, text, starts[i]!, starts[i + 1]!, false, found))
            replace(starts[i]!, starts[i + 1]!);
      }
      at = to;
    }
    const written = out as Bytes | null;
    if (written === null) return null;
    written.append(text, done, end);
    return written.bytes();
  };
}

export function widthAt(text: Uint8Array, at: number): number {
  const first = text[at]!;
  return first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/** Of well-formed UTF-8. */
function codePointAt(text: Uint8Array, at: number): number {
  const first = text[at]!;
  if (first < 0x80) return first;
  if (first < 0xe0) return ((first & 0x1f) << 6) | (text[at + 1]! & 0x3f);
  if (first < 0xf0) return ((first & 0x0f) << 12) | ((text[at + 1]! & 0x3f) << 6) | (text[at + 2]! & 0x3f);
  return (
    ((first & 0x07) << 18) |
    ((text[at + 1]! & 0x3f) << 12) |
    ((text[at + 2]! & 0x3f) << 6) |
    (text[at + 3]! & 0x3f)
  );
}

/** Bytes that are written one stretch after the other. */
export class Bytes {
  #bytes: Uint8Array;
  length = 0;

  constructor(expected: number) {
    this.#bytes = new Uint8Array(expected);
  }

  append(bytes: Uint8Array, from: number, to: number): void {
    const size = to - from;
    if (this.length + size > this.#bytes.length) {
      const larger = new Uint8Array(2 * (this.length + size) + 64);
      larger.set(this.#bytes.subarray(0, this.length));
      this.#bytes = larger;
    }
    if (size < 16) for (let i = 0; i < size; i += 1) this.#bytes[this.length + i] = bytes[from + i]!;
    else this.#bytes.set(bytes.subarray(from, to), this.length);
    this.length += size;
  }

  /** Takes off what it ends with, as often as it does. */
  dropEnd(end: Uint8Array): void {
    while (
      this.length >= end.length &&
      end.every((byte, i) => this.#bytes[this.length - end.length + i] === byte)
    )
      this.length -= end.length;
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }
}
