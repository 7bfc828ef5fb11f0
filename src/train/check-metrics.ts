/**
 * A trainer's metrics become a line of JSON. If they can't, the error blames the trainer, so it doesn't look like our
 * bug.
 */
import { LongmixError } from '../errors.ts';
import type { Metrics } from './trainer.ts';

/**
 * @param by the trainer and the method, for the message: `./mine.js: its step`
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
    // For example a BigInt or a circular reference.
    return `a value that cannot be written as JSON (${(error as Error).message.split('\n')[0]})`;
  }
}
