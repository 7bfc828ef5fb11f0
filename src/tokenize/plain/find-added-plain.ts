/**
 * Finds added tokens in a text, in the steps of Hugging Face's AddedVocabulary; find-added.ts does the same on bytes.
 * The native library fails if the white space that one token took reaches past the end of the next token; here that
 * next token is dropped.
 */

import { escapeRegex } from '../escape-regex.ts';
import type { AddedToken } from '../model.ts';
import { classRanges } from '../unicode/hf-classes.ts';
import { classSource, whiteSpace } from '../unicode/unicode.ts';

/** A part of the text with the place where it begins, or the id of an added token. */
export type AddedPart = { readonly text: string; readonly at: number } | number;

export function createPlainAddedFinder(added: readonly AddedToken[]): (text: string) => AddedPart[] {
  if (added.length === 0) return (text) => (text === '' ? [] : [{ text, at: 0 }]);
  const tokens = new Map(added.map((token) => [token.text, token]));
  // Alternatives are tried in order: with the longest first, the leftmost match is also the longest.
  const longestFirst = [...tokens.keys()].sort((a, b) => b.length - a.length).map(escapeRegex);
  const regex = new RegExp(longestFirst.join('|'), 'gu');
  const isWord = new RegExp(classSource(classRanges('word')), 'u');
  const isSpace = new RegExp(classSource(whiteSpace), 'u');
  const touchesWord = (text: string, start: number, stop: number) =>
    isWord.test(charBefore(text, start)) || isWord.test(charAfter(text, stop));
  return (text) => {
    const parts: AddedPart[] = [];
    let done = 0;
    for (const match of text.matchAll(regex)) {
      const { id, singleWord, lstrip, rstrip } = tokens.get(match[0])!;
      let start = match.index;
      let stop = start + match[0].length;
      if (id === null) continue;
      if (singleWord && touchesWord(text, start, stop)) continue;
      if (lstrip) {
        while (start > 0 && isSpace.test(text[start - 1]!)) start -= 1;
        start = Math.max(start, done);
      }
      if (rstrip) while (stop < text.length && isSpace.test(text[stop]!)) stop += 1;
      if (done < start) parts.push({ text: text.slice(done, start), at: done });
      // If an earlier token took the token's text as white space, nothing is left; the native library drops an empty
      // token.
      if (start < stop) parts.push(id);
      done = stop;
    }
    if (done < text.length) parts.push({ text: text.slice(done), at: done });
    return parts;
  };
}

function charAfter(text: string, at: number): string {
  return at < text.length ? String.fromCodePoint(text.codePointAt(at)!) : '';
}

function charBefore(text: string, at: number): string {
  if (at === 0) return '';
  const last = text.charCodeAt(at - 1);
  return last >= 0xdc00 && last < 0xe000 ? text.slice(at - 2, at) : text[at - 1]!;
}
