/** Schemas of rules on what documents carry: conditions on fields, and ranges of scores. */
import { z } from 'zod';
import { type Amount, asField, either, mapError, oneOf, text, tokenLength } from './fields.ts';
import { mostTokens } from './schema-mix.ts';

export interface KeepEntry {
  readonly score: string;
  readonly from?: number | string | undefined;
  readonly to?: number | string | undefined;
  readonly where: { readonly source?: string | readonly string[] | undefined; readonly min_tokens: Amount };
  readonly missing: 'drop' | 'keep';
}

export const keepForm = '{ score: field:quality, from: p20, to: p80 }';

const scoreForm = 'compressibility, or field:NAME, which names a field of the records';
/** The first group is the percentile. */
export const percentilePattern: RegExp = /^p(\d{1,2}(?:\.\d+)?|100)$/;

function bound(): z.ZodType<number | string | undefined> {
  const form = 'a number, or a percentile such as p20 (p0 to p100)';
  return either(z.number({ error: `expected ${form}` }), text(form, percentilePattern), form).optional();
}

/** A condition is checked by its own parser, which points into it (`condition-checks.ts`). */
export function condition(): z.ZodType<string> {
  return text('a condition such as language == "en" and score >= 3').describe(
    'Only documents for which this holds are taken, such as language == "en" and score >= 3.',
  );
}

export const keepEntry: z.ZodType<KeepEntry> = z.strictObject(
  {
    score: text(scoreForm, /^(?:compressibility|field:[\s\S]+)$/, asField).describe(
      `The number: ${scoreForm}. compressibility is the ratio of the compressed to the plain text (zlib, level 1).`,
    ),
    from: bound().describe(
      'Documents with a smaller number are left out: a number, or a percentile of the documents such as p20.',
    ),
    to: bound().describe('Documents with a larger number are left out.'),
    where: z
      .strictObject(
        {
          source: either(
            text('the name of a source'),
            z.array(text('the name of a source'), {
              error: 'expected a list of sources such as [web, books]',
            }),
            'the name of a source, or a list of them',
          )
            .optional()
            .describe('The rule is about documents of these sources only; default: of all.'),
          min_tokens: tokenLength(0, mostTokens)
            .default(0)
            .describe(
              'The rule is about documents of at least this many tokens only; shorter ones are kept.',
            ),
        },
        mapError('a map such as { source: web, min_tokens: 8K }'),
      )
      .prefault({})
      .describe('Which documents the rule is about. It keeps all others.'),
    missing: oneOf(['drop', 'keep'])
      .default('drop')
      .describe('What happens to documents without the number.'),
  },
  mapError(`a map such as ${keepForm}`),
);
