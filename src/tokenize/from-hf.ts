/**
 * A Hugging Face tokenizer.json with a BPE or Unigram model to a TokenizerModel. Policy on tokens that the file adds to the model:
 * those marked special are text when they stand in a document; the others (Gemma's runs of newlines, Qwen's `<think>`)
 * are vocabulary and are matched, which is what Hugging Face does with `encode_special_tokens`. Truncation
 * and padding in the file are not for us. What the fields of a TokenizerModel cannot express exactly is reported, never approximated.
 */
import { bytesOfByteLevel } from './byte-level.ts';
import { fingerprintModel } from './fingerprint.ts';
import { type HfFile, type HfModel, parseHfFile, Unsupported } from './hf-file.ts';
import { type HfSteps, readTextSteps } from './hf-steps.ts';
import { readUnigram } from './hf-unigram.ts';
import type { BpeVocabulary, MergeList, TokenizerModel, Vocabulary } from './model.ts';
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
  if (file.model.type === 'Unigram') return buildUnigram(name, file, config);
  checkModel(file.model);
  const vocabulary = new Map(Object.entries(file.model.vocab as Record<string, number>));
  const textSteps = readTextSteps(file, vocabulary);
  const { byteLevel, steps, special } = textSteps;

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
  return finish(name, textSteps, bpe, config);
}

function buildUnigram(name: string, file: HfFile, config: TokenizerConfig | null): TokenizerModel {
  const { vocabulary, ids } = readUnigram(file.model);
  const textSteps = readTextSteps(file, ids);
  if (textSteps.byteLevel) throw new Unsupported('Unigram of a byte alphabet');
  return finish(name, textSteps, vocabulary, config);
}

function finish(
  name: string,
  { steps, special, addedIds }: HfSteps,
  vocabulary: Vocabulary,
  config: TokenizerConfig | null,
): TokenizerModel {
  return {
    name,
    steps,
    vocabulary,
    special,
    ...chooseSpecialIds(special, config),
    vocabularySize: 1 + addedIds.reduce((a, b) => Math.max(a, b), vocabulary.pieces.length - 1),
    fingerprint: fingerprintModel(steps, vocabulary, special),
  };
}

function checkModel(model: HfModel): void {
  const isBpe = model.type === 'BPE' || (model.type === undefined && model.merges !== undefined);
  if (!isBpe) throw new Unsupported(`the model ${model.type ?? '(no type)'}`);
  if (model.dropout) throw new Unsupported('BPE with dropout');
  if (model.continuing_subword_prefix || model.end_of_word_suffix)
    throw new Unsupported('BPE with subword marks');
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
