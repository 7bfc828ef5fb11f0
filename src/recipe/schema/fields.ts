/**
 * The types of values that a recipe's keys take, as zod schemas with our own messages. Each message is a clause that
 * follows "found X; ". Nothing is transformed here, because a schema with transforms has no JSON Schema.
 */

import { z } from 'zod';
import { encodingOf } from '../../base/encodings.ts';
import { didYouMean, nearest } from '../../base/nearest.ts';
import {
  lengthForm,
  lengthPattern,
  type Parsed,
  parseLength,
  parseShare,
  parseSize,
  parseTokens,
  shareForm,
  sharePattern,
  sizeForm,
  sizePattern,
  tokensForm,
  tokensPattern,
} from '../units.ts';

/** A number, or text with a unit, which `units.ts` parses. */
export type Amount = number | string;

/** An amount of at least 1 token; `word` (such as `all`) is allowed too. */
export function tokenAmount(word: string): z.ZodType<Amount> {
  const or = `\`${word}\` or `;
  return quantity({
    or,
    parse: parseTokens,
    pattern: tokensPattern,
    numbers: (params) => z.int(params).min(1, params),
    inRange: (value) => value >= 1,
    form: or + tokensForm,
    range: `${or}1 or more tokens`,
    word,
  });
}

/** A length in tokens of documents, rows or steps, both bounds included. */
export function tokenLength(least: number, most: number): z.ZodType<Amount> {
  return quantity({
    parse: parseLength,
    pattern: lengthPattern,
    numbers: (params) => z.int(params).min(least, params).max(most, params),
    inRange: (value) => value >= least && value <= most,
    form: lengthForm,
    range: `${most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `${least} to ${most}`} tokens`,
  });
}

/** A size in bytes, at least 1. */
export function byteSize(): z.ZodType<Amount> {
  return quantity({
    parse: parseSize,
    pattern: sizePattern,
    numbers: (params) => z.int(params).min(1, params),
    inRange: (value) => value >= 1,
    form: sizeForm,
    range: 'at least 1 byte',
  });
}

/** A share; `above` and `below` exclude 0% and 100%. */
export function share(bounds: { above?: 0; below?: 1 } = {}): z.ZodType<Amount> {
  const from = bounds.above === undefined ? 'of at least 0%' : 'above 0%';
  const to = bounds.below === undefined ? 'at most 100%' : 'below 100%';
  const numbers = (params: CheckParams): z.ZodType<number> => {
    const lower =
      bounds.above === undefined ? z.number(params).gte(0, params) : z.number(params).gt(0, params);
    return bounds.below === undefined ? lower.lte(1, params) : lower.lt(1, params);
  };
  return quantity({
    parse: parseShare,
    pattern: sharePattern,
    numbers,
    inRange: (value) =>
      (bounds.above === undefined || value > 0) && (bounds.below === undefined || value < 1),
    form: shareForm,
    range: `a share ${from} and ${to}`,
  });
}

/** A share with a percent sign, or a count: 1 means one record, never 100 %. */
export function shareOrCount(noun: string): z.ZodType<Amount> {
  const form = `a percentage of the ${noun} such as 0.1%, or a whole number of ${noun}`;
  return quantity({
    parse: (input) =>
      'problem' in shareOrWhole(input) ? { problem: `expected ${form}` } : shareOrWhole(input),
    pattern: /^\d+(?:\.\d+)? ?%$/,
    numbers: (params) => z.int(params).min(0, params),
    inRange: () => true,
    form,
    range: form,
  });
}

/** A share with a percent sign, or an amount of tokens. */
export function shareOrTokens(): z.ZodType<Amount> {
  const or = 'a share such as 20%, or ';
  return quantity({
    parse: (input) => {
      const parsed = shareOrWhole(input);
      return 'problem' in parsed && isPercentage(input) ? { problem: `expected ${tokensForm}` } : parsed;
    },
    pattern: new RegExp(`${sharePattern.source}|${tokensPattern.source}`),
    numbers: (params) => z.int(params).min(1, params),
    inRange: (value) => value > 0,
    or,
    form: or + tokensForm,
    range: `more than nothing: ${or}${tokensForm}`,
  });
}

function shareOrWhole(input: Amount): Parsed {
  return isPercentage(input) ? parseShare(input) : parseTokens(input);
}

export function isPercentage(input: Amount): boolean {
  return typeof input === 'string' && input.includes('%');
}

/** How a document's length is measured: by its tokens, or by its characters divided by a number. */
export function estimator(): z.ZodType<string> {
  return text('exact, or chars over a number such as chars/3.68', estimatorPattern);
}

/** The first group is the number of characters per token. */
export const estimatorPattern: RegExp = /^(?:exact|chars\/((?=.*[1-9])\d+(?:\.\d+)?))$/;

/** One value for all sources, or a map from sources to values. */
export function perSource<T>(value: z.ZodType<T>, form: string): z.ZodType<T | Record<string, T>> {
  const all = `${form}, or a map from sources to such`;
  const error = ({ input }: { readonly input?: unknown }): string => {
    const plain =
      typeof input === 'string' || typeof input === 'number' ? value.safeParse(input).error : null;
    return plain?.issues[0]?.message ?? `expected ${all}`;
  };
  return z.union([value, z.record(text('the name of a source'), value, mapError(all))], { error });
}

export const mapError = (
  form: string,
): { error: (issue: { readonly code?: string }) => string | undefined } => ({
  // Unknown keys are also issues of the map; `schema-problems.ts` words those.
  error: (issue) => (issue.code === 'invalid_type' ? `expected ${form}` : undefined),
});

export function oneOf<const T extends string>(values: readonly T[]): z.ZodType<T> {
  return z.enum(values, {
    error: ({ input }) =>
      `expected ${values.length > 1 ? 'one of ' : ''}${values.join(', ')}${didYouMean(typeof input === 'string' ? nearest(input, values) : null)}`,
  });
}

/** A boolean. The message offers true or false for yes, no, on and off, which YAML 1.2 reads as text. */
export function flag(): z.ZodType<boolean> {
  return z.boolean({
    error: ({ input }) => {
      const word = String(input).toLowerCase();
      const meant = /^(yes|on|true)$/.test(word) ? 'true' : /^(no|off|false)$/.test(word) ? 'false' : null;
      return `expected true or false${didYouMean(meant)}`;
    },
  });
}

/** Text of at least one character; `form` describes it in messages. */
/** @param meant what a text of another form may have been meant to be; null: nothing comes to mind */
export function text(
  form: string,
  pattern: RegExp = /[\s\S]/,
  meant: (input: string) => string | null = () => null,
): z.ZodType<string> {
  const error = ({ input }: { readonly input?: unknown }): string => {
    const unquoted = typeof input === 'number' || typeof input === 'boolean' ? `"${input}"` : null;
    return `expected ${form}${didYouMean(typeof input === 'string' ? meant(input) : unquoted)}`;
  };
  // `abort`, here and below: without it, zod would report a half-matching branch of a union in that branch's words.
  return z.string({ error }).regex(pattern, { error, abort: true });
}

/** `quality` where `field:quality` is the form. */
export function asField(input: string): string | null {
  return /^[\p{L}_][\p{L}\p{N}_.-]*$/u.test(input) ? `field:${input}` : null;
}

/** A name that every file system accepts for a folder; `taken` is a name that is not available. */
export function folderName(taken?: string): z.ZodType<string> {
  const form = 'a name that can be a folder: no / \\ : * ? " < > |, no dot first';
  if (taken === undefined) return text(form, /^(?!\.)[^\p{Cc}/\\:*?"<>|]+$/u);
  return text(`${form}, not ${taken}`, new RegExp(`^(?!\\.|${taken}$)[^\\p{Cc}/\\\\:*?"<>|]+$`, 'u'));
}

/** Any text, even empty. */
export function anyText(form: string): z.ZodType<string> {
  return z.string({ error: `expected ${form}` });
}

/** The name of a character encoding, as in WHATWG or Python. */
export function encoding(): z.ZodType<string> {
  const error =
    'expected the name of an encoding such as utf-8, utf-16, utf-16be, windows-1252, windows-1251, shift_jis, euc-jp, gb18030, big5, euc-kr or koi8-r';
  return z.string({ error }).refine((label) => encodingOf(label) !== null, { error, abort: true });
}

export function wholeNumber(least: number, form: string): z.ZodType<number> {
  const params = { error: `expected ${form}`, abort: true };
  return z.int(params).min(least, params);
}

export function positiveNumber(most: number): z.ZodType<number> {
  const params = { error: `expected a number above 0, at most ${most}`, abort: true };
  return z.number(params).gt(0, params).lte(most, params);
}

/** One of two types, such as a plain value or a list; `form` describes both, for a value of neither type. */
export function either<A, B>(a: z.ZodType<A>, b: z.ZodType<B>, form: string): z.ZodType<A | B> {
  return z.union([a, b], { error: `expected ${form}` });
}

interface CheckParams {
  readonly error: (issue: { readonly input?: unknown }) => string;
  readonly abort: true;
}

interface Quantity {
  readonly parse: (input: Amount) => Parsed;
  readonly pattern: RegExp;
  /** Schema of a plain number. */
  readonly numbers: (params: CheckParams) => z.ZodType<number>;
  readonly inRange: (value: number) => boolean;
  /** How the quantity is written, for messages. */
  readonly form: string;
  /** Which values are allowed, for messages. */
  readonly range: string;
  /** A word that is also allowed. */
  readonly word?: string | undefined;
  /** The start of messages: what is allowed in place of the form that `parse` expects. */
  readonly or?: string;
}

function quantity(q: Quantity): z.ZodType<Amount> {
  const fits = (input: string): boolean => {
    const parsed = q.parse(input);
    return 'value' in parsed && q.inRange(parsed.value);
  };
  const error = ({ input }: { readonly input?: unknown }): string => {
    if (typeof input !== 'string' && typeof input !== 'number') return `expected ${q.form}`;
    const parsed = q.parse(input);
    if ('value' in parsed) return `expected ${q.range}`;
    return parsed.problem.replace('expected ', `expected ${q.or ?? ''}`);
  };
  // All branches get the same `error`, so the message is right whichever branch zod reports.
  const params = { error, abort: true } as const;
  const written = z.string(params).regex(q.pattern, params).refine(fits, params);
  const words = q.word === undefined ? [] : [z.literal(q.word)];
  return z.union([...words, q.numbers(params), written], { error });
}
