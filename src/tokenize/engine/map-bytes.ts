/**
 * Applies a map of single characters to UTF-8. The map is asked once for each character, and the answer is kept. If the
 * map leaves ordinary text as it is, the code searches for changes and copies only if it finds one; otherwise it writes
 * the whole text.
 */
import { AsciiCopy, beginsStretch } from './ascii/copy-ascii.ts';
import { PointFinder } from './ascii/point-finder.ts';
import type { ByteNormalizer } from './byte-normalizer.ts';
import { GrowingBytes } from './growing-bytes.ts';
import type { CharacterMap } from './normalizer-steps.ts';
import { codePointAt, widthOf } from './space-bytes.ts';

const stays = 1;
const changes = 2;
/** Bytes. longmix's own maps make at most eight bytes of a character, but a Replace may make more. */
export const longestOfMap = 64;

export function mapCharacters(map: CharacterMap): ByteNormalizer {
  return keepsText(map) ? mapFew(map) : mapMany(map);
}

/** Whether the map leaves ASCII as it is: all of it but control characters, and of these at least tab, LF and CR. */
function keepsText(map: CharacterMap): boolean {
  for (let point = 0x20; point < 0x7f; point += 1) if (map(point) !== null) return false;
  return map(0x09) === null && map(0x0a) === null && map(0x0d) === null;
}

function mapFew(map: CharacterMap): ByteNormalizer {
  const finder = new PointFinder((point) => map(point) !== null);
  const becomes = new Map<number, Uint8Array>();
  function changed(point: number): Uint8Array {
    let bytes = becomes.get(point);
    if (bytes === undefined) {
      bytes = Buffer.from(map(point)!);
      becomes.set(point, bytes);
    }
    return bytes;
  }

  return (text, start, end) => {
    finder.begin(text, start, end);
    let at = finder.next(start, end);
    if (at === end) return null;
    const out = new GrowingBytes(end - start + 64);
    let done = start;
    for (; at < end; at = finder.next(done, end)) {
      out.append(text, done, at);
      const to = changed(codePointAt(text, at));
      out.append(to, 0, to.length);
      done = at + widthOf(text[at]!);
    }
    out.append(text, done, end);
    return out.bytes();
  };
}

function mapMany(map: CharacterMap): ByteNormalizer {
  /** By code point: 0 (not asked yet), `stays` or `changes`. */
  const known = new Uint8Array(0x110000);
  const becomes = new Map<number, Uint8Array>();
  /** ASCII byte -> its replacement if that is one byte; else -1. */
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

  const out = new AsciiCopy(ascii, false);

  return (text, start, end) => {
    out.begin(text, start, end);
    let isChanged = false;
    for (let at = start; at < end; ) {
      const first = text[at]!;
      if (first < 0x80) {
        const reached = beginsStretch(text, at, end) ? out.copy(at, end) : at;
        if (reached > at) {
          at = reached;
          continue;
        }
        const to = ascii[first]!;
        if (to >= 0) {
          out.bytes[out.length++] = to;
          at += 1;
          continue;
        }
      }
      const point = codePointAt(text, at);
      const width = widthOf(first);
      if ((known[point] || classify(point)) === changes) {
        isChanged = true;
        out.makeRoom(becomes.get(point)!.length, end - at);
        for (const byte of becomes.get(point)!) out.bytes[out.length++] = byte;
      } else {
        for (let i = at; i < at + width; i += 1) out.bytes[out.length++] = text[i]!;
      }
      at += width;
    }
    if (
      !isChanged &&
      out.length === end - start &&
      Buffer.compare(out.written(), text.subarray(start, end)) === 0
    )
      return null;
    return out.written();
  };
}
