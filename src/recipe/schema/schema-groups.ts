/** Schemas of groups and near copies: `group` and `order` of a source, and `documents.near_duplicates`. */
import { z } from 'zod';
import { type Amount, either, mapError, oneOf, share, text } from './fields.ts';

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

/** Keys of a source. */
export const groupKeys: Readonly<Record<'group' | 'order', z.ZodOptional<z.ZodType<string>>>> = {
  group: text(
    'the name of a field, directory, or directory:1 and up',
    /^(?!directory\s*:(?![1-9]\d?$))[\s\S]/,
  )
    .optional()
    .describe(
      'Field or column whose value names the group of a document, or directory: the folder of its file. Equal values are one group, in all sources. What groups do: split.by, and packing groups.',
    ),
  order: text('the name of a field, or path')
    .optional()
    .describe(
      'Field or column by whose value the documents of a group are sorted, numbers or text, or path; default: path, the order of the corpus.',
    ),
};
