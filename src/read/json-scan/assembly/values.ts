/**
 * Reads strings, numbers, literals and white space at a cursor. Each function returns false if the JSON is not valid.
 */

let cursor: usize = 0;

// @ts-ignore: decorator
@inline
export function at(): usize {
  return cursor;
}

// @ts-ignore: decorator
@inline
export function moveTo(to: usize): void {
  cursor = to;
}

/** Does not skip a newline, because that ends the record. */
// @ts-ignore: decorator
@inline
export function skipSpace(): void {
  let byte = load<u8>(cursor);
  while (byte == 0x20 || byte == 0x09 || byte == 0x0d) byte = load<u8>(++cursor);
}

export function literal(): bool {
  const four = load<u32>(cursor);
  // `true`, `null`, `false` as little-endian numbers.
  if (four == 0x65757274 || four == 0x6c6c756e) {
    cursor += 4;
    return true;
  }
  if (four == 0x736c6166 && load<u8>(cursor, 4) == 0x65) {
    cursor += 5;
    return true;
  }
  // `NaN`, which Python writes but JSON does not have.
  if ((four & 0xffffff) == 0x4e614e) {
    cursor += 3;
    return true;
  }
  return infinity();
}

/** Reads `Infinity`, which Python writes. */
function infinity(): bool {
  if (load<u64>(cursor) != 0x7974696e69666e49) return false;
  cursor += 8;
  return true;
}

/** Whether the last number has digits; `-Infinity` has none. */
export let hasDigits: bool = false;

// @ts-ignore: decorator
@inline
function isDigit(byte: u8): bool {
  return <u32>byte - 0x30 < 10;
}

// @ts-ignore: decorator
@inline
function skipDigits(): void {
  while (isDigit(load<u8>(cursor))) cursor += 1;
}

export function number(): bool {
  const negative = load<u8>(cursor) == 0x2d;
  if (negative) cursor += 1;
  const first = load<u8>(cursor);
  hasDigits = isDigit(first);
  if (!hasDigits) return negative && infinity();
  cursor += 1;
  if (first != 0x30) skipDigits();
  if (load<u8>(cursor) == 0x2e) {
    cursor += 1;
    if (!isDigit(load<u8>(cursor))) return false;
    skipDigits();
  }
  if ((load<u8>(cursor) | 0x20) == 0x65) {
    cursor += 1;
    const sign = load<u8>(cursor);
    if (sign == 0x2b || sign == 0x2d) cursor += 1;
    if (!isDigit(load<u8>(cursor))) return false;
    skipDigits();
  }
  return true;
}

/** A mask of 16 bits. A bit is set if its byte is a quote, a backslash or a control character: it ends a plain run. */
// @ts-ignore: decorator
@inline
function stops(bytes: v128): i32 {
  const special = v128.or(
    v128.or(i8x16.eq(bytes, i8x16.splat(0x22)), i8x16.eq(bytes, i8x16.splat(0x5c))),
    i8x16.lt_u(bytes, i8x16.splat(0x20)),
  );
  return i8x16.bitmask(special);
}

export function skipString(): bool {
  let from = cursor + 1;
  while (true) {
    const mask = stops(v128.load(from));
    if (mask == 0) {
      from += 16;
      continue;
    }
    from += <usize>ctz<i32>(mask);
    const byte = load<u8>(from);
    if (byte == 0x22) {
      cursor = from + 1;
      return true;
    }
    if (byte != 0x5c) return false;
    if (load<u8>(from, 1) == 0x75) {
      if (hexAt(from + 2) < 0) return false;
      from += 6;
    } else {
      if (plainEscape(load<u8>(from, 1)) == 0) return false;
      from += 2;
    }
  }
}

/** End of the last string that was copied. */
export let copied: usize = 0;
/** Number of lone surrogates in the last string that was copied; each becomes U+FFFD in the copy. */
export let lone: u32 = 0;

/** Copies the string at the cursor to `out` as UTF-8. Overwrites up to 16 bytes after its end. */
export function copyString(out: usize): bool {
  let from = cursor + 1;
  lone = 0;
  while (true) {
    const bytes = v128.load(from);
    const mask = stops(bytes);
    v128.store(out, bytes);
    if (mask == 0) {
      from += 16;
      out += 16;
      continue;
    }
    const run = <usize>ctz<i32>(mask);
    from += run;
    out += run;
    const byte = load<u8>(from);
    if (byte == 0x22) {
      cursor = from + 1;
      copied = out;
      return true;
    }
    if (byte != 0x5c) return false;
    const letter = load<u8>(from, 1);
    if (letter != 0x75) {
      const plain = plainEscape(letter);
      if (plain == 0) return false;
      store<u8>(out, plain);
      out += 1;
      from += 2;
      continue;
    }
    let point = hexAt(from + 2);
    if (point < 0) return false;
    from += 6;
    if ((point & 0xf800) == 0xd800) {
      // 0x755c is `\u`, compared as one number: a second escape may complete the pair.
      const second = point < 0xdc00 && load<u16>(from) == 0x755c ? hexAt(from + 2) : -1;
      if (second >= 0xdc00 && second < 0xe000) {
        point = 0x10000 + ((point - 0xd800) << 10) + (second - 0xdc00);
        from += 6;
      } else {
        point = 0xfffd;
        lone += 1;
      }
    }
    out = putCharacter(out, <u32>point);
  }
}

function putCharacter(out: usize, point: u32): usize {
  if (point < 0x80) {
    store<u8>(out, point);
    return out + 1;
  }
  if (point < 0x800) {
    store<u8>(out, 0xc0 | (point >>> 6));
    store<u8>(out, 0x80 | (point & 0x3f), 1);
    return out + 2;
  }
  if (point < 0x10000) {
    store<u8>(out, 0xe0 | (point >>> 12));
    store<u8>(out, 0x80 | ((point >>> 6) & 0x3f), 1);
    store<u8>(out, 0x80 | (point & 0x3f), 2);
    return out + 3;
  }
  store<u8>(out, 0xf0 | (point >>> 18));
  store<u8>(out, 0x80 | ((point >>> 12) & 0x3f), 1);
  store<u8>(out, 0x80 | ((point >>> 6) & 0x3f), 2);
  store<u8>(out, 0x80 | (point & 0x3f), 3);
  return out + 4;
}

/** The byte that each letter after a backslash stands for; 0: it is not an escape. */
const escapes: usize = memory.data(256);
store<u8>(escapes + 0x22, 0x22);
store<u8>(escapes + 0x5c, 0x5c);
store<u8>(escapes + 0x2f, 0x2f);
store<u8>(escapes + 0x62, 0x08);
store<u8>(escapes + 0x66, 0x0c);
store<u8>(escapes + 0x6e, 0x0a);
store<u8>(escapes + 0x72, 0x0d);
store<u8>(escapes + 0x74, 0x09);

// @ts-ignore: decorator
@inline
function plainEscape(letter: u8): u8 {
  return load<u8>(escapes + <usize>letter);
}

/** Reads four hexadecimal digits as a number; negative: they are not hexadecimal. */
function hexAt(from: usize): i32 {
  let number: i32 = 0;
  for (let i: usize = 0; i < 4; i++) {
    const byte = load<u8>(from + i);
    const lower = <u32>(byte | 0x20) - 0x61;
    let digit: u32 = <u32>byte - 0x30;
    if (digit > 9) digit = lower < 6 ? lower + 10 : 16;
    if (digit > 15) return -1;
    number = (number << 4) | <i32>digit;
  }
  return number;
}
