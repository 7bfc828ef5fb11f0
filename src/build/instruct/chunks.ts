/**
 * `longmix chunks`: random chunks of long documents, for the user's own model to write questions and answers about (the
 * self-instruct of Llama 2 Long). Which documents and which places are drawn follows from a keyed hash of the seed and
 * the document's origin, so the order of reading has no say. Memory: the chunks that are kept so far.
 */
import { fingerprint } from '../../base/fingerprint.ts';
import { scramble, textHash } from '../../base/keyed-hash.ts';
import type { Recipe } from '../../nouns/recipe.ts';
import { documentsOf, type Origin, originKey } from './long-documents.ts';

export interface Chunk extends Origin {
  readonly id: string;
  /** Where the chunk begins in the document, in characters (UTF-16 units). */
  readonly start: number;
  readonly text: string;
}

export interface ChunkOptions {
  /** Chunks at most, each of another document. */
  readonly count: number;
  /** Characters of a chunk. */
  readonly characters: number;
  /** Characters of a document at least. */
  readonly from: number;
}

/** @returns in the order of the draw */
export async function drawChunks(
  recipe: Recipe,
  { count, characters, from }: ChunkOptions,
): Promise<Chunk[]> {
  let kept: { readonly rank: number; readonly chunk: Chunk }[] = [];
  const keepBest = () => {
    kept.sort((a, b) => a.rank - b.rank || (a.chunk.id < b.chunk.id ? -1 : 1));
    kept = kept.slice(0, count);
  };
  for await (const { text, ...origin } of documentsOf(recipe)) {
    if (text.length < from) continue;
    const hash = textHash('chunk', `${recipe.seed}\n${originKey(origin)}`);
    const most = Math.max(0, text.length - characters);
    const start = wholeCharacter(text, Math.floor((scramble(hash + 1) / 2 ** 32) * (most + 1)));
    const end = wholeCharacter(text, Math.min(text.length, start + characters));
    const id = fingerprint([recipe.seed, origin, start, characters]).slice(0, 16);
    kept.push({ rank: hash, chunk: { id, ...origin, start, text: text.slice(start, end) } });
    if (kept.length >= 2 * count) keepBest();
  }
  keepBest();
  return kept.map(({ chunk }) => chunk);
}

/** Not between the halves of a character. */
export function wholeCharacter(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return at > 0 && code >= 0xdc00 && code < 0xe000 ? at - 1 : at;
}
