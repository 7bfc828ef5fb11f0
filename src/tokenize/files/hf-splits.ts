/**
 * Reads pre-tokenizers that only cut as steps of a model. Regular expressions have no names for Hugging Face's own
 * classes of characters (punctuation, numbers, words), so the patterns list their characters (hf-classes.ts).
 */

import { escapeRegex } from '../escape-regex.ts';
import type { SplitStep } from '../model.ts';
import { classMembers } from '../unicode/hf-classes.ts';
import { Unsupported } from './hf-file.ts';
import type { HfPart } from './hf-shape.ts';
import { isolatedStep, numberClass } from './patterns.ts';

const behaviors: Readonly<Record<string, SplitStep['behavior']>> = {
  Isolated: 'isolated',
  Removed: 'removed',
  MergedWithPrevious: 'merged-with-previous',
  MergedWithNext: 'merged-with-next',
  Contiguous: 'contiguous',
};
/** White space, which is the same in Rust and in Oniguruma. */
const whiteSpaceStep = step('\\s', 'removed');

export function isWhiteSpaceSplit({ pattern, behavior, invert, over }: SplitStep): boolean {
  const { pattern: white, behavior: removed } = whiteSpaceStep;
  return pattern === white && behavior === removed && !invert && over === 'characters';
}

/**
 * The steps of a pre-tokenizer; each step cuts the parts of the step before.
 *
 * @throws Unsupported
 */
export function readSplits(part: HfPart): readonly SplitStep[] {
  switch (part.type) {
    case 'Split':
      return [readSplit(part)];
    case 'Digits':
      return [isolatedStep(part.individual_digits === true ? numberClass : `${numberClass}+`)];
    case 'Punctuation':
      return [step(punctuation(), behaviorOf(part.behavior ?? 'Isolated'))];
    case 'WhitespaceSplit':
      return [whiteSpaceStep];
    case 'Whitespace': {
      const word = classMembers('word');
      return [{ ...step(`[${word}]+|[^${word}\\s]+`, 'removed'), invert: true }];
    }
    case 'BertPreTokenizer':
      return [whiteSpaceStep, isolatedStep(punctuation())];
    case 'CharDelimiterSplit':
      return [step(escapeRegex(delimiterOf(part)), 'removed')];
    case 'FixedLength':
      return [isolatedStep(`[\\s\\S]{1,${lengthOf(part)}}`)];
  }
  throw new Unsupported(`the pre-tokenizer ${part.type}`);
}

function readSplit(part: HfPart): SplitStep {
  const { String: text, Regex: regex } = (part.pattern ?? {}) as { String?: unknown; Regex?: unknown };
  const pattern = typeof text === 'string' ? escapeRegex(text) : regex;
  if (typeof pattern !== 'string' || pattern === '') throw new Unsupported('a Split without a pattern');
  return { ...step(pattern, behaviorOf(part.behavior)), invert: part.invert === true };
}

function punctuation(): string {
  return `[${classMembers('punctuation')}]`;
}

function behaviorOf(name: unknown): SplitStep['behavior'] {
  const behavior = behaviors[String(name)];
  if (behavior === undefined) throw new Unsupported(`a split with the behavior ${name}`);
  return behavior;
}

function delimiterOf({ delimiter }: HfPart): string {
  if (typeof delimiter !== 'string' || [...delimiter].length !== 1)
    throw new Unsupported('a CharDelimiterSplit whose delimiter is not one character');
  return delimiter;
}

function lengthOf({ length = 5 }: HfPart): number {
  if (typeof length !== 'number' || !Number.isInteger(length) || length < 1 || length > 1000)
    throw new Unsupported(`a FixedLength of ${length}`);
  return length;
}

function step(pattern: string, behavior: SplitStep['behavior']): SplitStep {
  return { ...isolatedStep(pattern), behavior };
}
