/** Schema of `documents.near_duplicates`. */
import { z } from 'zod';
import { type Amount, either, mapError, oneOf, share } from './fields.ts';

const rules = ['keep', 'cluster', 'remove'] as const;

type Rule = (typeof rules)[number];

export type NearEntry = Rule | { readonly rule: Rule; readonly similarity: Amount };

export const defaultSimilarity = '80%';

const map = z.strictObject(
  {
    rule: oneOf(rules).default('cluster').describe('cluster, remove or keep.'),
    similarity: share()
      .default(defaultSimilarity)
      .describe(
        'Share of the shingles (7 tokens) of both documents that they have in common, from which on they are near copies; 50% to 100%.',
      ),
  },
  mapError('a map such as { rule: cluster, similarity: 80% }'),
);

export function nearDuplicates(): z.ZodType<NearEntry> {
  return either(
    oneOf(rules),
    map,
    'keep, cluster or remove, or a map such as { rule: cluster, similarity: 80% }',
  ).describe(
    'What happens to documents with nearly the same text, found by MinHash. cluster: all on one side of the validation split. remove: only the first is taken. keep: nothing (default).',
  );
}
