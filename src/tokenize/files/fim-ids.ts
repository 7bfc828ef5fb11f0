/**
 * The sentinel tokens of fill-in-the-middle in a tokenizer: by the names that families of models give them, or by the names
 * of the recipe. DeepSeek's `hole` stands where the middle was, before the suffix, so it is the sentinel of the suffix.
 */
import { LongmixError } from '../../errors.ts';
import type { FimTokens } from '../../nouns/carried.ts';
import type { TokenNames } from './special-ids.ts';

export type FimIds = Readonly<Record<keyof FimTokens, number>>;

const roles = ['prefix', 'middle', 'suffix'] as const;

const families: readonly (readonly [prefix: string, middle: string, suffix: string])[] = [
  ['<|fim_prefix|>', '<|fim_middle|>', '<|fim_suffix|>'], // tiktoken, Qwen, Gemma, Granite
  ['<fim_prefix>', '<fim_middle>', '<fim_suffix>'], // StarCoder
  ['<fim-prefix>', '<fim-middle>', '<fim-suffix>'], // SantaCoder
  ['\u2581<PRE>', '\u2581<MID>', '\u2581<SUF>'], // Code Llama
  ['<PRE>', '<MID>', '<SUF>'],
  ['<\uff5cfim\u2581begin\uff5c>', '<\uff5cfim\u2581end\uff5c>', '<\uff5cfim\u2581hole\uff5c>'], // DeepSeek
  ['[PREFIX]', '[MIDDLE]', '[SUFFIX]'], // Codestral
];

/**
 * @param asked by the recipe; null: the tokenizer's own
 * @param where the place in the recipe, for errors
 * @throws LongmixError `special-token-missing` | `tokenizer-token`
 */
export function findFimIds(
  names: TokenNames,
  tokenizer: string,
  asked: FimTokens | null,
  where: string | undefined,
): FimIds {
  const place = where === undefined ? {} : { where };
  const family = families.find((tokens) => tokens.every((token) => names.idOf(token) !== null));
  if (asked === null && family === undefined) {
    throw new LongmixError(
      'special-token-missing',
      `the tokenizer ${tokenizer} has no known tokens for fill in the middle`,
      {
        ...place,
        cure: 'name them: fim: { rate: 10%, tokens: { prefix: "<PRE>", middle: "<MID>", suffix: "<SUF>" } }, by text or id',
      },
    );
  }
  const ids = roles.map((role, i) => {
    const token = asked?.[role] ?? family![i]!;
    const id = typeof token === 'string' ? names.idOf(token) : token;
    if (id !== null && id < names.idsBelow) return [role, id] as const;
    throw new LongmixError(
      'tokenizer-token',
      `fim.tokens.${role}: ${JSON.stringify(token)} is not a token of ${tokenizer}`,
      {
        ...place,
        cure: 'give the text of a token, or its id; longmix tokenizer FILE shows the special tokens',
      },
    );
  });
  return Object.fromEntries(ids) as FimIds;
}
