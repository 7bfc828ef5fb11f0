/**
 * Reads the files beside a tokenizer file, as `transformers` saves them, only to learn which tokens begin, end and pad
 * a text. tokenizer_config.json and special_tokens_map.json belong to the tokenizer: a mistake in them is an error.
 * config.json and generation_config.json belong to the model. Any program may have a config.json, so a config.json that
 * is not a model's is ignored.
 */

import { basename, dirname, join } from 'node:path';
import { LongmixError } from '../../errors.ts';
import { readBytes, statOf } from '../../storage/files.ts';
import { badFile, isId, isObject, parseJsonObject, shown } from './json-shape.ts';

/** In order of rank. */
export const sideFiles = [
  'tokenizer_config.json',
  'special_tokens_map.json',
  'generation_config.json',
  'config.json',
] as const;
export type SideFile = (typeof sideFiles)[number];

export type Role = 'bos' | 'eos' | 'pad';
const roles: readonly Role[] = ['bos', 'eos', 'pad'];

/**
 * A file that names a token for a role: by text, or by ids, of which the first that is a token counts; null: the role
 * has no token.
 */
export interface NamedToken {
  readonly file: SideFile;
  readonly token: string | null | readonly number[];
}

export interface SideFacts {
  /** In order of rank. */
  readonly named: Readonly<Record<Role, readonly NamedToken[]>>;
  /** tokenizer_config.json's `added_tokens_decoder`: id -> text. It names the special tokens of tiktoken files. */
  readonly added: ReadonlyMap<number, string>;
}

const largestFile = 64e6;
const help = 'it says which tokens begin and end a text; fix it or remove it';

/** The side files that exist beside `file`. */
export function sideFilesOf(file: string): string[] {
  return sideFiles
    .map((name) => join(dirname(file), name))
    .filter((path) => path !== file && statOf(path)?.kind === 'file');
}

/** @throws LongmixError `tokenizer-bad` */
export function readSideFiles(file: string): SideFacts {
  const named = { bos: [] as NamedToken[], eos: [] as NamedToken[], pad: [] as NamedToken[] };
  let added: ReadonlyMap<number, string> = new Map();
  for (const path of sideFilesOf(file)) {
    const name = basename(path) as SideFile;
    const isOfModel = name === 'generation_config.json' || name === 'config.json';
    const content = isOfModel ? readModelFile(path) : parseJsonObject(path, read(path), 'a JSON file', help);
    if (content === null) continue;
    if (name === 'tokenizer_config.json') added = readAdded(path, content.added_tokens_decoder);
    for (const role of roles) {
      const token = isOfModel ? idsOf(content, role) : textOf(path, content, role);
      if (token !== undefined) named[role].push({ file: name, token });
    }
  }
  return { named, added };
}

function read(path: string): Uint8Array {
  if ((statOf(path)?.size ?? 0) <= largestFile) return readBytes(path);
  throw new LongmixError('tokenizer-bad', `the file has more than ${largestFile / 1e6} MB`, {
    where: path,
    cure: help,
  });
}

function readModelFile(path: string): Readonly<Record<string, unknown>> | null {
  try {
    return parseJsonObject(path, read(path), '', '');
  } catch {
    return null;
  }
}

/** Multimodal models have the settings for text in a nested map. */
function idsOf(content: Readonly<Record<string, unknown>>, role: Role): readonly number[] | undefined {
  const inner = isObject(content.text_config) ? content.text_config : {};
  const value = content[`${role}_token_id`] ?? inner[`${role}_token_id`];
  const ids = [value].flat().filter(isId);
  return ids.length === 0 ? undefined : ids;
}

/** Reads a text, or an object that has the text and flags that do not matter here. */
function textOf(
  path: string,
  content: Readonly<Record<string, unknown>>,
  role: Role,
): string | null | undefined {
  const key = `${role}_token`;
  const value = content[key];
  if (value === undefined || value === null || typeof value === 'string') return value;
  if (isObject(value) && typeof value.content === 'string') return value.content;
  throw badFile(path, key, `expected the text of a token, found ${shown(value)}`, help);
}

function readAdded(path: string, decoder: unknown): ReadonlyMap<number, string> {
  if (decoder === undefined || decoder === null) return new Map();
  const key = 'added_tokens_decoder';
  if (!isObject(decoder)) throw badFile(path, key, `expected an object, found ${shown(decoder)}`, help);
  const added = new Map<number, string>();
  for (const [id, token] of Object.entries(decoder)) {
    const content = isObject(token) ? token.content : undefined;
    if (!isId(Number(id)) || typeof content !== 'string') {
      throw badFile(
        path,
        `${key}["${id}"]`,
        `expected an id and a token with "content", found ${shown(token)}`,
        help,
      );
    }
    added.set(Number(id), content);
  }
  return added;
}
