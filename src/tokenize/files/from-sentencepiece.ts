/**
 * Reads a SentencePiece .model (Llama 2, Mistral, Gemma, T5, XLM-R as published) as a TokenizerModel, BPE or Unigram.
 * The reference is the sentencepiece library's `EncodeAsIds`: control pieces (`<s>`) never come from text, so their
 * text is ordinary text; user-defined pieces are matched first; unknown characters in a row become one unknown token,
 * or the tokens of their bytes. A file that the library refuses is refused here for the same reason.
 */
import { LongmixError } from '../../errors.ts';
import { parseCharsmap } from '../engine/charsmap.ts';
import type { BpeVocabulary, TextSteps, TokenizerModel, UnigramVocabulary, UnknownUnits } from '../model.ts';
import { fingerprintModel } from './fingerprint.ts';
import { badFile, idLimit, longestToken, shown } from './json-shape.ts';
import { type ProtoPiece, readSentencePieceProto, type SentencePieceProto } from './sentencepiece-proto.ts';

const encoder = new TextEncoder();

/** @throws LongmixError `tokenizer-bad` for a damaged file, or one of a kind that longmix has no tokens for */
export function modelFromSentencePiece(name: string, bytes: Uint8Array): TokenizerModel {
  const proto = readSentencePieceProto(name, bytes);
  if (proto.modelType !== 'unigram' && proto.modelType !== 'bpe') {
    throw new LongmixError('tokenizer-bad', `a SentencePiece model of the type "${proto.modelType}"`, {
      where: name,
      cure: 'longmix reads the types unigram and bpe, which language models are trained with',
    });
  }
  checkPieces(name, proto);
  const userDefined = idsOf(proto, 'user-defined');
  const steps: TextSteps = {
    added: [],
    normalizers: [
      {
        kind: 'sentencepiece',
        charsmap: proto.charsmap.length === 0 ? null : proto.charsmap,
        kept: [...userDefined.keys()],
        dummy: !proto.addsDummyPrefix ? 'none' : proto.spaceAsSuffix ? 'suffix' : 'prefix',
        removesExtraSpaces: proto.removesExtraSpaces,
        escapesSpaces: proto.escapesSpaces,
      },
    ],
    // In Unigram they are pieces like all others, only with a better score.
    addedNormalized: proto.modelType === 'bpe' ? [...userDefined].map(([text, id]) => ({ id, text })) : [],
    prefixSpace: false,
    metaspace: proto.escapesSpaces ? { prefix: 'never', split: false } : null,
    splits: [],
  };
  const vocabulary = proto.modelType === 'bpe' ? readBpe(name, proto) : readUnigram(proto);
  const control = idsOf(proto, 'control');
  const special = new Map([...control, ...idsOf(proto, 'unknown')]);
  return {
    name,
    steps,
    vocabulary,
    special,
    bosId: control.get(proto.bosPiece) ?? null,
    eosId: control.get(proto.eosPiece) ?? null,
    padId: control.get(proto.padPiece) ?? null,
    vocabularySize: proto.pieces.length,
    fingerprint: fingerprintModel(steps, vocabulary, special),
  };
}

function idsOf({ pieces }: SentencePieceProto, type: ProtoPiece['type']): Map<string, number> {
  const ids = new Map<string, number>();
  pieces.forEach((piece, id) => {
    if (piece.type === type) ids.set(piece.text, id);
  });
  return ids;
}

/** Whether text may become this piece. */
function isMatched({ type }: ProtoPiece): boolean {
  return type === 'normal' || type === 'user-defined' || type === 'unused';
}

/** Checks the library's rules for a valid model (`InitializePieces`), and longmix's bounds. */
function checkPieces(name: string, { pieces, byteFallback, charsmap }: SentencePieceProto): void {
  if (pieces.length > idLimit)
    throw badFile(name, 'pieces', `it has ${pieces.length}; expected ${idLimit} at most`);
  const seen = { matched: new Map<string, number>(), reserved: new Map<string, number>() };
  const bytes = new Set<string>();
  pieces.forEach((piece, id) => {
    const at = `pieces[${id}]`;
    if (piece.text === '') throw badFile(name, at, 'the piece has no text');
    if (piece.text.length > longestToken)
      throw badFile(name, at, `a piece of ${piece.text.length} characters; expected ${longestToken} at most`);
    const texts = isMatched(piece) ? seen.matched : seen.reserved;
    const earlier = texts.get(piece.text);
    if (earlier !== undefined)
      throw badFile(name, at, `${shown(piece.text)} is the text of pieces[${earlier}], too`);
    texts.set(piece.text, id);
    if (piece.type !== 'byte') return;
    if (!byteFallback) throw badFile(name, at, 'the piece of a byte in a model without byte_fallback');
    if (!/^<0x[0-9A-F]{2}>$/.test(piece.text)) throw badFile(name, at, `${shown(piece.text)} is not a byte`);
    bytes.add(piece.text);
  });
  const unknown = pieces.filter(({ type }) => type === 'unknown').length;
  if (unknown !== 1) throw badFile(name, 'pieces', `it has ${unknown} unknown pieces; expected one`);
  if (byteFallback && bytes.size < 256)
    throw badFile(
      name,
      'pieces',
      `${256 - bytes.size} of the 256 bytes have no piece, and byte_fallback is set`,
    );
  if (charsmap.length > 0 && parseCharsmap(charsmap) === null)
    throw badFile(name, 'normalizer_spec.precompiled_charsmap', 'the map of characters is damaged');
}

function readUnknown(proto: SentencePieceProto): UnknownUnits {
  const byteIds = idsOf(proto, 'byte');
  const bytes = Uint32Array.from(
    { length: 256 },
    (_, byte) => byteIds.get(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`)!,
  );
  const id = proto.pieces.findIndex(({ type }) => type === 'unknown');
  return { bytes: proto.byteFallback ? bytes : null, id, fuse: true };
}

/** Scores and their arithmetic are floats. The score of a user-defined piece depends on its bytes (in 0.2.3). */
function readUnigram(proto: SentencePieceProto): UnigramVocabulary {
  const largestFloat = (2 - 2 ** -23) * 2 ** 127;
  let lowest = largestFloat;
  for (const { type, score } of proto.pieces) {
    if (type !== 'normal') continue;
    lowest = Math.min(lowest, score);
  }
  const bytes = proto.pieces.map((piece) =>
    isMatched(piece) && piece.type !== 'unused' ? encoder.encode(piece.text) : undefined,
  );
  return {
    kind: 'unigram',
    pieces: bytes,
    scores: Float64Array.from(proto.pieces, ({ type, score }, id) =>
      type === 'user-defined' ? Math.fround(0.1 * (bytes[id]!.length - 1)) : score,
    ),
    unknownScore: Math.fround(lowest - 10),
    unknown: readUnknown(proto),
    as: 'sentencepiece',
  };
}

/**
 * Any two neighbours whose text together is a piece merge, the piece with the best score first. If scores are equal,
 * the library merges the leftmost pair. Llama's runs of U+2581 all have one score, and for them this is the same as
 * merging to the longest piece first: the leftmost run grows as long as it can before the next one begins, and a run
 * that cannot grow grows again when its neighbour is long enough. Other pieces of equal score are refused.
 */
function readBpe(name: string, proto: SentencePieceProto): BpeVocabulary {
  const pieces = proto.pieces.map((piece) =>
    piece.type === 'normal' ? encoder.encode(piece.text) : undefined,
  );
  checkMerges(name, proto);
  const byScore = Array.from(proto.pieces.keys()).sort((a, b) => {
    const [one, other] = [proto.pieces[a]!, proto.pieces[b]!];
    return other.score - one.score || other.text.length - one.text.length || a - b;
  });
  const order = new Uint32Array(pieces.length);
  byScore.forEach((id, place) => {
    order[id] = place;
  });
  return {
    kind: 'bpe',
    pieces,
    ignoreMerges: false,
    merges: { kind: 'ranks', order },
    units: 'characters',
    unknown: readUnknown(proto),
  };
}

/** Refuses features of the library that ranks cannot express. No published model uses them. */
function checkMerges(name: string, { pieces }: SentencePieceProto): void {
  const characters = new Set<string>();
  const reserved = new Set<string>();
  for (const { text, type } of pieces) {
    if (type === 'normal' && isCharacter(text)) characters.add(text);
    // The text of the unknown piece is not reserved: it always becomes the unknown token.
    if (type === 'control' || type === 'byte') reserved.add(text);
  }
  const scores = new Map<number, number>();
  pieces.forEach(({ text, type, score }, id) => {
    const at = `pieces[${id}]`;
    if (type === 'unused')
      throw badFile(name, at, 'an unused piece in a BPE model, which longmix cannot split again');
    if ((type === 'normal' || isCharacter(text)) && reserved.has(text))
      throw badFile(name, at, `${shown(text)} is a special piece, and made from text, too`);
    if (type !== 'normal' || isCharacter(text)) return;
    const missing = Array.from(text).find((character) => !characters.has(character));
    if (missing !== undefined)
      throw badFile(name, at, `${shown(text)} is merged from ${shown(missing)}, which is not a piece`);
    const equal = scores.get(score);
    if (equal !== undefined && !isRun(text + pieces[equal]!.text))
      throw badFile(
        name,
        at,
        `its score ${score} is that of pieces[${equal}]: longmix needs one order of all merges`,
      );
    scores.set(score, id);
  });
}

function isCharacter(text: string): boolean {
  return text.length === 1 || (text.length === 2 && text.codePointAt(0)! > 0xffff);
}

/** Whether a text repeats a single character. */
function isRun(text: string): boolean {
  return new Set(text).size === 1;
}
