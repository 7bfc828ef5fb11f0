/**
 * Shared by all checks of tokenizer files: one error that gives the file, the place in it, the value there, the rule
 * and the cure; and the bounds for every form of file. A file is checked once, before anything is built from it, so
 * that readers and engines can rely on its shape. Cost: one to two times the time of JSON.parse, only once per file,
 * because its tables are cached (table-cache.ts).
 */
import { LongmixError } from '../../errors.ts';

/**
 * Ids are below this. The kernel packs three ids into one word, 21 bits each (2,097,152), and needs up to 25,000 ids of
 * its own for the beginnings of characters (kernel-vocabulary.ts). The largest vocabularies in use have 262,400 tokens.
 */
export const idLimit = 2_000_000;
/** Ids may have holes, but tables are as long as the largest id, so the number of tokens also bounds the largest id. */
const holesPerToken = 4;
const freeHoles = 2 ** 20;
/** In characters. The longest token of a published vocabulary has 1,024 (a run of spaces). */
export const longestToken = 65_536;

/** Fetching the file again cures nearly all errors, because nobody writes these files by hand. */
const cure = 'fetch the file again, or save it again with the library that made it';

/** @param at where in the file: a path of keys such as `model.vocab["a"]`; a line is in `name` */
export function badFile(name: string, at: string, message: string, help: string = cure): LongmixError {
  return new LongmixError('tokenizer-bad', message, {
    where: at === '' ? name : `${name}: ${at}`,
    cure: help,
  });
}

/** The largest id that a vocabulary with this number of tokens may have. */
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

/** Describes a value for a message, shortened. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? JSON.stringify(value.slice(0, 61)) : String(value);
  return text.length > 62 ? `${text.slice(0, 60)}..."` : text;
}

/** Writes a key of a map as a step of a path: `["a"]`. */
export function keyStep(key: string): string {
  return `[${shown(key)}]`;
}

/** Texts in tokenizer files are far shorter than this: a compiled map of characters has 0.4 MB. */
const strideBytes = 4 * 2 ** 20;

/**
 * Refuses long texts before JSON.parse: a text of 100 MB would cost a second and ten times its memory before any other
 * check.
 */
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
 * @param form the expected form of the file, for the message: `a tokenizer.json`
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
