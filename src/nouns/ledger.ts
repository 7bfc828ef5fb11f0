/** The accounts of a build: where every token went. Nothing here computes. */
import type { Bucket } from './mix.ts';

export const dropReasons = [
  'duplicate', // an earlier document has the same text
  'near_duplicate', // documents.near_duplicates: remove; an earlier document has nearly the same text
  'too_short', // documents.min_tokens
  'too_long', // documents.max_tokens
  'where_false', // documents.where, sources.NAME.where
  'score_missing', // documents.keep: it has no such number
  'score_below', // documents.keep, from
  'score_above', // documents.keep, to
  'already_read', // mix.without: an earlier run has read it
  'in_no_cell', // in no cell that the mix names
  'elsewhere', // in another shard set of the build: another phase, another length
  'not_sampled', // the mix asked for less than there is
  'long_removed', // the rule `remove: long`
  'overlong_truncated', // the part beyond a row
  'overlong_excluded',
  'tail_discarded', // concat with `tails: discard`; decompose: less than the smallest piece
] as const;

export type DropReason = (typeof dropReasons)[number];

/** Reasons that a ledger names only where they occur, so that other ledgers are as those of earlier versions. */
export const newerReasons: readonly NewerReason[] = [
  'near_duplicate',
  'where_false',
  'score_missing',
  'score_below',
  'score_above',
];

type NewerReason = 'near_duplicate' | 'where_false' | 'score_missing' | 'score_below' | 'score_above';

/** Tokens by reason. */
export type Dropped = Readonly<Record<Exclude<DropReason, NewerReason>, number>> &
  Readonly<Partial<Record<NewerReason, number>>>;

/** Where tokens went, as integers: `read = packedOnce + the sum of dropped`. */
export interface LedgerEntry {
  readonly read: number;
  /** Tokens that stand in the rows at least once. */
  readonly packedOnce: number;
  readonly dropped: Dropped;
  /** Tokens in the rows, every copy counted. */
  readonly packedInstances: number;
}

export interface LedgerCell extends LedgerEntry {
  readonly source: string;
  readonly bucket: Bucket;
  /** Documents of the cell, and how many of them stand in the rows at least in part. */
  readonly documents: number;
  readonly packedDocuments: number;
}

/** The accounts of a shard set or of a whole split: `rowTokens = packedInstances + specialTokens + padding`. */
export interface Ledger extends LedgerEntry {
  readonly documents: number;
  readonly packedDocuments: number;
  readonly rows: number;
  /** Tokens per row; null: the shard sets have different widths. */
  readonly width: number | null;
  /** Tokens of all rows. */
  readonly rowTokens: number;
  readonly specialTokens: number;
  readonly padding: number;
  /** Tokens that are learned, every copy and special tokens counted; absent: all but padding are. */
  readonly learned?: number;
  readonly cells: readonly LedgerCell[];
}
