/**
 * The parts of a Hugging Face `tokenizer.json` that longmix reads, as they stand in the file. What is not in these
 * types (post-processor, decoder, truncation, padding) does not decide the tokens of a document and is not looked at.
 */

import { checkHfFile, notTokenizerCure } from './hf-check.ts';
import type { HfFile, HfPart } from './hf-shape.ts';
import { parseJsonObject } from './json-shape.ts';

/** What the file holds that a TokenizerModel cannot express; not an error: the file takes the general path. */
export class Unsupported extends Error {}

/** @throws LongmixError `tokenizer-bad` */
export function parseHfFile(name: string, bytes: Uint8Array): HfFile {
  return checkHfFile(name, parseJsonObject(name, bytes, 'a tokenizer.json', notTokenizerCure));
}

/**
 * A Sequence's parts, and theirs; nothing for null.
 * @param key where a Sequence has its parts: `normalizers` or `pretokenizers`
 * @throws Unsupported
 */
export function flattenParts(part: HfPart | null | undefined, key: string): readonly HfPart[] {
  if (part === null || part === undefined) return [];
  if (part.type !== 'Sequence') return [part];
  const inner = part[key];
  if (!Array.isArray(inner)) throw new Unsupported(`a Sequence without ${key}`);
  return inner.flatMap((each: HfPart) => flattenParts(each, key));
}
