/**
 * Runs a model's normalizers on UTF-8. Each step returns null for text that it does not change, so ordinary text is
 * read but not copied; changed text is written once per step. Only two steps make strings: a normalization form (of
 * parts of the segment), and a regular expression of more than one class (of the whole segment).
 */

import type { Normalizer } from '../model.ts';
import { createFormNormalizer } from '../unicode/normalize-form.ts';
import type { ByteNormalizer } from './byte-normalizer.ts';
import { createGraphemeMapper, readCharsmap } from './charsmap.ts';
import { GrowingBytes } from './growing-bytes.ts';
import { longestOfMap, mapCharacters } from './map-bytes.ts';
import { type CharacterMap, type NormalizerStep, normalizerSteps } from './normalizer-steps.ts';
import { replaceRuns } from './replace-runs.ts';
import { createSentencePieceNormalizer } from './sentencepiece-normalizer.ts';
import { skipSpaces, skipSpacesBack } from './space-bytes.ts';

/** @throws UnsupportedPattern */
export function createByteNormalizer(normalizers: readonly Normalizer[]): ByteNormalizer {
  const steps = joinMaps(normalizerSteps(normalizers)).map(createStep);
  if (steps.length === 1) return steps[0]!;
  return (text, start, end, continued) => {
    let changed: Uint8Array | null = null;
    for (const step of steps) {
      changed =
        changed === null
          ? step(text, start, end, continued)
          : (step(changed, 0, changed.length, continued) ?? changed);
    }
    return changed;
  };
}

/** Turns each Replace of a single character into a map of characters, and joins successive maps into one. */
function joinMaps(steps: readonly NormalizerStep[]): readonly NormalizerStep[] {
  const joined: NormalizerStep[] = [];
  for (const step of steps) {
    const map = mapOf(step);
    const before = joined.at(-1);
    if (map === null) joined.push(step);
    else if (before?.kind !== 'map') joined.push({ kind: 'map', map });
    else joined[joined.length - 1] = { kind: 'map', map: mapTwice(before.map, map) };
  }
  return joined;
}

function mapOf(step: NormalizerStep): CharacterMap | null {
  if (step.kind === 'map') return step.map;
  if (step.kind !== 'replace-runs' || step.max !== 1 || Buffer.byteLength(step.content) > longestOfMap)
    return null;
  const { set, content } = step;
  return (point) => (set.some(([first, last]) => point >= first && point <= last) ? content : null);
}

function mapTwice(first: CharacterMap, second: CharacterMap): CharacterMap {
  return (point) => {
    const text = first(point);
    if (text === null) return second(point);
    return Array.from(text, (char) => second(char.codePointAt(0)!) ?? char).join('');
  };
}

function createStep(step: NormalizerStep): ByteNormalizer {
  switch (step.kind) {
    case 'map':
      return mapCharacters(step.map);
    case 'charsmap':
      return createGraphemeMapper(readCharsmap(step.charsmap));
    case 'sentencepiece':
      return createSentencePieceNormalizer(step);
    case 'form':
      return createFormNormalizer(step.form);
    case 'strip':
      return strip(step.left, step.right);
    case 'prepend': {
      const prefix = Buffer.from(step.text);
      return (text, start, end, continued) =>
        start === end || continued ? null : Buffer.concat([prefix, text.subarray(start, end)]);
    }
    case 'replace-text':
      return replaceText(Buffer.from(step.text), Buffer.from(step.content));
    case 'replace-runs':
      return replaceRuns(step);
    case 'replace-matches':
      return (text, start, end) => {
        const before = Buffer.from(text.buffer, text.byteOffset + start, end - start).toString();
        const after = step.replace(before);
        return after === before ? null : Buffer.from(after);
      };
  }
}

function strip(left: boolean, right: boolean): ByteNormalizer {
  return (text, start, end) => {
    const from = left ? skipSpaces(text, start, end) : start;
    const to = right ? skipSpacesBack(text, from, end) : end;
    return from === start && to === end ? null : text.subarray(from, to);
  };
}

function replaceText(wanted: Buffer, content: Buffer): ByteNormalizer {
  return (text, start, end) => {
    const within = Buffer.from(text.buffer, text.byteOffset, end);
    let out: GrowingBytes | undefined;
    let done = start;
    for (let at = within.indexOf(wanted, start); at >= 0; at = within.indexOf(wanted, done)) {
      out ??= new GrowingBytes(end - start + 64);
      out.append(text, done, at);
      out.append(content, 0, content.length);
      done = at + wanted.length;
    }
    if (out === undefined) return null;
    out.append(text, done, end);
    return out.bytes();
  };
}
