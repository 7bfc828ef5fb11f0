/**
 * The common pretokenizer patterns, by their text. A pattern is recognized only if its text is exactly the same, so
 * that a scanner written for a family never runs a similar but different pattern. Llama 3 has cl100k's text.
 */
import type { PatternFamily, SplitStep } from '../model.ts';

/**
 * The numbers of Hugging Face's Digits: Rust's `char::is_numeric`, which is \p{N} of Unicode 17.0. Regular expressions
 * have \p{N} of 16.0.
 */
export const numberClass = '[\\p{N}\u{11de0}-\u{11de9}\u{16ff4}-\u{16ff6}]';

const contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const gpt2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
const spaces = '\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';
const capitalised =
  '[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+';
const capitals = '[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*';

/** Each pattern, except the first one of SmolLM, matches at every position of every text, so it leaves no gaps. */
export const families: Readonly<Record<PatternFamily, readonly string[]>> = {
  gpt2: [gpt2],
  cl100k: [
    `${contractions}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|${spaces}`,
  ],
  o200k: [
    `${capitalised}${contractions}?|${capitals}${contractions}?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|${spaces}`,
  ],
  qwen2: [`${contractions}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|${spaces}`],
  tekken: [`${capitalised}|${capitals}|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|${spaces}`],
  smollm: [numberClass, gpt2],
};

/**
 * The family that has exactly these patterns. The last one matches at every position, so it makes no difference whether
 * its gaps are kept (Hugging Face's `Isolated`) or dropped (tiktoken). SmolLM's first step leaves gaps, which must be
 * kept.
 */
export function recognizeFamily(splits: readonly SplitStep[]): PatternFamily | null {
  const isKept = (step: SplitStep) => step.behavior === 'isolated' && !step.invert;
  const isMatchesOnly = (step: SplitStep) => step.behavior === 'removed' && step.invert;
  const isPlain = splits.every(
    (step, i) =>
      step.over === 'characters' && (isKept(step) || (isMatchesOnly(step) && i === splits.length - 1)),
  );
  if (!isPlain) return null;
  const wanted = JSON.stringify(splits.map((step) => step.pattern));
  for (const [family, known] of Object.entries(families)) {
    if (JSON.stringify(known) === wanted) return family as PatternFamily;
  }
  return null;
}

/**
 * tiktoken's newer text of r50k, which has the same matches: its quantifiers are possessive where backtracking never
 * helps, and `\s++$` matches what `\s+(?!\S)` matches. (tiktoken's newer text of cl100k is not equal to the older one:
 * at the end of a text it keeps newlines and blanks together.)
 */
const gpt2Possessive =
  "'(?:[sdmt]|ll|ve|re)| ?\\p{L}++| ?\\p{N}++| ?[^\\s\\p{L}\\p{N}]++|\\s++$|\\s+(?!\\S)|\\s";

/** The family whose scanner makes the same cuts as this split, even if the pattern's text differs. */
export function familyOfSplit(split: SplitStep): PatternFamily | null {
  const isPossessive = split.syntax === 'rust' && split.pattern === gpt2Possessive;
  return recognizeFamily([isPossessive ? { ...split, pattern: gpt2 } : split]);
}

/** A step of a Hugging Face file that keeps the matches and the gaps between them. */
export function isolatedStep(pattern: string): SplitStep {
  return { pattern, syntax: 'oniguruma', behavior: 'isolated', invert: false, over: 'characters' };
}

/** A step as in tiktoken: the matches of one pattern are the pretokens, and text that does not match is dropped. */
export function tiktokenStep(pattern: string): SplitStep {
  return { pattern, syntax: 'rust', behavior: 'removed', invert: true, over: 'characters' };
}
