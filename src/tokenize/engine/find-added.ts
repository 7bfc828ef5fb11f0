/**
 * Added tokens in text, found in its bytes: what matches there matches as characters, too, for that is how UTF-8 is made.
 * What is found is Hugging Face's (find-added-plain.ts has it in strings): of the tokens that match, the leftmost, of
 * those the longest; the search goes on behind it, even if it is then not taken, because it is a special token or stands
 * inside a word. Text without tokens costs one look at each byte, or less.
 */

import type { AddedToken } from '../model.ts';
import { classTest } from '../unicode/hf-classes.ts';
import { characterBefore, codePointAt, skipSpaces, skipSpacesBack } from './space-bytes.ts';

/** Where the parts of a text go, in their order. */
export interface AddedSink {
  /** Not empty. */
  text(start: number, end: number): void;
  /** The token takes text[start, end), white space that it strips included. */
  token(id: number, start: number, end: number): void;
}

export interface AddedFinder {
  /** Whether the text of a token stands in text[start, end). */
  mayFind(text: Uint8Array, start: number, end: number): boolean;
  find(text: Uint8Array, start: number, end: number, sink: AddedSink): void;
}

export function createAddedFinder(added: readonly AddedToken[]): AddedFinder {
  if (added.length === 0) {
    const find: AddedFinder['find'] = (_, start, end, sink) => {
      if (end > start) sink.text(start, end);
    };
    return { mayFind: () => false, find };
  }
  const trie = new ByteTrie(added.map(({ text }) => Buffer.from(text)));
  const lengths = added.map(({ text }) => Buffer.byteLength(text));
  const isWord = classTest('word');

  const touchesWord = (text: Uint8Array, start: number, end: number, at: number, after: number) =>
    (at > start && isWord(codePointAt(text, characterBefore(text, start, at)))) ||
    (after < end && isWord(codePointAt(text, after)));

  return {
    mayFind: (text, start, end) => trie.next(text, start, end) < end,
    find(text, start, end, sink) {
      /** End of what has gone to the sink. */
      let done = start;
      /** White space that was skipped last ends here: a run is not looked at again from each of its characters. */
      let spacesEnd = start;
      for (let at = trie.next(text, start, end); at < end; ) {
        const index = trie.found;
        const token = added[index]!;
        let from = at;
        let to = at + lengths[index]!;
        at = trie.next(text, to, end);
        if (token.id === null) continue;
        if (token.singleWord && touchesWord(text, start, end, from, to)) continue;
        if (token.lstrip) from = Math.max(skipSpacesBack(text, Math.min(done, from), from), done);
        if (token.rstrip) {
          if (to >= spacesEnd) spacesEnd = skipSpaces(text, to, end);
          to = spacesEnd;
        }
        if (from > done) sink.text(done, from);
        if (from < to) sink.token(token.id, from, to);
        // This may go back: a token inside of white space that the one before took.
        done = to;
      }
      if (end > done) sink.text(done, end);
    },
  };
}

/** Texts by their bytes. Children are found in a table with open addressing. */
class ByteTrie {
  /** Index of the text that `next` found. */
  found = -1;
  /** Twice an entry: node * 256 + byte (-1: free), child. */
  readonly #table: Int32Array;
  readonly #mask: number;
  /** By node: index of the text that ends there, or -1. */
  readonly #ends: Int32Array;
  /** By the first two bytes of a text: whether one may begin so. A text of one byte goes with any second one. */
  readonly #pairs = new Uint8Array(0x10000);
  /** The first byte of all texts, where they have one; -1: they differ. */
  readonly #first: number;

  constructor(texts: readonly Uint8Array[]) {
    const edges = texts.reduce((sum, text) => sum + text.length, 0);
    let slots = 16;
    while (slots < 2 * edges) slots *= 2;
    this.#mask = slots - 1;
    this.#table = new Int32Array(2 * slots).fill(-1);
    this.#ends = new Int32Array(edges + 1).fill(-1);
    let nodes = 1;
    texts.forEach((text, index) => {
      let node = 0;
      for (const byte of text) {
        const slot = this.#slot(node * 256 + byte);
        if (this.#table[slot] === -1) {
          this.#table[slot] = node * 256 + byte;
          this.#table[slot + 1] = nodes++;
        }
        node = this.#table[slot + 1]!;
      }
      this.#ends[node] = index;
      const pair = text[0]! << 8;
      if (text.length === 1) this.#pairs.fill(1, pair, pair + 256);
      else this.#pairs[pair | text[1]!] = 1;
    });
    const first = texts[0]![0]!;
    // A search for one byte is the fastest where that byte is rare.
    this.#first = first > 0x20 && texts.every((text) => text[0] === first) ? first : -1;
  }

  #slot(key: number): number {
    let slot = Math.imul(key, 0x9e3779b1) >>> 7;
    for (; ; slot += 1) {
      const at = 2 * (slot & this.#mask);
      const there = this.#table[at]!;
      if (there === key || there === -1) return at;
    }
  }

  /** Where the first text begins; `end` if there is none. */
  next(text: Uint8Array, start: number, end: number): number {
    return this.#first >= 0 ? this.#nextByByte(text, start, end) : this.#nextByPair(text, start, end);
  }

  #nextByPair(text: Uint8Array, start: number, end: number): number {
    const pairs = this.#pairs;
    if (start >= end) return end;
    let first = text[start]!;
    const last = end - 1;
    for (let at = start; at < last; at += 1) {
      const second = text[at + 1]!;
      if (pairs[(first << 8) | second] === 1 && this.#matches(text, at, end)) return at;
      first = second;
    }
    return this.#matches(text, last, end) ? last : end;
  }

  #nextByByte(text: Uint8Array, start: number, end: number): number {
    // Within its end: indexOf would go on to the next document that has the byte, from every one that has none.
    const within = text.subarray(0, end);
    for (let at = within.indexOf(this.#first, start); at >= 0; at = within.indexOf(this.#first, at + 1))
      if (this.#matches(text, at, end)) return at;
    return end;
  }

  /** The longest text that begins here. */
  #matches(text: Uint8Array, at: number, end: number): boolean {
    let node = 0;
    this.found = -1;
    for (let next = at; next < end; next += 1) {
      const slot = this.#slot(node * 256 + text[next]!);
      if (this.#table[slot] === -1) break;
      node = this.#table[slot + 1]!;
      if (this.#ends[node] !== -1) this.found = this.#ends[node]!;
    }
    return this.found >= 0;
  }
}
