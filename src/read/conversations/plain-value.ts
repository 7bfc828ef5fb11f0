/** Values of columns, as the libraries of column formats give them -> values as of JSON. */

/**
 * Texts that are bytes become strings, and whole numbers numbers. A lone surrogate becomes U+FFFD.
 * @param isOfColumns the structs of a column format have the keys of all records: those without a value are left out
 */
export function plainValue(value: unknown, isOfColumns: boolean): unknown {
  if (typeof value === 'string') return loneSurrogate.test(value) ? Buffer.from(value).toString() : value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.length).toString();
  const plain = (one: unknown) => plainValue(one, isOfColumns);
  if (Array.isArray(value)) return value.map(plain);
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as Iterable<unknown>, plain);
  if ('toJSON' in value && typeof value.toJSON === 'function') return plain(value.toJSON());
  const entries = Object.entries(value).filter(
    ([, one]) => !isOfColumns || (one !== null && one !== undefined),
  );
  return Object.fromEntries(entries.map(([key, one]) => [key, plain(one)]));
}

const loneSurrogate = /\p{Surrogate}/u;
