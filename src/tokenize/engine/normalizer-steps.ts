/**
 * Reduces each normalizer of a model to a few kinds of change: map single characters, apply a normalization form, strip
 * white space, prepend text, replace matches. Both engines run the same steps (normalize-plain.ts on strings,
 * normalize-bytes.ts on UTF-8); tests compare them with Hugging Face's library on every code point.
 */

import type { Normalization, Normalizer } from '../model.ts';
import { createMatcher } from '../pattern/match.ts';
import { parsePattern } from '../pattern/parse.ts';
import type { CodePointSet } from '../pattern/syntax.ts';
import { classTest, lowercaseOf } from '../unicode/hf-classes.ts';

/** Returns the replacement of one character; null: it does not change. */
export type CharacterMap = (point: number) => string | null;

export type NormalizerStep =
  | Extract<Normalizer, { kind: 'charsmap' | 'sentencepiece' }>
  | { readonly kind: 'map'; readonly map: CharacterMap }
  | { readonly kind: 'form'; readonly form: Normalization }
  | { readonly kind: 'strip'; readonly left: boolean; readonly right: boolean }
  /** Puts `text` before a text that is not empty, if the document begins there. */
  | { readonly kind: 'prepend'; readonly text: string }
  | { readonly kind: 'replace-text'; readonly text: string; readonly content: string }
  /** Replaces runs of characters of one class; a match has at least `min` and at most `max` characters. */
  | {
      readonly kind: 'replace-runs';
      readonly set: CodePointSet;
      readonly min: number;
      readonly max: number;
      readonly content: string;
    }
  | { readonly kind: 'replace-matches'; readonly replace: (text: string) => string };

/** @throws PatternError, UnsupportedPattern */
export function normalizerSteps(normalizers: readonly Normalizer[]): readonly NormalizerStep[] {
  return normalizers.flatMap(stepsOf);
}

function stepsOf(normalizer: Normalizer): readonly NormalizerStep[] {
  switch (normalizer.kind) {
    case 'form':
    case 'strip':
    case 'prepend':
      return [normalizer];
    case 'lowercase':
      return [{ kind: 'map', map: lowercaseOf }];
    case 'strip-accents':
      return [without(classTest('marks'))];
    case 'nmt':
      return [{ kind: 'map', map: nmt }];
    case 'bert':
      return bertSteps(normalizer);
    case 'replace':
      return [replaceStep(normalizer)];
    case 'charsmap':
    case 'sentencepiece':
      return [normalizer];
  }
}

function without(isDropped: (point: number) => boolean): NormalizerStep {
  return { kind: 'map', map: (point) => (isDropped(point) ? '' : null) };
}

function bertSteps(bert: Extract<Normalizer, { kind: 'bert' }>): readonly NormalizerStep[] {
  const steps: NormalizerStep[] = [];
  if (bert.cleanText) steps.push({ kind: 'map', map: cleanText() });
  if (bert.chineseChars) steps.push({ kind: 'map', map: spaceChinese });
  if (bert.stripAccents) steps.push({ kind: 'form', form: 'NFD' }, without(classTest('nonspacing')));
  if (bert.lowercase) steps.push({ kind: 'map', map: lowercaseOf });
  return steps;
}

/**
 * Drops control characters other than tab and line ends; white space becomes a space. U+0085 is both, and is dropped.
 */
function cleanText(): CharacterMap {
  const isOther = classTest('other');
  const isSpace = classTest('space');
  return (point) => {
    if (point === 0x09 || point === 0x0a || point === 0x0d) return ' ';
    if (point === 0xfffd || isOther(point)) return '';
    return isSpace(point) && point !== 0x20 ? ' ' : null;
  };
}

/** The range from U+2B920 on is copied from Hugging Face's library; the Unicode block begins at U+2B820. */
function spaceChinese(point: number): string | null {
  if (point < 0x3400) return null;
  const isChinese =
    (point >= 0x4e00 && point <= 0x9fff) ||
    point <= 0x4dbf ||
    (point >= 0x20000 && point <= 0x2a6df) ||
    (point >= 0x2a700 && point <= 0x2b81f) ||
    (point >= 0x2b920 && point <= 0x2ceaf) ||
    (point >= 0xf900 && point <= 0xfaff) ||
    (point >= 0x2f800 && point <= 0x2fa1f);
  return isChinese ? ` ${String.fromCodePoint(point)} ` : null;
}

/** sentencepiece's `nmt` rules, as Hugging Face's library implements them. */
function nmt(point: number): string | null {
  if (point < 0x20) {
    if (point === 0x09 || point === 0x0a || point === 0x0c || point === 0x0d) return ' ';
    return point === 0 ? null : '';
  }
  if (point === 0x7f || point === 0x8f || point === 0x9f) return '';
  const isSpace =
    point === 0x1680 ||
    (point >= 0x200b && point <= 0x200f) ||
    point === 0x2028 ||
    point === 0x2029 ||
    point === 0x2581 ||
    point === 0xfeff ||
    point === 0xfffd;
  return isSpace ? ' ' : null;
}

/** Only this function compiles the regular expression of a normalizer. */
function replaceStep({ pattern, regex, content }: Extract<Normalizer, { kind: 'replace' }>): NormalizerStep {
  if (!regex) return { kind: 'replace-text', text: pattern, content };
  const run = runOfOneClass(pattern);
  if (run !== null) return { kind: 'replace-runs', ...run, content };
  const findMatches = createMatcher(pattern, 'oniguruma');
  return { kind: 'replace-matches', replace: (text) => replaceMatches(text, findMatches(text), content) };
}

/**
 * Recognizes patterns such as ` {2,}` and `\s+`, which the normalizers of most Unigram files have: one class, repeated
 * as often as possible. They can match in one way only, so they need no matcher. null: another pattern.
 */
export function runOfOneClass(
  pattern: string,
): { readonly set: CodePointSet; readonly min: number; readonly max: number } | null {
  const parsed = parsePattern(pattern, 'oniguruma');
  const node = parsed.type === 'concatenation' && parsed.parts.length === 1 ? parsed.parts[0]! : parsed;
  if (node.type === 'set') return { set: node.set, min: 1, max: 1 };
  if (node.type !== 'repeat' || node.mode !== 'greedy' || node.min === 0 || node.body.type !== 'set')
    return null;
  return { set: node.body.set, min: node.min, max: node.max };
}

/** @param matches start and end of each match, in turn */
function replaceMatches(text: string, matches: readonly number[], content: string): string {
  let out = '';
  let last = 0;
  for (let i = 0; i < matches.length; i += 2) {
    out += text.slice(last, matches[i]) + content;
    last = matches[i + 1]!;
  }
  return out + text.slice(last);
}
