/** Values of the columns besides the ids, of runs of rows: joined, checked, and as typed arrays. */
import { columnsOf, type RowColumn, rowColumns, type Values } from '../../shard/row-columns.ts';

/**
 * The columns of rows other than the ids, in the order of the files: those of batches, then those of provenance. The
 * first two are the lengths and the padding, whose values are checked before use.
 */
export function columnsBesideIds(mask: boolean): readonly RowColumn[] {
  return columnsOf({ provenance: true, mask }).filter(({ name }) => name !== rowColumns.ids.name);
}

/** Neighbouring rows of a record batch. */
export interface Run {
  /** Number of its first row in the set. */
  readonly row: number;
  readonly batch: number;
  /** Number of that row in the record batch. */
  readonly first: number;
  readonly rows: number;
}

/** A column of a run. */
export interface RunColumn {
  /**
   * For a list: rows + 1 indices into the record batch's values. `values` holds those from the first to the last index.
   */
  readonly starts: Int32Array | null;
  readonly values: Values;
}

/**
 * Joins the parts of a column, and stores them in `into` under its name in batches.
 * @param c its index in each part
 */
export function joinColumn(
  { type, feed }: RowColumn,
  parts: readonly RunColumn[][],
  c: number,
  rows: number,
  into: Record<string, Values>,
): void {
  let entries = 0;
  for (const part of parts) entries += part[c]!.values.length;
  const values = newArray(type, entries);
  into[feed!.values] = values;
  let entry = 0;
  for (const part of parts) {
    values.set(part[c]!.values, entry);
    entry += part[c]!.values.length;
  }
  if (feed!.offsets === null) return;
  const offsets = new Int32Array(rows + 1);
  into[feed!.offsets] = offsets;
  let row = 0;
  for (const part of parts) {
    const starts = part[c]!.starts!;
    const shift = offsets[row]! - starts[0]!;
    for (let r = 1; r < starts.length; r += 1) offsets[row + r] = shift + starts[r]!;
    row += starts.length - 1;
  }
}

/** Makes an array with its own buffer, which is cheaper for small arrays. */
export function newArray(type: RowColumn['type'], entries: number): Values {
  if (type === 'uint8') return new Uint8Array(entries);
  if (type === 'uint16') return new Uint16Array(entries);
  return type === 'uint32' ? new Uint32Array(entries) : new Int32Array(entries);
}

export function arrayOf(
  type: RowColumn['type'],
  buffer: ArrayBuffer,
  offset: number,
  entries: number,
): Values {
  if (type === 'uint8') return new Uint8Array(buffer, offset, entries);
  if (type === 'uint16') return new Uint16Array(buffer, offset, entries);
  return type === 'uint32'
    ? new Uint32Array(buffer, offset, entries)
    : new Int32Array(buffer, offset, entries);
}

/** Describes why the lengths can't be those of a row; null if they can. */
export function rowFault(
  starts: Int32Array,
  lengths: Values,
  padding: Values,
  row: number,
  width: number,
): string | null {
  const end = starts[row + 1]! - starts[0]!;
  let sum = 0;
  for (let i = starts[row]! - starts[0]!; i < end; i += 1) {
    if (lengths[i]! < 1) return `a document of ${lengths[i]} tokens`;
    sum += lengths[i]!;
  }
  if (sum !== width) return `its seq_lengths sum to ${sum}, not ${width}`;
  const filled = padding[row]!;
  return filled === 0 || filled === lengths[end - 1]
    ? null
    : `${filled} tokens of padding are not its last length`;
}
