/**
 * A shard set on disk: a folder that Hugging Face `datasets.load_from_disk` opens as it is.
 *
 *   data-00000-of-000NN.arrow   Arrow IPC stream (the file format breaks load_from_disk), one row a sequence:
 *     input_ids    FixedSizeList<uint16 | int32>[width]
 *     seq_lengths  List<int32>   lengths of the row's documents in order; they sum to width. If padding > 0, the last
 *                                one is the padding's. The column that TRL's padding-free collator reads.
 *     padding      uint32        tokens of padding at the end of the row
 *     and with `provenance`, one entry a piece of a document (padding has none):
 *     source_ids   List<uint16>  index into the manifest's `sources`
 *     doc_ids      List<uint32>  document number in the token store
 *     doc_starts   List<uint32>  first token of the piece in its document
 *   documents.parquet   with `provenance`: a row for each document that stands in the shards, ascending by `doc_id`:
 *     doc_id  int64     as in the column `doc_ids`
 *     source  string    its source
 *     file    string    path below the source's root (of a joined document, its directory)
 *     record  int64     its number in the file, from 1; 0: it is all of the file
 *     id      string?   the user's id
 *     tokens  int64     of the whole document, whatever part of it the shards hold
 *     key     uint64    xxHash64 of its text, as in the token store
 *   dataset_info.json, state.json   what load_from_disk asks for
 *   manifest.json               written last: a folder without it is not a shard set
 */
import type { FileRecord } from '../nouns/files.ts';
import type { Ledger } from '../nouns/ledger.ts';
import type { SequenceSpec } from '../nouns/recipe.ts';
import type { RowRepeats } from '../nouns/rows.ts';

export const shardFormat = 'longmix-shards';
export const shardVersion = 3;
/** Version 2 marked the items of lists as not nullable, and had no list of documents. */
export const readableVersions: readonly number[] = [2, shardVersion];
export const manifestFile = 'manifest.json';
/** Beside the shards: the documents that they hold. */
export const documentsFile = 'documents.parquet';
/** Beside the shard sets of a build; written last: it lists them for `load_from_disk`. */
export const dictFile = 'dataset_dict.json';

export type ShardDtype = 'uint16' | 'int32';

export interface ShardSetManifest {
  readonly format: typeof shardFormat;
  readonly version: number;
  readonly name: string;
  readonly split: 'train' | 'validation';
  /** The recipe's phase that it is of; null: of the validation split. */
  readonly phase: string | null;
  /** sha256 of what made it: token store, recipe, format. */
  readonly fingerprint: string;
  readonly tokenizer: {
    readonly name: string;
    readonly fingerprint: string;
    readonly vocabularySize: number;
    /** What became of the text of special tokens in documents: it is text like any other. */
    readonly specialTokens: 'text';
  };
  /** L; rows have `width` tokens: L, or L + 1 with `plus_one`. */
  readonly length: number;
  readonly width: number;
  /** How its rows were packed. */
  readonly sequences: SequenceSpec;
  readonly dtype: ShardDtype;
  readonly provenance: boolean;
  readonly bosId: number | null;
  readonly eosId: number | null;
  /** Fills rows up; it stands only in the last `padding` tokens of a row. */
  readonly padId: number;
  readonly sources: readonly string[];
  readonly rows: number;
  /** Only where documents repeat: what keeps their copies apart in later epochs. */
  readonly repeats?: RowRepeats;
  readonly shards: readonly ShardRecord[];
  /** `documents.parquet`; null, or left out in version 2: there is none. */
  readonly documents?: DocumentsRecord | null;
  readonly ledger: Ledger;
  /** Runs whose documents were left out; not there: none. */
  readonly without?: readonly EarlierBuild[];
  /** The recipe with all defaults, places on the machine left out. */
  readonly recipe: unknown;
  readonly store: { readonly fingerprint: string /** Relative to this folder. */; readonly path: string };
}

/** A run that was trained on the shards of an earlier build (`mix.without`). */
export interface EarlierBuild {
  /** The build's name and fingerprint. */
  readonly name: string;
  readonly fingerprint: string;
  /** Optimizer steps that it did, over all epochs; null: it has read all rows. */
  readonly steps: number | null;
  /** Rows of a step, where the build does not say it; else null. */
  readonly rowsPerStep: number | null;
}

export interface ShardRecord extends FileRecord {
  readonly rows: number;
  readonly batches: readonly BatchRecord[];
}

export interface DocumentsRecord extends FileRecord {
  readonly rows: number;
}

/** All files whose bytes the manifest knows. */
export function shardSetFiles({
  shards,
  documents,
}: Pick<ShardSetManifest, 'shards' | 'documents'>): FileRecord[] {
  return [...shards, ...(documents == null ? [] : [documents])];
}

/** A record batch's message in its file: with the schema (the bytes before the first batch) it can be read alone. */
export interface BatchRecord {
  readonly rows: number;
  readonly offset: number;
  readonly bytes: number;
}

/** What a shard's rows hold, counted while they were written: the ledger's other half. */
export interface ShardCounts {
  readonly documentTokens: number;
  readonly specialTokens: number;
  readonly padding: number;
}

/** Bytes of a token id. */
export function idBytes(dtype: ShardDtype): number {
  return dtype === 'uint16' ? 2 : 4;
}

export function shardName(shard: number, shards: number): string {
  const five = (n: number) => String(n).padStart(5, '0');
  return `data-${five(shard)}-of-${five(shards)}.arrow`;
}

export function isShardName(name: string): boolean {
  return /^data-\d{5,}-of-\d{5,}\.arrow$/.test(name);
}
