/**
 * xxHash64 (seed 0) and the number of characters of documents that lie end to end in a window. A document that
 * continues in the next window keeps its state. The algorithm is XXH64's specification (github.com/Cyan4973/xxHash,
 * doc/xxhash_spec.md).
 */
const P1: u64 = 0x9e3779b185ebca87;
const P2: u64 = 0xc2b2ae3d27d4eb4f;
const P3: u64 = 0x165667b19e3779f9;
const P4: u64 = 0x85ebca77c2b2ae63;
const P5: u64 = 0x27d4eb2f165667c5;

const TEXT_BYTES: i32 = 65536;
const DOCUMENTS: i32 = 4096;
const text: usize = memory.data(TEXT_BYTES + 32, 16);
/** u32 per document: where it ends in the text. */
const ends: usize = memory.data(DOCUMENTS * 4, 16);
/** Two words per document: the hash, low and high. */
const keys: usize = memory.data(DOCUMENTS * 8, 16);
const characters: usize = memory.data(DOCUMENTS * 4, 16);

export function textAddress(): usize { return text; }
export function textBytes(): i32 { return TEXT_BYTES; }
export function endsAddress(): usize { return ends; }
export function documentsAtMost(): i32 { return DOCUMENTS; }
export function keysAddress(): usize { return keys; }
export function charactersAddress(): usize { return characters; }

// State of the open document: four accumulators, a stripe that is not full yet, and the counts so far.
let v1: u64 = 0;
let v2: u64 = 0;
let v3: u64 = 0;
let v4: u64 = 0;
const stripe: usize = memory.data(32, 16);
let held: usize = 0;
let total: u64 = 0;
let points: u32 = 0;
reset();

function reset(): void {
  v1 = P1 + P2;
  v2 = P2;
  v3 = 0;
  v4 = 0 - P1;
  held = 0;
  total = 0;
  points = 0;
}

/**
 * Writes the results of the documents. `open`: the last document continues in the next window, and has no results yet.
 */
export function digest(documents: u32, open: bool): void {
  let start = text;
  for (let i: u32 = 0; i < documents; i++) {
    const end = text + <usize>load<u32>(ends + (i << 2));
    update(start, end);
    start = end;
    if (open && i == documents - 1) return;
    store<u64>(keys + (i << 3), finish());
    store<u32>(characters + (i << 2), points);
    reset();
  }
}

function update(at: usize, end: usize): void {
  points += countCharacters(at, end);
  total += <u64>(end - at);
  if (held > 0) {
    const take = min(32 - held, end - at);
    memory.copy(stripe + held, at, take);
    held += take;
    at += take;
    if (held < 32) return;
    consume(stripe, stripe + 32);
    held = 0;
  }
  const whole = at + ((end - at) & ~31);
  consume(at, whole);
  held = end - whole;
  memory.copy(stripe, whole, held);
}

function consume(at: usize, end: usize): void {
  let a = v1;
  let b = v2;
  let c = v3;
  let d = v4;
  for (; at < end; at += 32) {
    a = round(a, load<u64>(at));
    b = round(b, load<u64>(at, 8));
    c = round(c, load<u64>(at, 16));
    d = round(d, load<u64>(at, 24));
  }
  v1 = a;
  v2 = b;
  v3 = c;
  v4 = d;
}

// @ts-ignore: decorator
@inline
function round(accumulator: u64, lane: u64): u64 {
  return rotl<u64>(accumulator + lane * P2, 31) * P1;
}

// @ts-ignore: decorator
@inline
function join(hash: u64, accumulator: u64): u64 {
  return (hash ^ round(0, accumulator)) * P1 + P4;
}

function finish(): u64 {
  let hash: u64;
  if (total >= 32) {
    hash = rotl<u64>(v1, 1) + rotl<u64>(v2, 7) + rotl<u64>(v3, 12) + rotl<u64>(v4, 18);
    hash = join(join(join(join(hash, v1), v2), v3), v4);
  } else {
    hash = P5;
  }
  hash += total;
  let at = stripe;
  const end = stripe + held;
  for (; at + 8 <= end; at += 8) hash = rotl<u64>(hash ^ round(0, load<u64>(at)), 27) * P1 + P4;
  if (at + 4 <= end) {
    hash = rotl<u64>(hash ^ (<u64>load<u32>(at) * P1), 23) * P2 + P3;
    at += 4;
  }
  for (; at < end; at++) hash = rotl<u64>(hash ^ (<u64>load<u8>(at) * P5), 11) * P1;
  hash = (hash ^ (hash >>> 33)) * P2;
  hash = (hash ^ (hash >>> 29)) * P3;
  return hash ^ (hash >>> 32);
}

/** Counts the bytes that are not continuation bytes: well-formed UTF-8 has one per character. */
function countCharacters(at: usize, end: usize): u32 {
  const last = i8x16.splat(-65);
  let count: u32 = 0;
  for (; at + 16 <= end; at += 16) count += <u32>popcnt<i32>(i8x16.bitmask(i8x16.gt_s(v128.load(at), last)));
  for (; at < end; at++) count += <u32>((load<u8>(at) & 0xc0) != 0x80);
  return count;
}
