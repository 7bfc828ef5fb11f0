/**
 * Whether the rows of a recipe can be made with its tokenizer. It is asked as soon as the tokenizer is known, before a
 * corpus is tokenized for nothing.
 */
import { LongmixError } from '../errors.ts';
import type { ShardDtype } from '../shard/format.ts';
import type { Recipe, Tokenizer } from '../types.ts';

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
    throw new LongmixError(
      'dtype-too-small',
      `uint16 can't hold the ${vocabularySize} ids of the tokenizer`,
      {
        cure: 'use shards.dtype: auto, or int32',
      },
    );
  }
  return dtype;
}

/** Of the validation split and of every phase: a token that isn't there would be written as the id 0. */
function refuseMissingSpecials({ sequences, phases }: Recipe, tokenizer: TokenizerFacts): void {
  const all = [{ of: '', sequences }, ...phases.map((phase) => ({ ...phase, of: `phases.${phase.name}.` }))];
  for (const { of, sequences: asked } of all) {
    for (const special of ['bos', 'eos'] as const) {
      if (!asked[special] || tokenizer[`${special}Id`] !== null) continue;
      const what = `the tokenizer ${tokenizer.name} has no ${special.toUpperCase()} token`;
      throw new LongmixError('special-token-missing', what, { cure: `set ${of}sequences.${special}: false` });
    }
  }
}
