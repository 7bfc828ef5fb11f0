/**
 * The normalizer and the pre-tokenizer of a tokenizer.json, which are trees of parts, to the flat fields of `TextSteps`.
 * Only trees whose meaning those fields express exactly are taken.
 */
import { flattenParts, type HfFile, type HfPart, Unsupported } from './hf-file.ts';
import { readPrecompiled } from './hf-unigram.ts';
import type { Metaspace, Normalizer, SplitStep, TextSteps } from './model.ts';
import { families, isolatedStep, recognizeFamily } from './patterns.ts';
import { toJsRegex, UnsupportedPattern } from './to-js-regex.ts';

export type HfSteps = Omit<TextSteps, 'added' | 'addedNormalized'> & {
  /** The vocabulary is written in GPT-2's byte alphabet. */
  readonly byteLevel: boolean;
};

const underline = '\u2581';

/** @throws Unsupported */
export function readTextSteps(file: HfFile): HfSteps {
  const normalizer = readNormalizer(flattenParts(file.normalizer, 'normalizers'));
  const parts = flattenParts(file.pre_tokenizer, 'pretokenizers');
  if (parts.at(-1)?.type === 'ByteLevel') {
    if (normalizer.metaspace !== null) throw new Unsupported('byte-level tokens after a metaspace');
    return {
      ...readByteLevel(parts),
      normalizers: normalizer.normalizers,
      metaspace: null,
      byteLevel: true,
    };
  }
  const metaspace = readMetaspace(parts, normalizer.metaspace);
  if (metaspace === null) throw new Unsupported(`the pre-tokenizer ${typesOf(parts)}`);
  return {
    normalizers: normalizer.normalizers,
    prefixSpace: false,
    metaspace,
    splits: [],
    byteLevel: false,
  };
}

/** Known: a normalization form or none; `Prepend ▁` and `Replace " " ▁` (Llama 2), or the latter alone (Gemma). */
function readNormalizer(parts: readonly HfPart[]): Pick<TextSteps, 'normalizers' | 'metaspace'> {
  const normalizers: Normalizer[] = [];
  let prepends = false;
  let metaspace: Metaspace | null = null;
  for (const part of parts) {
    const isForm = /^NFK?[CD]$/.test(part.type);
    if (isForm && !prepends && metaspace === null) {
      normalizers.push({ kind: 'form', form: part.type as 'NFC' });
    } else if (part.type === 'Precompiled' && !prepends && metaspace === null) {
      normalizers.push(readPrecompiled(part));
    } else if (part.type === 'Prepend' && part.prepend === underline && !prepends && metaspace === null) {
      prepends = true;
    } else if (part.type === 'Replace' && isSpace(part.pattern) && part.content === underline && !metaspace) {
      metaspace = { prefix: prepends ? 'always' : 'never', split: false };
    } else {
      throw new Unsupported(`the normalizer ${typesOf(parts)}`);
    }
  }
  if (prepends && metaspace === null) throw new Unsupported('a prefix without a metaspace');
  return { normalizers, metaspace };
}

function isSpace(pattern: unknown): boolean {
  return (pattern as { String?: string } | undefined)?.String === ' ';
}

/** Splits one inside the other, then ByteLevel, whose own pattern is GPT-2's. */
function readByteLevel(parts: readonly HfPart[]): Pick<TextSteps, 'prefixSpace' | 'splits'> {
  const byteLevel = parts.at(-1)!;
  const prefixSpace = byteLevel.add_prefix_space !== false;
  // With splits before it, ByteLevel would put a space before each of their parts.
  if (prefixSpace && parts.length > 1) throw new Unsupported('ByteLevel with a prefix space after a split');
  const splits = parts.slice(0, -1).map(readSplit);
  if (byteLevel.use_regex !== false) splits.push(isolatedStep(families.gpt2[0]!));
  try {
    for (const { pattern } of splits) toJsRegex(pattern);
  } catch (error) {
    if (error instanceof UnsupportedPattern)
      throw new Unsupported(
        `the pattern ${splits.map(({ pattern }) => pattern).join(' ')}: ${error.message}`,
      );
    throw error;
  }
  return { prefixSpace, splits };
}

function readSplit(part: HfPart): SplitStep {
  if (part.type === 'Digits') return isolatedStep(part.individual_digits === true ? '\\p{N}' : '\\p{N}+');
  const regex = (part.pattern as { Regex?: string } | undefined)?.Regex;
  const isolated = part.behavior === 'Isolated' && part.invert !== true;
  const matches = part.behavior === 'Removed' && part.invert === true;
  if (part.type !== 'Split' || regex === undefined || !(isolated || matches)) {
    throw new Unsupported(`the pre-tokenizer ${part.type}`);
  }
  const step = isolatedStep(regex);
  // "Removed" and "invert" keep the matches and drop what lies between: nothing, if this pattern by itself is of a known
  // family. A step of one (SmolLM's \p{N}) is not.
  if (matches && recognizeFamily([step]) === null) throw new Unsupported('a split that drops text');
  return step;
}

/** Of pre-tokenizers without ByteLevel: Metaspace, or none after a normalizer that made one. */
function readMetaspace(parts: readonly HfPart[], fromNormalizer: Metaspace | null): Metaspace | null {
  const [part, ...others] = parts;
  if (part === undefined) return fromNormalizer;
  if (others.length > 0) return null;
  // Gemma splits at spaces, of which its normalizer leaves none.
  if (part.type === 'Split' && isSpace(part.pattern)) return fromNormalizer;
  if (part.type !== 'Metaspace' || part.replacement !== underline || fromNormalizer !== null) return null;
  const scheme = part.prepend_scheme ?? (part.add_prefix_space === false ? 'never' : 'always');
  const prefix = ({ always: 'unless-space', first: 'first-unless-space', never: 'never' } as const)[
    String(scheme)
  ];
  return prefix === undefined ? null : { prefix, split: part.split !== false };
}

function typesOf(parts: readonly HfPart[]): string {
  return parts.length === 0 ? '(none)' : parts.map((part) => part.type).join(' + ');
}
