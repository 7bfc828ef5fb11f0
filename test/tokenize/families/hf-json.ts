/** The parts of a tokenizer.json from which the descriptions of families are composed. */

export type Part = Readonly<Record<string, unknown>>;

export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly single_word: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  readonly normalized: boolean;
  readonly special: boolean;
}

export interface HfJson {
  readonly version: string;
  readonly added_tokens: readonly AddedToken[];
  readonly normalizer: Part | null;
  readonly pre_tokenizer: Part | null;
  readonly post_processor: Part | null;
  readonly decoder: Part | null;
  readonly model: Part;
}

/** An added token before it has an id; `content` alone: special, and matched before anything else is done. */
export type NewToken = string | (Partial<Omit<AddedToken, 'id'>> & { readonly content: string });

export function addedToken(token: NewToken, id: number): AddedToken {
  const plain = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  return { id, ...plain, ...(typeof token === 'string' ? { content: token } : token) };
}

export const steps = (...pretokenizers: readonly Part[]): Part => ({ type: 'Sequence', pretokenizers });
export const normalizers = (...list: readonly Part[]): Part => ({ type: 'Sequence', normalizers: list });
export const split = (Regex: string, behavior = 'Isolated', invert = false): Part => ({
  type: 'Split',
  pattern: { Regex },
  behavior,
  invert,
});
/** The bytes' letters only; the cuts are another step's. */
export const byteLevel: Part = {
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex: false,
};
/** With GPT-2's pattern. */
export const gpt2Cuts: Part = { ...byteLevel, use_regex: true };
export const digits = (individual_digits: boolean): Part => ({ type: 'Digits', individual_digits });
export const replace = (pattern: Part, content: string): Part => ({ type: 'Replace', pattern, content });
export const nfc: Part = { type: 'NFC' };
export const metaspace = (prepend_scheme: 'always' | 'first' | 'never', isSplit = true): Part => ({
  type: 'Metaspace',
  replacement: '\u2581',
  prepend_scheme,
  split: isSplit,
});
export const spacesToMetaspace: Part = replace({ String: ' ' }, '\u2581');
/** Llama 2's: a space before the text, and all spaces as U+2581. */
export const llamaNormalizer: Part = normalizers({ type: 'Prepend', prepend: '\u2581' }, spacesToMetaspace);
