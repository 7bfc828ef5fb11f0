/** A real tokenizer.json with only its first few thousand merges: small enough to change and load many times. */
import type { HfJson } from './families/hf-json.ts';
import { type RealFile, readRealFile } from './oracles.ts';

interface SmallFile {
  readonly added_tokens: readonly { special: boolean; content: string; id: number }[];
  readonly model: { readonly vocab: Record<string, number>; readonly merges: readonly string[][] };
  readonly [field: string]: unknown;
}

export function smallFile(name: RealFile, mergeCount = 4_000): SmallFile {
  const file = JSON.parse(Buffer.from(readRealFile(name)).toString());
  const merges: [string, string][] = file.model.merges
    .slice(0, mergeCount)
    .map((merge: string | [string, string]) => (typeof merge === 'string' ? merge.split(' ') : merge));
  const kept = new Set(merges.flatMap(([left, right]) => [left, right, left + right]));
  const entries = Object.entries(file.model.vocab as Record<string, number>).filter(
    ([token]) => kept.has(token) || [...token].length === 1 || /^<.+>$/.test(token),
  );
  // Ids without gaps, in the order of the old ones: the native library numbers added tokens after the vocabulary.
  const vocab = Object.fromEntries(entries.sort((a, b) => a[1] - b[1]).map(([token], id) => [token, id]));
  let next = entries.length;
  const added_tokens = file.added_tokens.map((token: { content: string }) => ({
    ...token,
    id: vocab[token.content] ?? next++,
  }));
  return { ...file, added_tokens, model: { ...file.model, vocab, merges } };
}

/** The same as the descriptions of families have it. */
export function smallJson(name: RealFile, mergeCount: number): HfJson {
  return smallFile(name, mergeCount) as unknown as HfJson;
}
