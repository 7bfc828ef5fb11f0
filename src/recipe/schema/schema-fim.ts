/** Schema of fill in the middle, a key of a source. */
import { z } from 'zod';
import { type Amount, either, mapError, oneOf, share, text, wholeNumber } from './fields.ts';

export interface FimEntry {
  readonly rate: Amount;
  readonly mode: 'psm' | 'spm';
  readonly spm_share?: Amount | undefined;
  readonly tokens?:
    | { readonly prefix: string | number; readonly middle: string | number; readonly suffix: string | number }
    | undefined;
}

const form = '{ rate: 10% }';

function token(role: string): z.ZodType<string | number> {
  const wanted = 'the text of a token such as "<PRE>", or its id';
  return either(text(wanted), wholeNumber(0, wanted), wanted).describe(
    `Token before the ${role}, by text or id.`,
  );
}

export const fimEntry: z.ZodType<FimEntry> = z.strictObject(
  {
    rate: share({ above: 0 }).describe(
      'Share of the documents, chosen by content, whose middle is put at the end; those that do not fit in a row stay as they are.',
    ),
    mode: oneOf(['psm', 'spm'])
      .default('psm')
      .describe('psm: prefix, suffix, middle. spm: suffix, prefix, middle.'),
    spm_share: share()
      .optional()
      .describe('Share of these documents in the order spm, the others in psm; in place of mode.'),
    tokens: z
      .strictObject(
        { prefix: token('prefix'), middle: token('middle'), suffix: token('suffix') },
        mapError('a map such as { prefix: "<PRE>", middle: "<MID>", suffix: "<SUF>" }'),
      )
      .optional()
      .describe('The sentinel tokens; default: those of the tokenizer that have a well-known name.'),
  },
  mapError(`a map such as ${form}`),
);
