/**
 * Reads Mistral's tekken.json as a TokenizerModel. The file is a tiktoken vocabulary in JSON, with its pattern, after a
 * block of special tokens: an id is a rank plus the number of special tokens, and only the first ranks are used, up to
 * `default_vocab_size` ids in all. The reference is mistral-common's tekken.py.
 */

import type { TokenizerModel } from '../model.ts';
import { tiktokenModel } from './from-tiktoken.ts';
import { badFile, idLimit, isObject, longestToken, parseJsonObject, shown } from './json-shape.ts';

const form = 'a tekken.json';
const help = 'fetch the tekken.json of the model again';
const longestPattern = 65_536;

/** The special tokens of files up to version 7, which need not name them; the other special tokens are numbered. */
const oldSpecials = { '<unk>': 0, '<s>': 1, '</s>': 2, '<pad>': 11 };
const lastOldVersion = 7;

/** @throws LongmixError `tokenizer-bad` with the place in the file */
export function modelFromTekken(name: string, bytes: Uint8Array): TokenizerModel {
  const { config, vocab, special_tokens } = parseJsonObject(name, bytes, form, help);
  if (!isObject(config)) throw badFile(name, 'config', `expected an object, found ${shown(config)}`, help);
  const { pattern } = config;
  if (typeof pattern !== 'string' || pattern === '' || pattern.length > longestPattern) {
    throw badFile(name, 'config.pattern', `expected a regular expression, found ${shown(pattern)}`, help);
  }
  const size = count(name, config, 'default_vocab_size');
  const specials = count(name, config, 'default_num_special_tokens');
  const ranks = size - specials;
  if (!Array.isArray(vocab))
    throw badFile(name, 'vocab', `expected a list of tokens, found ${shown(vocab)}`, help);
  if (ranks < 256 || ranks > vocab.length) {
    const rule = `${size} - ${specials} special tokens leave ${ranks}, and vocab has ${vocab.length}`;
    throw badFile(name, 'config.default_vocab_size', rule, help);
  }
  const special = readSpecials(name, special_tokens, specials, config.version);
  return tiktokenModel(name, readPieces(name, vocab, ranks, specials), pattern, special);
}

function count(name: string, config: Readonly<Record<string, unknown>>, key: string): number {
  const value = config[key];
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= idLimit) return value;
  throw badFile(
    name,
    `config.${key}`,
    `expected a whole number from 0 to ${idLimit}, found ${shown(value)}`,
    help,
  );
}

/** Ids before `first` are holes. */
function readPieces(
  name: string,
  vocab: readonly unknown[],
  ranks: number,
  first: number,
): (Uint8Array | undefined)[] {
  const pieces: (Uint8Array | undefined)[] = new Array(first).fill(undefined);
  const known = new Set<string>();
  for (let rank = 0; rank < ranks; rank += 1) {
    const entry = vocab[rank];
    const at = `vocab[${rank}]`;
    if (!isObject(entry) || entry.rank !== rank) {
      const found = isObject(entry) ? shown(entry.rank) : shown(entry);
      throw badFile(name, `${at}.rank`, `expected ${rank}, its place in the list; found ${found}`, help);
    }
    const { token_bytes: token } = entry;
    const isBase64 =
      typeof token === 'string' &&
      token.length <= 2 * longestToken &&
      token.length % 4 === 0 &&
      /^[A-Za-z0-9+/]+={0,2}$/.test(token);
    if (!isBase64) {
      throw badFile(name, `${at}.token_bytes`, `expected a token in base64, found ${shown(token)}`, help);
    }
    if (known.has(token)) {
      throw badFile(name, `${at}.token_bytes`, `the token ${shown(token)} is an earlier one's, too`, help);
    }
    known.add(token);
    const piece = Buffer.from(token, 'base64');
    if (rank < 256 && (piece.length !== 1 || piece[0] !== rank)) {
      throw badFile(name, `${at}.token_bytes`, 'the first 256 ranks are the bytes, in order', help);
    }
    pieces.push(piece);
  }
  return pieces;
}

function readSpecials(
  name: string,
  listed: unknown,
  specials: number,
  version: unknown,
): Readonly<Record<string, number>> {
  const byId = new Map<number, string>();
  const texts = new Set<string>();
  for (const { text, id, at } of listedSpecials(name, listed, version)) {
    if (typeof text !== 'string' || text.length > longestToken) {
      throw badFile(name, `${at}.token_str`, `expected a text, found ${shown(text)}`, help);
    }
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id >= specials) {
      const rule = `expected a whole number below ${specials} (config.default_num_special_tokens)`;
      throw badFile(name, `${at}.rank`, `${rule}, found ${shown(id)}`, help);
    }
    if (byId.has(id)) throw badFile(name, `${at}.rank`, `the rank ${id} is an earlier token's, too`, help);
    if (texts.has(text))
      throw badFile(name, `${at}.token_str`, `${shown(text)} is an earlier token, too`, help);
    byId.set(id, text);
    texts.add(text);
  }
  for (let id = 0; id < specials; id += 1) {
    if (byId.has(id)) continue;
    const text = `<SPECIAL_${id}>`;
    if (texts.has(text)) {
      throw badFile(
        name,
        'special_tokens',
        `${text} has another rank, and the token ${id} is named so`,
        help,
      );
    }
    byId.set(id, text);
  }
  return Object.fromEntries([...byId].map(([id, text]) => [text, id]));
}

interface ListedSpecial {
  readonly text: unknown;
  readonly id: unknown;
  readonly at: string;
}

function listedSpecials(name: string, listed: unknown, version: unknown): ListedSpecial[] {
  const at = 'special_tokens';
  if (listed === undefined || listed === null) {
    const number = Number(/^v(\d+)/.exec(String(version))?.[1] ?? Number.NaN);
    if (number <= lastOldVersion) return Object.entries(oldSpecials).map(([text, id]) => ({ text, id, at }));
    throw badFile(name, at, `a file of version ${shown(version)} names its special tokens; found none`, help);
  }
  if (!Array.isArray(listed))
    throw badFile(name, at, `expected a list of tokens, found ${shown(listed)}`, help);
  return listed.map((token: unknown, i) => {
    if (!isObject(token))
      throw badFile(name, `${at}[${i}]`, `expected an object, found ${shown(token)}`, help);
    return { text: token.token_str, id: token.rank, at: `${at}[${i}]` };
  });
}
