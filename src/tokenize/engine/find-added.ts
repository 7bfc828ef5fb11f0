/**
 * Added tokens in text, found in its bytes: what matches there matches as characters, too, for that is how UTF-8 is made.
 * What is found is Hugging Face's (find-added-plain.ts has it in strings): of the tokens that match, the leftmost, of
 * those the longest; the search goes on behind it, even if it is then not taken, because it is a special token or stands
 * inside a word. Text without tokens costs one look at each block of 16 bytes, or less.
 */

import type { AddedToken } from '../model.ts';
import { classTest } from '../unicode/hf-classes.ts';
import { createTextFinder, type TextFinder } from './ascii/text-finder.ts';
import { characterBefore, codePointAt, skipSpaces, skipSpacesBack } from './space-bytes.ts';

/** Where the parts of a text go, in their order. */
export interface AddedSink {
  /** Not empty. */
  text(start: number, end: number): void;
  /** The token takes text[start, end), white space that it strips included. */
  token(id: number, start: number, end: number): void;
}

/**
 * A class, not a closure: V8 learns anew what each closure does, which took half of the first pass over a text where every line
 * ends with a token.
 */
export class AddedFinder {
  readonly #added: readonly AddedToken[];
  readonly #lengths: readonly number[];
  /** null: there are no tokens. */
  readonly #finder: TextFinder | null;
  readonly #isWord = classTest('word');
  #kept: Uint8Array | null = null;
  #isLoaded = false;

  constructor(added: readonly AddedToken[]) {
    this.#added = added;
    this.#lengths = added.map(({ text }) => Buffer.byteLength(text));
    this.#finder = added.length === 0 ? null : createTextFinder(added.map(({ text }) => Buffer.from(text)));
  }

  /** Searches in it, or in parts of it, will follow, and it stays as it is until the next call. */
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

  /** Whether the text of a token stands in text[start, end). */
  mayFind(text: Uint8Array, start: number, end: number): boolean {
    const finder = this.#finder;
    if (finder === null) return false;
    this.#begin(finder, text, start, end);
    return finder.next(start, end) < end;
  }

  find(text: Uint8Array, start: number, end: number, sink: AddedSink): void {
    const finder = this.#finder;
    /** End of what has gone to the sink. */
    let done = start;
    if (finder !== null) {
      this.#begin(finder, text, start, end);
      /** White space that was skipped last ends here: a run is not looked at again from each of its characters. */
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
        // This may go back: a token inside of white space that the one before took.
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
