/** What a trainer gives as metrics becomes a line of JSON: what can't is told as the trainer's mistake, not as a bug of ours. */
import { LongmixError } from '../errors.ts';
import type { Metrics } from './trainer.ts';

/**
 * @param by whose it is, and by which way: `./mine.js: its step`
 * @throws LongmixError `trainer-invalid`
 */
export function checkMetrics(value: unknown, by: string): asserts value is Metrics {
  const problem = problemOf(value);
  if (problem === null) return;
  throw new LongmixError('trainer-invalid', `${by} gave ${problem} for metrics`, {
    cure: 'metrics must be an object that can be written as JSON, such as { loss: 2.5 }, or undefined for none',
    exitCode: 1,
  });
}

function problemOf(value: unknown): string | null {
  if (value === null) return 'null';
  if (typeof value !== 'object') return `a ${typeof value}`;
  if (Array.isArray(value)) return 'an array';
  try {
    JSON.stringify(value);
    return null;
  } catch (error) {
    // A BigInt, a circle.
    return `a value that cannot be written as JSON (${(error as Error).message.split('\n')[0]})`;
  }
}
