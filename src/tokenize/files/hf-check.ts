/**
 * Checks the shape of a tokenizer.json before anything is built from it. The file may come from anywhere, and readers
 * and engines rely on its shape: ids are valid and no two pieces share one, tokens are texts that can be written in
 * UTF-8, merges join tokens of the vocabulary, parts are not nested too deep. If a file is refused here, the native
 * library refuses it too, or renumbers it. Whether longmix supports the features of the file is decided elsewhere.
 */
import { parseCharsmap } from '../engine/charsmap.ts';
import type { HfAddedToken, HfFile } from './hf-shape.ts';
import { badFile, idRule, isId, isObject, keyStep, largestId, longestToken, shown } from './json-shape.ts';

type Entry = Readonly<Record<string, unknown>>;

/** Depth; published files nest two Sequences. */
const deepest = 64;
const mostParts = 1_000;
/** The most added tokens; published files have up to 33,000. */
const mostAdded = 65_536;
/** In characters; a charsmap is data, and may be longer. */
const longestText = 65_536;
const loneSurrogate = /\p{Surrogate}/u;

/** For each kind of part: the key under which a Sequence has its parts. */
const sequenceKeys: Readonly<Record<string, string>> = {
  normalizer: 'normalizers',
  pre_tokenizer: 'pretokenizers',
  post_processor: 'processors',
  decoder: 'decoders',
};
/** Fields that have the same meaning in all parts. */
const partTexts = ['content', 'prepend', 'replacement', 'prepend_scheme', 'behavior', 'delimiter'];
const partFlags =
  'invert add_prefix_space use_regex individual_digits split strip_left strip_right clean_text handle_chinese_chars strip_accents lowercase'.split(
    ' ',
  );

/** @throws LongmixError `tokenizer-bad` with the place in the file */
export function checkHfFile(name: string, file: Entry): HfFile {
  if (!isObject(file.model)) {
    throw badFile(name, 'model', `expected an object, found ${shown(file.model)}`, notTokenizerCure);
  }
  checkDepth(name, file);
  for (const [key, inner] of Object.entries(sequenceKeys)) checkParts(name, file[key], key, inner);
  checkModelFields(name, file.model);
  checkAdded(name, file.added_tokens, checkVocabulary(name, file.model));
  return file as unknown as HfFile;
}

export const notTokenizerCure: string =
  'tokenizer.file is the tokenizer.json of a Hugging Face model, a tekken.json, a tokenizer.model, or the folder of one';

/**
 * Bounds the depth, so that no reader of the file overflows the stack. The vocabulary and the merges have a known
 * depth.
 */
function checkDepth(name: string, file: Entry): void {
  const { vocab: _, merges: __, ...model } = file.model as Entry;
  let level: unknown[] = Object.values({ ...file, model, added_tokens: null });
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > 4 * deepest)
      throw badFile(name, '', `values lie more than ${4 * deepest} deep in each other`);
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
}

function checkParts(name: string, root: unknown, key: string, inner: string): void {
  if (root === undefined || root === null) return;
  const stack = [{ part: root, at: key, depth: 0 }];
  let parts = 0;
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { part, at, depth } = next;
    if (!isObject(part) || typeof part.type !== 'string' || part.type.length > 64) {
      throw badFile(name, at, `expected an object with a "type", found ${shown(part)}`);
    }
    parts += 1;
    if (depth > deepest) throw badFile(name, key, `its parts nest more than ${deepest} deep`);
    if (parts > mostParts) throw badFile(name, key, `it has more than ${mostParts} parts`);
    checkPartFields(name, part, at);
    if (part.type !== 'Sequence') continue;
    const list = part[inner];
    if (!Array.isArray(list)) {
      throw badFile(name, `${at}.${inner}`, `expected a list of parts, found ${shown(list)}`);
    }
    for (let i = list.length - 1; i >= 0; i -= 1) {
      if (stack.length > mostParts) throw badFile(name, key, `it has more than ${mostParts} parts`);
      stack.push({ part: list[i], at: `${at}.${inner}[${i}]`, depth: depth + 1 });
    }
  }
}

function checkPartFields(name: string, part: Entry, at: string): void {
  for (const field of partTexts) checkText(name, part[field], `${at}.${field}`);
  for (const field of partFlags) checkFlag(name, part[field], `${at}.${field}`);
  const { pattern, type } = part;
  if (type === 'Precompiled') checkCharsmap(name, part.precompiled_charsmap, `${at}.precompiled_charsmap`);
  if (type === 'Replace' && part.content === undefined) {
    throw badFile(name, `${at}.content`, 'expected a text, found nothing');
  }
  if (pattern === undefined && type !== 'Split' && type !== 'Replace') return;
  const [kind, text] = isObject(pattern) ? (Object.entries(pattern)[0] ?? []) : [];
  if ((kind !== 'String' && kind !== 'Regex') || typeof text !== 'string') {
    const expected = 'expected { "Regex": "..." } or { "String": "..." }';
    throw badFile(name, `${at}.pattern`, `${expected}, found ${shown(pattern)}`);
  }
  checkText(name, text, `${at}.pattern.${kind}`);
}

function checkCharsmap(name: string, charsmap: unknown, at: string): void {
  if (typeof charsmap !== 'string') throw badFile(name, at, `expected a text, found ${shown(charsmap)}`);
  if (parseCharsmap(Buffer.from(charsmap, 'base64')) === null)
    throw badFile(name, at, 'the map of characters is damaged: its parts are longer than it is');
}

function checkModelFields(name: string, model: Entry): void {
  checkText(name, model.type, 'model.type');
  for (const field of ['unk_token', 'continuing_subword_prefix', 'end_of_word_suffix'])
    checkText(name, model[field], `model.${field}`);
  for (const field of ['byte_fallback', 'fuse_unk', 'ignore_merges'])
    checkFlag(name, model[field], `model.${field}`);
  const { dropout } = model;
  if (dropout !== undefined && dropout !== null && typeof dropout !== 'number') {
    throw badFile(name, 'model.dropout', `expected a number or null, found ${shown(dropout)}`);
  }
}

/** @returns the number of tokens; 0 for a kind of model that is not read here */
function checkVocabulary(name: string, model: Entry): number {
  const { type, vocab, merges } = model;
  if (type === 'Unigram') return checkScores(name, model);
  if (type !== undefined && type !== 'BPE' && type !== 'WordPiece' && type !== 'WordLevel') return 0;
  if (type === undefined && merges === undefined) return 0;
  if (!isObject(vocab)) {
    throw badFile(name, 'model.vocab', `expected an object of tokens and ids, found ${shown(vocab)}`);
  }
  const size = checkIds(name, vocab);
  if (type === undefined || type === 'BPE') checkMerges(name, merges, new Set(Object.keys(vocab)), model);
  return size;
}

function checkIds(name: string, vocab: Entry): number {
  const tokens = Object.keys(vocab);
  const largest = largestId(tokens.length);
  const used = new Uint8Array(largest + 1);
  const tokenOf = (id: number) => tokens.find((token) => vocab[token] === id);
  for (const token of tokens) {
    const id = vocab[token];
    const at = () => `model.vocab${keyStep(token)}`;
    if (!isId(id)) throw badFile(name, at(), `the id is ${shown(id)}; ${idRule}`);
    if (id > largest) throw tooLarge(name, at(), id, tokens.length);
    checkToken(name, token, at);
    if (used[id] === 1) throw badFile(name, at(), `the id ${id} is that of ${shown(tokenOf(id))}, too`);
    used[id] = 1;
  }
  return tokens.length;
}

function tooLarge(name: string, at: string, id: number, tokens: number): Error {
  const rule = `expected ${largestId(tokens)} at most for a vocabulary of ${tokens} tokens`;
  return badFile(name, at, `the id is ${id}; ${rule}`);
}

/** Unigram: a token's place in the list is its id. */
function checkScores(name: string, model: Entry): number {
  const { vocab, unk_id } = model;
  if (!Array.isArray(vocab)) {
    throw badFile(name, 'model.vocab', `expected a list of tokens and scores, found ${shown(vocab)}`);
  }
  if (vocab.length > largestId(vocab.length)) {
    throw badFile(name, 'model.vocab', `it has ${vocab.length} tokens; expected ${largestId(0)} at most`);
  }
  vocab.forEach((entry: unknown, i) => {
    const at = () => `model.vocab[${i}]`;
    if (!Array.isArray(entry) || entry.length !== 2 || typeof entry[0] !== 'string') {
      throw badFile(name, at(), `expected a token and its score, found ${shown(entry)}`);
    }
    const [token, score] = entry as [string, unknown];
    if (typeof score !== 'number' || !Number.isFinite(score)) {
      throw badFile(name, `${at()}[1]`, `the score is ${shown(score)}; expected a number`);
    }
    checkToken(name, token, at);
  });
  if (unk_id !== undefined && unk_id !== null && !(isId(unk_id) && unk_id < vocab.length)) {
    throw badFile(
      name,
      'model.unk_id',
      `it is ${shown(unk_id)}; expected the place of a token in model.vocab`,
    );
  }
  return vocab.length;
}

/** Refuses lone surrogates, among others: UTF-8 cannot write them, so they would become U+FFFD. */
function checkToken(name: string, token: string, at: () => string): void {
  if (token.length > longestToken) {
    throw badFile(name, at(), `a token of ${token.length} characters; expected ${longestToken} at most`);
  }
  if (loneSurrogate.test(token)) throw badFile(name, at(), 'half of a surrogate pair is not text');
}

/** As in the native library, a merge whose parts or result are not in the vocabulary is an error. */
function checkMerges(name: string, merges: unknown, tokens: ReadonlySet<string>, model: Entry): void {
  if (merges === undefined || merges === null) return;
  if (!Array.isArray(merges)) {
    throw badFile(name, 'model.merges', `expected a list of pairs, found ${shown(merges)}`);
  }
  // Pieces that continue a word lose this prefix when they are merged.
  const prefix = String(model.continuing_subword_prefix ?? '').length;
  merges.forEach((merge: unknown, i) => {
    const pair = typeof merge === 'string' ? merge.split(' ', 3) : merge;
    if (!Array.isArray(pair) || pair.length !== 2 || pair.some((part) => typeof part !== 'string')) {
      if (typeof merge === 'string' && merge.startsWith('#version')) return;
      throw badFile(name, `model.merges[${i}]`, `expected a pair of tokens, found ${shown(merge)}`);
    }
    const [left, right] = pair as [string, string];
    const product = left + right.slice(prefix);
    if (tokens.has(left) && tokens.has(right) && tokens.has(product)) return;
    const missing = [left, right, product].find((token) => !tokens.has(token));
    throw badFile(name, `model.merges[${i}]`, `the token ${shown(missing)} is not in model.vocab`);
  });
}

/**
 * The ids of added tokens must be valid ids, but need not be right: the native library gives a token of the vocabulary
 * its id there, and numbers the others in the order of the file.
 * @param size number of tokens of the vocabulary
 */
function checkAdded(name: string, added: unknown, size: number): void {
  const tokens = checkAddedShape(name, added);
  const largest = largestId(size + tokens.length);
  tokens.forEach(({ id }, i) => {
    if (id > largest) throw tooLarge(name, `added_tokens[${i}].id`, id, size + tokens.length);
  });
}

function checkAddedShape(name: string, added: unknown): readonly HfAddedToken[] {
  if (added === undefined || added === null) return [];
  if (!Array.isArray(added)) {
    throw badFile(name, 'added_tokens', `expected a list of tokens, found ${shown(added)}`);
  }
  if (added.length > mostAdded) {
    throw badFile(name, 'added_tokens', `it has ${added.length} tokens; expected ${mostAdded} at most`);
  }
  added.forEach((token: unknown, i) => {
    const at = `added_tokens[${i}]`;
    if (!isObject(token)) throw badFile(name, at, `expected an object, found ${shown(token)}`);
    if (!isId(token.id)) throw badFile(name, `${at}.id`, `the id is ${shown(token.id)}; ${idRule}`);
    if (typeof token.content !== 'string') {
      throw badFile(name, `${at}.content`, `expected a text, found ${shown(token.content)}`);
    }
    checkToken(name, token.content, () => `${at}.content`);
    for (const flag of ['single_word', 'lstrip', 'rstrip', 'normalized', 'special'])
      checkFlag(name, token[flag], `${at}.${flag}`);
  });
  return added as HfAddedToken[];
}

function checkFlag(name: string, value: unknown, at: string): void {
  if (value === undefined || value === null || typeof value === 'boolean') return;
  throw badFile(name, at, `expected true or false, found ${shown(value)}`);
}

function checkText(name: string, value: unknown, at: string): void {
  if (value === undefined || value === null) return;
  if (typeof value !== 'string') throw badFile(name, at, `expected a text, found ${shown(value)}`);
  if (value.length > longestText) {
    throw badFile(name, at, `a text of ${value.length} characters; expected ${longestText} at most`);
  }
  if (loneSurrogate.test(value)) throw badFile(name, at, 'half of a surrogate pair is not text');
}
