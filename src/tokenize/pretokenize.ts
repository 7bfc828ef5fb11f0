/**
 * A document's text to pretokens, as a list of functions one after the other, in the order of TextSteps' fields. Slow
 * and plain: this is what the kernel's scanners are judged by.
 */
import { bytesOfByteLevel, toByteLevel } from './byte-level.ts';
import { escapeRegex } from './escape-regex.ts';
import type { AddedToken, Metaspace, Normalizer, SplitStep, TextSteps } from './model.ts';
import { normalize } from './normalize.ts';
import { createMatcher } from './pattern/match.ts';
import { splitText } from './pattern/split.ts';

/** A pretoken's text, or its bytes where it may end inside of a character, or an added token's id. */
export type Pretoken = string | Uint8Array | number;

const metaspace = '\u2581';

/**
 * The function takes a document's text; `continued`: the text goes on from an earlier part, and nothing is put before it.
 *
 * @throws PatternError, UnsupportedPattern
 */
export function createPretokenizer(steps: TextSteps): (text: string, continued: boolean) => Pretoken[] {
  const cutAdded = createAddedCutter(steps.added);
  const splits = steps.splits.map(createSplit);
  const firstOverBytes = steps.splits.findIndex(({ over }) => over === 'byte-alphabet');
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
      splits.forEach((split, i) => {
        if (i === firstOverBytes) parts = parts.map(toByteLevel);
        parts = parts.flatMap(split);
      });
      for (const part of parts) out.push(firstOverBytes < 0 ? part : bytesOfByteLevel(part)!);
    });
    return out;
  };
}

/** The text's parts: added tokens' ids, and what lies between them. No part is empty. */
function createAddedCutter(added: readonly AddedToken[]): (text: string) => (string | number)[] {
  if (added.length === 0) return (text) => (text === '' ? [] : [text]);
  const ids = new Map(added.map((token) => [token.text, token.id]));
  // Alternatives are tried in order: with the longest first, leftmost match is leftmost-longest.
  const longestFirst = [...ids.keys()].sort((a, b) => b.length - a.length).map(escapeRegex);
  const regex = new RegExp(longestFirst.join('|'), 'gu');
  return (text) => {
    const parts: (string | number)[] = [];
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
  if (step.kind !== 'form') throw new Error(`the plain engine lacks the normalizer ${step.kind}`);
  return normalize(text, step.form);
}

function createSplit(step: SplitStep): (text: string) => string[] {
  const findMatches = createMatcher(step.pattern, step.syntax);
  return (text) => splitText(text, findMatches(text), step);
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
