/**
 * Documents to the segments that the kernel tokenizes each by itself: added tokens are cut out, segments are normalized,
 * get their prefix and are cut (see kernel-plan.ts). All in bytes. Text that needs none of it is handed on as it is, and
 * to see that costs one look at each byte at most; only segments to be normalized ever become strings.
 */
import { isAscii } from 'node:buffer';
import type { Cut, Preparation } from './kernel-plan.ts';
import type { AddedToken, Normalization } from './model.ts';
import { normalize } from './normalize.ts';
import { categoryRanges, classSource, unite } from './unicode.ts';

export interface PreparedText {
  readonly text: Uint8Array;
  /** End of each segment, in bytes. Valid until the next call. */
  readonly ends: Uint32Array;
  /** Segments up to the end of each document. */
  readonly documentEnds: Uint32Array;
  /** Added tokens in their order, and the number of segments before each. */
  readonly added: readonly { readonly id: number; readonly segments: number }[];
  /** Added tokens up to the end of each document. */
  readonly documentAdded: Uint32Array;
}

/** The function returns null if the documents can be tokenized as they are. */
export type Prepare = (text: Uint8Array, ends: ArrayLike<number>, continued: boolean) => PreparedText | null;

const space = 0x20;

export function createPreparation(preparation: Preparation): Prepare {
  const { normalization, prefix, metaspace } = preparation;
  const findAdded = createFinder(preparation.added);
  const normalized = normalization === null ? () => null : createNormalizer(normalization);
  const cut = createCutter(preparation.cut);
  const always = prefix !== null || preparation.cut !== 'none';
  const out = new Output();
  let firstChange: { readonly start: number; readonly end: number; readonly bytes: Uint8Array } | null = null;

  function segment(text: Uint8Array, start: number, end: number, isStart: boolean, continued: boolean): void {
    const from = out.length;
    const isKept = firstChange?.start === start && firstChange.end === end;
    const changed = (isKept ? firstChange?.bytes : normalized(text, start, end)) ?? text.subarray(start, end);
    const isSpaced = changed[0] === space || (metaspace && startsWithMetaspace(changed));
    const prefixed =
      prefix === 'always' ||
      (prefix === 'unless-space' && !isSpaced) ||
      (prefix === 'first-unless-space' && isStart && !isSpaced);
    if (prefixed && !(continued && isStart)) out.push(space);
    if (metaspace) out.appendSpaced(changed);
    else out.append(changed);
    cut(out, from);
  }

  /** Looks for a document that normalization changes, and keeps what becomes of it. */
  function isNormal(text: Uint8Array, ends: ArrayLike<number>): boolean {
    firstChange = null;
    if (normalization === null) return true;
    for (let i = 0, start = 0; i < ends.length && firstChange === null; i += 1) {
      const end = ends[i]!;
      const bytes = normalized(text, start, end);
      if (bytes !== null) firstChange = { start, end, bytes };
      start = end;
    }
    return firstChange === null;
  }

  return (text, ends, continued) => {
    if (!always && isNormal(text, ends) && findAdded(text, 0, text.length) === null) return null;
    out.clear(text.length);
    const documentEnds = new Uint32Array(ends.length);
    const documentAdded = new Uint32Array(ends.length);
    const added: { id: number; segments: number }[] = [];
    for (let i = 0, at = 0; i < ends.length; i += 1) {
      const end = ends[i]!;
      for (let isStart = true; at < end; isStart = false) {
        const found = findAdded(text, at, end);
        const segmentEnd = found === null ? end : found.at;
        if (segmentEnd > at) segment(text, at, segmentEnd, isStart, continued && i === 0);
        at = segmentEnd;
        if (found === null) continue;
        added.push({ id: found.id, segments: out.segments });
        at += found.length;
      }
      documentEnds[i] = out.segments;
      documentAdded[i] = added.length;
    }
    return { text: out.text(), ends: out.ends(), documentEnds, added, documentAdded };
  };
}

// ---------------------------------------------------------------- added tokens

interface Found {
  readonly id: number;
  readonly at: number;
  readonly length: number;
}

/** The leftmost added token in text[start, end), of those the longest. In bytes: UTF-8 has no other matches. */
function createFinder(
  added: readonly AddedToken[],
): (text: Uint8Array, start: number, end: number) => Found | null {
  if (added.length === 0) return () => null;
  /** A trie: node * 256 + byte -> child; the root is 0. */
  const children = new Map<number, number>();
  /** Id of the token that ends at a node; -1: none. */
  const ids: number[] = [-1];
  for (const { id, text } of added) {
    let node = 0;
    for (const byte of Buffer.from(text)) {
      let child = children.get(node * 256 + byte);
      if (child === undefined) {
        child = ids.push(-1) - 1;
        children.set(node * 256 + byte, child);
      }
      node = child;
    }
    ids[node] = id;
  }
  const begins = Uint8Array.from({ length: 256 }, (_, byte) => (children.has(byte) ? 1 : 0));
  const single = [...begins.keys()].filter((byte) => begins[byte] === 1);

  const at = (text: Uint8Array, start: number, end: number): Found | null => {
    let found: Found | null = null;
    let node: number | undefined = 0;
    for (let next = start; next < end; next += 1) {
      node = children.get(node * 256 + text[next]!);
      if (node === undefined) break;
      if (ids[node]! >= 0) found = { id: ids[node]!, at: start, length: next + 1 - start };
    }
    return found;
  };
  if (single.length === 1) {
    return (text, start, end) => {
      // Within its end: indexOf would go on to the next document that has the byte, from every one that has none.
      const within = text.subarray(0, end);
      for (
        let from = within.indexOf(single[0]!, start);
        from >= 0;
        from = within.indexOf(single[0]!, from + 1)
      ) {
        const found = at(text, from, end);
        if (found !== null) return found;
      }
      return null;
    };
  }
  return (text, start, end) => {
    for (let from = start; from < end; from += 1) {
      if (begins[text[from]!] === 0) continue;
      const found = at(text, from, end);
      if (found !== null) return found;
    }
    return null;
  };
}

// ---------------------------------------------------------------- normalization

const pieceBytes = 16 * 1024;

/**
 * The normalized text, or null where normalization changes nothing. Piece by piece, so that a mark in a long document does
 * not make all of it a string. A piece ends before an ASCII character: that one neither moves nor composes with what is
 * before it, in any form, so the pieces normalize by themselves.
 */
function createNormalizer(
  form: Normalization,
): (text: Uint8Array, start: number, end: number) => Uint8Array | null {
  const mayChange = createChangeTest(form);
  return (text, start, end) => {
    const parts: Uint8Array[] = [];
    let done = start;
    for (let at = start, next = start; at < end; at = next) {
      next = Math.min(end, at + pieceBytes);
      while (next < end && text[next]! >= 0x80) next += 1;
      if (!mayChange(text, at, next)) continue;
      const before = Buffer.from(text.buffer, text.byteOffset + at, next - at).toString();
      const after = normalize(before, form);
      if (after === before) continue;
      parts.push(text.subarray(done, at), Buffer.from(after));
      done = next;
    }
    return parts.length === 0 ? null : Buffer.concat([...parts, text.subarray(done, end)]);
  };
}

/**
 * Whether normalization may change the text. False is exact: every character stays as it is when it stands alone, and is
 * neither a mark nor a conjoining Hangul vowel or final, so it neither moves nor composes with the one before it.
 */
function createChangeTest(form: Normalization): (text: Uint8Array, start: number, end: number) => boolean {
  const joins = new RegExp(classSource(unite([...categoryRanges('M')!, [0x1160, 0x11ff]])), 'u');
  /** By code point: 0 not looked at yet, 1 stays, 2 may change. */
  const known = new Uint8Array(0x110000);
  const classify = (point: number): number => {
    const char = String.fromCodePoint(point);
    known[point] = joins.test(char) || char.normalize(form) !== char ? 2 : 1;
    return known[point]!;
  };
  return (text, start, end) => {
    if (isAscii(text.subarray(start, end))) return false;
    const { byteOffset } = text;
    const words = new Int32Array(text.buffer, 0, text.buffer.byteLength >> 2);
    for (let at = start; at < end; ) {
      const first = text[at]!;
      if (first < 0x80) {
        at += 1;
        // Ordinary text is ASCII for the most part: four bytes at a time.
        if (((byteOffset + at) & 3) !== 0) continue;
        while (at + 4 <= end && (words[(byteOffset + at) >> 2]! & 0x80808080) === 0) at += 4;
        continue;
      }
      let point: number;
      if (first < 0xe0) {
        point = ((first & 0x1f) << 6) | (text[at + 1]! & 0x3f);
        at += 2;
      } else if (first < 0xf0) {
        point = ((first & 0x0f) << 12) | ((text[at + 1]! & 0x3f) << 6) | (text[at + 2]! & 0x3f);
        at += 3;
      } else {
        point =
          ((first & 0x07) << 18) |
          ((text[at + 1]! & 0x3f) << 12) |
          ((text[at + 2]! & 0x3f) << 6) |
          (text[at + 3]! & 0x3f);
        at += 4;
      }
      if ((known[point] || classify(point)) === 2) return true;
    }
    return false;
  };
}

// ---------------------------------------------------------------- segments

/** Text and the ends of its segments, in buffers that are used again. */
class Output {
  #bytes: Uint8Array = new Uint8Array(0);
  #ends: Uint32Array = new Uint32Array(1024);
  length = 0;
  segments = 0;

  clear(expected: number): void {
    this.length = 0;
    this.segments = 0;
    if (this.#bytes.length < expected) this.#bytes = new Uint8Array(expected + (expected >> 3) + 1024);
  }

  push(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.length++] = byte;
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** With spaces for U+2581. */
  appendSpaced(bytes: Uint8Array): void {
    let start = 0;
    for (let at = bytes.indexOf(0xe2); at >= 0; at = bytes.indexOf(0xe2, at + 1)) {
      if (bytes[at + 1] !== 0x96 || bytes[at + 2] !== 0x81) continue;
      this.append(bytes.subarray(start, at));
      this.push(space);
      start = at + 3;
    }
    this.append(bytes.subarray(start));
  }

  end(at: number): void {
    if (this.segments === this.#ends.length) {
      const larger = new Uint32Array(2 * this.segments);
      larger.set(this.#ends);
      this.#ends = larger;
    }
    this.#ends[this.segments++] = at;
  }

  text(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  ends(): Uint32Array {
    return this.#ends.subarray(0, this.segments);
  }

  #reserve(bytes: number): void {
    if (this.length + bytes <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * (this.length + bytes));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

function startsWithMetaspace(bytes: Uint8Array): boolean {
  return bytes[0] === 0xe2 && bytes[1] === 0x96 && bytes[2] === 0x81;
}

/** Puts the ends of the segments of out's text from `from` on. */
function createCutter(cut: Cut): (out: Output, from: number) => void {
  if (cut === 'none') return (out) => out.end(out.length);
  if (cut === 'numbers') return cutAtNumbers;
  const each = cut === 'spaces';
  const isCut = new Uint8Array(256).fill(1);
  if (!each) for (const byte of [space, ...cut.wordsNotAfter]) isCut[byte] = 0;
  return (out, from) => {
    const text = out.text();
    for (let at = from + 1; at < text.length; at += 1) {
      if (text[at] === space && isCut[text[at - 1]!] === 1) out.end(at);
    }
    out.end(text.length);
  };
}

/** Before and after each \p{N}. */
function cutAtNumbers(out: Output, from: number): void {
  const text = out.text();
  let last = from;
  for (let at = from; at < text.length; ) {
    const first = text[at]!;
    const width = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    const isNumber = first < 0x80 ? first >= 0x30 && first <= 0x39 : isNumberAt(text, at, width);
    if (isNumber) {
      if (at > last) out.end(at);
      out.end(at + width);
      last = at + width;
    }
    at += width;
  }
  if (text.length > last) out.end(text.length);
}

/** Unassigned, none and number: what is known of a character outside of ASCII. */
const knownNumbers = new Map<string, boolean>();
let numbers: RegExp | undefined;

function isNumberAt(text: Uint8Array, at: number, width: number): boolean {
  const char = Buffer.from(text.buffer, text.byteOffset + at, width).toString();
  let known = knownNumbers.get(char);
  if (known === undefined) {
    numbers ??= new RegExp(`^${classSource(categoryRanges('N')!)}`, 'u');
    known = numbers.test(char);
    knownNumbers.set(char, known);
  }
  return known;
}
