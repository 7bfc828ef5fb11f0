/** The words for a mix that can't be had: what is missing, and the ways out, with numbers. */
import { LongmixError } from '../errors.ts';

export function infeasible(message: string, ways: readonly string[]): LongmixError {
  return new LongmixError('mix-infeasible', message, { cure: `ways out: ${ways.join('; ')}` });
}
