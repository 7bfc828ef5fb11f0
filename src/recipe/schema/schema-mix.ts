/**
 * Schema of `mix`, which says how much of each source and length to take. A phase takes the same keys, all optional.
 */

import { z } from 'zod';
import { mixMethods } from '../../nouns/recipe.ts';
import {
  type Amount,
  asField,
  either,
  mapError,
  oneOf,
  perSource,
  positiveNumber,
  share,
  text,
  tokenAmount,
  tokenLength,
  wholeNumber,
} from './fields.ts';

export interface MixEntry {
  readonly shares_of?: 'tokens' | 'documents' | undefined;
  readonly shares?: Readonly<Record<string, Amount>> | undefined;
  readonly length?: LengthEntry | 'none' | undefined;
  readonly cells?: readonly CellEntry[] | undefined;
  readonly method?: (typeof mixMethods)[number] | undefined;
  readonly max_epochs?: PerSourceEntry<number> | undefined;
  readonly redistribute?: 'never' | 'within-source' | 'over-all' | undefined;
}

export type PerSourceEntry<T> = T | Readonly<Record<string, T>>;

export interface EarlierEntry {
  readonly build: string;
  readonly steps?: number | undefined;
  readonly rows_per_step?: number | undefined;
}

export type WithoutEntry = string | EarlierEntry | readonly (string | EarlierEntry)[];

export interface LengthEntry {
  readonly threshold: Amount;
  readonly scope: 'per-source' | 'global';
  readonly long_share?: Amount | undefined;
  readonly keep_short?: Amount | undefined;
  readonly remove?: 'long' | undefined;
  readonly method?: (typeof mixMethods)[number] | undefined;
  readonly except?: readonly string[] | undefined;
}

export interface CellEntry {
  readonly source: string;
  readonly from: Amount;
  readonly to?: Amount | undefined;
  readonly share: Amount;
  readonly method?: 'drop' | 'repeat' | undefined;
  readonly max_epochs?: number | undefined;
  readonly pack_length?: Amount | undefined;
}

/** The sum of shares may differ from 1 by this much; shares are divided by their sum. */
export const shareTolerance = 1e-6;

export const mostTokens: number = Number.MAX_SAFE_INTEGER;
/** Arrow stores the length of a fixed-size list in 31 bits; TypedArrays store their offsets likewise. */
export const longestRow: number = 2 ** 30;
// Copies of a document are counted in 16 bits.
const mostEpochs = 65_535;

const lengthEntry = z.strictObject(
  {
    threshold: tokenLength(1, mostTokens).describe('Documents of at least this many tokens are long.'),
    scope: oneOf(['per-source', 'global'])
      .default('per-source')
      .describe(
        'per-source: the rule holds inside each source, whose share stays; global: over all documents together.',
      ),
    long_share: share({ above: 0, below: 1 })
      .optional()
      .describe('Share of the tokens that long documents get.'),
    keep_short: share().optional().describe('Share of the short documents that is kept.'),
    remove: oneOf(['long']).optional().describe('long: the ablation arm without long documents.'),
    method: oneOf(mixMethods).optional().describe('The same as mix.method.'),
    except: z
      .array(text('the name of a source'), { error: 'expected a list of sources such as [books, papers]' })
      .optional()
      .describe('Sources that the rule does not change, such as one with only long documents.'),
  },
  mapError('a map with threshold and one of long_share, keep_short, remove'),
);

const cellEntry = z.strictObject(
  {
    source: text('the name of a source').describe('Source of the documents.'),
    from: tokenLength(0, mostTokens).default(0).describe('Least tokens of a document.'),
    to: tokenLength(1, mostTokens).optional().describe('Documents of the cell are shorter than this.'),
    share: share().describe('Share of the whole mix.'),
    method: oneOf(['drop', 'repeat']).optional().describe("The cell's own method, in place of mix.method."),
    max_epochs: positiveNumber(mostEpochs)
      .optional()
      .describe("The cell's own bound, in place of mix.max_epochs."),
    pack_length: tokenLength(2, longestRow)
      .optional()
      .describe(
        'Documents of the cell are packed in rows of this length, which are then put end to end in the rows of the run.',
      ),
  },
  mapError('a map such as { source: books, from: 64K, share: 30% }'),
);

const keys = {
  shares_of: oneOf(['tokens', 'documents'])
    .optional()
    .describe('Unit of shares, long_share and the shares of cells; default: tokens.'),
  shares: z
    .record(text('the name of a source'), share(), mapError('a map from sources to shares'))
    .optional()
    .describe('Share of the mix by source, 100% in sum; default: the proportions of the sources.'),
  length: either(
    z.literal('none'),
    lengthEntry,
    'a map with threshold and one of long_share, keep_short, remove; or none',
  )
    .optional()
    .describe('A rule that raises or lowers the weight of long documents.'),
  cells: z
    .array(cellEntry, mapError('a list of cells such as { source: books, from: 64K, share: 30% }'))
    .min(1, { error: 'expected at least one cell', abort: true })
    .optional()
    .describe('The mix cell by cell, in place of shares and length: documents in no cell are not taken.'),
  method: oneOf(mixMethods)
    .optional()
    .describe(
      'drop: no document more than once. repeat: documents may be taken up to max_epochs times. mixed: the same, and `tokens: all` means what the corpus has. Default: repeat where tokens is an amount and there is no length rule, else drop.',
    ),
  max_epochs: perSource(positiveNumber(mostEpochs), `a number above 0, at most ${mostEpochs}`)
    .optional()
    .describe(
      'How often a document may be taken on average, at most: one number, or a map from sources to numbers; default: 4.',
    ),
  redistribute: oneOf(['never', 'within-source', 'over-all'])
    .optional()
    .describe(
      'What replaces the tokens of a cell that runs out. never (the default): an error. within-source: more of the same source. over-all: more of everything else.',
    ),
};

/** The mix of a phase. It has no `tokens`, because a phase has its own key for that. */
export const phaseMixSchema: z.ZodType<MixEntry> = z.strictObject(keys, mapError('a map of settings'));

/** `FOLDER`, or `FOLDER@STEPS`. */
const earlierForm =
  'the folder of an earlier build and the steps that its run did, such as ./out/earlier@1200, or without the steps';

const earlierMap = z.strictObject(
  {
    build: text('the folder of an earlier build').describe(
      'Folder of the earlier build; relative to the recipe.',
    ),
    steps: wholeNumber(1, 'a number of steps in digits, at least 1')
      .optional()
      .describe('Optimizer steps that the run did, over all epochs; default: it has read all rows.'),
    rows_per_step: wholeNumber(1, 'a number of rows in digits, at least 1')
      .optional()
      .describe('Rows of a step over all ranks, if the recipe of the earlier build has no tokens_per_step.'),
  },
  mapError('a map such as { build: ./out/earlier, steps: 1200, rows_per_step: 64 }'),
);

const earlierEntry = either(
  text(earlierForm),
  earlierMap,
  `${earlierForm}; or a map such as { build: ./out/earlier, steps: 1200, rows_per_step: 64 }`,
);

export const mixSchema: z.ZodType<
  MixEntry & {
    readonly tokens: Amount;
    readonly without?: WithoutEntry | undefined;
    readonly weight_by?: string | undefined;
  }
> = z.strictObject(
  {
    tokens: tokenAmount('all')
      .default('all')
      .describe('Tokens of the training split. all: what the sources have.'),
    ...keys,
    weight_by: text('field:NAME, which names a field of the records', /^field:[\s\S]+$/, asField)
      .optional()
      .describe(
        'Documents of a cell are taken more or less often, in proportion to this number: field:NAME. Each is 0 or more; documents without it, or with 0, are not taken.',
      ),
    // One union: of a union in a union, the message of a half-matching branch would get lost.
    without: z
      .union(
        [
          text(earlierForm),
          earlierMap,
          z.array(earlierEntry, { error: `expected a list of such as ./out/earlier@1200` }),
        ],
        { error: `expected ${earlierForm}, or a list of them` },
      )
      .optional()
      .describe(
        'Runs on earlier builds whose documents are left out: ./out/earlier@1200 leaves out what 1,200 steps have read, ./out/earlier all of its rows. Relative to the recipe.',
      ),
  },
  mapError('a map of settings'),
);

/** Keys of a base mix that an overlay removes: cells replace shares and length, and these replace cells. */
export function displacedBy(gives: (key: string) => boolean): readonly string[] {
  if (gives('cells')) return ['shares', 'length'];
  return gives('shares') || gives('length') ? ['cells'] : [];
}
