/** A model's normalizers on strings: slow and plain. Tests compare normalize-bytes.ts with it. */
import { mapGraphemes, readCharsmap } from '../engine/charsmap.ts';
import { type NormalizerStep, normalizerSteps } from '../engine/normalizer-steps.ts';
import { normalizePlainly } from '../engine/sentencepiece-normalizer.ts';
import type { Normalizer } from '../model.ts';
import { classSource, whiteSpace } from '../unicode/unicode.ts';
import { normalize } from './normalize.ts';

const spaces = classSource(whiteSpace);
const leading = new RegExp(`^${spaces}+`, 'u');
const isSpace = new RegExp(`^${spaces}$`, 'u');

/**
 * @returns a function that normalizes a text; `continued`: the text continues an earlier part, so nothing is put before
 * it
 * @throws UnsupportedPattern
 */
export function createPlainNormalizer(
  normalizers: readonly Normalizer[],
): (text: string, continued: boolean) => string {
  const steps = normalizerSteps(normalizers);
  return (text, continued) => steps.reduce((before, step) => apply(before, step, continued), text);
}

function apply(text: string, step: NormalizerStep, continued: boolean): string {
  switch (step.kind) {
    case 'map':
      return Array.from(text, (char) => step.map(char.codePointAt(0)!) ?? char).join('');
    case 'charsmap':
      return mapGraphemes(readCharsmap(step.charsmap), text);
    case 'sentencepiece':
      return normalizePlainly(step, text, continued);
    case 'form':
      return normalize(text, step.form);
    case 'strip': {
      const rest = step.left ? text.replace(leading, '') : text;
      return step.right ? stripRight(rest) : rest;
    }
    case 'prepend':
      return text === '' || continued ? text : step.text + text;
    case 'replace-text':
      return text.replaceAll(step.text, () => step.content);
    case 'replace-runs': {
      const most = step.max === Number.POSITIVE_INFINITY ? '' : step.max;
      const run = new RegExp(`${classSource(step.set)}{${step.min},${most}}`, 'gu');
      return text.replace(run, () => step.content);
    }
    case 'replace-matches':
      return step.replace(text);
  }
}

/**
 * Uses a loop, because a regular expression that ends in `$` would scan each run of spaces again from each of its
 * spaces.
 */
function stripRight(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace.test(text[end - 1]!)) end -= 1;
  return text.slice(0, end);
}
