/**
 * Keeps what people write apart from what the template writes. Before rendering, each text of a special token in a
 * conversation is broken by a character that occurs nowhere. After rendering, whole texts of special tokens are the
 * template's own, and the broken ones are joined again to ordinary text.
 */
import type { SpecialToken } from '../nouns/conversation.ts';
import { noToken } from '../nouns/conversation.ts';

export interface SpecialTexts {
  /** Breaks the texts of special tokens in all strings of a value. */
  hide<T>(value: T, by: string): T;
  /**
   * Cuts a text without its breaks into segments.
   * @param breaks ascending places in the text where a break stood
   */
  segments(text: string, breaks: readonly number[]): Segment[];
}

/** UTF-16 units up to `end` of the text; `token`: a special token's id, or `noToken`. */
export interface Segment {
  readonly end: number;
  readonly token: number;
}

export function createSpecialTexts(special: readonly SpecialToken[]): SpecialTexts {
  const byText = new Map(special.map((token) => [token.text, token]));
  // Of several that begin at one place the longest is meant, as in Hugging Face's library.
  const texts = [...byText.keys()].filter((text) => text !== '').sort((a, b) => b.length - a.length);
  const any = texts.length === 0 ? /(?!)/g : new RegExp(texts.map(escaped).join('|'), 'g');

  const hideText = (text: string, by: string): string => {
    let out = '';
    let at = 0;
    any.lastIndex = 0;
    for (let match = any.exec(text); match !== null; match = any.exec(text)) {
      const cut = match.index + (text.codePointAt(match.index)! > 0xffff ? 2 : 1);
      out += text.slice(at, cut) + by;
      at = cut;
      // Another may begin inside this one.
      any.lastIndex = cut;
    }
    return at === 0 ? text : out + text.slice(at);
  };
  const hide = (value: unknown, by: string): unknown => {
    if (typeof value === 'string') return hideText(value, by);
    if (Array.isArray(value)) return value.map((one) => hide(one, by));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [hideText(key, by), hide(one, by)]));
  };

  return {
    hide: <T>(value: T, by: string) => hide(value, by) as T,
    segments(text, breaks) {
      const found: Segment[] = [];
      let done = 0;
      let nextBreak = 0;
      any.lastIndex = 0;
      for (let match = any.exec(text); match !== null; match = any.exec(text)) {
        const { index } = match;
        const token = byText.get(match[0])!;
        while (nextBreak < breaks.length && breaks[nextBreak]! <= index) nextBreak += 1;
        if (nextBreak < breaks.length && breaks[nextBreak]! < index + match[0].length) {
          any.lastIndex = index + 1;
          continue;
        }
        const start = token.lstrip ? spaceBefore(text, index, done) : index;
        const end = token.rstrip ? spaceAfter(text, index + match[0].length) : index + match[0].length;
        if (start > done) found.push({ end: start, token: noToken });
        found.push({ end, token: token.id });
        done = end;
        any.lastIndex = end;
      }
      if (text.length > done) found.push({ end: text.length, token: noToken });
      return found;
    },
  };
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/** White space of Rust's `char::is_whitespace`. */
const space = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

function spaceBefore(text: string, from: number, least: number): number {
  let at = from;
  while (at > least && space.test(text[at - 1]!)) at -= 1;
  return at;
}

function spaceAfter(text: string, from: number): number {
  let at = from;
  while (at < text.length && space.test(text[at]!)) at += 1;
  return at;
}
