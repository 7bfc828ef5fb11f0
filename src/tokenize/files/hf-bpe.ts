/**
 * Reads the BPE model of a tokenizer.json as a BpeVocabulary: the vocabulary's strings become bytes, merges become ids,
 * and units without a token follow `BPE::merge_word` of Hugging Face's library.
 *
 * The text of a special token is ordinary text, so it is not a piece, with one exception: a special token that is a
 * single unit, or that merges make or use, is part of the vocabulary like any other token.
 */
import { bytesOfByteLevel } from '../engine/byte-level.ts';
import { type BpeVocabulary, type MergeList, noToken, type UnknownUnits } from '../model.ts';
import { Unsupported } from './hf-file.ts';
import type { HfModel } from './hf-shape.ts';

const encoder = new TextEncoder();

interface Context {
  /** Whether the vocabulary is written in GPT-2's byte alphabet. */
  readonly byteLevel: boolean;
  readonly special: ReadonlyMap<string, number>;
}

/** @throws Unsupported */
export function readBpe(model: HfModel, { byteLevel, special }: Context): BpeVocabulary {
  const vocabulary = new Map(Object.entries(model.vocab as Record<string, number>));
  const merges = readMerges(model, vocabulary);
  const size = 1 + [...vocabulary.values()].reduce((a, b) => Math.max(a, b), -1);
  const byteTokens = byteLevel ? null : readByteTokens(model, vocabulary);

  const merging = new Uint8Array(size);
  for (const ids of [merges.left, merges.right, merges.merged]) for (const id of ids) merging[id] = 1;
  // With `ignore_merges` a pretoken that reads "<0x0A>" is that token.
  const others = new Set(model.ignore_merges === true ? null : byteTokens);
  for (const [text, id] of special) if (vocabulary.get(text) === id) others.add(id);
  const pieces: (Uint8Array | undefined)[] = new Array(size).fill(undefined);
  for (const [token, id] of vocabulary) {
    const isPiece = !others.has(id) || merging[id] === 1 || isUnit(token);
    if (isPiece) pieces[id] = byteLevel ? (bytesOfByteLevel(token) ?? undefined) : encoder.encode(token);
  }

  const unknown = readUnknown(model, vocabulary, byteTokens, byteLevel && hasAllBytes(pieces));
  const neverMerges = [unknown.id, ...(unknown.bytes ?? [])];
  const parts = new Set([...merges.left, ...merges.right]);
  if (neverMerges.some((id) => id !== null && parts.has(id)))
    throw new Unsupported('merges of the unknown token, or of a token that stands for a byte');
  return {
    kind: 'bpe',
    pieces,
    ignoreMerges: model.ignore_merges === true,
    merges,
    units: byteLevel ? 'bytes' : 'characters',
    unknown,
  };
}

/** @throws Unsupported for a model that is not BPE, or that a BpeVocabulary cannot express */
export function checkBpe(model: HfModel): void {
  const isBpe = model.type === 'BPE' || (model.type === undefined && model.merges !== undefined);
  if (!isBpe) throw new Unsupported(`the model ${model.type ?? '(no type)'}`);
  if (model.dropout) throw new Unsupported('BPE with dropout');
  if (model.continuing_subword_prefix || model.end_of_word_suffix)
    throw new Unsupported('BPE with subword marks');
}

/** Whether the token is one character, which in a byte-level vocabulary is one byte. */
function isUnit(token: string): boolean {
  return token.length === 1 || (token.length === 2 && token.codePointAt(0)! > 0xffff);
}

/** Whether every byte that occurs in UTF-8 is a piece. */
function hasAllBytes(pieces: BpeVocabulary['pieces']): boolean {
  const bytes = new Set(pieces.filter((piece) => piece?.length === 1).map((piece) => piece![0]));
  for (let byte = 0; byte < 0xf5; byte += 1) {
    if (byte !== 0xc0 && byte !== 0xc1 && !bytes.has(byte)) return false;
  }
  return true;
}

/**
 * The tokens of bytes, if the file uses them: it may have them without using them. Gemma 2 lacks the token of one byte.
 */
function readByteTokens(model: HfModel, vocabulary: ReadonlyMap<string, number>): Uint32Array | null {
  if (model.byte_fallback !== true) return null;
  const name = (byte: number) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
  const ids = Uint32Array.from({ length: 256 }, (_, byte) => vocabulary.get(name(byte)) ?? noToken);
  return ids.every((id) => id === noToken) ? null : ids;
}

/** @param isComplete whether every unit of every text is a piece */
function readUnknown(
  model: HfModel,
  vocabulary: ReadonlyMap<string, number>,
  bytes: Uint32Array | null,
  isComplete: boolean,
): UnknownUnits {
  const none = { bytes, id: null, fuse: false };
  const isNeeded = !isComplete && (bytes === null || bytes.includes(noToken));
  if (!isNeeded || typeof model.unk_token !== 'string') return none;
  const id = vocabulary.get(model.unk_token);
  // The native library fails on the first text that needs it.
  if (id === undefined) throw new Unsupported(`an unk_token that the vocabulary lacks: ${model.unk_token}`);
  return { bytes, id, fuse: model.fuse_unk === true };
}

/**
 * Reads merges that are strings "a b" (after a version line, which is not a merge) or pairs. If a pair occurs twice,
 * the last one counts.
 */
function readMerges(model: HfModel, vocabulary: ReadonlyMap<string, number>): MergeList {
  const byPair = new Map<number, readonly [number, number, number]>();
  for (const merge of model.merges ?? []) {
    if (typeof merge === 'string' && merge.startsWith('#version')) continue;
    const pair = typeof merge === 'string' ? merge.split(' ') : merge;
    const [left, right] = pair;
    if (left === undefined || right === undefined || pair.length > 2)
      throw new Unsupported('a merge that is no pair');
    const ids = [left, right, left + right].map((token) => vocabulary.get(token));
    if (ids.includes(undefined))
      throw new Unsupported(`the merge "${left} ${right}", which is not in the vocabulary`);
    const [a, b] = ids as [number, number, number];
    const key = a * 2 ** 26 + b;
    byPair.delete(key);
    byPair.set(key, ids as [number, number, number]);
  }
  const merges = {
    left: new Uint32Array(byPair.size),
    right: new Uint32Array(byPair.size),
    merged: new Uint32Array(byPair.size),
  };
  let at = 0;
  for (const ids of byPair.values()) {
    [merges.left[at], merges.right[at], merges.merged[at]] = ids;
    at += 1;
  }
  return merges;
}
