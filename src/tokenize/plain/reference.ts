/**
 * The plain engine: runs any TokenizerModel, with exactness as its only aim. Tests compare the kernel with it, and it
 * runs the models that the kernel does not support. Cost: some 1-3 MB/s, and text in memory as a string.
 */
import type { Tokenizer } from '../../nouns/tokens.ts';
import { createSafeCut, findSafeCut } from '../engine/safe-cut.ts';
import {
  type BpeVocabulary,
  noToken,
  type TokenizerModel,
  type UnknownUnits,
  type Vocabulary,
} from '../model.ts';
import { mergeHeap } from './merge-heap.ts';
import { mergeNaive } from './merge-naive.ts';
import { bytesKey, createMergeTable, createPieceIndex } from './merge-table.ts';
import { createPretokenizer } from './pretokenize.ts';
import { createUnigramEncoder } from './unigram-plain.ts';

/** Number of units up to which the naive merge is the faster one. */
const longestNaive = 64;
/** The most pretokens in the cache; when it is full, it is emptied. */
const cacheSize = 50_000;
const longestCached = 32;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** @throws UnsupportedPattern */
export function createReferenceTokenizer(tokenizer: TokenizerModel): Tokenizer {
  const { steps, vocabulary, name, vocabularySize, bosId, eosId, padId = null, fingerprint } = tokenizer;
  const pretokenize = createPretokenizer(steps);
  const encodePretoken = createPretokenEncoder(vocabulary);
  return {
    name,
    vocabularySize,
    bosId,
    eosId,
    padId,
    fingerprint,
    // This engine does not carry the sum of sentencepiece's scores into the next part, so such a text is not cut.
    safeCut: createSafeCut(isSummedOver(vocabulary) ? null : findSafeCut(tokenizer)),
    encode(text, ends, continued = false) {
      const tokens: number[] = [];
      const lengths = new Uint32Array(ends.length);
      for (let i = 0, start = 0; i < ends.length; i += 1) {
        const before = tokens.length;
        const document = decoder.decode(text.subarray(start, ends[i]!));
        for (const pretoken of pretokenize(document, continued && i === 0)) {
          if (typeof pretoken === 'number') tokens.push(pretoken);
          else for (const token of encodePretoken(pretoken)) tokens.push(token);
        }
        lengths[i] = tokens.length - before;
        start = ends[i]!;
      }
      return { tokens: Uint32Array.from(tokens), lengths };
    },
    decode: createTokenDecoder(tokenizer),
  };
}

function isSummedOver(vocabulary: Vocabulary): boolean {
  return vocabulary.kind === 'unigram' && vocabulary.as === 'sentencepiece';
}

function createPretokenEncoder(vocabulary: Vocabulary): (pretoken: string | Uint8Array) => readonly number[] {
  return remembering(
    vocabulary.kind === 'unigram' ? ofText(createUnigramEncoder(vocabulary)) : createBpeEncoder(vocabulary),
  );
}

/**
 * Adapts an encoder of text to bytes. Only patterns over the byte alphabet give bytes, and models of characters do not
 * use them.
 */
function ofText(
  encode: (pretoken: string) => readonly number[],
): (pretoken: string | Uint8Array) => readonly number[] {
  return (pretoken) => encode(typeof pretoken === 'string' ? pretoken : decoder.decode(pretoken));
}

function remembering(
  encode: (pretoken: string | Uint8Array) => readonly number[],
): (pretoken: string | Uint8Array) => readonly number[] {
  const cache = new Map<string, readonly number[]>();
  return (pretoken) => {
    // Bytes come from patterns over the byte alphabet and may be part of a character, so they have no text as a cache
    // key.
    if (typeof pretoken !== 'string' || pretoken.length > longestCached) return encode(pretoken);
    let tokens = cache.get(pretoken);
    if (tokens === undefined) {
      tokens = encode(pretoken);
      if (cache.size >= cacheSize) cache.clear();
      cache.set(pretoken, tokens);
    }
    return tokens;
  };
}

function createBpeEncoder(bpe: BpeVocabulary): (pretoken: string | Uint8Array) => readonly number[] {
  const table = createMergeTable(bpe);
  const pieceIds = createPieceIndex(bpe.pieces);

  const merge = (symbols: readonly number[]) =>
    symbols.length <= longestNaive ? mergeNaive(symbols, table) : mergeHeap(symbols, table);

  return (pretoken) => {
    const bytes = typeof pretoken === 'string' ? encoder.encode(pretoken) : pretoken;
    if (bpe.ignoreMerges) {
      const whole = pieceIds.get(bytesKey(bytes));
      if (whole !== undefined) return [whole];
    }
    const units =
      bpe.units === 'bytes'
        ? Array.from(bytes, (byte) => Uint8Array.of(byte))
        : Array.from(pretoken as string, (char) => encoder.encode(char));
    return encodeUnits(units, pieceIds, bpe.unknown, merge);
  };
}

/** Merges each run of known units; `UnknownUnits` in model.ts has the rule for the units between the runs. */
function encodeUnits(
  units: readonly Uint8Array[],
  pieceIds: ReadonlyMap<string, number>,
  unknown: UnknownUnits,
  merge: (symbols: readonly number[]) => readonly number[],
): readonly number[] {
  const tokens: number[] = [];
  let run: number[] = [];
  let isUnknownDue = false;
  const endRun = () => {
    for (const token of merge(run)) tokens.push(token);
    run = [];
  };
  const putUnknown = () => {
    if (isUnknownDue) tokens.push(unknown.id!);
    isUnknownDue = false;
  };
  for (const unit of units) {
    const known = pieceIds.get(bytesKey(unit));
    const inBytes = Array.from(unit, (byte) => unknown.bytes?.[byte] ?? noToken);
    if (known !== undefined) {
      putUnknown();
      run.push(known);
    } else if (!inBytes.includes(noToken)) {
      endRun();
      tokens.push(...inBytes);
    } else if (unknown.id !== null) {
      endRun();
      if (!unknown.fuse) putUnknown();
      isUnknownDue = true;
    }
  }
  endRun();
  putUnknown();
  return tokens;
}

/** See Tokenizer.decode. */
export function createTokenDecoder(tokenizer: TokenizerModel): Tokenizer['decode'] {
  const bytesOf = createTokenBytes(tokenizer);
  return (tokens) => Buffer.concat(Array.from(tokens, bytesOf));
}

/** Bytes of each token. U+2581 becomes a space again; a prefix that encoding put before the text is not removed. */
function createTokenBytes({ steps, vocabulary, special }: TokenizerModel): (token: number) => Uint8Array {
  const spaced = (text: string) =>
    encoder.encode(steps.metaspace === null ? text : text.replaceAll('\u2581', ' '));
  const others = new Map<number, Uint8Array>();
  vocabulary.unknown.bytes?.forEach((id, byte) => {
    if (id !== noToken) others.set(id, Uint8Array.of(byte));
  });
  for (const { id, text } of [...steps.added, ...steps.addedNormalized])
    if (id !== null) others.set(id, spaced(text));
  for (const [text, id] of special) others.set(id, encoder.encode(text));
  return (token) => {
    const other = others.get(token);
    if (other !== undefined) return other;
    const piece = vocabulary.pieces[token] ?? new Uint8Array(0);
    return steps.metaspace === null ? piece : spaced(decoder.decode(piece));
  };
}
