/**
 * A Hugging Face tokenizer.json with a BPE model to a TokenizerModel. Policy on tokens that the file adds to the model:
 * those marked special are text when they stand in a document; the others (Gemma's runs of newlines, Qwen's `<think>`)
 * are vocabulary and are matched, which is what Hugging Face does with `encode_special_tokens`. Truncation
 * and padding in the file are not for us. What the fields of a TokenizerModel cannot express exactly is reported, never approximated.
 */
import { bytesOfByteLevel } from './byte-level.ts';
import { fingerprintModel } from './fingerprint.ts';
import { type HfAddedToken, type HfFile, type HfModel, parseHfFile, Unsupported } from './hf-file.ts';
import { readTextSteps } from './hf-steps.ts';
import { readUnigram } from './hf-unigram.ts';
import type { AddedToken, BpeVocabulary, MergeList, TextSteps, TokenizerModel, Vocabulary } from './model.ts';
import { chooseSpecialIds, type TokenizerConfig } from './special-ids.ts';

/**
 * @param config the tokenizer_config.json beside the file; null if there is none
 * @returns the model, or why there is none
 * @throws LongmixError `tokenizer-bad` for bytes that are no tokenizer.json
 */
export function modelFromHf(
  name: string,
  bytes: Uint8Array,
  config: TokenizerConfig | null,
): TokenizerModel | { readonly unsupported: string } {
  const file = parseHfFile(name, bytes);
  try {
    return build(name, file, config);
  } catch (error) {
    if (error instanceof Unsupported) return { unsupported: error.message };
    throw error;
  }
}

function build(name: string, file: HfFile, config: TokenizerConfig | null): TokenizerModel {
  checkModel(file.model);
  const { byteLevel, ...textSteps } = readTextSteps(file);
  const special = new Map<string, number>();
  for (const token of file.added_tokens ?? [])
    if (token.special === true) special.set(token.content, token.id);
  const added = readAdded(file, textSteps.normalizers.length > 0 || textSteps.metaspace !== null);
  const steps: TextSteps = { ...textSteps, added, addedNormalized: [] };
  if (file.model.type === 'Unigram') {
    if (byteLevel) throw new Unsupported('Unigram of a byte alphabet');
    return finish(name, steps, readUnigram(file.model), special, config);
  }

  const vocabulary = new Map(Object.entries(file.model.vocab as Record<string, number>));
  const byteFallback = byteLevel ? null : readByteFallback(file.model, vocabulary);
  const fallbackIds = new Set(byteFallback ?? []);
  const size = 1 + [...vocabulary.values()].reduce((a, b) => Math.max(a, b), -1);
  const pieces: (Uint8Array | undefined)[] = new Array(size).fill(undefined);
  const encoder = new TextEncoder();
  for (const [token, id] of vocabulary) {
    if (special.get(token) === id || fallbackIds.has(id)) continue;
    pieces[id] = byteLevel ? (bytesOfByteLevel(token) ?? undefined) : encoder.encode(token);
  }
  if (byteLevel) checkBytes(pieces);

  const bpe: BpeVocabulary = {
    kind: 'bpe',
    pieces,
    ignoreMerges: file.model.ignore_merges === true,
    merges: readMerges(file.model, vocabulary),
    units: byteLevel ? 'bytes' : 'characters',
    unknown: { bytes: byteFallback, id: null, fuse: false },
  };
  return finish(name, steps, bpe, special, config);
}

function finish(
  name: string,
  steps: TextSteps,
  vocabulary: Vocabulary,
  special: ReadonlyMap<string, number>,
  config: TokenizerConfig | null,
): TokenizerModel {
  const ids = [...special.values(), ...steps.added.map((token) => token.id ?? 0)];
  return {
    name,
    steps,
    vocabulary,
    special,
    ...chooseSpecialIds(special, config),
    vocabularySize: 1 + ids.reduce((a, b) => Math.max(a, b), vocabulary.pieces.length - 1),
    fingerprint: fingerprintModel(steps, vocabulary, special),
  };
}

function checkModel(model: HfModel): void {
  if (model.type === 'Unigram') return;
  const isBpe = model.type === 'BPE' || (model.type === undefined && model.merges !== undefined);
  if (!isBpe) throw new Unsupported(`the model ${model.type ?? '(no type)'}`);
  if (model.dropout) throw new Unsupported('BPE with dropout');
  if (model.continuing_subword_prefix || model.end_of_word_suffix)
    throw new Unsupported('BPE with subword marks');
}

/** Tokens that are matched in text. */
function readAdded(file: HfFile, changesText: boolean): readonly AddedToken[] {
  const tokens = (file.added_tokens ?? []).filter((token) => token.special !== true && token.content !== '');
  if (tokens.some((token) => token.single_word || token.lstrip || token.rstrip)) {
    throw new Unsupported('added tokens that take blanks or words around them');
  }
  // Normalized ones are matched after the others, and in normalized text: one list tells that only if all are alike.
  const normalized = tokens.filter((token) => token.normalized).length;
  if (normalized > 0 && (changesText || normalized < tokens.length)) {
    throw new Unsupported('added tokens that are matched in normalized text');
  }
  return [
    ...tokens.map((token) => ({ id: token.id, text: token.content })),
    ...specialTexts(file, tokens).map((text) => ({ id: null, text })),
  ];
}

/**
 * Special tokens in whose text another one would be found: `<|endoftext|>`, where `|>` is a token. Hugging Face looks for all
 * of them at once (that is, for those that are alike in `normalized`), and leaves the text of a special one as it is.
 */
function specialTexts(file: HfFile, tokens: readonly HfAddedToken[]): string[] {
  const isNormalized = (token: HfAddedToken | undefined) => token?.normalized === true;
  const endsOf = (text: string) => Array.from({ length: text.length - 1 }, (_, at) => text.slice(at + 1));
  const overlaps = (text: string) =>
    tokens.some(
      ({ content }) => text.includes(content) || endsOf(text).some((end) => content.startsWith(end)),
    );
  return (file.added_tokens ?? [])
    .filter((token) => token.special === true && isNormalized(token) === isNormalized(tokens[0]))
    .map((token) => token.content)
    .filter((text) => text !== '' && overlaps(text))
    .sort();
}

/** A file may have the tokens of all bytes and not use them: then a character that is no piece is the unknown token. */
function readByteFallback(model: HfModel, vocabulary: ReadonlyMap<string, number>): Uint32Array {
  if (model.byte_fallback !== true) throw new Unsupported('BPE of characters without byte_fallback');
  const ids = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte += 1) {
    const id = vocabulary.get(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
    if (id === undefined) throw new Unsupported('a vocabulary without a token for each byte');
    ids[byte] = id;
  }
  return ids;
}

/** Hugging Face drops a byte that has no token; no real file lacks one. */
function checkBytes(pieces: BpeVocabulary['pieces']): void {
  const bytes = new Set(pieces.filter((piece) => piece?.length === 1).map((piece) => piece![0]));
  if (bytes.size < 256) throw new Unsupported('a vocabulary without a token for each byte');
}

function readMerges(model: HfModel, vocabulary: ReadonlyMap<string, number>): MergeList {
  // The last one counts where a pair stands twice.
  const byPair = new Map<string, readonly [string, string]>();
  for (const merge of model.merges ?? []) {
    const pair = typeof merge === 'string' ? merge.split(' ') : merge;
    const [left, right] = pair;
    if (left === undefined || right === undefined || pair.length > 2)
      throw new Unsupported('a merge that is no pair');
    const key = `${left} ${right}`;
    byPair.delete(key);
    byPair.set(key, [left, right]);
  }
  const merges = {
    left: new Uint32Array(byPair.size),
    right: new Uint32Array(byPair.size),
    merged: new Uint32Array(byPair.size),
  };
  let at = 0;
  for (const [left, right] of byPair.values()) {
    const ids = [left, right, left + right].map((token) => vocabulary.get(token));
    if (ids.includes(undefined))
      throw new Unsupported(`the merge "${left} ${right}", which is not in the vocabulary`);
    [merges.left[at], merges.right[at], merges.merged[at]] = ids as [number, number, number];
    at += 1;
  }
  return merges;
}
