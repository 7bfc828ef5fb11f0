/**
 * Where a long document may be cut before it is tokenized. A document larger than a chunk arrives in parts, and its
 * tokens must be those of the whole document; the right part is encoded as `continued`, so that it gets no prefix.
 *
 * The cut is before a space, U+0020, that stands between two ASCII letters. Why no token changes:
 *
 * - Added tokens: none contains a letter and a following space (checked here), so no match spans the cut, and on each
 *   side the leftmost-longest matches are those of the whole. If a token takes the space after it, text is not cut
 *   after the letter that it ends in. A token that takes the space before it finds the same space on the right side,
 *   and a letter or nothing before that space. A token that must stand alone has a space or an end after it, and
 *   neither is part of a word; the same holds before it, if the token does not itself begin with the space (checked
 *   here).
 * - Prefixes: the right part continues the last segment of the left part, and gets no prefix. But after an added token
 *   a new segment begins, which gets its own prefix even before a space ('always', or a normalizer that prepends text).
 *   In such a model, text is not cut after the last letters of added tokens.
 * - Normalization: a space is a starter that composes with nothing before it, so each side normalizes by itself.
 *   (The letter after it may compose with a mark that follows, which is also on the right side.) Lowercase, accents and
 *   replaced characters change single characters, and a letter stays an ASCII letter, so the points below hold before
 *   and after the change. Three things allow no cut: Strip on the left, which would take the space from the right side;
 *   replacing a longer text; and replacing a pattern, unless it matches runs of a class without letters and not a
 *   single space.
 * - Splits: pattern/cuts.ts decides this from the tables of the patterns, and has the proof. Merges stay inside
 *   pretokens.
 * - SentencePiece style without a pattern: the whole text is one pretoken. It can be cut where no merge makes a piece
 *   that spans the cut: then merges on both sides never meet, and the order between them does not matter. Checked here
 *   on the vocabulary: text is not cut after a letter that stands before U+2581 in the product of any merge. (Mistral
 *   has no such merge; Gemma 3 has one, `>` + `▁</`, which has no letter.)
 * - Units that are not pieces, in a text that is one pretoken: no state may reach over the cut. The space itself is a
 *   piece (checked here), so a pending unknown token is emitted before it, as at the end of a text. Text is not cut
 *   after units that may be dropped, because the text before them would merge with the space. With a pattern, or with a
 *   pretoken at each U+2581, no state reaches from one pretoken into the next.
 * - Unigram: if pretokens begin at each U+2581 or are cut by splits, each is scored by itself. sentencepiece's sums go
 *   on over the whole document: there no piece may have a letter before a space, and the engines carry the sum into the
 *   right part.
 *
 * If this cannot be shown for the splits, or if one pretoken is looked up whole, no place is known to be safe, and the
 * answer is 0.
 */

import {
  type AddedToken,
  type BpeVocabulary,
  type Normalizer,
  noToken,
  type TextSteps,
  type TokenizerModel,
  type UnigramVocabulary,
  type Vocabulary,
} from '../model.ts';
import { cutsBetweenWords } from '../pattern/cuts.ts';
import { bytesKey } from '../plain/merge-table.ts';
import { childInMap, findInMap, readCharsmap } from './charsmap.ts';
import { runOfOneClass } from './normalizer-steps.ts';
import { planWords } from './plan-preparation.ts';

const space = 0x20;
const letters = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz');

/** Code points after which no cut is safe. Plain data, because it is sent to other threads. */
export interface SafeCut {
  readonly notAfter: ReadonlySet<number>;
}

/** @returns null if no cut is known to be safe */
export function findSafeCut({
  steps,
  vocabulary,
}: Pick<TokenizerModel, 'steps' | 'vocabulary'>): SafeCut | null {
  const { splits, metaspace, added, addedNormalized, normalizers } = steps;
  // With 'together' every word gets a space before it, also the first word after a cut.
  if (steps.outerSplits !== undefined && planWords(steps) !== 'together') return null;
  if (!normalizers.every((step) => keepsCut(step, steps))) return null;
  if (added.some(reachesOver(/[A-Za-z] /)) || addedNormalized.some(reachesOver(/[A-Za-z][ \u2581]/)))
    return null;
  const onePretoken = splits.length === 0 && metaspace?.split !== true;
  if (splits.length > 0 && !cutsBetweenWords(splits)) return null;
  const unsafe = onePretoken ? charactersNotCutAfter(vocabulary, metaspace !== null) : [];
  if (unsafe === null) return null;
  const notAfter = new Set(unsafe);
  const isPrefixed = metaspace?.prefix === 'always' || normalizers.some(({ kind }) => kind === 'prepend');
  for (const { text, rstrip } of [...added, ...addedNormalized])
    if (rstrip || isPrefixed) notAfter.add(text.charCodeAt(text.length - 1));
  const isLowered = normalizers.some(({ kind }) => kind === 'lowercase' || kind === 'bert');
  return { notAfter: isLowered ? new Set([...notAfter].flatMap(bothCases)) : notAfter };
}

/** Tests whether a match of a token could span a cut, or be taken on one side of the cut but not in the whole text. */
function reachesOver(cut: RegExp): (token: AddedToken) => boolean {
  return ({ text, singleWord }) => cut.test(text) || (singleWord === true && /^[ \u2581]/.test(text));
}

/** Whether each side of a cut normalizes by itself, and letter, space, letter stay so (the space may become U+2581). */
function keepsCut(step: Normalizer, { metaspace, splits }: TextSteps): boolean {
  if (step.kind === 'charsmap') return keepsWords(step.charsmap);
  // A suffix would be added to the left side, too.
  if (step.kind === 'sentencepiece')
    return (
      step.dummy !== 'suffix' &&
      (step.charsmap === null || (keepsWords(step.charsmap) && !reachesOverWords(step.charsmap))) &&
      !step.kept.some((text) => /[A-Za-z] | [A-Za-z]/.test(text))
    );
  // The left side ends with a letter, so a strip on the right only concerns the right side.
  if (step.kind === 'strip') return !step.left;
  if (step.kind === 'replace' && step.regex) return keepsSingleSpaces(step.pattern);
  if (step.kind !== 'replace')
    return ['form', 'lowercase', 'strip-accents', 'nmt', 'bert', 'prepend'].includes(step.kind);
  const isMetaspace = step.pattern === ' ' && step.content === '\u2581' && metaspace !== null;
  return !step.regex && (/^[^A-Za-z ]$/u.test(step.pattern) || (isMetaspace && splits.length === 0));
}

/**
 * Whether a map keeps spaces and letters. A cluster ends between a letter and a space, so the map then changes each
 * side by itself.
 */
function keepsWords(charsmap: Uint8Array): boolean {
  const map = readCharsmap(charsmap);
  const bytes = Uint8Array.of(space, ...letters);
  const found = { length: 0, value: 0 };
  return bytes.every((_, at) => !findInMap(map, bytes, at, at + 1, false, found));
}

/** Whether a text in the map may have a letter beside a space: sentencepiece could then match it across a cut. */
function reachesOverWords(charsmap: Uint8Array): boolean {
  const map = readCharsmap(charsmap);
  // Check the labels of all units, even of those that no text reaches.
  return map.units.some((unit, at) => {
    const label = (unit & 0x800000ff) >>> 0;
    if (label === space) return letters.some((letter) => childInMap(map, at, letter) >= 0);
    return label < 0x80 && isLetter(label) && childInMap(map, at, space) >= 0;
  });
}

/** Whether a pattern matches only runs without letters, and never a single space. */
function keepsSingleSpaces(pattern: string): boolean {
  const run = runOfOneClass(pattern);
  if (run === null) return false;
  const has = (from: number, to: number) => run.set.some(([first, last]) => first <= to && last >= from);
  return !has(0x41, 0x5a) && !has(0x61, 0x7a) && (run.min > 1 || !has(space, space));
}

function bothCases(point: number): number[] {
  const char = String.fromCodePoint(point);
  return /[A-Za-z]/.test(char)
    ? [char.toLowerCase(), char.toUpperCase()].map((c) => c.charCodeAt(0))
    : [point];
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

/**
 * For a text that is one pretoken: the code points (among the pieces and all of ASCII) after which no cut before a
 * space is safe. null: no cut is safe.
 */
function charactersNotCutAfter(vocabulary: Vocabulary, isMetaspace: boolean): ReadonlySet<number> | null {
  if (vocabulary.kind === 'unigram') return lettersInsideOfPieces(vocabulary, isMetaspace);
  const bpe = vocabulary;
  if (bpe.ignoreMerges) return null;
  const units = new Set(
    bpe.pieces.map((piece) => (piece !== undefined && piece.length <= 3 ? bytesKey(piece) : '')),
  );
  if (!units.has(isMetaspace ? '\u00e2\u0096\u0081' : ' ')) return null;
  const found = new Set(spanningCharacters(bpe, isMetaspace));
  if (mayDropUnits(bpe)) {
    for (let point = 0; point < 0x80; point += 1)
      if (!units.has(String.fromCharCode(point))) found.add(point);
  }
  return found;
}

/**
 * The same for Unigram: letters that stand before a space in a piece. The space is a piece, so no unknown token spans
 * it.
 */
function lettersInsideOfPieces(
  { pieces, as }: UnigramVocabulary,
  isMetaspace: boolean,
): ReadonlySet<number> | null {
  if (as !== 'sentencepiece') return null;
  const isSpace = (piece: Uint8Array | undefined) =>
    piece !== undefined && bytesKey(piece) === (isMetaspace ? '\u00e2\u0096\u0081' : ' ');
  return pieces.some(isSpace) ? spanningCharacters({ merges: 'ranks', pieces }, isMetaspace) : null;
}

/** Whether a unit that is not a piece may be dropped without a token. */
function mayDropUnits({ unknown }: BpeVocabulary): boolean {
  return unknown.id === null && (unknown.bytes === null || unknown.bytes.includes(noToken));
}

/**
 * Code points, other than the space, right before a space (U+2581 in SentencePiece style) in the product of some merge.
 */
export function spanningCharacters(
  { merges, pieces }: Pick<BpeVocabulary, 'merges' | 'pieces'>,
  isMetaspace: boolean,
): ReadonlySet<number> {
  const isRanked = merges === 'ranks' || 'order' in merges;
  const products = isRanked ? pieces : Array.from(merges.merged, (id) => pieces[id]);
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
