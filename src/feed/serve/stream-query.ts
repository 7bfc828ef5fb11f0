/**
 * Parses the query of a request strictly: every parameter must be known, given once, and a whole number in its range. A
 * trainer that misspells `start_step` must get an error, not begin at step 0 again.
 */
import { LongmixError } from '../../errors.ts';

type StreamParameter = 'rank' | 'world_size' | 'epoch' | 'start_step' | 'steps' | 'rows_per_step';

/** The smallest value of each parameter. The largest is `greatest` for all. */
const streamParameters: Readonly<Record<StreamParameter, number>> = {
  rank: 0,
  world_size: 1,
  epoch: 0,
  start_step: 0,
  steps: 0,
  rows_per_step: 1,
};
const greatest = 2 ** 32 - 1;

type Values<Name extends string> = { readonly [N in Name]?: number };
export type StreamQuery = Values<StreamParameter>;

/** @throws LongmixError `query-invalid` */
export function streamQuery(search: URLSearchParams): StreamQuery {
  return numbers(search, streamParameters);
}

/** @throws LongmixError `query-invalid` */
export function manifestQuery(search: URLSearchParams): Values<'rows_per_step'> {
  return numbers(search, { rows_per_step: 1 });
}

/** @throws LongmixError `query-invalid` */
export function noQuery(search: URLSearchParams): void {
  numbers(search, {});
}

function numbers<Name extends string>(
  search: URLSearchParams,
  known: Readonly<Record<Name, number>>,
): Values<Name> {
  const values: { [N in Name]?: number } = {};
  for (const [name, text] of search) {
    if (!isNameOf(known, name)) {
      const names = Object.keys(known).join(', ');
      throw invalid(
        `unknown parameter ${quoted(name)}`,
        names === '' ? 'there are no parameters here' : `parameters are ${names}`,
      );
    }
    if (name in values) throw invalid(`${name} is given twice`, 'give it once');
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= known[name] && value <= greatest)) {
      throw invalid(
        `${name}: found ${quoted(text)}`,
        `use a whole number from ${known[name]} to ${greatest}`,
      );
    }
    values[name] = value;
  }
  return values;
}

function isNameOf<Name extends string>(known: Readonly<Record<Name, number>>, name: string): name is Name {
  return Object.hasOwn(known, name);
}

/** Quotes the client's text, shortened for a message. */
function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text);
}

function invalid(message: string, cure: string): LongmixError {
  return new LongmixError('query-invalid', message, { cure });
}
