/**
 * Converts column values that are not strings to the text of an id. Keeps every digit: a double can't hold every
 * decimal or 64-bit number, and a Date can't hold nanoseconds. Dates and times are written as in ISO 8601.
 */

/** Writes an unscaled decimal: 1234 with scale 2 is 12.34. */
export function decimalText(unscaled: bigint, scale: number): string {
  if (scale <= 0) return String(unscaled * 10n ** BigInt(-scale));
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Reads a number in two's complement, most significant byte first. */
export function bigEndian(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  return BigInt.asIntN(8 * bytes.length, BigInt(`0x${Buffer.from(bytes).toString('hex')}`));
}

export function dateText(days: number): string {
  return isoDate(BigInt(days)) ?? String(days);
}

/** Decimal digits of a second: 0, 3, 6 or 9. */
export type TimeDigits = 0 | 3 | 6 | 9;

export function timestampText(value: bigint, digits: TimeDigits, isUtc: boolean): string {
  const perDay = 86_400n * 10n ** BigInt(digits);
  const days = value >= 0n ? value / perDay : -((-value + perDay - 1n) / perDay);
  const date = isoDate(days);
  return date === null
    ? String(value)
    : `${date}T${timeText(value - days * perDay, digits)}${isUtc ? 'Z' : ''}`;
}

export function timeText(value: bigint, digits: TimeDigits): string {
  const scale = 10n ** BigInt(digits);
  const seconds = value / scale;
  const two = (part: bigint) => String(part).padStart(2, '0');
  const fraction = digits === 0 ? '' : `.${String(value % scale).padStart(digits, '0')}`;
  return `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}${fraction}`;
}

export function uuidText(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

const visible = /^[^\p{Cc}\ufffd]*$/u;

/** Writes bytes without a declared type as text if they look like text, else as hex: they may be a hash. */
export function bytesText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const text = buffer.toString();
  return visible.test(text) ? text : buffer.toString('hex');
}

/** null: the year is out of a Date's range. */
function isoDate(days: bigint): string | null {
  const date = new Date(Number(days) * 86_400_000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString().slice(0, -14);
}
