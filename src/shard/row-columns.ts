/**
 * The columns of a row: one list, from which the Arrow schema, `datasets`' features, the writer, the reader, the checks of
 * `verify`, the feed's reads and the messages of its streams derive. `format.ts` says what the columns mean to those who
 * read shards; `docs/add-a-column.md` says how to add one.
 *
 * The bytes of a row are made once, in the writer's loop; a column takes from what that has filled (`BatchRows`). Cost: a
 * pass over the pieces of a record batch for each column that has an entry per piece.
 */
import type { RowPlan } from '../nouns/rows.ts';
import type { DocumentTable } from '../nouns/tokens.ts';
import type { ShardDtype } from './format.ts';

/** `ids`: the type of the set's token ids. */
export type ColumnType = 'uint16' | 'int32' | 'uint32' | 'ids';
export type Values = Uint16Array | Int32Array | Uint32Array;

export interface RowColumn {
  /** In the files. */
  readonly name: string;
  /** `tokens`: as many values as the row has tokens. `number`: one. `list`: one per piece (of `seq_lengths`, the padding's too). */
  readonly shape: 'tokens' | 'number' | 'list';
  readonly type: ColumnType;
  /** Which shard sets have it; columns that all sets have come first. */
  readonly when: 'always' | 'provenance';
  /** What it is called in the feed's batches, which then have it; null: it stays in the shards. Lists have offsets, too. */
  readonly feed: { readonly values: string; readonly offsets: string | null } | null;
  fill(rows: BatchRows): Filled;
}

/** What the writer knows of the rows of a record batch. Pieces are the plan's from `firstPiece` on. */
export interface BatchRows {
  readonly plan: RowPlan;
  readonly table: DocumentTable;
  readonly firstPiece: number;
  readonly pieces: number;
  /** Where each row's pieces begin, from 0 on, and where the last row's end. */
  readonly pieceOffsets: Int32Array;
  /** First token of each piece in its document. */
  readonly starts: Uint32Array;
  readonly ids: Uint16Array | Int32Array;
  readonly seqLengths: Int32Array;
  readonly seqOffsets: Int32Array;
  readonly padding: Uint32Array;
}

export interface Filled {
  readonly values: Values;
  /** Of a list: where each row's entries begin, and where the last row's end. */
  readonly offsets?: Int32Array;
}

/** By their names in `Row`, in the order of the files. */
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
} as const;

type Columns = typeof rowColumns;

/** A column's value in a row. */
interface ValueOf {
  readonly tokens: Uint16Array | Int32Array;
  readonly number: number;
  readonly list: readonly number[];
}

/**
 * A row as it was packed: each column's value; a list is empty where the set was written without it. `lengths` are those of
 * the pieces, padding apart.
 */
export type Row = { readonly [Key in keyof Columns]: ValueOf[Columns[Key]['shape']] };

interface ArrayOf {
  readonly uint16: Uint16Array;
  readonly int32: Int32Array;
  readonly uint32: Uint32Array;
  readonly ids: Uint16Array | Int32Array;
}

type Fed = Exclude<Extract<Columns[keyof Columns], { readonly feed: object }>, Columns['ids']>;

/** What the feed's batches have of their rows beside the ids, rows end to end; of a list, `rows + 1` offsets of the rows in it. */
export type RowLengths = {
  readonly [Column in Fed as Column['feed']['values']]: ArrayOf[Column['type']];
} & {
  readonly [Column in Fed as Extract<Column['feed']['offsets'], string>]: Int32Array;
};

const all: readonly RowColumn[] = Object.values(rowColumns);

/** Of a shard set, in the order of its files. */
export function columnsOf(provenance: boolean): readonly RowColumn[] {
  const always = all.filter(({ when }) => when === 'always');
  return provenance ? [...always, ...all.filter(({ when }) => when === 'provenance')] : always;
}

/** Those that the feed's batches have. */
export const feedColumns: readonly RowColumn[] = columnsOf(true).filter(({ feed }) => feed !== null);

export function bytesOfType(type: ColumnType, dtype: ShardDtype): number {
  return (type === 'ids' ? dtype : type) === 'uint16' ? 2 : 4;
}

/** In lists, per piece of a row. */
export function pieceBytes(provenance: boolean): number {
  const lists = columnsOf(provenance).filter(({ shape }) => shape === 'list');
  return lists.reduce((sum, { type }) => sum + bytesOfType(type, 'int32'), 0);
}

/**
 * Buffers of a column in a record batch, by Arrow's format: whether values are null (which comes first, and is empty here),
 * offsets of a list, and of what has children the same of the children. `offsets` and `values` are their numbers in it.
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
