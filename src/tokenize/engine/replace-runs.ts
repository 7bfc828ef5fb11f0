/**
 * A Replace of runs of one class, on UTF-8. A match that equals its replacement is treated as unmatched text, so that
 * replacing `\s+` by a space costs ordinary text only one test per byte.
 */
import { AsciiCopy } from './ascii/copy-ascii.ts';
import type { ByteNormalizer } from './byte-normalizer.ts';
import type { NormalizerStep } from './normalizer-steps.ts';
import { codePointAt, widthOf } from './space-bytes.ts';

export function replaceRuns(step: Extract<NormalizerStep, { kind: 'replace-runs' }>): ByteNormalizer {
  const { min, max } = step;
  const content = Buffer.from(step.content);
  const members = new Uint8Array(0x110000);
  for (const [first, last] of step.set) members.fill(1, first, last + 1);
  /** By byte: 1 if a match may begin with it. */
  const begins = new Uint8Array(256).fill(1);
  begins.set(members.subarray(0, 0x80));
  const isSame = (text: Uint8Array, start: number, end: number) => {
    if (end - start !== content.length) return false;
    for (let i = 0; i < content.length; i += 1) if (text[start + i] !== content[i]) return false;
    return true;
  };

  /** A byte that is replaced by itself if the next character is not of the class; -1: there is none. */
  const same = content.length === 1 && content[0]! < 0x80 && min === 1 ? content[0]! : -1;

  /**
   * The end of the match that begins at `at` and changes the text; 0: there is none, and the search goes on at
   * `skipped`.
   */
  let skipped = 0;
  function changeAt(text: Uint8Array, at: number, end: number): number {
    let to = at;
    let count = 0;
    while (to < end && count < max && members[codePointAt(text, to)] === 1) {
      to += widthOf(text[to]!);
      count += 1;
    }
    skipped = count === 0 ? at + widthOf(text[at]!) : to;
    return count < min || isSame(text, at, to) ? 0 : to;
  }

  // Finds two characters of the class in a row, sixteen bytes at a time.
  const search = new AsciiCopy(
    Array.from({ length: 128 }, (_, byte) => (begins[byte] === 1 ? -1 : byte)),
    false,
  );
  const isWide = step.set.some(([, last]) => last >= 0x80);

  /** Where the next character may begin a match that changes the text, or the end. */
  function next(text: Uint8Array, from: number, end: number): number {
    if (min > 1) return search.find(from, end, true, isWide);
    for (let at = from; at < end; at += 1) {
      const byte = text[at]!;
      if (begins[byte] === 1 && (byte !== same || at + 1 === end || begins[text[at + 1]!] === 1)) return at;
    }
    return end;
  }

  return (text, start, end) => {
    if (min > 1) search.begin(text, start, end);
    let at = start;
    let to = 0;
    for (at = next(text, at, end); at < end; at = next(text, skipped, end)) {
      to = changeAt(text, at, end);
      if (to !== 0) break;
    }
    if (to === 0) return null;
    let out = new Uint8Array(end - start + content.length + 64);
    out.set(text.subarray(start, at));
    let length = at - start;
    while (at < end) {
      const rest = to === 0 ? next(text, skipped, end) : at;
      const needed = length + content.length + (end - at);
      if (needed > out.length) {
        const larger = new Uint8Array(2 * needed);
        larger.set(out.subarray(0, length));
        out = larger;
      }
      for (; at < rest; at += 1) out[length++] = text[at]!;
      if (at === end) break;
      if (to === 0) to = changeAt(text, at, end);
      if (to === 0) continue;
      for (const byte of content) out[length++] = byte;
      at = to;
      skipped = to;
      to = 0;
    }
    return out.subarray(0, length);
  };
}
