/**
 * Finds added tokens in the bytes of a text. In UTF-8, a match of bytes is always a match of characters. The result is
 * that of Hugging Face's library (find-added-plain.ts is the plain version, on strings): the leftmost match, and the
 * longest of those that start there. The search goes on after this match even if it is then not taken (because it is a
 * special token or stands inside a word). Cost in text without tokens: at most one test per block of 16 bytes.
 */

import type { AddedToken } from '../model.ts';
import { classTest } from '../unicode/hf-classes.ts';
import { createTextFinder, type TextFinder } from './ascii/text-finder.ts';
import { characterBefore, codePointAt, skipSpaces, skipSpacesBack } from './space-bytes.ts';

/** Receives the parts of a text in order. */
export interface AddedSink {
  /** Not empty. */
  text(start: number, end: number): void;
  /** The token takes text[start, end), which includes the white space that it strips. */
  token(id: number, start: number, end: number): void;
}

/**
 * A class and not a closure, because V8 optimizes each closure anew: that took half of the first pass over a text in
 * which every line ends with a token.
 */
export class AddedFinder {
  readonly #added: readonly AddedToken[];
  readonly #lengths: readonly number[];
  /** null if there are no tokens. */
  readonly #finder: TextFinder | null;
  readonly #isWord = classTest('word');
  #kept: Uint8Array | null = null;
  #isLoaded = false;

  constructor(added: readonly AddedToken[]) {
    this.#added = added;
    this.#lengths = added.map(({ text }) => Buffer.byteLength(text));
    this.#finder = added.length === 0 ? null : createTextFinder(added.map(({ text }) => Buffer.from(text)));
  }

  /** Announces searches in `text` or in parts of it. The text must not change until the next call. */
  keep(text: Uint8Array): void {
    this.#kept = text;
    this.#isLoaded = false;
  }

  #begin(finder: TextFinder, text: Uint8Array, start: number, end: number): void {
    if (text === this.#kept && this.#isLoaded) return;
    this.#isLoaded = text === this.#kept;
    if (this.#isLoaded) finder.begin(text, 0, text.length);
    else finder.begin(text, start, end);
  }

  /** Whether the text of a token occurs in text[start, end). */
  mayFind(text: Uint8Array, start: number, end: number): boolean {
    const finder = this.#finder;
    if (finder === null) return false;
    this.#begin(finder, text, start, end);
    return finder.next(start, end) < end;
  }

  find(text: Uint8Array, start: number, end: number, sink: AddedSink): void {
    const finder = this.#finder;
    /** Everything before this place has been given to the sink. */
    let done = start;
    if (finder !== null) {
      this.#begin(finder, text, start, end);
      /**
       * End of the white space that was skipped last, so that a run is not scanned again from each of its characters.
       */
      let spacesEnd = start;
      for (let at = finder.next(start, end); at < end; ) {
        const index = finder.found;
        const token = this.#added[index]!;
        let from = at;
        let to = at + this.#lengths[index]!;
        at = finder.next(to, end);
        if (token.id === null) continue;
        if (token.singleWord && this.#touchesWord(text, start, end, from, to)) continue;
        if (token.lstrip) from = Math.max(skipSpacesBack(text, Math.min(done, from), from), done);
        if (token.rstrip) {
          if (to >= spacesEnd) spacesEnd = skipSpaces(text, to, end);
          to = spacesEnd;
        }
        if (from > done) sink.text(done, from);
        if (from < to) sink.token(token.id, from, to);
        // `done` may go back: a token can stand inside the white space that the token before it took.
        done = to;
      }
    }
    if (end > done) sink.text(done, end);
  }

  #touchesWord(text: Uint8Array, start: number, end: number, at: number, after: number): boolean {
    return (
      (at > start && this.#isWord(codePointAt(text, characterBefore(text, start, at)))) ||
      (after < end && this.#isWord(codePointAt(text, after)))
    );
  }
}
