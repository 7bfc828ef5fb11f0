/** The shape of the parts of a `tokenizer.json` that longmix reads. */

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
