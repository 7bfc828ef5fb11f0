/**
 * The facts that a tiktoken file leaves to the program that reads it: the pattern, and the special tokens after its
 * ranks. A recipe names the family (`pattern: llama3`). Patterns and tokens are from the published code: tiktoken's
 * openai_public.py; Llama 3's and Llama 4's tokenizer.py; Qwen's tokenization_qwen.py; Kimi's tokenization_kimi.py.
 * Only the tokens that begin, end or pad a document have names here; the others are numbered, because no text becomes
 * one of them.
 */
import type { Normalizer } from '../model.ts';
import { families } from './patterns.ts';

export interface TiktokenFamily {
  readonly pattern: string;
  /** Applied to the text first, as in Qwen's program. */
  readonly normalizers: readonly Normalizer[];
  /** The special tokens after the ranks: their number, and the places of those that have a name here. */
  readonly special: { readonly count: number; readonly names: Readonly<Record<string, number>> };
}

const contraction = "(?i:'s|'t|'re|'ve|'m|'ll|'d)?";
const lower = '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]';
const upper = '[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]';
const kimi = [
  '[\\p{Han}]+',
  `[^\\r\\n\\p{L}\\p{N}]?${upper}*${lower}+${contraction}`,
  `[^\\r\\n\\p{L}\\p{N}]?${upper}+${lower}*${contraction}`,
  '\\p{N}{1,3}',
  ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*',
  '\\s*[\\r\\n]+',
  '\\s+(?!\\S)',
  '\\s+',
].join('|');

const none: TiktokenFamily['special'] = { count: 0, names: {} };

function family(pattern: string, special: TiktokenFamily['special'] = none): TiktokenFamily {
  return { pattern, normalizers: [], special };
}

const { gpt2, cl100k, o200k, qwen2, tekken } = families;

/** The families by the name in a recipe. */
export const tiktokenFamilies: Readonly<Record<string, TiktokenFamily>> = {
  gpt2: family(gpt2[0]!),
  r50k: family(gpt2[0]!),
  p50k: family(gpt2[0]!),
  cl100k: family(cl100k[0]!),
  o200k: family(o200k[0]!),
  llama3: family(cl100k[0]!, { count: 256, names: { '<|begin_of_text|>': 0, '<|end_of_text|>': 1 } }),
  llama4: family(o200k[0]!, {
    count: 2_048,
    names: { '<|begin_of_text|>': 0, '<|end_of_text|>': 1, '<|finetune_right_pad|>': 18 },
  }),
  qwen: {
    ...family(qwen2[0]!, { count: 208, names: { '<|endoftext|>': 0, '<|im_start|>': 1, '<|im_end|>': 2 } }),
    normalizers: [{ kind: 'form', form: 'NFC' }],
  },
  qwen2: family(qwen2[0]!),
  kimi: family(kimi, { count: 256, names: { '[BOS]': 0, '[EOS]': 1, '[UNK]': 254, '[PAD]': 255 } }),
  tekken: family(tekken[0]!),
};

/** @param first the number of ranks: the id of the first special token */
export function specialTokens({ special }: TiktokenFamily, first: number): Readonly<Record<string, number>> {
  const named = new Set(Object.values(special.names));
  const tokens = Object.entries(special.names).map(([name, place]): [string, number] => [
    name,
    first + place,
  ]);
  for (let place = 0; place < special.count; place += 1) {
    if (!named.has(place)) tokens.push([`<|special_token_${place}|>`, first + place]);
  }
  return Object.fromEntries(tokens);
}
