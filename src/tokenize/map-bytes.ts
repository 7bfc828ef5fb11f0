/** A map of single characters on UTF-8. What becomes of a character is asked for once, and remembered. */

import type { ByteNormalizer } from './normalize-bytes.ts';
import type { CharacterMap } from './normalizer-steps.ts';
import { codePointAt, widthOf } from './space-bytes.ts';

const stays = 1;
const changes = 2;
/** No map of ours makes more bytes of a character. */
const longest = 8;

export function mapCharacters(map: CharacterMap): ByteNormalizer {
  /** By code point: 0 not asked yet, `stays`, `changes`. */
  const known = new Uint8Array(0x110000);
  const becomes = new Map<number, Uint8Array>();
  /** By byte of ASCII: what it becomes, if that is one byte; else -1. */
  const ascii = new Int16Array(128);
  for (let point = 0; point < 128; point += 1) {
    const to = map(point);
    ascii[point] = to === null ? point : to.length === 1 && to.charCodeAt(0) < 0x80 ? to.charCodeAt(0) : -1;
    classify(point);
  }

  function classify(point: number): number {
    const to = map(point);
    if (to !== null) becomes.set(point, Buffer.from(to));
    known[point] = to === null ? stays : changes;
    return known[point]!;
  }

  /** The first character that changes, or the end. */
  function firstChange(text: Uint8Array, start: number, end: number): number {
    for (let at = start; at < end; ) {
      const first = text[at]!;
      if (first < 0x80) {
        if (ascii[first] !== first) return at;
        at += 1;
        continue;
      }
      const point = codePointAt(text, at);
      if ((known[point] || classify(point)) === changes) return at;
      at += widthOf(first);
    }
    return end;
  }

  return (text, start, end) => {
    let at = firstChange(text, start, end);
    if (at === end) return null;
    let out = new Uint8Array(end - start + (end - at) + longest);
    out.set(text.subarray(start, at));
    let length = at - start;
    while (at < end) {
      if (length + longest >= out.length) out = grown(out);
      // As far as the room is certain to do: what is ASCII, and stays one byte.
      const stop = Math.min(end, at + out.length - length - longest);
      let to = 0;
      for (; at < stop; at += 1) {
        const byte = text[at]!;
        to = byte < 0x80 ? ascii[byte]! : -1;
        if (to < 0) break;
        out[length++] = to;
      }
      if (to >= 0) continue;
      const first = text[at]!;
      const point = codePointAt(text, at);
      const width = widthOf(first);
      if ((known[point] || classify(point)) === changes) {
        for (const byte of becomes.get(point)!) out[length++] = byte;
      } else {
        for (let i = at; i < at + width; i += 1) out[length++] = text[i]!;
      }
      at += width;
    }
    return out.subarray(0, length);
  };
}

function grown(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(2 * bytes.length);
  larger.set(bytes);
  return larger;
}
