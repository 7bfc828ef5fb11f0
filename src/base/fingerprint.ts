import { createHash } from 'node:crypto';

/**
 * sha256 of a value's JSON. Keys are not sorted, so the code that builds the value must always write them in one order.
 */
export function fingerprint(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
