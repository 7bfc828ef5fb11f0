/**
 * A shard set on disk: a folder that Hugging Face `datasets.load_from_disk` can open directly.
 *
 *   data-00000-of-000NN.arrow   Arrow IPC stream (the file format breaks load_from_disk), one row per sequence:
 *     input_ids    FixedSizeList<uint16 | int32>[width]
 *     seq_lengths  List<int32>   lengths of the row's documents (or pieces of them) in order; they sum to width. If
 *                                padding > 0, the last is the padding's. TRL's padding-free collator reads this column.
 *     padding      uint32        tokens of padding at the end of the row
 *     and if a source holds conversations:
 *     loss_mask    FixedSizeList<uint8>[width]   1: the token is learned, as a label. Padding: 0. Texts are learned whole.
 *     and with `provenance`, one entry per piece of a document (padding has none):
 *     source_ids   List<uint16>  index into the manifest's `sources`
 *     doc_ids      List<uint32>  document number in the token store
 *     doc_starts   List<uint32>  first token of the piece in its document
 *     and where a source of the recipe has a `group`, one entry per piece:
 *     group_ids    List<uint32>  the group of the piece's document: the number of the group's first document
 *   documents.parquet   with `provenance`: one row per document in the shards, ascending by `doc_id`:
 *     doc_id  int64     as in the column `doc_ids`
 *     source  string    its source
 *     file    string    path below the source's root (for a joined document, its directory)
 *     record  int64     its number in the file, from 1; 0: it is the whole file
 *     id      string?   the user's id
 *     tokens  int64     tokens of the whole document, even if the shards hold only a part of it
 *     key     uint64    xxHash64 of its text, as in the token store
 *   dataset_info.json, state.json   required by load_from_disk
 *   manifest.json               written last: a folder without it is not a shard set
 */

import type { FimSetting } from '../base/fim.ts';
import type { WholeFrom } from '../base/learned.ts';
import type { FileRecord } from '../nouns/files.ts';
import type { Ledger } from '../nouns/ledger.ts';
import type { SequenceSpec } from '../nouns/recipe.ts';
import type { RowRepeats } from '../nouns/rows.ts';

export const shardFormat = 'longmix-shards';
export const shardVersion = 3;
/** Version 2 marked items of lists as not nullable, and had no list of documents. */
/** The version of sets with `loss_mask`. */
export const maskVersion = 4;
export const readableVersions: readonly number[] = [2, shardVersion, maskVersion];
export const manifestFile = 'manifest.json';
/** Lists the documents of the shards; lies beside them. */
export const documentsFile = 'documents.parquet';
/** Lists the shard sets of a build, for `load_from_disk`. Lies beside them, and is written last. */
export const dictFile = 'dataset_dict.json';

export type ShardDtype = 'uint16' | 'int32';

export interface ShardSetManifest {
  readonly format: typeof shardFormat;
  readonly version: number;
  readonly name: string;
  readonly split: 'train' | 'validation';
  /** The recipe's phase of this set; null: the set is the validation split. */
  readonly phase: string | null;
  /** sha256 of all that determines the set: token store, recipe, format. */
  readonly fingerprint: string;
  readonly tokenizer: {
    readonly name: string;
    readonly fingerprint: string;
    readonly vocabularySize: number;
    /** How the text of special tokens inside documents was treated: as ordinary text. */
    readonly specialTokens: 'text';
  };
  /** The sequence length L. Rows have `width` tokens: L, or L + 1 with `plus_one`. */
  readonly length: number;
  readonly width: number;
  /** How the rows were packed. */
  readonly sequences: SequenceSpec;
  readonly dtype: ShardDtype;
  readonly provenance: boolean;
  /** Present where a source of the recipe has a `group`: rows have the column `group_ids`. */
  readonly groups?: true;
  /**
   * By source, from how many tokens on its documents are learned whole (0: all; 4294967295: none); absent: no `loss_mask`.
   */
  readonly mask?: WholeFrom;
  readonly bosId: number | null;
  readonly eosId: number | null;
  /** The id that fills the last `padding` tokens of a row. */
  readonly padId: number;
  readonly sources: readonly string[];
  readonly rows: number;
  /** Present only if documents repeat: keeps their copies apart in later epochs. */
  readonly repeats?: RowRepeats;
  readonly shards: readonly ShardRecord[];
  /** Record of `documents.parquet`; null, or left out in version 2: there is no such file. */
  readonly documents?: DocumentsRecord | null;
  readonly ledger: Ledger;
  /** Sources whose documents may have their middle at the end, and the ids of the sentinels; absent: none. */
  readonly fim?: FimSetting;
  /** Earlier runs whose documents are left out; absent if there are none. */
  readonly without?: readonly EarlierBuild[];
  /** The recipe with all defaults, but without paths on the machine. */
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

/** All files whose sizes and hashes the manifest records. */
export function shardSetFiles({
  shards,
  documents,
}: Pick<ShardSetManifest, 'shards' | 'documents'>): FileRecord[] {
  return [...shards, ...(documents == null ? [] : [documents])];
}

/**
 * Place of a record batch's message in its file. Together with the schema (the bytes before the first batch) it can be
 * read alone.
 */
export interface BatchRecord {
  readonly rows: number;
  readonly offset: number;
  readonly bytes: number;
}

/**
 * Tokens of a shard's rows, counted while they were written. They are compared with the ledger, which counts the plan.
 */
export interface ShardCounts {
  readonly documentTokens: number;
  readonly specialTokens: number;
  readonly padding: number;
  /** Tokens with a 1 in `loss_mask`; absent: there is none. */
  readonly learned?: number;
}

export function shardName(shard: number, shards: number): string {
  const five = (n: number) => String(n).padStart(5, '0');
  return `data-${five(shard)}-of-${five(shards)}.arrow`;
}

export function isShardName(name: string): boolean {
  return /^data-\d{5,}-of-\d{5,}\.arrow$/.test(name);
}
