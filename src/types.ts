/**
 * The nouns that the stages hand to each other. Nothing here computes: a stage imports these types,
 * the errors, `base/` and its own files, and never a sibling stage.
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
  readonly documents: DocumentRules;
  /** Share of documents (by key, 0 <= share < 1) that goes to the validation split. */
  readonly validation: number;
  /** The parts of the training run, in order; at least one. A recipe without phases has one, named `train`. */
  readonly phases: readonly PhaseSpec[];
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
] as const;
/** `command`: whatever the source's program reads. */
export type Format = (typeof formats)[number] | 'command';

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
  /** Every cell by itself; then `shares` and `length` are null, and documents of no cell are not taken. */
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
  /** Columns that lead each piece of a row back to its document. */
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
  /** Record number in its unit, from 1 (a JSON Lines record's is its line); 0: the whole file. */
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
  /** Of these, the documents with an id in the input. */
  identified: number;
  /** UTF-8 sequences or lone surrogates that became U+FFFD. */
  replaced: number;
  badRecords: number;
  /** Lines of JSON Lines, blank ones too: what the numbers of a file's next unit begin after. */
  lines: number;
  /** The first few bad records, for the message. */
  readonly badSamples: BadRecord[];
  /** Files that were left out whole, each a bad record, and files of which something is to be told. */
  readonly fileFaults: FileFault[];
}

export interface FileFault {
  readonly path: string;
  readonly what: string;
  /** False: the file was read all the same. */
  readonly leftOut: boolean;
}

export interface BadRecord {
  readonly file: string;
  /** Where its unit begins, in bytes. */
  readonly start: number;
  /** Its number in its unit, from 1; 0: the whole file. */
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
  readonly padId: number | null;
  /** sha256 (hex) of everything that decides the tokens: vocabulary, merges, pattern, special tokens. */
  readonly fingerprint: string;
  /**
   * Tokenizes documents that lie end to end in `text` (UTF-8), each by itself; `ends` in bytes. `continued`: the first
   * document goes on from the last of the previous call, which ended at a safe cut, so nothing is put before it.
   */
  encode(text: Uint8Array, ends: ArrayLike<number>, continued?: boolean): EncodedChunk;
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

/** Documents after `tokenize/`: what the token store takes. The arrays are parallel, one entry a document that ended. */
export interface TokenizedDocuments {
  /** Tokens of the chunk, documents end to end; a document that is still open has tokens here and no entry yet. */
  readonly tokens: Uint32Array;
  /** Tokens of each document, those of earlier chunks included. */
  readonly lengths: Uint32Array;
  /** Unicode code points of each document's text. */
  readonly characters: Uint32Array;
  /** xxHash64 of each document's text, two words each: low and high 32 bits. Copies of a document share it. */
  readonly keys: Uint32Array;
  readonly ids: readonly (string | null)[];
  readonly records: readonly number[];
  readonly sources: readonly string[] | null;
  /** Bytes of text taken in, documents that are still open included. */
  readonly textBytes: number;
}

// ---------------------------------------------------------------- store

/** The only way out for a writer's bytes: `run/` gives it a file that appears when all of it is there. */
export interface Sink {
  write(bytes: Uint8Array): void;
}

/** A committed file, by name relative to its folder. */
export interface FileRecord {
  readonly name: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** All documents of a token store, as parallel arrays over shared memory: document number -> what is known of it. */
export interface DocumentTable {
  readonly count: number;
  /** Tokens. */
  readonly lengths: Uint32Array;
  readonly keysLow: Uint32Array;
  readonly keysHigh: Uint32Array;
  /** Index into `sources`. */
  readonly source: Uint16Array;
  readonly sources: readonly string[];
  /** First document of each part, and `count` at the end. */
  readonly partStarts: Uint32Array;
}

/** Where the shard writer gets a document's tokens from. */
export interface TokenSource {
  /** Copies `length` tokens of a document, from its token `start`, to `out[at...]`. */
  copy(document: number, start: number, length: number, out: Uint16Array | Int32Array, at: number): void;
}

// ---------------------------------------------------------------- cells and mix

/** Documents of `from <= tokens < to`; `to` is null for the last bucket. */
export interface Bucket {
  readonly from: number;
  readonly to: number | null;
}

/** One source's documents of one length bucket, as the corpus has them. */
export interface Cell {
  readonly source: string;
  readonly bucket: Bucket;
  readonly documents: number;
  readonly tokens: number;
}

/** Cell number of every document: number of its source * buckets + number of its bucket. */
export type CellNumbers = Uint16Array | Uint32Array;

/** A cell of the training split in a plan. Tokens are those of documents: special tokens and padding apart. */
export interface PlannedCell extends Cell {
  /** At least the length rule's threshold; false without a length rule. */
  readonly long: boolean;
  /** Tokens that may be used: less than `tokens` where overlong documents are truncated or excluded. */
  readonly usable: number;
  /** What the recipe asks for. */
  readonly requested: number;
  /** What `redistribute` added to the request, or took from it (negative) because the cell has no more. */
  readonly redistributed: number;
  /** The cell's repeat factor: (requested + redistributed) / usable. */
  readonly epochs: number;
  /** Documents taken at least once, and their tokens with every copy. */
  readonly taken: number;
  readonly achieved: number;
}

/** Documents to pack, copy by copy, ascending by document: parallel arrays. */
export interface Instances {
  readonly count: number;
  readonly document: Uint32Array;
  /** The copies that aren't of a whole document, ascending, and the tokens that they take, from the document's first. */
  readonly parts: { readonly copy: Uint32Array; readonly take: Uint32Array };
  /** Copies of the document that has most of them; 1: nothing repeats. */
  readonly mostCopies: number;
  /** Rows that the document is packed in before those are put end to end; null: all as `sequences` says. */
  readonly packLength: Uint32Array | null;
}

// ---------------------------------------------------------------- rows

/**
 * Every row of a shard set, in the order of the run: parallel arrays over shared memory. A piece is part of a
 * document's sequence, which is [BOS] + its taken tokens + [EOS if all of it was taken].
 */
export interface RowPlan {
  /** Tokens of a row. */
  readonly width: number;
  readonly rows: number;
  readonly bos: boolean;
  readonly eos: boolean;
  /** One past the last piece of each row. */
  readonly rowEnds: Uint32Array;
  /** Per piece: its document, and its length in tokens (16 bits where the width allows it). */
  readonly document: Uint32Array;
  readonly length: Uint16Array | Uint32Array;
  /** The pieces that aren't the whole sequence of a whole document. */
  readonly cuts: PieceCuts;
  /** null: no document repeats. */
  readonly repeats: RowRepeats | null;
}

/** What later epochs must know of a run in which documents repeat, to keep copies apart (`feed/order.ts`). */
export interface RowRepeats {
  /** Rows that hold a repeated document. They are spread evenly over the run (`base/interleave.ts`). */
  readonly rows: number;
  /** Neighbours among those rows that may be shuffled, and copies still stay apart. */
  readonly stretch: number;
}

/** Parallel arrays, by piece number, ascending. */
export interface PieceCuts {
  readonly piece: Uint32Array;
  /** Offset of the piece in the document's sequence. */
  readonly start: Uint32Array;
  /** Tokens of the document that this copy takes. */
  readonly take: Uint32Array;
}

// ---------------------------------------------------------------- ledger

export const dropReasons = [
  'duplicate', // an earlier document has the same text
  'too_short', // documents.min_tokens
  'too_long', // documents.max_tokens
  'in_no_cell', // of no cell that the mix names
  'elsewhere', // in another shard set of the build: another phase, another length
  'not_sampled', // the mix asked for less than there is
  'long_removed', // the rule `remove: long`
  'overlong_truncated', // the part beyond a row
  'overlong_excluded',
  'tail_discarded', // concat with `tails: discard`; decompose: less than the smallest piece
] as const;
export type DropReason = (typeof dropReasons)[number];

/** Where tokens went: `read = packedOnce + the sum of dropped`. Integers. */
export interface LedgerEntry {
  readonly read: number;
  /** Tokens that stand in the rows at least once. */
  readonly packedOnce: number;
  readonly dropped: Readonly<Record<DropReason, number>>;
  /** Tokens in the rows, every copy counted. */
  readonly packedInstances: number;
}

export interface LedgerCell extends LedgerEntry {
  readonly source: string;
  readonly bucket: Bucket;
  /** Documents of the cell, and those that stand in the rows at least in part. */
  readonly documents: number;
  readonly packedDocuments: number;
}

/** The accounts of a shard set, or of all those of a split: `rowTokens = packedInstances + specialTokens + padding`. */
export interface Ledger extends LedgerEntry {
  readonly documents: number;
  readonly packedDocuments: number;
  readonly rows: number;
  /** Tokens of a row; null: the shard sets' rows differ. */
  readonly width: number | null;
  /** Tokens of all rows. */
  readonly rowTokens: number;
  readonly specialTokens: number;
  readonly padding: number;
  readonly cells: readonly LedgerCell[];
}
