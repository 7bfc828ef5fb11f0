/**
 * Documents whose every token is their own: no token stands in two of them, or twice in one. So a row's ids alone say
 * which documents it holds, and how much of each, whatever the columns of provenance say.
 */
import { get_encoding } from '@dqbd/tiktoken';

export interface TaggedDocument {
  readonly text: string;
  readonly ids: readonly number[];
}

let words: readonly (readonly [word: string, id: number])[] | null = null;

/** Words of GPT-2's vocabulary that are one token each, with a space before them. */
function ownWords(): readonly (readonly [word: string, id: number])[] {
  if (words !== null) return words;
  const encoding = get_encoding('gpt2');
  const decoder = new TextDecoder();
  words = Array.from({ length: 50_000 }, (_, id) => {
    const word = decoder.decode(encoding.decode(Uint32Array.of(id)));
    return [word, id] as const;
  }).filter(([word, id]) => {
    if (!/^ [A-Za-z]{2,}$/.test(word)) return false;
    const ids = encoding.encode_ordinary(word);
    return ids.length === 1 && ids[0] === id;
  });
  return words;
}

/** @param lengths tokens of each document; their sum is at most some 25,000 */
export function taggedDocuments(lengths: readonly number[]): TaggedDocument[] {
  let at = 0;
  return lengths.map((length) => {
    const mine = ownWords().slice(at, at + length);
    if (mine.length < length) throw new Error('there are not so many words');
    at += length;
    return { text: mine.map(([word]) => word).join(''), ids: mine.map(([, id]) => id) };
  });
}
