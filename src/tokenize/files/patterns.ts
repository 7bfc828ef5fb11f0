/**
 * The pretokenizer patterns that people train with, by their text: a pattern is recognised only if it is the same to
 * the letter, so a scanner written for a family can't meet a near miss. Llama 3 has cl100k's text.
 */
import type { PatternFamily, SplitStep } from '../model.ts';

/**
 * What Hugging Face's Digits takes for a number: Rust's `char::is_numeric`, which is Unicode 17.0's \p{N}. Regular
 * expressions have 16.0's.
 */
export const numberClass = '[\\p{N}\u{11de0}-\u{11de9}\u{16ff4}-\u{16ff6}]';

const contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const gpt2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
const spaces = '\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';
const capitalised =
  '[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+';
const capitals = '[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*';

/** Every pattern here matches at every position of every text: nothing lies between two matches. */
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
 * The family whose patterns these are. They match at every position, so it makes no difference whether gaps are kept
 * (Hugging Face's `Isolated`) or dropped (tiktoken). SmolLM's first step leaves gaps, which must be kept.
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
 * tiktoken's newer text of r50k: possessive where nothing is ever given back, and `\s++$` takes what `\s+(?!\S)` takes. (Its
 * text of cl100k is another pattern: at the end of a text it keeps newlines and blanks together.)
 */
const gpt2Possessive =
  "'(?:[sdmt]|ll|ve|re)| ?\\p{L}++| ?\\p{N}++| ?[^\\s\\p{L}\\p{N}]++|\\s++$|\\s+(?!\\S)|\\s";

/** The family whose scanner cuts as this split does, whatever its text. */
export function familyOfSplit(split: SplitStep): PatternFamily | null {
  const isPossessive = split.syntax === 'rust' && split.pattern === gpt2Possessive;
  return recognizeFamily([isPossessive ? { ...split, pattern: gpt2 } : split]);
}

/** A step of a Hugging Face file that keeps both the matches and what lies between them. */
export function isolatedStep(pattern: string): SplitStep {
  return { pattern, syntax: 'oniguruma', behavior: 'isolated', invert: false, over: 'characters' };
}

/** What tiktoken does: the matches of one pattern are the pretokens, and what does not match is dropped. */
export function tiktokenStep(pattern: string): SplitStep {
  return { pattern, syntax: 'rust', behavior: 'removed', invert: true, over: 'characters' };
}
