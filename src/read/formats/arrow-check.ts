/**
 * Checks a column before any value is read: offsets, indices and views must lie in its buffers, in order. apache-arrow
 * does not check them, so a damaged file would yield wrong text.
 */
import type { Data, Vector } from 'apache-arrow';
import { arrow } from '../../base/arrow.ts';

/** @throws Error that says what is wrong with the column's buffers */
export function checkColumn(data: Data): void {
  const { DataType } = arrow;
  const { type, length, offset } = data;
  const { nullBitmap, valueOffsets, values } = data as {
    nullBitmap?: Uint8Array;
    valueOffsets?: Int32Array | BigInt64Array;
    values?: ArrayLike<unknown> & Uint8Array;
  };
  if (!Number.isSafeInteger(length) || length < 0 || offset < 0) throw new Error('a column has no length');
  if (data.nullCount > 0 && nullBitmap !== undefined && nullBitmap.length * 8 < length)
    throw new Error('a column is longer than its buffers');
  if (isOfBytes(data)) {
    checkOffsets(valueOffsets!, length, values!.length);
    return;
  }
  if (DataType.isUtf8View(type) || DataType.isBinaryView(type)) {
    if (values!.byteLength < 16 * length) throw new Error('a column is longer than its buffers');
    return;
  }
  if (DataType.isStruct(type)) {
    for (const child of data.children) {
      if (child.length < length) throw new Error('a column is longer than its buffers');
      checkColumn(child);
    }
    return;
  }
  if (DataType.isList(type) || DataType.isFixedSizeList(type)) {
    const [child] = data.children;
    if (child === undefined) throw new Error('a column of lists has no items');
    if (DataType.isList(type)) checkOffsets(valueOffsets!, length, child.length);
    else if (child.length < length * type.listSize) throw new Error('a column is longer than its buffers');
    checkColumn(child);
    return;
  }
  if (DataType.isDictionary(type)) checkIndices(data);
  else if (values !== undefined && DataType.isFixedSizeBinary(type)) {
    if (values.length < length * type.byteWidth) throw new Error('a column is longer than its buffers');
  } else if (
    values !== undefined &&
    (DataType.isInt(type) || DataType.isFloat(type)) &&
    values.length < length
  )
    throw new Error('a column is longer than its buffers');
}

function isOfBytes({ type }: Data): boolean {
  const { DataType } = arrow;
  return (
    DataType.isUtf8(type) ||
    DataType.isLargeUtf8(type) ||
    DataType.isBinary(type) ||
    DataType.isLargeBinary(type)
  );
}

function checkOffsets(offsets: Int32Array | BigInt64Array, length: number, bytes: number): void {
  if (length === 0) return;
  if (offsets.length <= length) throw new Error('a column is longer than its buffers');
  let before = 0;
  for (let row = 0; row <= length; row += 1) {
    const offset = Number(offsets[row]!);
    if (offset < before || offset > bytes) throw new Error('the offsets of a column are out of order');
    before = offset;
  }
}

/**
 * Reads a column of views and checks each value's length, because the library silently cuts values at a buffer's end.
 */
export function checkedViews(column: Vector): (row: number) => unknown {
  const [data] = column.data;
  if (column.data.length !== 1 || data === undefined) return (row) => column.get(row);
  const { values } = data;
  const views = new DataView(values.buffer, values.byteOffset, values.byteLength);
  return (row) => {
    const value: unknown = column.get(row);
    if (value === null) return null;
    const bytes = views.getInt32(16 * row, true);
    const isText = typeof value === 'string';
    const length = isText ? Buffer.byteLength(value) : (value as Uint8Array).length;
    // A string with invalid UTF-8 has another length after decoding.
    if (length !== bytes && !(isText && value.includes('\ufffd')))
      throw new Error('the views of a column are not in its buffers');
    return value;
  };
}

const checked = new WeakSet<object>();

function checkIndices(data: Data): void {
  const { values, length, dictionary } = data;
  if (dictionary === undefined) throw new Error('a column has no dictionary');
  if (values.length < length) throw new Error('a column is longer than its buffers');
  for (let row = 0; row < length; row += 1) {
    const index = Number(values[row]);
    if ((index < 0 || index >= dictionary.length) && data.getValid(row))
      throw new Error('an index is not in its dictionary');
  }
  for (const part of dictionary.data) {
    if (!checked.has(part)) checkColumn(part);
    checked.add(part);
  }
}
