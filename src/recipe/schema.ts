/**
 * What a recipe file may say: the one source for checking, defaults, help texts and the JSON Schema for editors
 * (`z.toJSONSchema(recipeSchema, { io: 'input' })`). Values are left as written (`5B` stays text); `to-recipe.ts` turns
 * them into numbers. What concerns two keys at once is in `cross-checks.ts`.
 */

import { z } from 'zod';
import { formats, packings } from '../types.ts';
import {
  type Amount,
  anyText,
  byteSize,
  either,
  flag,
  oneOf,
  positiveNumber,
  share,
  shareOrCount,
  text,
  tokenAmount,
  wholeNumber,
} from './fields.ts';

/** A recipe as written, with the defaults that don't depend on other keys. */
export interface RecipeFile {
  readonly name?: string | undefined;
  readonly tokenizer: string | { readonly file: string; readonly pattern?: string | undefined };
  readonly store?: string | undefined;
  readonly sources: Readonly<Record<string, string | SourceEntry>>;
  readonly split: { readonly validation: Amount };
  readonly mix: {
    readonly tokens: Amount;
    readonly shares?: Readonly<Record<string, Amount>> | undefined;
    readonly length?: LengthEntry | undefined;
    readonly method?: 'drop' | 'repeat' | undefined;
    readonly max_epochs?: number | undefined;
  };
  readonly sequences: {
    readonly length: Amount;
    readonly packing: (typeof packings)[number];
    readonly overlong: 'fragment' | 'truncate' | 'exclude';
    readonly tails: 'carry' | 'discard';
    readonly bos: boolean;
    readonly eos: boolean;
    readonly plus_one: boolean;
  };
  readonly shards: {
    readonly size: Amount;
    readonly dtype: 'auto' | 'uint16' | 'int32';
    readonly provenance: boolean;
  };
  readonly max_bad_records: Amount;
  readonly seed: number;
}

export interface SourceEntry {
  readonly path: string;
  readonly format?: (typeof formats)[number] | undefined;
  readonly text: string;
  readonly id: string;
  readonly source?: string | undefined;
  readonly join: 'file' | 'directory';
  readonly separator: string;
  readonly include: string | readonly string[];
  readonly exclude: string | readonly string[];
}

export interface LengthEntry {
  readonly threshold: Amount;
  readonly scope: 'per-source' | 'global';
  readonly long_share?: Amount | undefined;
  readonly keep_short?: Amount | undefined;
  readonly remove?: 'long' | undefined;
  readonly method?: 'drop' | 'repeat' | undefined;
}

/** Shares may be off by this much in sum; they are divided by it. */
export const shareTolerance = 1e-6;

const mostTokens = Number.MAX_SAFE_INTEGER;
/** Arrow holds the length of a fixed-size list, and TypedArrays their offsets, in 31 bits. */
const longestRow = 2 ** 30;

const mapError = (form: string): { error: (issue: { readonly code?: string }) => string | undefined } => ({
  // Unknown keys are issues of the map too; `schema-problems.ts` words those.
  error: (issue) => (issue.code === 'invalid_type' ? `expected ${form}` : undefined),
});

const globs = (): z.ZodType<string | readonly string[]> =>
  either(
    text('a glob'),
    z.array(text('a glob in quotes, such as "**/*.md"'), { error: 'expected a list of globs' }),
    'a glob in quotes, such as "**/*.md", or a list of them',
  );

const path = 'a file, a directory, a glob, or `-` for standard input';

const sourceEntry = z.strictObject(
  {
    path: text(path).describe(`Where the text is: ${path}. Relative to the recipe.`),
    format: oneOf(formats).optional().describe('Format of the files; by file extension if left out.'),
    text: text('the name of a field').default('text').describe('Field or column that holds the text.'),
    id: text('the name of a field').default('id').describe("Field or column that holds the document's id."),
    source: text('the name of a field')
      .optional()
      .describe(
        "Field or column whose value names the document's source, in place of the key of this entry.",
      ),
    join: oneOf(['file', 'directory'])
      .default('file')
      .describe('directory: all files of a directory become one document, in path order.'),
    separator: anyText('text to put between joined files')
      .default('\n')
      .describe('Put between the files of a joined document.'),
    include: globs()
      .default([])
      .describe('Globs of the files to read, against the path inside the source; all if left out.'),
    exclude: globs().default([]).describe('Globs of the files to leave out.'),
  },
  mapError('a map of settings'),
);

/** What `name: path` stands for. */
export function plainSource(path: string): SourceEntry {
  return sourceEntry.parse({ path });
}

const lengthEntry = z.strictObject(
  {
    threshold: tokenAmount(1, mostTokens).describe('Documents of at least this many tokens are long.'),
    scope: oneOf(['per-source', 'global'])
      .default('per-source')
      .describe(
        'per-source: the rule holds inside each source, whose share stays; global: over all documents together.',
      ),
    long_share: share({ above: 0, below: 1 })
      .optional()
      .describe('Share of the tokens that long documents shall have.'),
    keep_short: share().optional().describe('Share of the short documents that is kept.'),
    remove: oneOf(['long']).optional().describe('long: the ablation arm without long documents.'),
    method: oneOf(['drop', 'repeat']).optional().describe('The same as mix.method.'),
  },
  mapError('a map with threshold and one of long_share, keep_short, remove'),
);

const mix = z.strictObject(
  {
    tokens: tokenAmount(1, mostTokens, 'all')
      .default('all')
      .describe('Tokens of the training split. all: what the sources have.'),
    shares: z
      .record(text('the name of a source'), share(), mapError('a map from sources to shares'))
      .optional()
      .describe('Share of the tokens by source, 100% in sum; what the sources have if left out.'),
    length: lengthEntry.optional().describe('A rule that raises or lowers the weight of long documents.'),
    method: oneOf(['drop', 'repeat'])
      .optional()
      .describe('drop: no document more than once. repeat: documents may be taken up to max_epochs times.'),
    // Copies of a document are counted in 16 bits.
    max_epochs: positiveNumber(65_535)
      .optional()
      .describe('How often a document may be taken on average, at most; more is an error.'),
  },
  mapError('a map of settings'),
);

const sequences = z.strictObject(
  {
    length: tokenAmount(2, longestRow).default(8192).describe('Tokens of a training sequence.'),
    packing: oneOf(packings)
      .default('best-fit')
      .describe(
        'best-fit: never cuts a document that fits. concat: end to end, then cut. pad: one document a row.',
      ),
    overlong: oneOf(['fragment', 'truncate', 'exclude'])
      .default('fragment')
      .describe('What becomes of a document longer than a sequence.'),
    tails: oneOf(['carry', 'discard'])
      .default('carry')
      .describe(
        'With packing concat: what becomes of the rest of a document that the end of a sequence cut.',
      ),
    bos: flag().default(false).describe('Put the begin-of-sequence token before each document.'),
    eos: flag().default(true).describe('Put the end-of-sequence token after each document.'),
    plus_one: flag()
      .default(false)
      .describe('Rows of length + 1 tokens, for trainers that shift inputs and labels.'),
  },
  mapError('a map of settings'),
);

const shards = z.strictObject(
  {
    size: byteSize().default('256MB').describe('Target size of a shard file.'),
    dtype: oneOf(['auto', 'uint16', 'int32'])
      .default('auto')
      .describe('Type of the token ids. auto: uint16 where the vocabulary fits, else int32.'),
    provenance: flag().default(true).describe('Columns that lead each piece of a row back to its document.'),
  },
  mapError('a map of settings'),
);

const sourceName = text('the name of a source without control characters', /^[^\p{Cc}]+$/u);
const encoding = 'the name of an encoding such as cl100k_base, or { file: ./tokenizer.json }';

export const recipeSchema: z.ZodType<RecipeFile> = z
  .strictObject(
    {
      name: text(
        'a name that can be a folder: no / \\ : * ? " < > |, no dot first',
        /^(?!\.)[^\p{Cc}/\\:*?"<>|]+$/u,
      )
        .optional()
        .describe("Names the build and its folder, out/NAME; the recipe's file name if left out."),
      tokenizer: either(
        text(encoding),
        z.strictObject({
          file: text('the path of a tokenizer file').describe(
            'A tokenizer.json or tokenizer.model; relative to the recipe.',
          ),
          pattern: text('the name of a pattern or a regular expression')
            .optional()
            .describe('How text is split before merging, where the file does not say.'),
        }),
        encoding,
      )
        .default('cl100k_base')
        .describe(`How text becomes tokens: ${encoding}.`),
      store: text('the path of a folder')
        .optional()
        .describe('Folder of the token store, to share it between recipes; out/NAME/store if left out.'),
      sources: z
        .record(
          sourceName,
          either(text(path), sourceEntry, `${path}; or a map of settings`),
          mapError('a map from names to paths or settings'),
        )
        .describe('The corpora, by name.'),
      split: z
        .strictObject(
          {
            validation: share({ below: 1 })
              .default(0)
              .describe('Share of the documents that is kept apart for validation, chosen by content.'),
          },
          mapError('a map such as { validation: 0.5% }'),
        )
        .prefault({})
        .describe('What is kept apart from training.'),
      mix: mix.prefault({}).describe('How much of what.'),
      sequences: sequences.prefault({}).describe('The rows that documents are packed into.'),
      shards: shards.prefault({}).describe('The files that rows are written to.'),
      max_bad_records: shareOrCount('records')
        .default('0.1%')
        .describe(
          'A build stops when more records than this are malformed; a percentage allows at least 10, except 0%.',
        ),
      seed: wholeNumber(0, 'a whole number from 0 to 2^53 - 1')
        .default(0)
        .describe('Decides every random choice; the same seed and recipe give the same bytes.'),
    },
    mapError('a map of settings, at least `sources`'),
  )
  .describe('A longmix recipe.');
