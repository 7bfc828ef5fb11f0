/** What a person asked for: the recipe, checked and with every default filled in, and the ablation. Nothing here computes. */

/** What a person asked for, checked and with every default filled in. Comes from `recipe/`. */
export interface Recipe {
  readonly name: string;
  readonly tokenizer: TokenizerSpec;
  /** Absolute path of a token store to share between recipes; null: the build's own `store/`. */
  readonly store: string | null;
  /** In the order of the file. Names are unique. */
  readonly sources: readonly SourceSpec[];
  readonly documents: DocumentRules;
  /** Share of documents (by key, 0 <= share < 1) that goes to the validation split. */
  readonly validation: number;
  /** The parts of the training run, in order; at least one. A recipe without phases has one, named `train`. */
  readonly phases: readonly PhaseSpec[];
  /** Earlier runs whose documents are left out, of training and of validation; not there: none. */
  readonly without?: readonly EarlierRun[];
  /** `disjoint`: a document is in one phase only. */
  readonly phaseDocuments: 'disjoint' | 'shared';
  /** Tokens of an optimizer step, the same in every phase; null: the trainer's own affair. */
  readonly tokensPerStep: number | null;
  /** Rows of the validation split, and of every phase that says nothing else. */
  readonly sequences: SequenceSpec;
  readonly shards: ShardSpec;
  readonly maxBadRecords: BadRecordLimit;
  /** Non-negative integer below 2^53. */
  readonly seed: number;
}

/** tiktoken's, which come with longmix. */
export const tiktokenEncodings = ['cl100k_base', 'o200k_base', 'p50k_base', 'r50k_base', 'gpt2'] as const;

export type TokenizerSpec =
  | { readonly encoding: string }
  | {
      /** Absolute path of a tokenizer file, or of the folder of one. */
      readonly file: string;
      /** How text is cut, of a file that does not say it; null: the file says it. */
      readonly pattern: string | null;
      /** The text or the id of a token; left out: as the files say. */
      readonly bos?: string | number;
      readonly eos?: string | number;
      /** Left out: rows are padded with EOS. */
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
  /** Put between the files of a joined document. */
  readonly separator: string;
  /** Encoding of the text formats, as `base/encodings.ts` names it; null: UTF-8, and a file of another is left out and told. */
  readonly encoding: string | null;
  /** Quotes of CSV and TSV. */
  readonly quote: Quoting;
  /** Globs against the path relative to the source's root; empty include: everything readable. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** false: HTML and notebooks are read as they are, and EPUB is not read. */
  readonly extract?: false;
  /** A program and its words that writes the text of each file, in place of a format; `{file}` or `{}` is its path. */
  readonly command?: readonly string[];
}

/** Names of the fields (JSON) or columns (CSV, Parquet, Arrow) that make a document. */
export interface FieldNames {
  readonly text: string;
  readonly id: string;
  /** Field whose value names the document's source; null: the recipe's name of the source. */
  readonly source: string | null;
}

/**
 * The names that `format:` takes; what is known of each is in `read/formats.ts`. They are here because the recipe's schema
 * and the readers both need them.
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
] as const;

/** `command`: whatever the source's program reads. */
export type Format = (typeof formats)[number] | 'command';

/** Of these nothing can be read with `extract: false`, for they are archives. */
export const extractedOnly: readonly Format[] = ['epub'];

/** `double`: around a field, doubled inside. `none`: text. `auto`: the first, unless a TSV speaks against it. */
export const quotings = ['auto', 'double', 'none'] as const;

export type Quoting = (typeof quotings)[number];

export type Compression = 'none' | 'gzip' | 'zstd' | 'brotli';

/** A number for every source, and those of the sources that have one of their own. */
export interface PerSource {
  readonly otherwise: number;
  readonly of: ReadonlyMap<string, number>;
}

/** Which documents may be taken at all. */
export interface DocumentRules {
  /** In tokens, both included; `maxTokens` may be Infinity. */
  readonly minTokens: PerSource;
  readonly maxTokens: PerSource;
  /** `remove`: of documents with the same text only the first is there. */
  readonly duplicates: 'remove' | 'keep';
  /**
   * What the thresholds and buckets of a mix measure a document by: null: its tokens; a number: its characters divided
   * by it (Fu et al. 2024 estimate with 3.68).
   */
  readonly charactersPerToken: number | null;
  /** Edges between length buckets, ascending; null: powers of two. */
  readonly buckets: readonly number[] | null;
}

/** A run that was trained on the shards of an earlier build. */
export interface EarlierRun {
  /** Absolute path of the build, or of one of its shard sets. */
  readonly path: string;
  /** Optimizer steps that it did, over all epochs; null: it has read all rows. */
  readonly steps: number | null;
  /** Rows of a step, over all ranks, of a build whose recipe has no `tokens_per_step`; null: the build says it. */
  readonly rowsPerStep: number | null;
}

/** A stretch of the training run with rows and a mix of its own. */
export interface PhaseSpec {
  readonly name: string;
  /** Of the training tokens; the shares of all phases sum to 1. */
  readonly share: number;
  readonly mix: MixSpec;
  readonly sequences: SequenceSpec;
}

export interface MixSpec {
  /** Tokens of the phase, special tokens and padding apart; `all`: the phase's share of what there is (then of all phases). */
  readonly tokens: number | 'all';
  /** What shares count. */
  readonly sharesOf: 'tokens' | 'documents';
  /** Source name -> share; shares sum to 1. null: what the sources have. */
  readonly shares: ReadonlyMap<string, number> | null;
  readonly length: LengthRule | null;
  /** Every cell by itself; then `shares` and `length` are null, and documents in no cell are not taken. */
  readonly cells: readonly CellSpec[] | null;
  readonly method: MixMethod;
  /** Upper bound of the repeat factor of a cell. */
  readonly maxEpochs: PerSource;
  /** Where what a cell can't give comes from: nowhere (an error), the same source's other cells, any other cell. */
  readonly redistribute: 'never' | 'within-source' | 'over-all';
}

export const mixMethods = ['drop', 'repeat', 'mixed'] as const;

/**
 * `drop`: no document more than once. `repeat` and `mixed`: up to `maxEpochs` times. They differ in what `tokens: all`
 * is: the most that can be had without a repeat; the least in which no document is left out; what the corpus has.
 */
export type MixMethod = (typeof mixMethods)[number];

/** Documents of `from <= length < to` of a source (`to` null: no end), and their share of the mix. Cells of a source don't overlap. */
export interface CellSpec {
  readonly source: string;
  readonly from: number;
  readonly to: number | null;
  readonly share: number;
  /** null: the mix's. */
  readonly method: 'drop' | 'repeat' | null;
  readonly maxEpochs: number | null;
  /** Rows that its documents are packed in before those are put end to end; null: as `sequences` says. */
  readonly packLength: number | null;
}

/** Documents of at least `threshold` tokens are long. */
export interface LengthRule {
  readonly threshold: number;
  readonly scope: 'per-source' | 'global';
  /** Sources that the rule leaves as they are. */
  readonly except?: readonly string[];
  readonly rule:
    | { readonly kind: 'long_share'; readonly share: number }
    | { readonly kind: 'keep_short'; readonly rate: number }
    | { readonly kind: 'remove_long' };
}

export const packings = ['best-fit', 'concat', 'pad', 'decompose'] as const;

export type Packing = (typeof packings)[number];

export interface SequenceSpec {
  /** L, in tokens. */
  readonly length: number;
  readonly packing: Packing;
  /** What becomes of a document longer than a row. */
  readonly overlong: 'fragment' | 'truncate' | 'exclude';
  /** `concat` only: what becomes of the rest of a document that a row's end cut. */
  readonly tails: 'carry' | 'discard';
  readonly bos: boolean;
  readonly eos: boolean;
  /** Rows of L + 1 tokens, for trainers that take inputs `row[:-1]` and labels `row[1:]`. */
  readonly plusOne: boolean;
  /**
   * A divisor of L: documents are packed in rows of this length, which are then put end to end in rows of L (ProLong's
   * 8 x 64K in 512K; documents are cut at this length). null: packed in rows of L.
   */
  readonly packLength: number | null;
  /** Of packing `decompose`; null for the others. */
  readonly decompose: DecomposeSpec | null;
}

/**
 * Dataset Decomposition (Pouransari et al. 2024, arXiv 2405.13226): a document is cut by its binary expansion into
 * pieces of `smallest`, 2 x smallest, ... L tokens, one piece a row, one shard set a length.
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

/** A build stops when bad records exceed max(atLeast, share * records). */
export interface BadRecordLimit {
  readonly share: number;
  readonly atLeast: number;
}

/** Mixes to be compared: recipes over one token store, which differ in what comes after it only. */
export interface Ablation {
  readonly name: string;
  /** What the base says at the keys that arms change, as written: dotted key -> value, null where it says nothing. */
  readonly base: Readonly<Record<string, unknown>>;
  /** At least one; names are unique, and can be folders. */
  readonly arms: readonly AblationArm[];
}

export interface AblationArm {
  readonly name: string;
  /** Its name is ABLATION/ARM. */
  readonly recipe: Recipe;
  /** Where it leaves the base, as written: dotted key -> value, null where the key is taken out. */
  readonly changes: Readonly<Record<string, unknown>>;
}
