/**
 * Checks that the rows of a recipe can be made with its tokenizer. The check runs as soon as the tokenizer is known, so
 * that no corpus is tokenized in vain.
 */
import { LongmixError } from '../../errors.ts';
import type { Recipe } from '../../nouns/recipe.ts';
import type { Tokenizer } from '../../nouns/tokens.ts';
import { placeInRecipe } from '../../recipe/yaml/places.ts';
import type { ShardDtype } from '../../shard/format.ts';

type TokenizerFacts = Pick<Tokenizer, 'name' | 'vocabularySize' | 'bosId' | 'eosId'>;

/** @throws LongmixError `special-token-missing` | `dtype-too-small` */
export function refuseUnfit(recipe: Recipe, tokenizer: TokenizerFacts): void {
  refuseMissingSpecials(recipe, tokenizer);
  shardDtype(recipe, tokenizer);
}

/** @throws LongmixError `dtype-too-small` */
export function shardDtype(recipe: Recipe, { vocabularySize }: TokenizerFacts): ShardDtype {
  const { dtype } = recipe.shards;
  if (dtype === 'auto') return vocabularySize <= 65_536 ? 'uint16' : 'int32';
  if (dtype === 'uint16' && vocabularySize > 65_536) {
    throw new LongmixError('dtype-too-small', `uint16 cannot hold the tokenizer's ${vocabularySize} ids`, {
      cure: 'use shards.dtype: auto, or int32',
    });
  }
  return dtype;
}

/** Checks the validation split and every phase, because a missing token would be written as id 0. */
function refuseMissingSpecials(recipe: Recipe, tokenizer: TokenizerFacts): void {
  const { sequences, phases } = recipe;
  const all = [
    { scope: [], sequences },
    ...phases.map((phase) => ({ ...phase, scope: ['phases', phase.name] })),
  ];
  for (const { scope, sequences: asked } of all) {
    for (const special of ['bos', 'eos'] as const) {
      if (!asked[special] || tokenizer[`${special}Id`] !== null) continue;
      const what = `the tokenizer ${tokenizer.name} has no ${special.toUpperCase()} token`;
      const key = [...scope, 'sequences', special];
      const where = placeInRecipe(recipe, key);
      const token = 'file' in recipe.tokenizer ? `name it: tokenizer.${special}, a text or an id; or ` : '';
      throw new LongmixError('special-token-missing', what, {
        ...(where === undefined ? {} : { where }),
        cure: `${token}set ${key.join('.')}: false`,
      });
    }
  }
}
