/** The error for an infeasible mix: what is missing, and the ways out, with numbers. */
import { LongmixError } from '../errors.ts';

export function infeasible(message: string, ways: readonly string[]): LongmixError {
  return new LongmixError('mix-infeasible', message, { cure: `ways out: ${ways.join('; ')}` });
}
