/**
 * A document's text to pretokens, as a list of functions one after the other, in the order of TextSteps' fields. Slow
 * and plain: this is what the kernel's scanners are judged by.
 */
import { mapGraphemes, readCharsmap } from './charsmap.ts';
import type { AddedToken, Metaspace, Normalizer, SplitStep, TextSteps } from './model.ts';
import { normalize } from './normalize.ts';
import { escapeRegex, toJsRegex, UnsupportedPattern } from './to-js-regex.ts';

/** A pretoken's text, or an added token's id. */
export type Pretoken = string | number;

const metaspace = '\u2581';

/**
 * The function takes a document's text; `continued`: the text goes on from an earlier part, and nothing is put before it.
 *
 * @throws UnsupportedPattern
 */
export function createPretokenizer(steps: TextSteps): (text: string, continued: boolean) => Pretoken[] {
  const cutAdded = createAddedCutter(steps.added);
  const splits = steps.splits.map(createSplit);
  return (text, continued) => {
    const out: Pretoken[] = [];
    cutAdded(text).forEach((segment, i) => {
      if (typeof segment === 'number') {
        out.push(segment);
        return;
      }
      const isStart = i === 0;
      let parts = [steps.normalizers.reduce(applyNormalizer, segment)];
      if (steps.metaspace !== null) {
        parts = applyMetaspace(parts[0]!, steps.metaspace, isStart, continued && isStart);
      } else if (steps.prefixSpace && !(continued && isStart) && !parts[0]!.startsWith(' ')) {
        parts = [` ${parts[0]}`];
      }
      for (const split of splits) parts = parts.flatMap(split);
      for (const part of parts) out.push(part);
    });
    return out;
  };
}

/** The text's parts: added tokens' ids, and what lies between them. No part is empty. */
function createAddedCutter(added: readonly AddedToken[]): (text: string) => Pretoken[] {
  if (added.length === 0) return (text) => (text === '' ? [] : [text]);
  const ids = new Map(added.map((token) => [token.text, token.id]));
  // Alternatives are tried in order: with the longest first, leftmost match is leftmost-longest.
  const longestFirst = [...ids.keys()].sort((a, b) => b.length - a.length).map(escapeRegex);
  const regex = new RegExp(longestFirst.join('|'), 'gu');
  return (text) => {
    const parts: Pretoken[] = [];
    let end = 0;
    for (const match of text.matchAll(regex)) {
      const id = ids.get(match[0])!;
      if (id === null) continue;
      if (match.index > end) parts.push(text.slice(end, match.index));
      parts.push(id);
      end = match.index + match[0].length;
    }
    if (end < text.length) parts.push(text.slice(end));
    return parts;
  };
}

function applyNormalizer(text: string, step: Normalizer): string {
  if (step.kind === 'charsmap') return mapGraphemes(readCharsmap(step.charsmap), text);
  if (step.kind !== 'form') throw new UnsupportedPattern(`the normalizer ${step.kind}`);
  return normalize(text, step.form);
}

function createSplit({ pattern, behavior, invert }: SplitStep): (text: string) => string[] {
  const regex = toJsRegex(pattern);
  const isKept = behavior === 'isolated' || (behavior === 'removed' && invert);
  if (!isKept) throw new UnsupportedPattern(`a split whose matches are ${behavior}`);
  return (text) => isolate(text, regex, behavior === 'isolated');
}

/** The matches, and what lies between them. */
function isolate(text: string, regex: RegExp, gaps: boolean): string[] {
  const parts: string[] = [];
  let end = 0;
  for (const match of text.matchAll(regex)) {
    if (gaps && match.index > end) parts.push(text.slice(end, match.index));
    parts.push(match[0]);
    end = match.index + match[0].length;
  }
  if (gaps && end < text.length) parts.push(text.slice(end));
  return parts;
}

function applyMetaspace(segment: string, rule: Metaspace, isStart: boolean, continued: boolean): string[] {
  let text = segment.replaceAll(' ', metaspace);
  const prefixed =
    rule.prefix === 'always' ||
    (rule.prefix === 'unless-space' && !text.startsWith(metaspace)) ||
    (rule.prefix === 'first-unless-space' && isStart && !text.startsWith(metaspace));
  if (prefixed && !continued) text = metaspace + text;
  return rule.split ? text.split(/(?=\u2581)/u) : [text];
}
