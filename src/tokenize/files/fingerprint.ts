/**
 * sha256 of everything that decides the tokens of a text, in one canonical form: the same model read from two different
 * files (other order of keys, merges as strings or pairs) has the same fingerprint. It leaves out the model's name, and
 * the bos and eos ids, which only decide where special tokens go. A pattern counts by its text, so the fingerprint does
 * not change when longmix learns to recognize a pattern.
 */
import { createHash } from 'node:crypto';
import type { AddedToken, Normalizer, SplitStep, TextSteps, TokenizerModel, Vocabulary } from '../model.ts';
import { recognizeFamily } from './patterns.ts';

/** Must change when the same fields begin to give other tokens. */
const version = 'longmix tokenizer 1; classes of Unicode 16.0; normalization of Unicode 9.0';

export function fingerprintModel(
  steps: TextSteps,
  vocabulary: Vocabulary,
  special: TokenizerModel['special'],
): string {
  const hash = createHash('sha256');
  const { metaspace, addedNormalized } = steps;
  const { unknown, pieces } = vocabulary;
  // Features that earlier versions lacked are left out if they are not used, so that stores of those versions stay
  // valid.
  const header = {
    version,
    special: [...special].sort((a, b) => a[1] - b[1]),
    added: steps.added.map(addedFields).sort(byId),
    normalization: normalizerFields(steps.normalizers),
    ...(addedNormalized.length > 0 && { addedNormalized: addedNormalized.map(addedFields).sort(byId) }),
    ...(steps.outerSplits !== undefined && { outer: patternFields(steps.outerSplits) }),
    prefixSpace: steps.prefixSpace,
    metaspace: metaspace === null ? null : [metaspace.prefix, metaspace.split],
    pattern: patternFields(steps.splits),
    ignoreMerges: vocabulary.kind === 'bpe' && vocabulary.ignoreMerges,
    byteFallback: unknown.bytes === null ? null : [...unknown.bytes],
    ...(unknown.id !== null && { unknown: [unknown.id, unknown.fuse] }),
    ...(vocabulary.kind === 'bpe' &&
      vocabulary.units === 'characters' &&
      unknown.bytes === null && { units: vocabulary.units }),
    pieces: pieces.length,
    merges: mergesField(vocabulary),
  };
  hash.update(`${JSON.stringify(header)}\n`);
  // Length + 1 of each piece, 0 for a hole, then its bytes: no two lists of pieces look alike.
  for (const piece of pieces) {
    hash.update(Uint8Array.of(...littleEndian(piece === undefined ? 0 : piece.length + 1)));
    if (piece !== undefined) hash.update(piece);
  }
  if (vocabulary.kind === 'unigram') {
    for (const scores of [vocabulary.scores.slice(), Float64Array.of(vocabulary.unknownScore)])
      hash.update(new Uint8Array(scores.buffer));
  } else if (vocabulary.merges !== 'ranks') {
    const lists =
      'order' in vocabulary.merges
        ? [vocabulary.merges.order]
        : [vocabulary.merges.left, vocabulary.merges.right, vocabulary.merges.merged];
    for (const ids of lists) {
      hash.update(Uint8Array.from(ids, (id) => id & 0xff));
      hash.update(Uint8Array.from(ids, (id) => (id >> 8) & 0xff));
      hash.update(Uint8Array.from(ids, (id) => (id >> 16) & 0xff));
    }
  }
  return hash.digest('hex');
}

function mergesField(vocabulary: Vocabulary): string | number {
  if (vocabulary.kind === 'unigram') return `unigram, as ${vocabulary.as}`;
  if (vocabulary.merges === 'ranks') return 'ranks';
  return 'order' in vocabulary.merges ? 'ranks, ordered' : vocabulary.merges.merged.length;
}

function addedFields({ id, text, lstrip, rstrip, singleWord }: AddedToken): readonly unknown[] {
  const flags = [lstrip, rstrip, singleWord].map((flag) => flag === true);
  return flags.includes(true) ? [id, text, ...flags] : [id, text];
}

function byId(a: readonly unknown[], b: readonly unknown[]): number {
  return Number(a[0]) - Number(b[0]);
}

/** A single normalization form is written as its name only, as in the first version. */
function normalizerFields(normalizers: readonly Normalizer[]): unknown {
  if (normalizers.length === 0) return null;
  const [first] = normalizers;
  if (normalizers.length === 1 && first?.kind === 'form') return first.form;
  return normalizers.map((step) =>
    'charsmap' in step && step.charsmap !== null
      ? { ...step, charsmap: Buffer.from(step.charsmap).toString('base64') }
      : step,
  );
}

/** Steps that keep everything, and known patterns (which match everywhere), are written as the pattern's text only. */
function patternFields(splits: readonly SplitStep[]): unknown {
  if (splits.length === 0) return null;
  const isKnown = recognizeFamily(splits) !== null;
  return splits.map((step) => {
    const isPlain = step.behavior === 'isolated' && !step.invert && step.over === 'characters';
    return isKnown || isPlain ? step.pattern : step;
  });
}

function littleEndian(value: number): number[] {
  return [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, value >>> 24];
}
