/**
 * Turns a document's text into pretokens by a list of functions, in the order of TextSteps' fields. Slow and plain:
 * tests compare the kernel's scanners with it.
 */
import { bytesOfByteLevel, toByteLevel } from '../engine/byte-level.ts';
import type { Metaspace, SplitStep, TextSteps } from '../model.ts';
import { createMatcher } from '../pattern/match.ts';
import { splitText } from '../pattern/split.ts';
import { createPlainAddedFinder } from './find-added-plain.ts';
import { createPlainNormalizer } from './normalize-plain.ts';

/** A pretoken's text, or its bytes if it may end inside a character, or the id of an added token. */
export type Pretoken = string | Uint8Array | number;

const metaspace = '\u2581';

/**
 * The function takes a document's text; `continued`: the text continues an earlier part, so nothing is put before it.
 *
 * @throws PatternError, UnsupportedPattern
 */
export function createPretokenizer(steps: TextSteps): (text: string, continued: boolean) => Pretoken[] {
  const findAdded = createPlainAddedFinder(steps.added);
  const normalize = createPlainNormalizer(steps.normalizers);
  const findNormalized = createPlainAddedFinder(steps.addedNormalized);
  const cut = createCutter(steps);
  return (text, continued) => {
    const out: Pretoken[] = [];
    for (const raw of findAdded(text)) {
      if (typeof raw === 'number') {
        out.push(raw);
        continue;
      }
      const isFirst = raw.at === 0;
      for (const part of findNormalized(normalize(raw.text, continued && isFirst))) {
        if (typeof part === 'number') out.push(part);
        else for (const pretoken of cut(part.text, isFirst && part.at === 0, continued)) out.push(pretoken);
      }
    }
    return out;
  };
}

/**
 * Cuts a segment into pretokens. `isFirst`: the segment begins where the text begins, which is the document's beginning
 * unless `continued`.
 */
function createCutter(steps: TextSteps): (text: string, isFirst: boolean, continued: boolean) => Pretoken[] {
  const outer = (steps.outerSplits ?? []).map(createSplit);
  const inner = steps.splits.map(createSplit);
  const firstOverBytes = steps.splits.findIndex(({ over }) => over === 'byte-alphabet');
  return (text, isFirst, continued) => {
    let parts = [text];
    for (const split of outer) parts = parts.flatMap(split);
    // If text was dropped before the first part, that part does not begin where the segment begins.
    const beginsAt = outer.length === 0 || text.startsWith(parts[0] ?? '') ? 0 : -1;
    parts = parts.flatMap((part, i) => {
      const isStart = isFirst && i === beginsAt;
      if (steps.metaspace !== null)
        return applyMetaspace(part, steps.metaspace, isStart, continued && isStart);
      return steps.prefixSpace && !(continued && isStart) && !part.startsWith(' ') ? [` ${part}`] : [part];
    });
    inner.forEach((split, i) => {
      if (i === firstOverBytes) parts = parts.map(toByteLevel);
      parts = parts.flatMap(split);
    });
    return firstOverBytes < 0 ? parts : parts.map((part) => bytesOfByteLevel(part)!);
  };
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
