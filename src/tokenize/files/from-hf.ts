/**
 * Reads a Hugging Face tokenizer.json with a BPE or Unigram model as a TokenizerModel. Policy on tokens that the file
 * adds to the model: in a document, the text of those marked special is ordinary text; the others (Gemma's runs of
 * newlines, Qwen's `<think>`) are vocabulary and are matched. Hugging Face's library does the same with
 * `encode_special_tokens`. Truncation and padding in the file are ignored. A feature that a TokenizerModel cannot
 * express exactly is reported, never approximated.
 */

import type { TokenizerModel } from '../model.ts';
import { fingerprintModel } from './fingerprint.ts';
import { checkBpe, readBpe } from './hf-bpe.ts';
import { parseHfFile, Unsupported } from './hf-file.ts';
import type { HfFile } from './hf-shape.ts';
import { readTextSteps } from './hf-steps.ts';
import { readUnigram } from './hf-unigram.ts';
import { chooseSpecialIds, type TokenizerConfig } from './special-ids.ts';

/**
 * @param config the tokenizer_config.json beside the file; null if there is none
 * @returns the model, or why there is none
 * @throws LongmixError `tokenizer-bad` for bytes that are not a tokenizer.json
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
  const unigram = file.model.type === 'Unigram' ? readUnigram(file.model) : null;
  if (unigram === null) checkBpe(file.model);
  const pieces = unigram?.ids ?? new Map(Object.entries((file.model.vocab ?? {}) as Record<string, number>));
  const { byteLevel, steps, special, addedIds } = readTextSteps(file, pieces);
  if (unigram !== null && byteLevel) throw new Unsupported('Unigram of a byte alphabet');
  const vocabulary = unigram?.vocabulary ?? readBpe(file.model, { byteLevel, special });
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
