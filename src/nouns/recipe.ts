/** What a person asked for: the recipe and the ablation, checked and with every default set. Nothing here computes. */

import type { Condition, FimSpec, SourceColumns } from './carried.ts';
import type { DocumentRules, PerSource } from './document-rules.ts';
import type { ChatSpec, TokensSpec } from './source-kinds.ts';

export type { DocumentRules, NearDuplicates, PerSource } from './document-rules.ts';

/** A recipe, checked and with every default filled in. It comes from `recipe/`. */
export interface Recipe {
  readonly name: string;
  readonly tokenizer: TokenizerSpec;
  /** Absolute path of a token store to share between recipes; null: the build's own `store/`. */
  readonly store: string | null;
  /** In the order of the recipe file. Names are unique. */
  readonly sources: readonly SourceSpec[];
  readonly documents: DocumentRules;
  /** Share of documents (by key, 0 <= share < 1) that goes to the validation split. */
  readonly validation: number;
  /** Not there: documents are split one by one. */
  readonly splitBy?: 'group';
  /** The parts of the training run, in order; at least one. A recipe without phases has one, named `train`. */
  readonly phases: readonly PhaseSpec[];
  /** Earlier runs whose documents are left out, of training and of validation; not there: none. */
  readonly without?: readonly EarlierRun[];
  /** Column of numbers (`field:NAME`) by which documents of a cell are taken more or less often; absent: all alike. */
  readonly weightBy?: string;
  /** `disjoint`: a document is in one phase only. */
  readonly phaseDocuments: 'disjoint' | 'shared';
  /** Tokens per optimizer step, the same in every phase; null: the trainer decides. */
  readonly tokensPerStep: number | null;
  /** Rows of the validation split, and of every phase without its own. */
  readonly sequences: SequenceSpec;
  readonly shards: ShardSpec;
  readonly maxBadRecords: BadRecordLimit;
  /** Non-negative integer below 2^53. */
  readonly seed: number;
}

/** The encodings of tiktoken, which come with longmix. */
export const tiktokenEncodings = ['cl100k_base', 'o200k_base', 'p50k_base', 'r50k_base', 'gpt2'] as const;

export type TokenizerSpec =
  | { readonly encoding: string }
  | {
      /** Absolute path of a tokenizer file, or of its folder. */
      readonly file: string;
      /** The pattern that splits text, for a file without one; null: the file has it. */
      readonly pattern: string | null;
      /** The text or the id of a token; absent: as the files say. */
      readonly bos?: string | number;
      readonly eos?: string | number;
      /** Absent: rows are padded with EOS. */
      readonly pad?: string | number;
    };

export interface SourceSpec {
  readonly name: string;
  /** Absolute path of a file, of a directory, or an absolute glob; `-` is standard input. */
  readonly path: string;
  /** null: by file extension (`-` defaults to jsonl). */
  readonly format: Format | null;
  readonly fields: FieldNames;
  readonly join: 'file' | 'directory';
  /** Text between the files of a joined document. */
  readonly separator: string;
  /**
   * Encoding of text formats, named as in `base/encodings.ts`; null: UTF-8, and other files are left out and reported.
   */
  readonly encoding: string | null;
  /** Quotes of CSV and TSV. */
  readonly quote: Quoting;
  /** Globs against the path relative to the source's root; empty include: everything readable. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** false: HTML and notebooks are read as they are, and EPUB is not read. */
  readonly extract?: false;
  /**
   * A program and its arguments that writes each file's text, used instead of a format; `{file}` or `{}` is the path.
   */
  readonly command?: readonly string[];
  /** Field whose value names the group of a document, or `directory`. Not there: documents have no group. */
  readonly group?: string;
  /** Field by which the documents of a group are sorted. Not there: they stand in the order of the corpus. */
  readonly order?: string;
  /** The source holds token ids, not text: `fields.text` names their column. */
  readonly tokens?: TokensSpec;
  /** The source holds conversations, not texts; `fields.text` is the column that each record must have. */
  readonly chat?: ChatSpec;
  /** What the store keeps of its documents beside their tokens; absent: nothing. */
  readonly columns?: SourceColumns;
  /** Only documents for which this holds may be taken; absent: all. */
  readonly where?: Condition;
  /** Fill in the middle, in the training split; absent: none. */
  readonly fim?: FimSpec;
}

/** Names of the fields (JSON) or columns (CSV, Parquet, Arrow) that form a document. */
export interface FieldNames {
  readonly text: string;
  readonly id: string;
  /** Field whose value names the document's source; null: the source's name in the recipe. */
  readonly source: string | null;
}

/**
 * The names that `format:` accepts. `read/formats.ts` describes each format. The names are here because both the
 * recipe's schema and the readers need them.
 */
export const formats = [
  'text',
  'html',
  'ipynb',
  'epub',
  'jsonl',
  'json',
  'csv',
  'tsv',
  'parquet',
  'arrow',
  'warc',
  'npy',
  'bin',
] as const;

/** `command`: the source's program reads the file. */
export type Format = (typeof formats)[number] | 'command';

/** Formats that are archives, so that nothing in them can be read with `extract: false`. */
export const extractedOnly: readonly Format[] = ['epub'];

/**
 * Meaning of quotes. `double`: they enclose a field, and are doubled inside. `none`: they are text. `auto`: `double`,
 * unless the content of a TSV contradicts it.
 */
export const quotings = ['auto', 'double', 'none'] as const;

export type Quoting = (typeof quotings)[number];

export type Compression = 'none' | 'gzip' | 'zstd' | 'brotli';

/** A run that was trained on the shards of an earlier build. */
export interface EarlierRun {
  /** Absolute path of the build, or of one of its shard sets. */
  readonly path: string;
  /** Optimizer steps that it did, over all epochs; null: it has read all rows. */
  readonly steps: number | null;
  /** Rows of a step, over all ranks, of a build whose recipe has no `tokens_per_step`; null: the build says it. */
  readonly rowsPerStep: number | null;
}

/** A part of the training run with its own rows and mix. */
export interface PhaseSpec {
  readonly name: string;
  /** Share of the training tokens; the shares of all phases sum to 1. */
  readonly share: number;
  readonly mix: MixSpec;
  readonly sequences: SequenceSpec;
}

export interface MixSpec {
  /**
   * Tokens of the phase, without special tokens and padding; `all` (then in all phases): its share of what there is.
   */
  readonly tokens: number | 'all';
  /** The unit that shares count. */
  readonly sharesOf: 'tokens' | 'documents';
  /** Source name -> share; shares sum to 1. null: the natural shares. */
  readonly shares: ReadonlyMap<string, number> | null;
  readonly length: LengthRule | null;
  /** Explicit cells. Then `shares` and `length` are null, and documents in none of the cells are not taken. */
  readonly cells: readonly CellSpec[] | null;
  readonly method: MixMethod;
  /** Upper bound of the repeat factor of a cell. */
  readonly maxEpochs: PerSource;
  /** Which cells replace what a cell can't give: none (an error), other cells of the same source, any other cell. */
  readonly redistribute: 'never' | 'within-source' | 'over-all';
}

export const mixMethods = ['drop', 'repeat', 'mixed'] as const;

/**
 * `drop`: every document at most once. `repeat` and `mixed`: up to `maxEpochs` times. They also differ in what
 * `tokens: all` means. `drop`: the most tokens possible without a repeat; `repeat`: the fewest tokens that leave no
 * document out; `mixed`: as many tokens as the corpus has.
 */
export type MixMethod = (typeof mixMethods)[number];

/**
 * The documents of a source with `from <= length < to` (`to` null: no upper bound), and their share of the mix. Cells
 * of a source don't overlap.
 */
export interface CellSpec {
  readonly source: string;
  readonly from: number;
  readonly to: number | null;
  readonly share: number;
  /** null: the method of the mix. */
  readonly method: 'drop' | 'repeat' | null;
  readonly maxEpochs: number | null;
  /** Tokens of the inner rows that its documents are packed in; null: as `sequences` says. */
  readonly packLength: number | null;
}

/** Documents of at least `threshold` tokens are long. */
export interface LengthRule {
  readonly threshold: number;
  readonly scope: 'per-source' | 'global';
  /** Sources that the rule doesn't change. */
  readonly except?: readonly string[];
  readonly rule:
    | { readonly kind: 'long_share'; readonly share: number }
    | { readonly kind: 'keep_short'; readonly rate: number }
    | { readonly kind: 'remove_long' };
}

export const packings = ['best-fit', 'concat', 'pad', 'decompose', 'groups'] as const;

export type Packing = (typeof packings)[number];

/** Packings that can put a row together from several shorter inner rows (`pack_length`). */
export const packingsOfInnerRows: readonly Packing[] = ['best-fit', 'concat'];

export const intents = ['mask', 'no-mask'] as const;

export interface SequenceSpec {
  /** L, in tokens. */
  readonly length: number;
  readonly packing: Packing;
  /** What happens to a document longer than a row. */
  readonly overlong: 'fragment' | 'truncate' | 'exclude';
  /** `concat` only: what happens to the rest of a document that is cut at a row's end. */
  readonly tails: 'carry' | 'discard';
  readonly bos: boolean;
  readonly eos: boolean;
  /** Rows of L + 1 tokens, for trainers that take inputs `row[:-1]` and labels `row[1:]`. */
  readonly plusOne: boolean;
  /**
   * A divisor of L: documents are packed in inner rows of this length, which are then put end to end in rows of L
   * (ProLong's 8 x 64K in 512K; documents are cut at this length). null: packed in rows of L.
   */
  readonly packLength: number | null;
  /** Options of packing `decompose`; null for other packings. */
  readonly decompose: DecomposeSpec | null;
  /**
   * What the rows are made for: attention inside each document (`mask`), or over the whole row; not there: the recipe does
   * not say, and a trainer masks.
   */
  readonly intent?: (typeof intents)[number];
}

/**
 * Dataset Decomposition (Pouransari et al. 2024, arXiv 2405.13226): a document is cut by its binary expansion into
 * pieces of `smallest`, 2 x smallest, ... L tokens, with one piece per row and one shard set per length.
 */
export interface DecomposeSpec {
  readonly smallest: number;
  /** How often a step takes rows of each length, shortest first, relative to the others. */
  readonly odds: readonly number[];
  /** The run goes through the lengths this many times. */
  readonly cycles: number;
}

export interface ShardSpec {
  /** Target size of a shard file, in bytes. */
  readonly size: number;
  readonly dtype: 'auto' | 'uint16' | 'int32';
  /** Columns that trace each piece of a row back to its document. */
  readonly provenance: boolean;
}

/** A build stops if bad records exceed max(atLeast, share * records). */
export interface BadRecordLimit {
  readonly share: number;
  readonly atLeast: number;
}

/** Mixes to compare: recipes over one token store, which differ only in the stages after the store. */
export interface Ablation {
  readonly name: string;
  /** The base's values, as written, at the keys that arms change: dotted key -> value, null where the base has none. */
  readonly base: Readonly<Record<string, unknown>>;
  /** At least one. Names are unique and valid as folder names. */
  readonly arms: readonly AblationArm[];
}

export interface AblationArm {
  readonly name: string;
  /** The recipe's name is ABLATION/ARM. */
  readonly recipe: Recipe;
  /** How the arm differs from the base, as written: dotted key -> value, null where the arm removes the key. */
  readonly changes: Readonly<Record<string, unknown>>;
}
