/** Makes Arrow columns from typed arrays without copying them: the memory of the arrays is written directly. */
import type {
  Data,
  FixedSizeList,
  Int32,
  List,
  RecordBatch,
  Schema,
  Uint8,
  Uint16,
  Uint32,
} from 'apache-arrow';
import { arrow } from '../base/arrow.ts';
import type { Filled, RowColumn, Values } from './row-columns.ts';

/** The data of a column for a record batch, according to the column's shape. @param width tokens of a row */
export function columnData({ shape }: RowColumn, { values, offsets }: Filled, width: number): Data {
  if (shape === 'number') return numbers(values);
  return shape === 'tokens' ? fixedLists(values, width) : lists(values, offsets!);
}

function numbers(values: Values): Data<Int32 | Uint32 | Uint16 | Uint8> {
  const { Int32, makeData, Uint8, Uint16, Uint32 } = arrow;
  if (values instanceof Uint8Array) return makeData({ type: new Uint8(), data: values });
  if (values instanceof Int32Array) return makeData({ type: new Int32(), data: values });
  if (values instanceof Uint32Array) return makeData({ type: new Uint32(), data: values });
  return makeData({ type: new Uint16(), data: values });
}

/** @param valueOffsets where the values of each row begin, and where those of the last row end */
function lists(values: Values, valueOffsets: Int32Array): Data<List> {
  const child = numbers(values);
  const type = new arrow.List(new arrow.Field('item', child.type, true));
  return arrow.makeData({ type, length: valueOffsets.length - 1, nullCount: 0, valueOffsets, child });
}

/** Rows of `width` values each. */
function fixedLists(values: Values, width: number): Data<FixedSizeList> {
  const child = numbers(values);
  const type = new arrow.FixedSizeList(width, new arrow.Field('item', child.type, true));
  return arrow.makeData({ type, length: values.length / width, nullCount: 0, child });
}

export function recordBatch(schema: Schema, length: number, children: Data[]): RecordBatch {
  const type = new arrow.Struct(schema.fields);
  return new arrow.RecordBatch(schema, arrow.makeData({ type, length, nullCount: 0, children }));
}
