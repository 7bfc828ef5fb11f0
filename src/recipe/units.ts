/**
 * Parses amounts as people write them: `5B` tokens, rows of `32K`, `256MB`, `70%`. They are read as decimal text, not
 * through floating point, so `1.1M` tokens are 1100000 and `0.07%` is the double nearest to 0.0007. An amount that is
 * not a whole number of tokens or bytes is refused, not rounded.
 *
 * The field counts lengths in powers of two (a context of 32K is 32,768 tokens) and amounts in powers of ten (a corpus of
 * 5B tokens). So K and M mean 1,024 and 1,048,576 in a length, 1,000 and 1,000,000 in an amount; Ki, Mi, Gi and Ti are
 * powers of two in both.
 */

import { didYouMean } from '../base/nearest.ts';

/** The value, or `problem`: what was expected instead (a clause that follows "found X; "). */
export type Parsed = { readonly value: number } | { readonly problem: string };

const decimal = String.raw`\d+(?:\.\d+)?`;

const tokenUnits: Readonly<Record<string, bigint>> = {
  K: 1000n,
  M: 1000n ** 2n,
  B: 1000n ** 3n,
  T: 1000n ** 4n,
  Ki: 1024n,
  Mi: 1024n ** 2n,
  Gi: 1024n ** 3n,
  Ti: 1024n ** 4n,
};

const lengthUnits: Readonly<Record<string, bigint>> = {
  K: 1024n,
  M: 1024n ** 2n,
  Ki: 1024n,
  Mi: 1024n ** 2n,
  Gi: 1024n ** 3n,
};

const sizeUnits: Readonly<Record<string, bigint>> = {
  KB: 1000n,
  MB: 1000n ** 2n,
  GB: 1000n ** 3n,
  TB: 1000n ** 4n,
  KiB: 1024n,
  MiB: 1024n ** 2n,
  GiB: 1024n ** 3n,
  TiB: 1024n ** 4n,
  B: 1n,
};

/** These patterns are also used in the JSON Schema for editors. */
export const tokensPattern: RegExp = new RegExp(`^${decimal} ?(?:${Object.keys(tokenUnits).join('|')})?$`);
export const lengthPattern: RegExp = new RegExp(`^${decimal} ?(?:${Object.keys(lengthUnits).join('|')})?$`);
export const sizePattern: RegExp = new RegExp(`^${decimal} ?(?:${Object.keys(sizeUnits).join('|')})?$`);
export const sharePattern: RegExp = new RegExp(`^${decimal} ?%?$`);

export const tokensForm =
  'an amount of tokens such as 250000, 1.5M or 5B (K, M, B, T are powers of ten, Ki, Mi, Gi, Ti powers of two)';
export const lengthForm = 'a length in tokens such as 8192, 32K or 1M (K is 1,024 tokens, M is 1,048,576)';
export const sizeForm =
  'a size such as 256MB, 64MiB or 4GB (KB, MB, GB, TB are powers of ten, KiB, MiB, GiB, TiB powers of two)';
export const shareForm = 'a share such as 70%, 0.5% or 0.7';

/** Parses an amount (`5B`, `1.5M`, `8192`) to a whole number of tokens, 0 or more and below 2^53. */
export function parseTokens(input: string | number): Parsed {
  return parseWhole(input, tokenUnits, 'tokens', tokensForm);
}

/** Parses a length of documents, rows or steps: `32K` is 32,768 tokens. */
export function parseLength(input: string | number): Parsed {
  return parseWhole(input, lengthUnits, 'tokens', lengthForm);
}

/** Parses a size (`256MB`, `64MiB`, `4GB`, `512B`, `1000`) to bytes. */
export function parseSize(input: string | number): Parsed {
  return parseWhole(input, sizeUnits, 'bytes', sizeForm);
}

/** Parses a share (`70%`, `0.5%`, `0.7`) to a number in [0, 1]. */
export function parseShare(input: string | number): Parsed {
  const text = String(input).trim();
  const [, digits, percent] = new RegExp(`^(${decimal}) ?(%?)$`).exec(text) ?? [];
  // Use a number from YAML directly, because a tiny one prints as 1e-7, which the pattern does not match.
  const value =
    typeof input === 'number'
      ? input
      : digits === undefined
        ? Number.NaN
        : Number(`${digits}e${percent ? -2 : 0}`);
  if (value >= 0 && value <= 1) return { value };
  const forgot = value > 1 && value <= 100 && !percent ? `${text}%` : null;
  return { problem: `expected ${shareForm}, from 0% to 100%${didYouMean(forgot)}` };
}

/** The value of an amount that has been checked already. */
export function exact(parsed: Parsed): number {
  if ('problem' in parsed) throw new Error(`a checked amount can't be read: ${parsed.problem}`);
  return parsed.value;
}

function parseWhole(
  input: string | number,
  units: Readonly<Record<string, bigint>>,
  noun: string,
  form: string,
): Parsed {
  const text = String(input).trim();
  const [, digits, unit] = new RegExp(`^(${decimal}) ?(\\w*)$`).exec(text) ?? [];
  const factor = unit === '' ? 1n : unit !== undefined && Object.hasOwn(units, unit) ? units[unit]! : null;
  if (digits === undefined || factor === null) {
    const meant = unit === undefined ? null : meantUnit(unit, Object.keys(units));
    return { problem: `expected ${form}${didYouMean(meant === null ? null : `${digits}${meant}`)}` };
  }
  const [whole, fraction = ''] = digits.split('.');
  const scaled = BigInt(`${whole}${fraction}`) * factor;
  const places = 10n ** BigInt(fraction.length);
  if (scaled % places !== 0n) {
    return {
      problem: `that is ${Number(scaled) / Number(places)} ${noun}; expected a whole number of ${noun}`,
    };
  }
  const value = scaled / places;
  if (value > Number.MAX_SAFE_INTEGER) return { problem: `expected fewer than 2^53 ${noun}` };
  return { value: Number(value) };
}

/** The unit that a slip such as `5b` or `4G` was probably meant to be; null: it could be anything, as in `5X`. */
function meantUnit(unit: string, units: readonly string[]): string | null {
  const lower = unit.toLowerCase();
  return (
    units.find((u) => u.toLowerCase() === lower) ??
    units.find((u) => u.toLowerCase().startsWith(lower)) ??
    null
  );
}
