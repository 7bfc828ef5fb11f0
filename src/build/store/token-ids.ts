/** Gives the units of sources of token ids what they need of the tokenizer, and refuses sources that it does not fit. */
import { LongmixError } from '../../errors.ts';
import type { ReadUnit } from '../../nouns/documents.ts';
import type { SourceSpec } from '../../nouns/recipe.ts';
import type { Tokenizer } from '../../nouns/tokens.ts';
import { formatTable } from '../../read/formats.ts';
import type { FoundSource } from './find-corpus.ts';

type Facts = Pick<Tokenizer, 'name' | 'fingerprint' | 'vocabularySize' | 'bosId' | 'eosId'>;

/** @throws LongmixError `tokens-mismatch` | `special-token-missing` */
export function withTokenIds(sources: readonly FoundSource[], tokenizer: Facts): FoundSource[] {
  const { vocabularySize, bosId, eosId } = tokenizer;
  return sources.map((found) => {
    const { spec } = found;
    if (spec.tokens === undefined) return found;
    refuseOther(spec, tokenizer);
    const withIds = (unit: ReadUnit): ReadUnit => {
      if (formatTable[unit.files[0]!.format].tokens === 'always') refuseEndless(spec, tokenizer);
      return { ...unit, ids: { vocabularySize, bosId, eosId } };
    };
    return {
      ...found,
      units: found.units.map(withIds),
      parts: found.parts.map((part) => ({ ...part, units: part.units.map(withIds) })),
    };
  });
}

function refuseOther({ name, tokens }: SourceSpec, { name: ours, fingerprint }: Facts): void {
  const made = tokens!.tokenizer;
  if (made === null || made === ours || made === fingerprint) return;
  throw new LongmixError(
    'tokens-mismatch',
    `the ids of source "${name}" were made by the tokenizer ${made}, and the recipe's is ${ours} (${fingerprint})`,
    { cure: `name that tokenizer in the recipe, or tokenize the text of the source with this one` },
  );
}

/** Nothing else parts the documents of such a file. */
function refuseEndless({ name }: SourceSpec, { name: tokenizer, eosId }: Facts): void {
  if (eosId !== null) return;
  throw new LongmixError(
    'special-token-missing',
    `the documents of source "${name}" end with EOS, and the tokenizer ${tokenizer} has no EOS token`,
    { cure: 'name it: tokenizer.eos, a text or an id' },
  );
}
