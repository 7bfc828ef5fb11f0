/**
 * The parts of a Hugging Face `tokenizer.json` that longmix reads, in the form of the file. Other parts
 * (post-processor, decoder, truncation, padding) do not affect the tokens of a document and are ignored.
 */

import { checkHfFile, notTokenizerCure } from './hf-check.ts';
import type { HfFile, HfPart } from './hf-shape.ts';
import { parseJsonObject } from './json-shape.ts';

/**
 * A feature of the file that a TokenizerModel cannot express. The user gets no error: the file takes the general path.
 */
export class Unsupported extends Error {}

/** @throws LongmixError `tokenizer-bad` */
export function parseHfFile(name: string, bytes: Uint8Array): HfFile {
  return checkHfFile(name, parseJsonObject(name, bytes, 'a tokenizer.json', notTokenizerCure));
}

/**
 * A part as a flat list: Sequences are replaced by their parts, at any depth; null gives an empty list.
 * @param key the key under which a Sequence has its parts: `normalizers` or `pretokenizers`
 * @throws Unsupported
 */
export function flattenParts(part: HfPart | null | undefined, key: string): readonly HfPart[] {
  if (part === null || part === undefined) return [];
  if (part.type !== 'Sequence') return [part];
  const inner = part[key];
  if (!Array.isArray(inner)) throw new Unsupported(`a Sequence without ${key}`);
  return inner.flatMap((each: HfPart) => flattenParts(each, key));
}
