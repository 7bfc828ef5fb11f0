/**
 * A Replace of runs of one class, on UTF-8. A match that is already what it would become is text like any other, so that `\s+`
 * to a space costs ordinary text one look at each byte.
 */
import type { ByteNormalizer } from './normalize-bytes.ts';
import type { NormalizerStep } from './normalizer-steps.ts';
import { codePointAt, widthOf } from './space-bytes.ts';

export function replaceRuns(step: Extract<NormalizerStep, { kind: 'replace-runs' }>): ByteNormalizer {
  const { min, max } = step;
  const content = Buffer.from(step.content);
  const members = new Uint8Array(0x110000);
  for (const [first, last] of step.set) members.fill(1, first, last + 1);
  const ascii = members.slice(0, 0x80);
  const isSame = (text: Uint8Array, start: number, end: number) => {
    if (end - start !== content.length) return false;
    for (let i = 0; i < content.length; i += 1) if (text[start + i] !== content[i]) return false;
    return true;
  };

  return (text, start, end) => {
    let out: Uint8Array | null = null;
    let length = 0;
    /** Text from here on has not been written. */
    let done = start;
    const write = (to: number) => {
      const needed = length + (to - done) + content.length;
      if (out === null) out = new Uint8Array(end - start + content.length + 64);
      if (needed > out.length) {
        const larger = new Uint8Array(2 * needed);
        larger.set(out.subarray(0, length));
        out = larger;
      }
      copy(text, done, to, out, length);
      length += to - done;
    };
    for (let at = start; at < end; ) {
      const first = text[at]!;
      if (first < 0x80 ? ascii[first] === 0 : members[codePointAt(text, at)] === 0) {
        at += widthOf(first);
        continue;
      }
      // A match: as many characters of the class as there are, up to the most.
      let to = at;
      let count = 0;
      while (to < end && count < max && members[codePointAt(text, to)] === 1) {
        to += widthOf(text[to]!);
        count += 1;
      }
      if (count >= min && !isSame(text, at, to)) {
        write(at);
        out!.set(content, length);
        length += content.length;
        done = to;
      }
      at = to;
    }
    if (out === null) return null;
    write(end);
    return (out as Uint8Array).subarray(0, length);
  };
}

/** Up to some length a loop copies faster than a call. */
function copy(text: Uint8Array, start: number, end: number, out: Uint8Array, to: number): void {
  if (end - start > 64) {
    out.set(text.subarray(start, end), to);
    return;
  }
  for (let at = start, i = to; at < end; at += 1, i += 1) out[i] = text[at]!;
}
