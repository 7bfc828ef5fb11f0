/** Reads lists of an Arrow column without an object per item: a row's list is a view of the column's values. */
import type { Data, Vector } from 'apache-arrow';
import { arrow } from '../../base/arrow.ts';

/** Returns the getter of a list column whose offsets have been checked; null for a row without a list. */
export function listGetter(vector: Vector): (row: number) => unknown {
  const [data] = vector.data;
  const child: Data | undefined = data?.children[0];
  const isPlain =
    vector.data.length === 1 &&
    data !== undefined &&
    child !== undefined &&
    data.offset === 0 &&
    child.offset === 0 &&
    child.nullCount === 0 &&
    arrow.DataType.isInt(child.type) &&
    // Bytes would look like text.
    child.type.bitWidth > 8;
  if (!isPlain) return (row) => vector.get(row);
  const { values } = child as { values: Int32Array };
  const offsets = data.valueOffsets as Int32Array;
  return (row) => (data.getValid(row) ? values.subarray(offsets[row]!, offsets[row + 1]!) : null);
}
