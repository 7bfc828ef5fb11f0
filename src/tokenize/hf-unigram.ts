/**
 * The Unigram model of a tokenizer.json (T5, XLM-R, ALBERT, mBART, DeBERTa 3): a list of pieces with their scores. All
 * of them are matched in text, special tokens and `<0x0A>` too, which is what the native library does even with
 * `encode_special_tokens`: the model is asked for the pieces of "</s>", and has one.
 */
import { parseCharsmap } from './charsmap.ts';
import { type HfModel, type HfPart, Unsupported } from './hf-file.ts';
import { type Normalizer, noToken, type UnigramVocabulary } from './model.ts';

/** Pieces of a file; more are no vocabulary but a mistake, and would not fit into memory. */
const mostPieces = 2 ** 22;

/** @throws Unsupported */
export function readUnigram(model: HfModel): UnigramVocabulary {
  const { vocab, unk_id } = model;
  if (!Array.isArray(vocab) || vocab.length > mostPieces)
    throw new Unsupported('a Unigram model without a list of pieces');
  const scores = new Float64Array(vocab.length);
  const ids = new Map<string, number>();
  const pieces: (Uint8Array | undefined)[] = new Array(vocab.length).fill(undefined);
  const encoder = new TextEncoder();
  vocab.forEach((entry: unknown, id) => {
    const [piece, score] = Array.isArray(entry) && entry.length === 2 ? entry : [];
    if (
      typeof piece !== 'string' ||
      /\p{Surrogate}/u.test(piece) ||
      typeof score !== 'number' ||
      !Number.isFinite(score)
    )
      throw new Unsupported(`a Unigram piece that is not a text and its score: entry ${id}`);
    scores[id] = score;
    // Of equal pieces the last one counts.
    const earlier = ids.get(piece);
    if (earlier !== undefined) pieces[earlier] = undefined;
    ids.set(piece, id);
    if (piece !== '') pieces[id] = encoder.encode(piece);
  });
  // The native library fails on the first character that is not a piece.
  if (typeof unk_id !== 'number') throw new Unsupported('Unigram without an unknown token');
  if (!Number.isInteger(unk_id) || unk_id < 0 || unk_id >= vocab.length)
    throw new Unsupported(`a Unigram model whose unk_id ${unk_id} is not one of its ${vocab.length} pieces`);
  const lowest = scores.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  return {
    kind: 'unigram',
    pieces,
    scores,
    unknownScore: lowest - 10,
    unknown: {
      bytes: model.byte_fallback === true ? byteTokens(ids) : null,
      id: unk_id,
      fuse: true,
    },
    as: 'huggingface',
  };
}

/** A `Precompiled` normalizer. @throws Unsupported */
export function readPrecompiled({ precompiled_charsmap }: HfPart): Normalizer {
  if (typeof precompiled_charsmap !== 'string')
    throw new Unsupported('a Precompiled normalizer without its map');
  const charsmap = new Uint8Array(Buffer.from(precompiled_charsmap, 'base64'));
  if (parseCharsmap(charsmap) === null)
    throw new Unsupported('a Precompiled normalizer whose map is damaged');
  return { kind: 'charsmap', charsmap, by: 'graphemes' };
}

/** A byte may lack its token: then unknown text that has this byte is the unknown token. */
function byteTokens(ids: ReadonlyMap<string, number>): Uint32Array {
  return Uint32Array.from(
    { length: 256 },
    (_, byte) => ids.get(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`) ?? noToken,
  );
}
