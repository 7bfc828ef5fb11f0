import { createHash } from 'node:crypto';

/** sha256 over a value's JSON. Keys are taken in the order in which the code that makes the value writes them. */
export function fingerprint(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
