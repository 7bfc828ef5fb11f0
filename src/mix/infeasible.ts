/** The words for a mix that can't be had: what is missing, and the ways out, with numbers. */
import { LongmixError } from '../errors.ts';

export function infeasible(message: string, ways: readonly string[]): LongmixError {
  return new LongmixError('mix-infeasible', message, { cure: `ways out: ${ways.join('; ')}` });
}

export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(4))}%`;
}

export function count(tokens: number): string {
  return Math.round(tokens).toLocaleString('en-US');
}
