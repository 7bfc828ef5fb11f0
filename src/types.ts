/**
 * The nouns that the stages hand to each other. Nothing here computes: a stage imports these types,
 * the errors, `util/` and its own files, and never a sibling stage.
 */

// ---------------------------------------------------------------- recipe

/** What a person asked for, checked and with every default filled in. Comes from `recipe/`. */
export interface Recipe {
  readonly name: string;
  readonly tokenizer: TokenizerSpec;
  /** Absolute path of a token store to share between recipes; null: the build's own `store/`. */
  readonly store: string | null;
  /** In the order of the file. Names are unique. */
  readonly sources: readonly SourceSpec[];
  /** Share of documents (by key, 0 <= share < 1) that goes to the validation split. */
  readonly validation: number;
  readonly mix: MixSpec;
  readonly sequences: SequenceSpec;
  readonly shards: ShardSpec;
  readonly maxBadRecords: BadRecordLimit;
  /** Non-negative integer below 2^53. */
  readonly seed: number;
}

export type TokenizerSpec =
  | { readonly encoding: string }
  | { readonly file: string; readonly pattern: string | null };

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
  /** Globs against the path relative to the source's root; empty include: everything readable. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** Names of the fields (JSON) or columns (CSV, Parquet, Arrow) that make a document. */
export interface FieldNames {
  readonly text: string;
  readonly id: string;
  /** Field whose value names the document's source; null: the recipe's name of the source. */
  readonly source: string | null;
}

export const formats = ['text', 'jsonl', 'json', 'csv', 'tsv', 'parquet', 'arrow'] as const;
export type Format = (typeof formats)[number];

export const compressions = ['none', 'gzip', 'zstd', 'brotli'] as const;
export type Compression = (typeof compressions)[number];

export interface MixSpec {
  /** Tokens of the training split, special tokens and padding apart. */
  readonly tokens: number | 'all';
  /** Source name -> share of the tokens; shares sum to 1. null: what the sources have. */
  readonly shares: ReadonlyMap<string, number> | null;
  readonly length: LengthRule | null;
  /** `drop`: no document more than once. `repeat`: documents may be taken up to `maxEpochs` times. */
  readonly method: MixMethod;
  /** Upper bound of the repeat factor of a cell. */
  readonly maxEpochs: number;
}

export type MixMethod = 'drop' | 'repeat';

/** Documents of at least `threshold` tokens are long. */
export interface LengthRule {
  readonly threshold: number;
  readonly scope: 'per-source' | 'global';
  readonly rule:
    | { readonly kind: 'long_share'; readonly share: number }
    | { readonly kind: 'keep_short'; readonly rate: number }
    | { readonly kind: 'remove_long' };
}

export const packings = ['best-fit', 'concat', 'pad'] as const;
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
}

export interface ShardSpec {
  /** Target size of a shard file, in bytes. */
  readonly size: number;
  readonly dtype: 'auto' | 'uint16' | 'int32';
  /** Columns that lead each piece of a row back to its document. */
  readonly provenance: boolean;
}

/** A build stops when bad records exceed max(atLeast, share * records). */
export interface BadRecordLimit {
  readonly share: number;
  readonly atLeast: number;
}

// ---------------------------------------------------------------- read

export interface InputFile {
  /** Where to open it. */
  readonly path: string;
  /** Path relative to the source's root, with `/`: what ids, origins and sorting use. */
  readonly name: string;
  readonly bytes: number;
  readonly format: Format;
  readonly compression: Compression;
}

/**
 * The smallest piece of input that is read by itself: a file, a byte range of a plain JSON Lines file
 * (the lines that begin in [start, end)), or the files that make one joined document.
 */
export interface ReadUnit {
  readonly source: SourceSpec;
  /** The document's or documents' origin: a file's name, or a directory's for a joined document. */
  readonly name: string;
  readonly files: readonly InputFile[];
  readonly start: number;
  /** Exclusive; the file's size unless the file is split. */
  readonly end: number;
  readonly joined: boolean;
}

/** Documents end to end: what readers yield and the tokenizer takes. */
export interface DocumentChunk {
  /** Well-formed UTF-8. */
  readonly text: Uint8Array;
  /** End of each document in `text`, in bytes. Its length is the number of documents, at least 1. */
  readonly ends: readonly number[];
  /** The user's id of each document; null where the input has none (then origin is the id). */
  readonly ids: readonly (string | null)[];
  /** Record number in its file, from 1 (a JSON Lines record's is its line); 0: the whole file. */
  readonly records: readonly number[];
  /** Source of each document where a column names it; null: the unit's source. */
  readonly sources: readonly string[] | null;
  /** True: the last document goes on as the first document of the next chunk. */
  readonly open: boolean;
}

/** What a reader counts while it reads. The caller makes it, the reader adds to it. */
export interface ReadCounts {
  /** Records that became documents. */
  documents: number;
  /** UTF-8 sequences or lone surrogates that became U+FFFD. */
  replaced: number;
  badRecords: number;
  /** The first few bad records, for the message. */
  readonly badSamples: BadRecord[];
}

export interface BadRecord {
  readonly file: string;
  readonly record: number;
  readonly reason: string;
}

// ---------------------------------------------------------------- tokenize

/** Text to tokens. Equal fingerprints give equal tokens for equal bytes. */
export interface Tokenizer {
  readonly name: string;
  /** One more than the largest id, special tokens included. */
  readonly vocabularySize: number;
  readonly bosId: number | null;
  readonly eosId: number | null;
  /** sha256 (hex) of everything that decides the tokens: vocabulary, merges, pattern, special tokens. */
  readonly fingerprint: string;
  /** Tokenizes documents that lie end to end in `text` (UTF-8), each by itself; `ends` in bytes. */
  encode(text: Uint8Array, ends: ArrayLike<number>): EncodedChunk;
  /** The bytes of the tokens, special tokens as their text. */
  decode(tokens: ArrayLike<number>): Uint8Array;
  /**
   * The largest offset at which `text`, whose continuation is not known yet, can be parted without changing a
   * token of either part; 0 if there is none.
   */
  safeCut(text: Uint8Array): number;
}

export interface EncodedChunk {
  /** Token ids of all documents end to end. Valid until the next call of the same tokenizer. */
  readonly tokens: Uint32Array;
  /** Tokens of each document. */
  readonly lengths: Uint32Array;
}
