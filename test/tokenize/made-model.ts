/** Makes tokenizers for tests, from a vocabulary of texts and the steps around it. */
import type { BpeVocabulary, TextSteps, TokenizerModel } from '../../src/tokenize/model.ts';

const encoder = new TextEncoder();

/** No step at all: a document is one pretoken. */
export const noSteps: TextSteps = {
  added: [],
  normalizers: [],
  addedNormalized: [],
  prefixSpace: false,
  metaspace: null,
  splits: [],
};

export function madeModel(vocabulary: BpeVocabulary, steps: Partial<TextSteps> = {}): TokenizerModel {
  return {
    name: 'made',
    steps: { ...noSteps, ...steps },
    vocabulary,
    special: new Map(),
    bosId: null,
    eosId: null,
    vocabularySize: vocabulary.pieces.length,
    fingerprint: '',
  };
}

/** Byte-level: the 256 bytes are the first pieces, then the products of the merges in their order. */
export function byteVocabulary(
  merges: readonly (readonly [string, string])[],
  form: 'ranks' | 'list',
): BpeVocabulary {
  const bytes = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte));
  const ids = new Map(bytes.map((_, byte) => [String.fromCharCode(byte), byte]));
  const products = new Set(merges.map(([left, right]) => left + right));
  for (const text of products) if (!ids.has(text)) ids.set(text, ids.size);
  const list = (pick: (merge: readonly [string, string]) => string) =>
    Uint32Array.from(merges, (merge) => ids.get(pick(merge))!);
  return {
    kind: 'bpe',
    pieces: [...bytes, ...[...ids.keys()].slice(256).map((text) => encoder.encode(text))],
    ignoreMerges: false,
    merges:
      form === 'ranks'
        ? 'ranks'
        : {
            left: list(([left]) => left),
            right: list(([, right]) => right),
            merged: list(([left, right]) => left + right),
          },
    units: 'bytes',
    unknown: { bytes: null, id: null, fuse: false },
  };
}
