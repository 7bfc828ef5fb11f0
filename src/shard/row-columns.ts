/**
 * The list of a row's columns. The Arrow schema, `datasets`' features, the writer, the reader, the checks of `verify`,
 * the feed's reads and the messages of its streams all derive from it. `format.ts` says what the columns mean to
 * readers of shards; `docs/add-a-column.md` says how to add one.
 *
 * The writer's loop makes the bytes of a row once, in `BatchRows`, and each column takes its values from there. Cost:
 * one pass over the pieces of a record batch for each column that has an entry per piece.
 */
import { idBytes } from '../base/id-bytes.ts';
import type { RowPlan } from '../nouns/rows.ts';
import type { DocumentTable } from '../nouns/tokens.ts';
import type { ShardDtype } from './format.ts';

/** Type of a column's values. `ids`: the same type as the set's token ids. */
export type ColumnType = 'uint8' | 'uint16' | 'int32' | 'uint32' | 'ids';
export type Values = Uint8Array | Uint16Array | Int32Array | Uint32Array;

/** Which columns a shard set has beside those that all sets have. */
export interface SetColumns {
  readonly provenance: boolean;
  /** The set says which tokens are learned. */
  readonly mask?: boolean;
  /** Documents have groups. */
  readonly groups?: boolean;
}

export interface RowColumn {
  /** Name of the column in the files. */
  readonly name: string;
  /**
   * `tokens`: one value per token of the row. `number`: one value. `list`: one value per piece (`seq_lengths` also has
   * one for the padding).
   */
  readonly shape: 'tokens' | 'number' | 'list';
  readonly type: ColumnType;
  /** Which shard sets have the column. Columns that all sets have come first, then those of the mask. */
  readonly when: 'always' | keyof SetColumns;
  /** Names in the feed's batches of the values and, for a list, its offsets; null: the feed leaves the column out. */
  readonly feed: { readonly values: string; readonly offsets: string | null } | null;
  fill(rows: BatchRows): Filled;
}

/** The writer's data about the rows of a record batch. Its pieces are those of the plan from `firstPiece` on. */
export interface BatchRows {
  readonly plan: RowPlan;
  readonly table: DocumentTable;
  readonly firstPiece: number;
  readonly pieces: number;
  /** Where the pieces of each row begin, counted from 0, and where those of the last row end. */
  readonly pieceOffsets: Int32Array;
  /** First token of each piece in its document. */
  readonly starts: Uint32Array;
  readonly ids: Uint16Array | Int32Array;
  readonly seqLengths: Int32Array;
  readonly seqOffsets: Int32Array;
  readonly padding: Uint32Array;
  /** 1 for each token that is learned; empty in a set without a mask. */
  readonly mask: Uint8Array;
}

export interface Filled {
  readonly values: Values;
  /** For a list: where the entries of each row begin, and where those of the last row end. */
  readonly offsets?: Int32Array;
}

/** Columns by their names in `Row`, in the order of the files. */
export const rowColumns = {
  ids: {
    name: 'input_ids',
    shape: 'tokens',
    type: 'ids',
    when: 'always',
    feed: { values: 'inputIds', offsets: null },
    fill: ({ ids }: BatchRows): Filled => ({ values: ids }),
  },
  lengths: {
    name: 'seq_lengths',
    shape: 'list',
    type: 'int32',
    when: 'always',
    feed: { values: 'seqLengths', offsets: 'seqOffsets' },
    fill: ({ seqLengths, seqOffsets }: BatchRows): Filled => ({ values: seqLengths, offsets: seqOffsets }),
  },
  padding: {
    name: 'padding',
    shape: 'number',
    type: 'uint32',
    when: 'always',
    feed: { values: 'padding', offsets: null },
    fill: ({ padding }: BatchRows): Filled => ({ values: padding }),
  },
  mask: {
    name: 'loss_mask',
    shape: 'tokens',
    type: 'uint8',
    when: 'mask',
    feed: { values: 'lossMask', offsets: null },
    fill: ({ mask }: BatchRows): Filled => ({ values: mask }),
  },
  sourceIds: {
    name: 'source_ids',
    shape: 'list',
    type: 'uint16',
    when: 'provenance',
    feed: null,
    fill: ({ plan, table, firstPiece, pieces, pieceOffsets }: BatchRows): Filled => {
      const values = new Uint16Array(pieces);
      for (let i = 0; i < pieces; i += 1) values[i] = table.source[plan.document[firstPiece + i]!]!;
      return { values, offsets: pieceOffsets };
    },
  },
  docIds: {
    name: 'doc_ids',
    shape: 'list',
    type: 'uint32',
    when: 'provenance',
    feed: null,
    fill: ({ plan, firstPiece, pieces, pieceOffsets }: BatchRows): Filled => {
      return { values: plan.document.slice(firstPiece, firstPiece + pieces), offsets: pieceOffsets };
    },
  },
  docStarts: {
    name: 'doc_starts',
    shape: 'list',
    type: 'uint32',
    when: 'provenance',
    feed: null,
    fill: ({ starts, pieceOffsets }: BatchRows): Filled => ({ values: starts, offsets: pieceOffsets }),
  },
  groupIds: {
    name: 'group_ids',
    shape: 'list',
    type: 'uint32',
    when: 'groups',
    feed: null,
    fill: ({ plan, firstPiece, pieces, pieceOffsets }: BatchRows): Filled => {
      return { values: plan.groups!.slice(firstPiece, firstPiece + pieces), offsets: pieceOffsets };
    },
  },
} as const;

type Columns = typeof rowColumns;

/** Type of a column's value in a row, by shape. */
interface ValueOf {
  readonly tokens: Values;
  readonly number: number;
  readonly list: readonly number[];
}

/**
 * A row as it was packed, with the value of each column. A list, or a value per token, is empty if the set was written without it. `lengths`
 * has the lengths of the pieces, without the padding.
 */
export type Row = {
  readonly [Key in Exclude<keyof Columns, 'ids' | 'mask'>]: ValueOf[Columns[Key]['shape']];
} & {
  readonly ids: Uint16Array | Int32Array;
  readonly mask: Uint8Array;
};

interface ArrayOf {
  readonly uint8: Uint8Array;
  readonly uint16: Uint16Array;
  readonly int32: Int32Array;
  readonly uint32: Uint32Array;
  readonly ids: Uint16Array | Int32Array;
}

type Fed = Exclude<
  Extract<Columns[keyof Columns], { readonly feed: object }>,
  Columns['ids'] | Columns['mask']
>;

/**
 * The feed's columns besides the ids, with rows end to end. A list also has `rows + 1` offsets of the rows in it.
 * `lossMask` has a value per token, 1 for each that is learned; absent: all tokens but padding are.
 */
export type RowLengths = { readonly lossMask?: Uint8Array } & {
  readonly [Column in Fed as Column['feed']['values']]: ArrayOf[Column['type']];
} & {
  readonly [Column in Fed as Extract<Column['feed']['offsets'], string>]: Int32Array;
};

const all: readonly RowColumn[] = Object.values(rowColumns);

/** Columns of a shard set, in the order of its files. */
export function columnsOf(has: SetColumns): readonly RowColumn[] {
  return all.filter(({ when }) => when === 'always' || has[when] === true);
}

/** Columns that the feed's batches have. */
export function feedColumns(mask: boolean): readonly RowColumn[] {
  return columnsOf({ provenance: true, mask }).filter(({ feed }) => feed !== null);
}

export function bytesOfType(type: ColumnType, dtype: ShardDtype): number {
  return type === 'uint8' ? 1 : idBytes(type === 'ids' ? dtype : type);
}

/** Bytes per token of a row, over all columns that have a value per token. */
export function tokenBytes(columns: SetColumns, dtype: ShardDtype): number {
  return bytesOfShape('tokens', columns, dtype);
}

/** Bytes per piece of a row, over all columns that are lists. */
export function pieceBytes(columns: SetColumns): number {
  return bytesOfShape('list', columns, 'int32');
}

function bytesOfShape(shape: RowColumn['shape'], has: SetColumns, dtype: ShardDtype): number {
  const columns = columnsOf(has).filter((column) => column.shape === shape);
  return columns.reduce((sum, { type }) => sum + bytesOfType(type, dtype), 0);
}

/**
 * Buffers of a column in a record batch, in Arrow's order: first the null bitmap (empty here), then the offsets of a
 * list, then the same buffers of a child column. `count` is their number; `offsets` and `values` are indices of
 * buffers.
 */
export const buffersOf: Readonly<
  Record<
    RowColumn['shape'],
    { readonly count: number; readonly offsets: number | null; readonly values: number }
  >
> = {
  number: { count: 2, offsets: null, values: 1 },
  tokens: { count: 3, offsets: null, values: 2 },
  list: { count: 4, offsets: 1, values: 3 },
};
