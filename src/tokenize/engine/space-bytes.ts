/** Finds white space (Unicode's White_Space, as in Rust) and characters in UTF-8. */

/** Bytes of the white space character that begins at `at`; 0 if no such character begins there. */
export function spaceAt(text: Uint8Array, at: number, end: number): number {
  if (at >= end) return 0;
  const first = text[at]!;
  if (first < 0x80) return first === 0x20 || (first >= 0x09 && first <= 0x0d) ? 1 : 0;
  if (first === 0xc2) return text[at + 1] === 0x85 || text[at + 1] === 0xa0 ? 2 : 0;
  if (first < 0xe1 || first > 0xe3) return 0;
  const second = text[at + 1]!;
  const third = text[at + 2]!;
  if (first === 0xe1) return second === 0x9a && third === 0x80 ? 3 : 0;
  if (first === 0xe3) return second === 0x80 && third === 0x80 ? 3 : 0;
  if (second === 0x81) return third === 0x9f ? 3 : 0;
  const isSpace = second === 0x80 && (third <= 0x8a || third === 0xa8 || third === 0xa9 || third === 0xaf);
  return isSpace ? 3 : 0;
}

/** The end of the white space that begins at `at`. */
export function skipSpaces(text: Uint8Array, at: number, end: number): number {
  let next = at;
  for (let width = spaceAt(text, next, end); width > 0; width = spaceAt(text, next, end)) next += width;
  return next;
}

/** The beginning of the white space that ends at `at`, not before `start`. */
export function skipSpacesBack(text: Uint8Array, start: number, at: number): number {
  let end = at;
  while (end > start) {
    const begin = characterBefore(text, start, end);
    if (spaceAt(text, begin, end) === 0) break;
    end = begin;
  }
  return end;
}

/** Where the character that ends at `end` begins. */
export function characterBefore(text: Uint8Array, start: number, end: number): number {
  let at = end - 1;
  while (at > start && (text[at]! & 0xc0) === 0x80) at -= 1;
  return at;
}

export function codePointAt(text: Uint8Array, at: number): number {
  const first = text[at]!;
  if (first < 0x80) return first;
  const second = text[at + 1]! & 0x3f;
  if (first < 0xe0) return ((first & 0x1f) << 6) | second;
  const third = text[at + 2]! & 0x3f;
  if (first < 0xf0) return ((first & 0x0f) << 12) | (second << 6) | third;
  return ((first & 0x07) << 18) | (second << 12) | (third << 6) | (text[at + 3]! & 0x3f);
}

/** Bytes of the character that begins with this one. */
export function widthOf(first: number): number {
  return first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}
