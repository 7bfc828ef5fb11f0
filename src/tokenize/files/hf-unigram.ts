/**
 * Reads the Unigram model of a tokenizer.json (T5, XLM-R, ALBERT, mBART, DeBERTa 3): a list of pieces with their
 * scores. All pieces are matched in text, also special tokens and `<0x0A>`. The native library does this even with
 * `encode_special_tokens`: it asks the model for the pieces of "</s>", and the model has that piece.
 */

import { noToken, type UnigramVocabulary } from '../model.ts';
import { Unsupported } from './hf-file.ts';
import type { HfModel } from './hf-shape.ts';
import { serdeFloat } from './serde-float.ts';

export interface HfUnigram {
  readonly vocabulary: UnigramVocabulary;
  /** Piece -> id. */
  readonly ids: ReadonlyMap<string, number>;
}

/**
 * @param model checked: its vocabulary is a list of texts and finite scores (hf-check.ts)
 * @throws Unsupported
 */
export function readUnigram({ vocab, unk_id, byte_fallback }: HfModel): HfUnigram {
  const entries = vocab as readonly (readonly [piece: string, score: number])[];
  const ids = new Map<string, number>();
  const pieces: (Uint8Array | undefined)[] = new Array(entries.length).fill(undefined);
  const encoder = new TextEncoder();
  entries.forEach(([piece], id) => {
    // If several pieces are equal, the last one counts.
    const earlier = ids.get(piece);
    if (earlier !== undefined) pieces[earlier] = undefined;
    ids.set(piece, id);
    if (piece !== '') pieces[id] = encoder.encode(piece);
  });
  // The native library fails on the first character that is not a piece.
  if (typeof unk_id !== 'number') throw new Unsupported('Unigram without an unknown token');
  const scores = Float64Array.from(entries, ([, score]) => serdeFloat(score));
  const vocabulary: UnigramVocabulary = {
    kind: 'unigram',
    pieces,
    scores,
    unknownScore: scores.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY) - 10,
    unknown: { bytes: byte_fallback === true ? byteTokens(ids) : null, id: unk_id, fuse: true },
    as: 'huggingface',
  };
  return { vocabulary, ids };
}

/** A byte may have no token. Unknown text with such a byte becomes the unknown token. */
function byteTokens(ids: ReadonlyMap<string, number>): Uint32Array {
  return Uint32Array.from(
    { length: 256 },
    (_, byte) => ids.get(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`) ?? noToken,
  );
}
