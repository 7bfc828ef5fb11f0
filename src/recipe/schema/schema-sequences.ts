/** Schema of `sequences`, the rows that documents are packed into. A phase takes the same keys, all optional. */

import { z } from 'zod';
import { intents, packings } from '../../nouns/recipe.ts';
import {
  type Amount,
  either,
  flag,
  mapError,
  oneOf,
  positiveNumber,
  tokenLength,
  wholeNumber,
} from './fields.ts';
import { longestRow } from './schema-mix.ts';

export interface SequencesEntry {
  readonly length?: Amount | undefined;
  readonly packing?: (typeof packings)[number] | undefined;
  readonly pack_length?: Amount | undefined;
  readonly decompose?: DecomposeEntry | undefined;
  readonly intent?: (typeof intents)[number] | undefined;
  readonly overlong?: 'fragment' | 'truncate' | 'exclude' | undefined;
  readonly tails?: 'carry' | 'discard' | undefined;
  readonly bos?: boolean | undefined;
  readonly eos?: boolean | undefined;
  readonly plus_one?: boolean | undefined;
}

export interface DecomposeEntry {
  readonly smallest?: Amount | undefined;
  readonly odds: string | readonly number[];
  readonly cycles: number;
}

const oddsNames = ['uniform', 'grow-linear', 'grow-p2'] as const;

const decompose = z.strictObject(
  {
    smallest: tokenLength(2, longestRow)
      .optional()
      .describe(
        'Length of the shortest rows, a power of two; default: 256. Shorter remainders are left out, and counted.',
      ),
    odds: either(
      oneOf(oddsNames),
      z.array(positiveNumber(1e6), { error: 'expected a list of numbers' }),
      `one of ${oddsNames.join(', ')}, or a list of numbers, shortest rows first`,
    )
      .default('uniform')
      .describe(
        'How often a step takes rows of each length, shortest first. grow-linear: n, ... 2, 1. grow-p2: 2^n, ... 2, 1.',
      ),
    cycles: wholeNumber(1, 'a whole number of at least 1')
      .default(1)
      .describe('How many times the run goes through all lengths.'),
  },
  mapError('a map of settings'),
);

const keys = {
  length: tokenLength(2, longestRow).describe('Tokens of a training sequence.'),
  packing: oneOf(packings).describe(
    'best-fit: never cuts a document that fits. concat: end to end, then cut. pad: one document a row. decompose: pieces of a power of two, one a row. groups: as best-fit, with the documents of a group in one row, in their order.',
  ),
  overlong: oneOf(['fragment', 'truncate', 'exclude']).describe(
    'What happens to a document longer than a sequence. fragment: it is cut into pieces, each in a row. truncate: only its beginning is used. exclude: it is left out.',
  ),
  tails: oneOf(['carry', 'discard']).describe(
    'With packing concat: what happens to the remainder of a document that is cut at the end of a sequence. carry: it begins the next. discard: it is left out.',
  ),
  bos: flag().describe('Put the begin-of-sequence token before each document.'),
  eos: flag().describe('Put the end-of-sequence token after each document.'),
  plus_one: flag().describe('Rows of length + 1 tokens, for trainers that shift inputs and labels.'),
};

/** Keys without a default. */
const optionalKeys = {
  pack_length: tokenLength(2, longestRow)
    .optional()
    .describe(
      'Documents are packed in rows of this length, which are then put end to end in rows of `length`.',
    ),
  intent: oneOf(intents)
    .optional()
    .describe(
      'What the rows are made for, which the manifest says. mask: attention inside each document (default). no-mask: attention over the whole row, as packing groups needs.',
    ),
  decompose: decompose.optional().describe('With packing decompose: the lengths, and their order.'),
};

/** Defaults of `sequences`. */
export const defaultSequences = {
  length: 8192,
  packing: 'best-fit',
  overlong: 'fragment',
  tails: 'carry',
  bos: false,
  eos: true,
  plus_one: false,
} as const;

/** Default of `decompose.smallest`. */
export function smallestPiece(length: number): number {
  return Math.min(256, length);
}

export const sequencesSchema: z.ZodType<SequencesEntry> = z.strictObject(
  {
    length: keys.length
      .default(defaultSequences.length)
      .describe(
        'Tokens of a training sequence: 32K is 32,768. Validation has the same; where only phases have a length, the longest of them.',
      ),
    packing: keys.packing.default(defaultSequences.packing),
    overlong: keys.overlong.default(defaultSequences.overlong),
    tails: keys.tails.default(defaultSequences.tails),
    bos: keys.bos.default(defaultSequences.bos),
    eos: keys.eos.default(defaultSequences.eos),
    plus_one: keys.plus_one.default(defaultSequences.plus_one),
    ...optionalKeys,
  },
  mapError('a map of settings'),
);

export const phaseSequencesSchema: z.ZodType<SequencesEntry> = z
  .strictObject({ ...keys, ...optionalKeys }, mapError('a map of settings'))
  .partial();
