/**
 * Reads the added tokens of a tokenizer.json by the rules of Hugging Face's AddedVocabulary (tokenizers 0.23, with
 * `encode_special_tokens`). Some of its rules are surprising:
 *
 * - The ids in the file are ignored. A token whose text is in the model's vocabulary has its id there; the others are
 *   numbered in the order of the file, beginning at the number of the vocabulary's pieces.
 * - A text that occurs twice is one token: the last entry counts, but a text that was once marked special stays
 *   special.
 * - `normalized` tokens are searched for in normalized text, after the others, and their own text is normalized for
 *   that.
 * - A special token is ordinary text, but it still takes part in the search: no other token is found inside it.
 */

import type { AddedToken, Normalizer } from '../model.ts';
import { createPlainNormalizer } from '../plain/normalize-plain.ts';
import { Unsupported } from './hf-file.ts';
import type { HfAddedToken, HfFile } from './hf-shape.ts';

export interface HfAdded {
  readonly added: readonly AddedToken[];
  readonly addedNormalized: readonly AddedToken[];
  /** Text -> id. */
  readonly special: ReadonlyMap<string, number>;
  /** The ids of all added tokens. */
  readonly ids: readonly number[];
}

/**
 * @param vocabulary the model's pieces -> ids
 * @param size the number of the model's entries: a piece that a Unigram model lists twice counts twice
 * @param normalizers all normalizers of the file
 * @throws Unsupported
 */
export function readAdded(
  file: HfFile,
  vocabulary: ReadonlyMap<string, number>,
  size: number,
  normalizers: readonly Normalizer[],
): HfAdded {
  const tokens = new Map<string, HfAddedToken>();
  const special = new Map<string, number>();
  let next = size;
  const ids = new Map<string, number>();
  for (const token of file.added_tokens ?? []) {
    if (token.content === '') continue;
    const id = ids.get(token.content) ?? vocabulary.get(token.content) ?? next++;
    ids.set(token.content, id);
    tokens.set(token.content, token);
    if (token.special === true) special.set(token.content, id);
  }
  const read = (token: HfAddedToken, text = token.content): AddedToken => ({
    id: special.has(token.content) ? null : ids.get(token.content)!,
    text,
    ...(token.lstrip && { lstrip: true }),
    ...(token.rstrip && { rstrip: true }),
    ...(token.single_word && { singleWord: true }),
  });
  const raw = [...tokens.values()].filter((token) => token.normalized !== true);
  const normalized = [...tokens.values()].filter((token) => token.normalized === true);
  const normalize = createPlainNormalizer(normalizers);
  const all = [...ids.values()];
  return {
    added: withoutIdle(raw.map((token) => read(token))),
    addedNormalized: withoutIdle(
      checkTexts(normalized.map((token) => read(token, normalize(token.content, false)))),
    ),
    special,
    ids: all,
  };
}

/**
 * Refuses two cases: the native library never stops searching for an empty text, and finds either of two equal texts at
 * random.
 */
function checkTexts(tokens: readonly AddedToken[]): readonly AddedToken[] {
  const texts = new Set(tokens.map(({ text }) => text));
  if (texts.has('')) throw new Unsupported('an added token of which normalization leaves nothing');
  if (texts.size < tokens.length)
    throw new Unsupported('added tokens that are the same text once normalized');
  return tokens;
}

/**
 * Leaves out special tokens that cannot hide another token: the search finds the same tokens without them. A special
 * token hides a token if that token's text, or the beginning of it, occurs inside its own text. It may also hide
 * another special token that would hide a token, so this is repeated until no more special tokens are needed. The
 * result is in the order of the texts, because the order in the file has no meaning.
 */
function withoutIdle(tokens: readonly AddedToken[]): readonly AddedToken[] {
  const kept = tokens.filter(({ id }) => id !== null);
  let others = tokens
    .filter(({ id }) => id === null)
    .map(({ text }) => ({ id: null, text }))
    .sort((a, b) => (a.text < b.text ? -1 : 1));
  for (let count = -1; count !== kept.length; ) {
    count = kept.length;
    const hides = createHides(kept.map(({ text }) => text));
    kept.push(...others.filter(({ text }) => hides(text)));
    others = others.filter(({ text }) => !hides(text));
  }
  return kept;
}

/** Tests whether one of these texts, or its beginning up to the end of `text`, occurs in `text`. */
function createHides(texts: readonly string[]): (text: string) => boolean {
  const root: Node = { isEnd: false, next: new Map() };
  for (const text of texts) {
    let node = root;
    for (let i = 0; i < text.length; i += 1) {
      const child: Node = node.next.get(text[i]!) ?? { isEnd: false, next: new Map() };
      node.next.set(text[i]!, child);
      node = child;
    }
    node.isEnd = true;
  }
  const hidesAt = (text: string, from: number): boolean => {
    let node: Node | undefined = root;
    for (let i = from; i < text.length; i += 1) {
      node = node.next.get(text[i]!);
      if (node === undefined) return false;
      if (node.isEnd) return true;
    }
    // From the start (0), a longer text that begins with all of `text` wins as the longest match, so it is not hidden.
    return from > 0;
  };
  return (text) => Array.from({ length: text.length }, (_, i) => i).some((from) => hidesAt(text, from));
}

interface Node {
  isEnd: boolean;
  readonly next: Map<string, Node>;
}
