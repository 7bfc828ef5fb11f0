/**
 * Schema of a recipe file: the only source of checks, defaults, help texts and the JSON Schema for editors
 * (`z.toJSONSchema(recipeSchema, { io: 'input' })`). Values stay as written (`5B` stays text); `to-recipe.ts` turns
 * them into numbers. Rules about several keys at once are in `checks/`.
 */

import { z } from 'zod';
import { formats, quotings } from '../../nouns/recipe.ts';
import { type IdType, idTypes } from '../../nouns/source-kinds.ts';
import {
  type Amount,
  anyText,
  byteSize,
  either,
  encoding,
  estimator,
  flag,
  folderName,
  mapError,
  oneOf,
  perSource,
  share,
  shareOrCount,
  shareOrTokens,
  text,
  tokenLength,
  wholeNumber,
} from './fields.ts';
import { type ChatEntry, chatKeys } from './schema-chat.ts';
import { condition, type KeepEntry, keepEntry, keepForm } from './schema-documents.ts';
import { type FimEntry, fimEntry } from './schema-fim.ts';
import { groupKeys, type NearEntry, nearDuplicates } from './schema-groups.ts';
import { shapeOf } from './schema-keys.ts';
import {
  type MixEntry,
  mixSchema,
  mostTokens,
  type PerSourceEntry,
  phaseMixSchema,
  type WithoutEntry,
} from './schema-mix.ts';
import { phaseSequencesSchema, type SequencesEntry, sequencesSchema } from './schema-sequences.ts';
import { type TokenizerEntry, tokenizer, tokenizerForm } from './schema-tokenizer.ts';

/** A recipe as written, plus the defaults that don't depend on other keys. */
export interface RecipeFile {
  readonly name?: string | undefined;
  readonly tokenizer: string | TokenizerEntry;
  readonly store?: string | undefined;
  readonly sources: Readonly<Record<string, string | SourceEntry>>;
  readonly documents: DocumentsEntry;
  readonly split: { readonly validation: Amount; readonly by: 'document' | 'group' };
  readonly mix: MixEntry & {
    readonly tokens: Amount;
    readonly without?: WithoutEntry | undefined;
    readonly weight_by?: string | undefined;
  };
  readonly sequences: SequencesEntry;
  readonly phases?: Readonly<Record<string, PhaseEntry>> | undefined;
  readonly phase_documents: 'disjoint' | 'shared';
  readonly tokens_per_step?: Amount | undefined;
  readonly shards: {
    readonly size: Amount;
    readonly dtype: 'auto' | 'uint16' | 'int32';
    readonly provenance: boolean;
  };
  readonly max_bad_records: Amount;
  readonly seed: number;
}

export interface SourceEntry extends ChatEntry {
  readonly path: string;
  readonly format?: (typeof formats)[number] | undefined;
  readonly extract: boolean;
  readonly command?: readonly string[] | undefined;
  readonly text: string;
  readonly id: string;
  readonly source?: string | undefined;
  readonly join: 'file' | 'directory';
  readonly separator: string;
  readonly group?: string | undefined;
  readonly order?: string | undefined;
  readonly encoding?: string | undefined;
  readonly quote: (typeof quotings)[number];
  readonly include: string | readonly string[];
  readonly exclude: string | readonly string[];
  readonly tokens?: string | true | undefined;
  readonly dtype?: IdType | undefined;
  readonly tokenizer?: string | undefined;
  readonly columns?: readonly string[] | undefined;
  readonly where?: string | undefined;
  readonly fim?: FimEntry | undefined;
}

export interface DocumentsEntry {
  readonly min_tokens?: PerSourceEntry<Amount> | undefined;
  readonly max_tokens?: PerSourceEntry<Amount> | undefined;
  readonly duplicates: 'remove' | 'keep';
  readonly near_duplicates?: NearEntry | undefined;
  readonly length: string;
  readonly buckets?: readonly Amount[] | undefined;
  readonly keep?: readonly KeepEntry[] | undefined;
  readonly where?: string | undefined;
}

export interface PhaseEntry {
  readonly tokens: Amount;
  readonly mix: MixEntry;
  readonly sequences: SequencesEntry;
}

const globs = (): z.ZodType<string | readonly string[]> =>
  either(
    text('a glob'),
    z.array(text('a glob in quotes, such as "**/*.md"'), { error: 'expected a list of globs' }),
    'a glob in quotes, such as "**/*.md", or a list of them',
  );

const commandForm = 'a program and its words, such as [pdftotext, "{file}", "-"]';
const path = 'a file, a directory, a glob, or `-` for standard input';

const tokensForm = 'the name of a field of token ids such as input_ids, or true';

const sourceEntry = z.strictObject(
  {
    path: text(path).describe(
      `Where the text is: ${path}. Relative to the recipe. Or an address: s3://BUCKET/PATH, gs://BUCKET/PATH, hf://datasets/NAME/PATH (a glob, too), https://HOST/FILE.`,
    ),
    format: oneOf(formats).optional().describe('Format of the files; default: by file extension.'),
    extract: flag()
      .default(true)
      .describe(
        'Text is extracted from files that hold more than text (HTML, also in WARC, notebooks, EPUB and others); false: those of them that are text files are read as they are.',
      ),
    command: z
      .array(text('a word of the command in quotes'), { error: `expected ${commandForm}` })
      .min(1, { error: `expected ${commandForm}` })
      .optional()
      .describe(
        'A program that writes the text of a file to standard output, for formats that longmix does not read; {file} stands for the path of the file.',
      ),
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
    ...groupKeys,
    encoding: encoding()
      .optional()
      .describe(
        'Encoding of text, JSON and CSV files, such as utf-16, windows-1252 or shift_jis; default: UTF-8, and files in another encoding are left out and listed. utf-8: invalid bytes become U+FFFD, however many there are.',
      ),
    quote: oneOf(quotings)
      .default('auto')
      .describe(
        'Quotes of CSV and TSV. double: around a field, doubled inside it. none: quotes are ordinary text. auto: double, but in a TSV quotes do not join lines that are whole rows.',
      ),
    include: globs()
      .default([])
      .describe('Globs of the files to read, matched against the path inside the source; default: all.'),
    exclude: globs().default([]).describe('Globs of the files to leave out.'),
    tokens: either(text(tokensForm), z.literal(true), tokensForm)
      .optional()
      .describe(
        'The source holds token ids, not text: the field or column of the ids, or true for `input_ids` and for files of ids (npy, bin).',
      ),
    dtype: oneOf(idTypes).optional().describe('Type of the ids in files of format bin.'),
    tokenizer: text('the name of a tokenizer')
      .optional()
      .describe(
        "The tokenizer that made the ids, by name or fingerprint; if it is not the recipe's, the source is refused.",
      ),
    ...chatKeys,
    columns: z
      .array(text('the name of a field'), { error: 'expected a list of fields such as [score, language]' })
      .optional()
      .describe(
        'Fields that the token store keeps with each document, for recipes that use them later; those that this recipe uses are kept anyway. compressibility: the ratio of compressed to plain text.',
      ),
    where: condition().optional(),
    fim: fimEntry
      .optional()
      .describe(
        'Fill in the middle: some documents of the training split are cut in three, and their middle goes to the end.',
      ),
  },
  mapError('a map of settings'),
);

/** The source that `name: path` stands for. */
export function plainSource(path: string): SourceEntry {
  return sourceEntry.parse({ path });
}

const documents = z.strictObject(
  {
    min_tokens: perSource(tokenLength(0, mostTokens), 'a length in tokens')
      .optional()
      .describe('Shorter documents are left out; one amount, or a map from sources to amounts.'),
    max_tokens: perSource(tokenLength(1, mostTokens), 'a length in tokens')
      .optional()
      .describe('Longer documents are left out; one amount, or a map from sources to amounts.'),
    duplicates: oneOf(['remove', 'keep'])
      .default('remove')
      .describe('remove: keep only the first of several documents with identical text.'),
    near_duplicates: nearDuplicates().optional(),
    length: estimator()
      .default('exact')
      .describe(
        'What thresholds and buckets measure: exact (tokens), or chars/3.68 (characters divided by a number, as Fu et al. do).',
      ),
    buckets: z
      .array(tokenLength(1, mostTokens), { error: 'expected a list of lengths such as [4K, 32K]' })
      .optional()
      .describe('Edges between the length buckets of tables and samples; default: powers of two.'),
    keep: z
      .array(keepEntry, mapError(`a list of rules such as ${keepForm}`))
      .optional()
      .describe('Documents are kept by numbers that they carry, such as a score of quality.'),
    where: condition().optional(),
  },
  mapError('a map of settings'),
);

const phase = z.strictObject(
  {
    tokens: shareOrTokens().describe(
      'Size of the phase: a share of mix.tokens such as 20%, or an amount of tokens.',
    ),
    mix: phaseMixSchema.prefault({}).describe('Differences from `mix`.'),
    sequences: phaseSequencesSchema.prefault({}).describe('Differences from `sequences`.'),
  },
  mapError('a map such as { tokens: 20%, sequences: { length: 4K } }'),
);

const shards = z.strictObject(
  {
    size: byteSize().default('256MB').describe('Target size of a shard file.'),
    dtype: oneOf(['auto', 'uint16', 'int32'])
      .default('auto')
      .describe('Type of the token ids. auto: uint16 if the vocabulary fits, else int32.'),
    provenance: flag().default(true).describe('Columns that trace each piece of a row back to its document.'),
  },
  mapError('a map of settings'),
);

const sourceName = text('the name of a source without control characters', /^[^\p{Cc}]+$/u);
export const recipeSchema: z.ZodType<RecipeFile> = z
  .strictObject(
    {
      name: folderName()
        .optional()
        .describe('Name of the build and of its folder, out/NAME; default: the file name of the recipe.'),
      tokenizer: either(text(tokenizerForm), tokenizer, tokenizerForm)
        .default('cl100k_base')
        .describe(`How text becomes tokens: ${tokenizerForm}.`),
      store: text('the path of a folder')
        .optional()
        .describe(
          'Folder of the token store, or an address in a bucket (s3://BUCKET/PREFIX), to share it between recipes; default: $LONGMIX_STORE, else out/NAME/store.',
        ),
      sources: z
        .record(
          sourceName,
          either(text(path), sourceEntry, `${path}; or a map of settings`),
          mapError('a map from names to paths or settings'),
        )
        .describe('The corpora, by name.'),
      documents: documents.prefault({}).describe('Which documents may be taken.'),
      split: z
        .strictObject(
          {
            validation: share({ below: 1 })
              .default(0)
              .describe('Share of the documents that is held out for validation, chosen by content.'),
            by: oneOf(['document', 'group'])
              .default('document')
              .describe('group: all documents of a group are on one side, and the share counts groups.'),
          },
          mapError('a map such as { validation: 0.5% }'),
        )
        .prefault({})
        .describe('What is held out from training.'),
      mix: mixSchema.prefault({}).describe('How much of each source and length the run gets.'),
      sequences: sequencesSchema.prefault({}).describe('The rows that documents are packed into.'),
      phases: z
        .record(
          text('a name of letters, digits and _', /^\w+$/),
          phase,
          mapError('a map from names to phases such as short: { tokens: 20%, sequences: { length: 4K } }'),
        )
        .optional()
        .describe('Parts of the training run, in order, each with its own rows or mix: a curriculum.'),
      phase_documents: oneOf(['disjoint', 'shared'])
        .default('disjoint')
        .describe('disjoint: a document is in one phase only. shared: each phase draws from all documents.'),
      tokens_per_step: tokenLength(1, mostTokens)
        .optional()
        .describe(
          'Tokens of an optimizer step, the same in every phase; a multiple of every length of rows.',
        ),
      shards: shards.prefault({}).describe('The files that the rows are written to.'),
      max_bad_records: shareOrCount('records')
        .default('0.1%')
        .describe(
          'A build stops when more records than this are malformed; a percentage always allows 10, except 0%.',
        ),
      seed: wholeNumber(0, 'a whole number from 0 to 2^53 - 1')
        .default(0)
        .describe('Seed of every random choice; the same seed and recipe give the same bytes.'),
    },
    mapError('a map of settings, at least `sources`'),
  )
  .describe('A longmix recipe.');

/** The top-level keys of a recipe. */
export const recipeKeys: readonly string[] = Object.keys(shapeOf(recipeSchema));
