/**
 * The parts of a Hugging Face `tokenizer.json` that longmix reads, as they stand in the file. What is not in these
 * types (post-processor, decoder, truncation, padding) does not decide the tokens of a document and is not looked at.
 */
import { LongmixError } from '../errors.ts';

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
  let file: unknown;
  try {
    file = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw notTokenizer(name, 'it is not JSON', cause);
  }
  const model = typeof file === 'object' && file !== null && 'model' in file ? file.model : null;
  if (typeof model !== 'object' || model === null) throw notTokenizer(name, 'it has no "model"');
  return file as HfFile;
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

function notTokenizer(name: string, why: string, cause?: unknown): LongmixError {
  return new LongmixError('tokenizer-bad', `not a tokenizer.json: ${why}`, {
    where: name,
    cure: 'tokenizer.file is the tokenizer.json of a Hugging Face model, or a tokenizer.model in tiktoken form',
    cause,
  });
}
