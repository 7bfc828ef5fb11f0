/** Says which documents rows hold, piece by piece. */
import { LongmixError } from '../../errors.ts';
import { rowColumns } from '../../shard/row-columns.ts';
import type { Run } from './row-values.ts';
import type { FeedSet } from './sets.ts';

/** Pieces of documents in rows that are neighbours, as parallel arrays, row by row, without padding. */
export interface RowPieces {
  /** Number of the document in the token store, and the first token of the piece in it. */
  readonly documents: Uint32Array;
  readonly starts: Uint32Array;
  /** Tokens, special ones included. */
  readonly lengths: Int32Array;
}

/**
 * Reads the pieces of a run of a set that has provenance.
 * @throws LongmixError `shards-damaged`
 */
export function piecesOf({ folder, files }: Pick<FeedSet, 'folder' | 'files'>, run: Run): RowPieces {
  const columns = files.columns(run);
  const damaged = (row: number): LongmixError =>
    new LongmixError(
      'shards-damaged',
      `damaged shard set: ${folder}: row ${run.row + row}: it does not name a document for each of its pieces`,
      { cure: 'longmix verify lists what is damaged; build again with --fresh', exitCode: 1 },
    );
  const [lengths, padding, documents, starts] = (['lengths', 'padding', 'docIds', 'docStarts'] as const).map(
    (key) => {
      const column = columns.get(rowColumns[key].name);
      if (column === undefined) throw damaged(0);
      return column;
    },
  );
  const ends = lengths!.starts!;
  const found = new Int32Array(documents!.values.length);
  let pieces = 0;
  for (let row = 0; row < run.rows; row += 1) {
    const first = ends[row]! - ends[0]!;
    // If a row has padding, its last length is that of the padding.
    const count = ends[row + 1]! - ends[row]! - (padding!.values[row]! > 0 ? 1 : 0);
    for (const { starts: of } of [documents!, starts!])
      if (of![row + 1]! - of![row]! !== count) throw damaged(row);
    for (let i = 0; i < count; i += 1) found[pieces + i] = lengths!.values[first + i]!;
    pieces += count;
  }
  return {
    documents: documents!.values as Uint32Array,
    starts: starts!.values as Uint32Array,
    lengths: found,
  };
}
