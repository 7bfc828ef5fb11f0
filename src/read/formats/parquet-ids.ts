/** Reads the id column of a Parquet file as stored: the library turns decimals into doubles and times into Dates. */
import type { FileMetaData, SchemaElement } from 'hyparquet';
import {
  bigEndian,
  bytesText,
  dateText,
  decimalText,
  type TimeDigits,
  timestampText,
  timeText,
  uuidText,
} from './column-ids.ts';
import { lookup } from './lookup.ts';

export interface RawIds {
  /** The file's metadata, without the logical type of the column: only its storage type is left. */
  readonly metadata: FileMetaData;
  /** The id of a row that was read with that metadata. */
  idOf(row: object): unknown;
}

/** null: there is no column of this name, or its values need no special treatment. */
export function rawIds(metadata: FileMetaData, name: string): RawIds | null {
  const at = elementAt(metadata.schema, name);
  if (at === null) return null;
  const element = metadata.schema[at]!;
  if (element.logical_type?.type === 'FLOAT16') return null;
  const { converted_type: _, logical_type: __, ...stored } = element;
  const schema = metadata.schema.map((one, i) => (i === at ? stored : one));
  return { metadata: { ...metadata, schema }, idOf: (row) => idText(lookup(row, name), element) };
}

/** Index of a column, found by its name or, if there is none of that name, by its path into structs. */
function elementAt(schema: readonly SchemaElement[], name: string): number | null {
  const direct = childrenOf(schema, 0).find((at) => schema[at]!.name === name);
  if (direct !== undefined) return schema[direct]!.num_children ? null : direct;
  let at: number | undefined = 0;
  for (const step of name.split('.')) {
    at = childrenOf(schema, at).find((child) => schema[child]!.name === step);
    if (at === undefined) return null;
  }
  return schema[at]!.num_children ? null : at;
}

function childrenOf(schema: readonly SchemaElement[], parent: number): number[] {
  const children: number[] = [];
  let at = parent + 1;
  for (let child = 0; child < (schema[parent]!.num_children ?? 0); child += 1) {
    children.push(at);
    at = after(schema, at);
  }
  return children;
}

/** Index of the next element after this one and all its children. */
function after(schema: readonly SchemaElement[], at: number): number {
  let next = at + 1;
  for (let child = 0; child < (schema[at]?.num_children ?? 0) && next < schema.length; child += 1)
    next = after(schema, next);
  return next;
}

const unitDigits: Readonly<Record<string, TimeDigits>> = { MILLIS: 3, MICROS: 6, NANOS: 9 };

function idText(value: unknown, element: SchemaElement): unknown {
  const { type, converted_type: kind, logical_type: logical } = element;
  const scale = (logical?.type === 'DECIMAL' ? logical.scale : undefined) ?? element.scale ?? 0;
  if (value instanceof Uint8Array) {
    if (kind === 'DECIMAL' || logical?.type === 'DECIMAL') return decimalText(bigEndian(value), scale);
    if (logical?.type === 'UUID') return uuidText(value);
    const isText = ['UTF8', 'ENUM', 'JSON'].includes(kind ?? '') || logical?.type === 'STRING';
    return isText && type === 'BYTE_ARRAY' ? value : bytesText(value);
  }
  if (typeof value !== 'number' && typeof value !== 'bigint') return value;
  // FLOAT and DOUBLE have no logical type.
  if (kind === undefined && logical === undefined) return value;
  const whole = BigInt(value);
  if (kind === 'DECIMAL' || logical?.type === 'DECIMAL') return decimalText(whole, scale);
  if (kind === 'DATE' || logical?.type === 'DATE') return dateText(Number(value));
  if (logical?.type === 'TIMESTAMP')
    return timestampText(whole, unitDigits[logical.unit]!, logical.isAdjustedToUTC === true);
  if (kind === 'TIMESTAMP_MILLIS' || kind === 'TIMESTAMP_MICROS')
    return timestampText(whole, unitDigits[kind.slice(10)]!, true);
  if (logical?.type === 'TIME') return timeText(whole, unitDigits[logical.unit]!);
  if (kind === 'TIME_MILLIS' || kind === 'TIME_MICROS') return timeText(whole, unitDigits[kind.slice(5)]!);
  const isUnsigned = kind?.startsWith('UINT_') || (logical?.type === 'INTEGER' && !logical.isSigned);
  return isUnsigned ? BigInt.asUintN(type === 'INT64' ? 64 : 32, whole) : value;
}
