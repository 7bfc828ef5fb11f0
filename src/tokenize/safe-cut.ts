/**
 * Where a long document may be parted before it is tokenized. A document larger than a chunk arrives in parts, and
 * the tokens must be those of the whole; the right part is encoded as `continued`, so that nothing is put before it.
 *
 * The cut is before a space, U+0020, that follows an ASCII letter and is followed by another. Why no token changes:
 *
 * - Added tokens: none contains a letter and a following space (checked here), so no match spans the cut, and on each
 *   side the leftmost-longest matches are those of the whole.
 * - Prefixes: the right part goes on in the segment that the left one ends with, and gets none. But after an added token a
 *   new segment begins, with a prefix of its own where that is put before spaces, too ('always'): there the last
 *   letters of added tokens are not cut after.
 * - Normalization: a space is a starter that composes with nothing before it, so both sides normalize by themselves.
 *   A grapheme ends between a letter and a space, so a map of graphemes and characters changes both sides by themselves, too.
 *   (The letter after it may compose with a mark that follows; that is all on the right side.)
 * - Patterns of all families: (1) no alternative, nor any beginning of one, takes a letter and then a space: after a letter
 *   come only letters, marks or a contraction. So no match, and no attempt at one, reaches over the cut; an attempt
 *   that gets to it sees there a character that it can't take, which is what it sees at the end of a text. (2) the only
 *   lookahead, `\s+(?!\S)`, looks at the character after a run of spaces, and the left part ends in a letter.
 *   (3) Nothing looks behind, so from the cut on the matches are those of the right part. Merges stay in pretokens.
 * - SentencePiece style without a pattern: the whole text is one pretoken, and it can be parted where no merge makes a
 *   piece that spans the cut: then merges on both sides never meet, and the order between them does not matter.
 *   Checked here on the vocabulary: a letter that stands before U+2581 in the product of any merge is not cut after.
 *   (Mistral has no such merge; Gemma 3 has one, `>` + `▁</`, and no letter in it.)
 *
 * - Unigram: only where pretokens begin at each U+2581 or by such a pattern; then each is scored by itself.
 *
 * Any other pattern, or one pretoken that is looked up whole: no place is known to be safe, and the answer is 0.
 */
import type { BpeVocabulary, Normalizer, TokenizerModel } from './model.ts';
import { recognizeFamily } from './patterns.ts';

const space = 0x20;

/** Code points after which no cut is safe. Plain data: it crosses threads. */
export interface SafeCut {
  readonly notAfter: ReadonlySet<number>;
}

/** null: no cut is known to be safe. */
export function findSafeCut({
  steps,
  vocabulary,
}: Pick<TokenizerModel, 'steps' | 'vocabulary'>): SafeCut | null {
  const { splits, metaspace, added, normalizers } = steps;
  if (steps.addedNormalized.length > 0) return null;
  const isLocal = (step: Normalizer) =>
    step.kind === 'form' || step.kind === 'charsmap';
  if (!normalizers.every(isLocal)) return null;
  const spaced = /[A-Za-z] /;
  const hasFlags = added.some(({ lstrip, rstrip, singleWord }) => lstrip || rstrip || singleWord);
  const onePretoken = splits.length === 0 && metaspace?.split !== true;
  // Unigram sums scores from the pretoken's start, and how the sums are rounded is part of what decides.
  const isWhole = vocabulary.kind === 'unigram' || vocabulary.ignoreMerges;
  const known = splits.length === 0 ? !(onePretoken && isWhole) : recognizeFamily(splits) !== null;
  if (!known || hasFlags || added.some((token) => spaced.test(token.text))) return null;
  const notAfter = new Set(
    onePretoken && vocabulary.kind === 'bpe' ? spanningCharacters(vocabulary, metaspace !== null) : [],
  );
  if (metaspace?.prefix === 'always')
    for (const { text } of added) notAfter.add(text.charCodeAt(text.length - 1));
  return { notAfter };
}

/** See Tokenizer.safeCut. */
export function createSafeCut(safe: SafeCut | null): (text: Uint8Array) => number {
  if (safe === null) return () => 0;
  return (text) => {
    for (let at = text.length - 2; at > 0; at -= 1) {
      if (text[at] !== space || !isLetter(text[at - 1]!) || !isLetter(text[at + 1]!)) continue;
      if (!safe.notAfter.has(text[at - 1]!)) return at;
    }
    return 0;
  };
}

/** Code points that stand right before a space (U+2581 in SentencePiece's style) in the product of some merge; not itself. */
export function spanningCharacters(
  { merges, pieces }: Pick<BpeVocabulary, 'merges' | 'pieces'>,
  isMetaspace: boolean,
): ReadonlySet<number> {
  const products = merges === 'ranks' ? pieces : Array.from(merges.merged, (id) => pieces[id]);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const before = isMetaspace ? /[^\u2581](?=\u2581)/gu : /[^ ](?= )/gu;
  const found = new Set<number>();
  for (const bytes of products) {
    if (bytes === undefined) continue;
    for (const match of decoder.decode(bytes).matchAll(before)) found.add(match[0].codePointAt(0)!);
  }
  return found;
}

function isLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}
