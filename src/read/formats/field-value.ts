/**
 * What the store keeps of a field of a record: a number, a text, or nothing. Whether a recipe uses it as a number or as a
 * text is decided later, so nothing is lost here that either use needs: whole numbers beyond 2^53 keep their digits as text.
 */
import type { FieldValue } from '../../nouns/documents.ts';

/** null: there is no value, or one that is neither a number nor a text, such as a list. */
export function fieldValue(value: unknown): FieldValue {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.length).toString();
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  return null;
}

/** @param written the same number as its digits stand in the record */
export function longNumber(value: number, written: unknown): FieldValue {
  return typeof written === 'string' && /^-?\d+$/.test(written) ? written : fieldValue(value);
}

/** A cell of a table that is text throughout: an empty one has no value. */
export function cellValue(bytes: Uint8Array | undefined): FieldValue {
  return bytes === undefined || bytes.length === 0 ? null : fieldValue(bytes);
}
