/**
 * Finds the texts of a list in a text: the leftmost match, and the longest of those that start there. If all texts of
 * the list begin with one rare byte (`<`), JavaScript searches for that byte. Other lists are searched in WebAssembly
 * (`assembly/find-texts.ts`), which gets a copy of the text and returns many places per call: Gemma has a token every
 * 50 bytes.
 */
import { type AsciiExports, instantiateAscii } from './instance.ts';

export interface TextFinder {
  /** Number of the text that `next` found. */
  readonly found: number;
  /** Prepares `next` for searches in text[start, end), which must not change meanwhile. */
  begin(text: Uint8Array, start: number, end: number): void;
  /** Start of the first text of the list in text[at, end); `end` if there is none. */
  next(at: number, end: number): number;
}

/** @param texts at least one text, none of them empty; of several equal texts the last counts */
export function createTextFinder(texts: readonly Uint8Array[]): TextFinder {
  const trie = new ByteTrie(texts);
  const first = texts[0]![0]!;
  const isOneByte = first > 0x20 && texts.every((text) => text[0] === first);
  return isOneByte ? new FinderByByte(trie, first) : new FinderInWebAssembly(trie, texts);
}

/** A trie of the texts. Children are found in a hash table with open addressing. */
class ByteTrie {
  /** Two numbers per entry: node * 256 + byte (`free`: the entry is empty), then the child. */
  readonly table: Uint32Array;
  /** Two numbers per node: 1 + the number of the text that ends there (0: none does), then the bytes of that text. */
  readonly ends: Uint32Array;
  readonly #mask: number;

  constructor(texts: readonly Uint8Array[]) {
    const edges = texts.reduce((sum, text) => sum + text.length, 0);
    let slots = 16;
    while (slots < 2 * edges) slots *= 2;
    this.#mask = slots - 1;
    this.table = new Uint32Array(2 * slots).fill(free);
    this.ends = new Uint32Array(2 * (edges + 1));
    let nodes = 1;
    texts.forEach((text, index) => {
      let node = 0;
      for (const byte of text) {
        const slot = this.#slot(node * 256 + byte);
        if (this.table[slot] === free) {
          this.table[slot] = node * 256 + byte;
          this.table[slot + 1] = nodes++;
        }
        node = this.table[slot + 1]!;
      }
      this.ends[2 * node] = index + 1;
      this.ends[2 * node + 1] = text.length;
    });
  }

  get slots(): number {
    return this.#mask + 1;
  }

  #slot(key: number): number {
    let slot = Math.imul(key, 0x9e3779b1) >>> 7;
    for (; ; slot += 1) {
      const at = 2 * (slot & this.#mask);
      const there = this.table[at]!;
      if (there === key || there === free) return at;
    }
  }

  /** Number of the longest text that begins at `at`; -1: none does. */
  longestAt(text: Uint8Array, at: number, end: number): number {
    let node = 0;
    let found = -1;
    for (let next = at; next < end; next += 1) {
      const slot = this.#slot(node * 256 + text[next]!);
      if (this.table[slot] === free) break;
      node = this.table[slot + 1]!;
      if (this.ends[2 * node] !== 0) found = this.ends[2 * node]! - 1;
    }
    return found;
  }
}

const free = 0xffffffff;

class FinderByByte implements TextFinder {
  found = -1;
  readonly #trie: ByteTrie;
  readonly #first: number;
  #text: Uint8Array = new Uint8Array(0);

  constructor(trie: ByteTrie, first: number) {
    this.#trie = trie;
    this.#first = first;
  }

  begin(text: Uint8Array): void {
    this.#text = text;
  }

  next(start: number, end: number): number {
    // Search a view that stops at `end`: in a document without the byte, indexOf would go on to the next one that has
    // it.
    const within = this.#text.subarray(0, end);
    for (let at = within.indexOf(this.#first, start); at >= 0; at = within.indexOf(this.#first, at + 1)) {
      this.found = this.#trie.longestAt(this.#text, at, end);
      if (this.found >= 0) return at;
    }
    return end;
  }
}

/** The most places that one call returns. */
const most = 1024;
const slack = 64;

class FinderInWebAssembly implements TextFinder {
  found = -1;
  readonly #exports: AsciiExports;
  readonly #lengths: readonly number[];
  readonly #results: number;
  readonly #text: number;
  #start = 0;
  /**
   * Places found by the last call, their number, and the next one. They hold if the search goes on at `#expected` up to
   * `#until`.
   */
  #places: Uint32Array = new Uint32Array(0);
  #count = 0;
  #next = 0;
  #expected = -1;
  #until = -1;

  constructor(trie: ByteTrie, texts: readonly Uint8Array[]) {
    this.#lengths = texts.map((text) => text.length);
    const exports = instantiateAscii();
    this.#exports = exports;
    const table = exports.base();
    const nodes = table + trie.table.byteLength;
    this.#results = nodes + trie.ends.byteLength;
    this.#text = (this.#results + most * 8 + 63) & ~63;
    exports.reserve(this.#text);
    const { buffer } = exports.memory;
    new Uint32Array(buffer, table, trie.table.length).set(trie.table);
    new Uint32Array(buffer, nodes, trie.ends.length).set(trie.ends);
    const apart = new Uint8Array(buffer, exports.apartAddress(), 16).fill(0xff);
    const pairs = new Uint8Array(buffer, exports.pairsAddress(), 8192);
    for (const text of texts) {
      const first = text[0]!;
      const [from, to] = text.length === 1 ? [0, 255] : [text[1]!, text[1]!];
      if (first < 0x80) apart[first & 15]! &= ~(1 << (first >> 4));
      for (let second = from; second <= to; second += 1) {
        const pair = first | (second << 8);
        pairs[pair >> 3]! |= 1 << (pair & 7);
      }
    }
    const isHigh = texts.some((text) => text[0]! >= 0x80);
    exports.setTexts(table, trie.slots, nodes, isHigh ? 1 : 0);
  }

  begin(text: Uint8Array, start: number, end: number): void {
    this.#exports.reserve(this.#text + (end - start) + slack);
    new Uint8Array(this.#exports.memory.buffer, this.#text, end - start).set(text.subarray(start, end));
    this.#places = new Uint32Array(this.#exports.memory.buffer, this.#results, most * 2);
    this.#start = start;
    this.#expected = -1;
  }

  next(at: number, end: number): number {
    if (at !== this.#expected || end !== this.#until || (this.#next === this.#count && this.#count === most))
      this.#search(at, end);
    if (this.#next === this.#count) {
      this.#expected = at;
      return end;
    }
    const place = this.#places[2 * this.#next]! - this.#text + this.#start;
    this.found = this.#places[2 * this.#next + 1]!;
    this.#next += 1;
    this.#expected = place + this.#lengths[this.found]!;
    return place;
  }

  #search(at: number, end: number): void {
    const shift = this.#text - this.#start;
    this.#count = this.#exports.findTexts(at + shift, end + shift, this.#results, most);
    this.#next = 0;
    this.#until = end;
  }
}
