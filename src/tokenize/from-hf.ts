/**
 * A Hugging Face tokenizer.json with a BPE model to a TokenizerModel. Policy on tokens that the file adds to the model:
 * those marked special are text when they stand in a document; the others (Gemma's runs of newlines, Qwen's `<think>`)
 * are vocabulary and are matched, which is what Hugging Face does with `encode_special_tokens`. Truncation
 * and padding in the file are not for us. What the fields of a TokenizerModel cannot express exactly is reported, never approximated.
 */
import { fingerprintModel } from './fingerprint.ts';
import { checkBpe, readBpe } from './hf-bpe.ts';
import { type HfAddedToken, type HfFile, parseHfFile, Unsupported } from './hf-file.ts';
import { readTextSteps } from './hf-steps.ts';
import type { AddedToken, TextSteps, TokenizerModel } from './model.ts';
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
  checkBpe(file.model);
  const { byteLevel, ...textSteps } = readTextSteps(file);
  const special = new Map<string, number>();
  for (const token of file.added_tokens ?? [])
    if (token.special === true) special.set(token.content, token.id);
  const added = readAdded(file, textSteps.normalizers.length > 0 || textSteps.metaspace !== null);
  const steps: TextSteps = { ...textSteps, added, addedNormalized: [] };
  const bpe = readBpe(file.model, { byteLevel, special });
  const ids = [...special.values(), ...added.map((token) => token.id ?? 0)];
  return {
    name,
    steps,
    vocabulary: bpe,
    special,
    ...chooseSpecialIds(special, config),
    vocabularySize: 1 + ids.reduce((a, b) => Math.max(a, b), bpe.pieces.length - 1),
    fingerprint: fingerprintModel(steps, bpe, special),
  };
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
