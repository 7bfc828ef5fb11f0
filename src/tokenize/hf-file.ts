/**
 * The parts of a Hugging Face `tokenizer.json` that longmix reads, as they stand in the file. What is not in these
 * types (post-processor, decoder, truncation, padding) does not decide the tokens of a document and is not looked at.
 */
import { checkHfFile, notTokenizerCure } from './hf-check.ts';
import { parseJsonObject } from './json-shape.ts';

export interface HfFile {
  readonly added_tokens?: readonly HfAddedToken[];
  readonly normalizer?: HfPart | null;
  readonly pre_tokenizer?: HfPart | null;
  readonly model: HfModel;
}

export interface HfAddedToken {
  readonly id: number;
  readonly content: string;
  readonly single_word?: boolean;
  readonly lstrip?: boolean;
  readonly rstrip?: boolean;
  readonly normalized?: boolean;
  readonly special?: boolean;
}

/** A normalizer or pre-tokenizer: a type, and fields of that type. */
export interface HfPart {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface HfModel {
  readonly type?: string;
  readonly vocab?: unknown;
  readonly merges?: readonly (string | readonly [string, string])[];
  readonly dropout?: number | null;
  readonly continuing_subword_prefix?: string | null;
  readonly end_of_word_suffix?: string | null;
  readonly byte_fallback?: boolean;
  readonly unk_token?: string | null;
  readonly unk_id?: number | null;
  readonly fuse_unk?: boolean;
  readonly ignore_merges?: boolean;
}

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
