/** Reads the id column of an Arrow record batch. Numbers, decimals, dates and times keep every digit. */
import type { Data, Field, Vector } from 'apache-arrow';
import { arrow } from '../../base/arrow.ts';
import {
  bytesText,
  dateText,
  decimalText,
  type TimeDigits,
  timestampText,
  timeText,
  uuidText,
} from './column-ids.ts';

/** Returns a function that gives the id in a row of the column, or null if the row has none. */
export function idGetter(column: Vector, field: Field | null): (row: number) => unknown {
  const isUuid = field?.metadata.get('ARROW:extension:name') === 'arrow.uuid';
  const [data] = column.data;
  if (column.data.length !== 1 || data === undefined) return (row) => column.get(row);
  const convert = converter(data, isUuid);
  if (convert === null) return (row) => column.get(row);
  return (row) => (data.getValid(row) ? convert(row, column) : null);
}

const unitDigits: readonly TimeDigits[] = [0, 3, 6, 9];

function converter(data: Data, isUuid: boolean): ((row: number, column: Vector) => unknown) | null {
  const { DataType } = arrow;
  const { type, values } = data;
  if (DataType.isDecimal(type)) {
    const words = type.bitWidth / 32;
    return (row) => decimalText(littleEndian(values, row, words), type.scale);
  }
  if (DataType.isDate(type)) return (row, column) => dateText(Number(column.get(row)) / 86_400_000);
  if (DataType.isTimestamp(type))
    return (row) => timestampText(BigInt(values[row]), unitDigits[type.unit]!, type.timezone != null);
  if (DataType.isTime(type))
    return (row, column) => timeText(BigInt(column.get(row)), unitDigits[type.unit]!);
  if (isUuid) return (row, column) => uuidText(column.get(row));
  const isBytes =
    DataType.isBinary(type) ||
    DataType.isLargeBinary(type) ||
    DataType.isFixedSizeBinary(type) ||
    DataType.isBinaryView(type);
  if (isBytes) return (row, column) => bytesText(column.get(row));
  if (DataType.isDictionary(type) && data.dictionary !== undefined) {
    const get = idGetter(data.dictionary, null);
    return (row) => get(Number(values[row]));
  }
  return null;
}

/** Reads a number in two's complement, least significant 32-bit word first. */
function littleEndian(values: ArrayLike<number>, row: number, words: number): bigint {
  let number = 0n;
  for (let word = words - 1; word >= 0; word -= 1)
    number = (number << 32n) | BigInt(values[row * words + word]! >>> 0);
  return BigInt.asIntN(32 * words, number);
}
