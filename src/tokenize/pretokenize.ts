/**
 * A document's text to pretokens, as a list of functions one after the other, in the order of TextSteps' fields. Slow
 * and plain: this is what the kernel's scanners are judged by.
 */
import { createSplit } from './apply-split.ts';
import { createPlainAddedFinder } from './find-added-plain.ts';
import type { Metaspace, TextSteps } from './model.ts';
import { createPlainNormalizer } from './normalize-plain.ts';
import { UnsupportedPattern } from './to-js-regex.ts';

/** A pretoken's text, or an added token's id. */
export type Pretoken = string | number;

const metaspace = '\u2581';

/**
 * The function takes a document's text; `continued`: the text goes on from an earlier part, and nothing is put before it.
 *
 * @throws UnsupportedPattern
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
 * A segment to its pretokens. `isFirst`: it begins where the text begins, which is the document's beginning unless `continued`.
 */
function createCutter(steps: TextSteps): (text: string, isFirst: boolean, continued: boolean) => string[] {
  const outer = (steps.outerSplits ?? []).map(createSplit);
  if (steps.splits.some(({ over }) => over !== 'characters'))
    throw new UnsupportedPattern('a split of the byte alphabet');
  const inner = steps.splits.map(createSplit);
  return (text, isFirst, continued) => {
    let parts = [text];
    for (const split of outer) parts = parts.flatMap(split);
    // A part that comes after text that was dropped begins in the middle of the segment.
    const beginsAt = outer.length === 0 || text.startsWith(parts[0] ?? '') ? 0 : -1;
    parts = parts.flatMap((part, i) => {
      const isStart = isFirst && i === beginsAt;
      if (steps.metaspace !== null)
        return applyMetaspace(part, steps.metaspace, isStart, continued && isStart);
      return steps.prefixSpace && !(continued && isStart) && !part.startsWith(' ') ? [` ${part}`] : [part];
    });
    for (const split of inner) parts = parts.flatMap(split);
    return parts;
  };
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
