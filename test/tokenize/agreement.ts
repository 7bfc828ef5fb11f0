/** Runs texts through an engine and its oracle, and fails with the smallest text on which they differ. */
import { expect } from 'vitest';
import type { Tokenizer } from '../../src/nouns/tokens.ts';
import type { Oracle } from './oracles.ts';

const encoder = new TextEncoder();

export async function expectAgreement(
  tokenizer: Tokenizer,
  oracle: Oracle,
  texts: readonly string[],
): Promise<void> {
  const wanted = await oracle.tokens(texts);
  const documents = texts.map((text) => encoder.encode(text));
  let end = 0;
  const ends = documents.map((bytes) => (end += bytes.length));
  const { tokens, lengths } = tokenizer.encode(Buffer.concat(documents), ends);
  const wrong: { text: string; ours: number[]; wanted: number[] }[] = [];
  let start = 0;
  texts.forEach((text, i) => {
    const ours = Array.from(tokens.subarray(start, start + lengths[i]!));
    start += lengths[i]!;
    const theirs = Array.from(wanted[i]!);
    if (ours.length !== theirs.length || ours.some((token, at) => token !== theirs[at])) {
      wrong.push({ text, ours, wanted: theirs });
    }
  });
  wrong.sort((a, b) => a.text.length - b.text.length);
  expect(wrong.slice(0, 3), `${tokenizer.name}: ${wrong.length} of ${texts.length} texts differ`).toEqual([]);
}
