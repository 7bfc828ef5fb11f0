/**
 * Reads the parts of a tokenizer.json that change or cut a text before the vocabulary sees it: added tokens, the
 * normalizer and the pre-tokenizer. Their trees of parts become the flat fields of `TextSteps`. A part that these
 * fields cannot express exactly is refused by name.
 */

import type { Metaspace, Normalizer, SplitStep, TextSteps, TokenizerModel } from '../model.ts';
import { createMatcher } from '../pattern/match.ts';
import { OversizedPattern, UnsupportedPattern } from '../pattern/syntax.ts';
import { readAdded } from './hf-added.ts';
import { flattenParts, Unsupported } from './hf-file.ts';
import { readNormalizers, splitMetaspace, underline } from './hf-normalizers.ts';
import type { HfFile, HfPart } from './hf-shape.ts';
import { isWhiteSpaceSplit, readSplits } from './hf-splits.ts';
import { families, isolatedStep } from './patterns.ts';

export interface HfSteps {
  readonly steps: TextSteps;
  /** Whether the vocabulary is written in GPT-2's byte alphabet. */
  readonly byteLevel: boolean;
  readonly special: TokenizerModel['special'];
  /** Ids of all added tokens, special ones too. */
  readonly addedIds: readonly number[];
}

/**
 * @param vocabulary the model's pieces -> ids
 * @throws Unsupported
 */
export function readTextSteps(file: HfFile, vocabulary: ReadonlyMap<string, number>): HfSteps {
  try {
    return read(file, vocabulary);
  } catch (cause) {
    // A normalizer has a regular expression. One that is too large would fail on the general path, too.
    if (cause instanceof UnsupportedPattern && !(cause instanceof OversizedPattern))
      throw new Unsupported(cause.message);
    throw cause;
  }
}

function read(file: HfFile, vocabulary: ReadonlyMap<string, number>): HfSteps {
  const all = readNormalizers(flattenParts(file.normalizer, 'normalizers'));
  const size = Array.isArray(file.model.vocab) ? file.model.vocab.length : vocabulary.size;
  const { ids, special, ...found } = readAdded(file, vocabulary, size, all.normalizers);
  const cuts = readPreTokenizers(flattenParts(file.pre_tokenizer, 'pretokenizers'), all.byteLevel);
  let { normalizers } = all;
  let { metaspace, splits } = cuts;
  const { byteLevel, outerSplits, prefixSpace } = cuts;
  if (all.byteLevel && found.addedNormalized.some(hasFlags))
    throw new Unsupported('added tokens that look at their neighbours in the byte alphabet');
  // Engines run a metaspace faster than the normalizers that it is written as. But tokens that are searched for in
  // normalized text, before the metaspace, need those normalizers.
  const written = splitMetaspace(normalizers);
  if (written !== null && !byteLevel && metaspace === null && outerSplits.length === 0) {
    metaspace = { prefix: 'never', split: false };
    if (found.addedNormalized.length === 0) ({ normalizers, metaspace } = written);
    // Gemma splits at spaces, but its normalizer leaves no spaces.
    splits = splits.filter(({ pattern, invert }) => pattern !== ' ' || invert);
  }
  for (const { pattern } of [...outerSplits, ...splits]) checkPattern(pattern);
  if (metaspace?.prefix === 'first-unless-space') {
    checkFirst(normalizers, found.addedNormalized.length > 0);
    if (outerSplits.length > 0) checkFirstPart(normalizers, outerSplits);
  }
  return {
    steps: {
      ...found,
      normalizers,
      prefixSpace,
      metaspace,
      splits,
      ...(outerSplits.length > 0 && { outerSplits }),
    },
    byteLevel,
    special,
    addedIds: ids,
  };
}

interface Cuts {
  readonly outerSplits: readonly SplitStep[];
  readonly prefixSpace: boolean;
  readonly metaspace: Metaspace | null;
  readonly splits: readonly SplitStep[];
  readonly byteLevel: boolean;
}

/** @param isByteLevel whether a normalizer has written the text in the byte alphabet */
function readPreTokenizers(parts: readonly HfPart[], isByteLevel: boolean): Cuts {
  let outerSplits: SplitStep[] = [];
  let prefixSpace = false;
  let metaspace: Metaspace | null = null;
  let splits: SplitStep[] = [];
  let byteLevel = isByteLevel;
  /** Makes the splits so far outer ones, because the next step puts a prefix before each part. */
  const goInside = () => {
    if (splits.length === 0) return;
    outerSplits = splits;
    splits = [];
  };
  for (const part of parts) {
    if (part.type === 'Metaspace') {
      if (byteLevel) throw new Unsupported('a metaspace after ByteLevel');
      if (metaspace !== null) throw new Unsupported('a metaspace after another one');
      goInside();
      metaspace = readMetaspace(part);
    } else if (part.type === 'ByteLevel') {
      if (byteLevel) throw new Unsupported('ByteLevel after ByteLevel');
      if (metaspace !== null) throw new Unsupported('ByteLevel after a metaspace');
      byteLevel = true;
      if (part.add_prefix_space !== false) {
        goInside();
        prefixSpace = true;
      }
      // ByteLevel's own pattern is GPT-2's.
      if (part.use_regex !== false) splits.push(isolatedStep(families.gpt2[0]!));
    } else {
      const over = byteLevel ? 'byte-alphabet' : 'characters';
      splits.push(...readSplits(part).map((step): SplitStep => ({ ...step, over })));
    }
  }
  return { outerSplits, prefixSpace, metaspace, splits, byteLevel };
}

function readMetaspace(part: HfPart): Metaspace {
  if (part.replacement !== underline) throw new Unsupported('a metaspace other than U+2581');
  const scheme = String(part.prepend_scheme ?? (part.add_prefix_space === false ? 'never' : 'always'));
  const prefixes: Readonly<Record<string, Metaspace['prefix']>> = {
    always: 'unless-space',
    first: 'first-unless-space',
    never: 'never',
  };
  const prefix = prefixes[scheme];
  if (prefix === undefined) throw new Unsupported(`a metaspace with the prepend_scheme ${scheme}`);
  return { prefix, split: part.split !== false };
}

/**
 * A part is "first" if its first character comes from the first character of the document before normalization. Two
 * cases are refused: a normalizer may drop that character, which the fields of a model cannot express; or one character
 * becomes several, or text is put before it, and a token that is cut out of these characters leaves another part that
 * is "first".
 */
function checkFirst(normalizers: readonly Normalizer[], hasNormalized: boolean): void {
  const isKept = (step: Normalizer) =>
    step.kind === 'form' ||
    step.kind === 'lowercase' ||
    (step.kind === 'strip' && !step.left) ||
    (!hasNormalized &&
      (step.kind === 'prepend' ||
        // The library aligns mapped text with the original from the start, even if the map drops a character.
        step.kind === 'charsmap' ||
        (step.kind === 'replace' && step.content !== '')));
  const other = normalizers.find((step) => !isKept(step));
  if (other !== undefined)
    throw new Unsupported(`a metaspace for the first part only, after the normalizer ${other.kind}`);
}

/** The same for words: only the first word may come from the first character. */
function checkFirstPart(normalizers: readonly Normalizer[], outer: readonly SplitStep[]): void {
  if (outer.length > 1 || !isWhiteSpaceSplit(outer[0]!))
    throw new Unsupported('a metaspace for the first part only, after a split');
  const other = normalizers.find(
    (step) => !(step.kind === 'form' && step.form.length === 3) && step.kind !== 'lowercase',
  );
  if (other !== undefined)
    throw new Unsupported(`a metaspace for the first word only, after the normalizer ${other.kind}`);
}

/** A pattern that no engine can run exactly makes the file take the general path. */
function checkPattern(pattern: string): void {
  try {
    createMatcher(pattern, 'oniguruma');
  } catch (cause) {
    if (cause instanceof UnsupportedPattern && !(cause instanceof OversizedPattern))
      throw new Unsupported(`the pattern ${pattern.slice(0, 1000)}: ${cause.message}`);
    throw cause;
  }
}

function hasFlags({ lstrip, rstrip, singleWord }: TextSteps['added'][number]): boolean {
  return lstrip === true || rstrip === true || singleWord === true;
}
