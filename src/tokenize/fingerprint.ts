/**
 * sha256 of everything that decides the tokens of a text, in one canonical form: the same model read from two files
 * (other order of keys, merges as strings or pairs) has one fingerprint. Not in it: the model's name and what only
 * decides where special tokens go (bos and eos ids); a pattern counts by its text, so recognising it later
 * changes nothing.
 */
import { createHash } from 'node:crypto';
import type { BpeModel, TokenizerModel } from './model.ts';
import { patternSteps } from './patterns.ts';

/** Goes up when equal fields come to mean other tokens. */
const version = 'longmix tokenizer 1; classes of Unicode 16.0; normalization of Unicode 9.0';

export function fingerprintModel(bpe: BpeModel, special: TokenizerModel['special']): string {
  const hash = createHash('sha256');
  const header = {
    version,
    special: [...special].sort((a, b) => a[1] - b[1]),
    added: bpe.added.map((token) => [token.id, token.text]).sort((a, b) => Number(a[0]) - Number(b[0])),
    normalization: bpe.normalization,
    prefixSpace: bpe.prefixSpace,
    metaspace: bpe.metaspace === null ? null : [bpe.metaspace.prefix, bpe.metaspace.split],
    pattern: bpe.pattern === null ? null : patternSteps(bpe.pattern),
    ignoreMerges: bpe.ignoreMerges,
    byteFallback: bpe.byteFallback === null ? null : [...bpe.byteFallback],
    pieces: bpe.pieces.length,
    merges: bpe.merges === 'ranks' ? 'ranks' : bpe.merges.merged.length,
  };
  hash.update(`${JSON.stringify(header)}\n`);
  // Length + 1 of each piece, 0 for a hole, then its bytes: no two lists of pieces look alike.
  for (const piece of bpe.pieces) {
    hash.update(Uint8Array.of(...littleEndian(piece === undefined ? 0 : piece.length + 1)));
    if (piece !== undefined) hash.update(piece);
  }
  if (bpe.merges !== 'ranks') {
    for (const ids of [bpe.merges.left, bpe.merges.right, bpe.merges.merged]) {
      hash.update(Uint8Array.from(ids, (id) => id & 0xff));
      hash.update(Uint8Array.from(ids, (id) => (id >> 8) & 0xff));
      hash.update(Uint8Array.from(ids, (id) => (id >> 16) & 0xff));
    }
  }
  return hash.digest('hex');
}

function littleEndian(value: number): number[] {
  return [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, value >>> 24];
}
