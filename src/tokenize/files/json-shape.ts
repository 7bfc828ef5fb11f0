/**
 * What the checks of tokenizer files have in common: one error with the file, the place inside of it, what stands there, the
 * rule and the cure; and the bounds that every form of file obeys. A file is checked once, before anything is built from
 * it, so that readers and engines may rely on its shape. Cost: one to two times what JSON.parse takes for the
 * file; its tables are kept (table-cache.ts).
 */
import { LongmixError } from '../../errors.ts';

/**
 * Ids are below this. The kernel packs three ids into one word, 21 bits each (2,097,152), and needs up to 25,000 ids of its
 * own for the beginnings of characters (kernel-plan.ts). The largest vocabularies in use have 262,400 tokens.
 */
export const idLimit = 2_000_000;
/** Ids may have holes, but tables are as long as the largest id: it is bounded by the number of tokens, too. */
const holesPerToken = 4;
const freeHoles = 2 ** 20;
/** In characters. The longest token of a published vocabulary has 1,024 (a run of spaces). */
export const longestToken = 65_536;

/** Fetching again is the cure of nearly all: nobody writes these files by hand. */
const cure = 'fetch the file again, or save it again with the library that made it';

/** @param at where in the file: a path of keys such as `model.vocab["a"]`; a line is in `name` */
export function badFile(name: string, at: string, message: string, help: string = cure): LongmixError {
  return new LongmixError('tokenizer-bad', message, {
    where: at === '' ? name : `${name}: ${at}`,
    cure: help,
  });
}

/** The largest id that a vocabulary of so many tokens may have. */
export function largestId(tokens: number): number {
  return Math.min(idLimit - 1, holesPerToken * tokens + freeHoles);
}

export function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < idLimit;
}

export const idRule: string = `expected a whole number from 0 to ${idLimit - 1}`;

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value for a message: what it is, shortened. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? JSON.stringify(value.slice(0, 61)) : String(value);
  return text.length > 62 ? `${text.slice(0, 60)}..."` : text;
}

/** A key of a map as a step of a path: `["a"]`. */
export function keyStep(key: string): string {
  return `[${shown(key)}]`;
}

/** No text of a tokenizer is near this long: a compiled map of characters has 0.4 MB. */
const strideBytes = 4 * 2 ** 20;

/** A text of 100 MB would cost a second and ten times its memory before any check could see it. */
function refuseLongText(name: string, bytes: Uint8Array, form: string, help: string): void {
  const quote = '"'.charCodeAt(0);
  for (let at = 0; at < bytes.length; at += strideBytes) {
    const next = bytes.indexOf(quote, at);
    const end = next < 0 ? bytes.length : next;
    if (end - at <= 2 * strideBytes) continue;
    throw badFile(name, '', `not ${form}: ${end - at} bytes behind byte ${at} are one text`, help);
  }
}

/**
 * @throws LongmixError `tokenizer-bad`: not JSON, not UTF-8, or not an object
 * @param form what the file should be, for the message: `a tokenizer.json`
 */
export function parseJsonObject(
  name: string,
  bytes: Uint8Array,
  form: string,
  help: string,
): Readonly<Record<string, unknown>> {
  refuseLongText(name, bytes, form, help);
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    const why = `not ${form}: it is not JSON: ${(cause as Error).message.slice(0, 200)}`;
    throw new LongmixError('tokenizer-bad', why, { where: name, cure: help, cause });
  }
  if (!isObject(parsed)) throw badFile(name, '', `not ${form}: it is not a JSON object`, help);
  return parsed;
}
