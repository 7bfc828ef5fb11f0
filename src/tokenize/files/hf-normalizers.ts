/** Reads the normalizers of a tokenizer.json as those of a model. */

import type { Metaspace, Normalization, Normalizer } from '../model.ts';
import { Unsupported } from './hf-file.ts';
import type { HfPart } from './hf-shape.ts';

export const underline = '\u2581';

export interface HfNormalizers {
  readonly normalizers: readonly Normalizer[];
  /**
   * Whether the last normalizer writes the text in GPT-2's byte alphabet. It is not in the list: the model works on
   * bytes.
   */
  readonly byteLevel: boolean;
}

/** @throws Unsupported */
export function readNormalizers(parts: readonly HfPart[]): HfNormalizers {
  const byteLevel = parts.at(-1)?.type === 'ByteLevel';
  return { normalizers: (byteLevel ? parts.slice(0, -1) : parts).map(readNormalizer), byteLevel };
}

/**
 * Splits off a metaspace at the end of normalizers: `Replace " " ▁`, with a `Prepend ▁` before or after it, or without
 * one. Returns the other normalizers and the metaspace; null if the normalizers end in another way.
 */
export function splitMetaspace(
  normalizers: readonly Normalizer[],
): { readonly normalizers: readonly Normalizer[]; readonly metaspace: Metaspace } | null {
  const replaces = (step: Normalizer | undefined) =>
    step?.kind === 'replace' && !step.regex && step.pattern === ' ' && step.content === underline;
  const prepends = (step: Normalizer | undefined) => step?.kind === 'prepend' && step.text === underline;
  const [last, before] = [normalizers.at(-1), normalizers.at(-2)];
  if ((replaces(last) && prepends(before)) || (prepends(last) && replaces(before)))
    return { normalizers: normalizers.slice(0, -2), metaspace: { prefix: 'always', split: false } };
  if (replaces(last))
    return { normalizers: normalizers.slice(0, -1), metaspace: { prefix: 'never', split: false } };
  return null;
}

function readNormalizer(part: HfPart): Normalizer {
  switch (part.type) {
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD':
      return { kind: 'form', form: part.type as Normalization };
    case 'Lowercase':
      return { kind: 'lowercase' };
    case 'StripAccents':
      return { kind: 'strip-accents' };
    case 'Strip':
      return { kind: 'strip', left: part.strip_left !== false, right: part.strip_right !== false };
    case 'Prepend':
      return { kind: 'prepend', text: textOf(part, 'prepend') };
    case 'Nmt':
      return { kind: 'nmt' };
    case 'BertNormalizer':
      return {
        kind: 'bert',
        cleanText: part.clean_text !== false,
        chineseChars: part.handle_chinese_chars !== false,
        stripAccents: (part.strip_accents ?? part.lowercase) !== false,
        lowercase: part.lowercase !== false,
      };
    case 'Replace':
      return readReplace(part);
    case 'Precompiled':
      return readPrecompiled(part);
  }
  throw new Unsupported(`the normalizer ${part.type}`);
}

function readReplace(part: HfPart): Normalizer {
  const { String: text, Regex: regex } = (part.pattern ?? {}) as { String?: unknown; Regex?: unknown };
  const pattern = text ?? regex;
  if (typeof pattern !== 'string' || pattern === '') throw new Unsupported('a Replace without a pattern');
  return { kind: 'replace', pattern, regex: text === undefined, content: textOf(part, 'content') };
}

/** SentencePiece's map, in base64. */
function readPrecompiled(part: HfPart): Normalizer {
  const charsmap = Buffer.from(textOf(part, 'precompiled_charsmap'), 'base64');
  return { kind: 'charsmap', charsmap: new Uint8Array(charsmap), by: 'graphemes' };
}

function textOf(part: HfPart, field: string): string {
  const value = part[field];
  if (typeof value !== 'string') throw new Unsupported(`a ${part.type} without "${field}"`);
  return value;
}
