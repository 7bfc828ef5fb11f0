/**
 * Plans a Unigram vocabulary for the kernel. If the model writes spaces as U+2581, the pieces and the text have a space
 * for each U+2581, so that ordinary text needs no change. Such a text has no other spaces, so pieces with a real space
 * never match.
 */

import type { UnigramVocabulary } from '../model.ts';
import type { KernelModel, KernelStep } from './kernel/model.ts';

/** Sums of scores beyond this might not be finite. */
const largestScore = { huggingface: 1e250, sentencepiece: 1e25 };

/** @param spaced whether U+2581 is written as a space in the kernel's text */
export function planUnigram(
  vocabulary: UnigramVocabulary,
  spaced: boolean,
  steps: readonly KernelStep[],
): KernelModel | { readonly unsupported: string } {
  const { scores, unknownScore, unknown, as } = vocabulary;
  const largest = scores.reduce((most, score) => Math.max(most, Math.abs(score)), Math.abs(unknownScore));
  if (largest > largestScore[as]) return { unsupported: 'scores whose sums may not be finite' };
  if (unknown.id === null) return { unsupported: 'Unigram without an unknown token' };
  const pieces: Uint8Array[] = [];
  const ids: number[] = [];
  vocabulary.pieces.forEach((bytes, id) => {
    const piece = spaced ? toSpaced(bytes) : bytes;
    if (piece === undefined) return;
    pieces.push(piece);
    ids.push(id);
  });
  // An unknown space would become one byte token in the kernel's text, but U+2581 becomes three.
  const isSpaceKnown = pieces.some((piece) => piece.length === 1 && piece[0] === space);
  const unknownText = vocabulary.pieces[unknown.id];
  if (spaced && unknown.bytes !== null && (!isSpaceKnown || unknownText?.includes(0xe2)))
    return { unsupported: 'a vocabulary without U+2581' };
  return {
    pieces,
    ids: Uint32Array.from(ids),
    merges: 'ranks',
    unknown: null,
    ignoreMerges: false,
    steps,
    unigram: {
      scores: Float64Array.from(ids, (id) => scores[id]!),
      unknownScore,
      unknownId: unknown.id,
      bytes: unknown.bytes,
      as,
    },
  };
}

const space = 0x20;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function toSpaced(piece: Uint8Array | undefined): Uint8Array | undefined {
  if (piece === undefined || piece.includes(space)) return undefined;
  if (!piece.includes(0xe2)) return piece;
  return encoder.encode(decoder.decode(piece).replaceAll('\u2581', ' '));
}
