/**
 * Documents to the segments that the kernel tokenizes each by itself: added tokens are cut out, segments are normalized,
 * get their prefix and are cut (see kernel-plan.ts). All in bytes. Text that needs none of it is handed on as it is, and
 * to see that costs one look at each byte at most; only segments to be normalized ever become strings.
 */
import { createGraphemeMapper, readCharsmap } from './charsmap.ts';
import { createAddedFinder } from './find-added.ts';
import type { Preparation } from './kernel-plan.ts';
import type { Normalizer } from './model.ts';
import { createNormalizer } from './normalize-bytes.ts';
import { createCutter, Segments, space, startsWithMetaspace } from './segments.ts';

export interface PreparedText {
  readonly text: Uint8Array;
  /** End of each segment, in bytes. Valid until the next call. */
  readonly ends: Uint32Array;
  /** Segments up to the end of each document. */
  readonly documentEnds: Uint32Array;
  /** Added tokens in their order, and the number of segments before each. */
  readonly added: readonly { readonly id: number; readonly segments: number }[];
  /** Added tokens up to the end of each document. */
  readonly documentAdded: Uint32Array;
}

/** The function returns null if the documents can be tokenized as they are. */
export type Prepare = (text: Uint8Array, ends: ArrayLike<number>, continued: boolean) => PreparedText | null;

type ByteNormalizer = (text: Uint8Array, start: number, end: number) => Uint8Array | null;

function createNormalizers(normalizers: readonly Normalizer[]): ByteNormalizer {
  const steps = normalizers.map((step): ByteNormalizer => {
    if (step.kind === 'form') return createNormalizer(step.form);
    if (step.kind === 'charsmap') return createGraphemeMapper(readCharsmap(step.charsmap));
    throw new Error(`the normalizer ${step.kind}`);
  });
  return (text, start, end) =>
    steps.reduce<Uint8Array | null>(
      (bytes, step) => (bytes === null ? step(text, start, end) : (step(bytes, 0, bytes.length) ?? bytes)),
      null,
    );
}

export function createPreparation(preparation: Preparation): Prepare {
  const { normalizers, prefix, metaspace } = preparation;
  const findAdded = createAddedFinder(preparation.added);
  const normalized = createNormalizers(normalizers);
  const cut = createCutter(preparation.cut);
  const always = prefix !== null || preparation.cut !== 'none';
  const out = new Segments();
  let firstChange: { readonly start: number; readonly end: number; readonly bytes: Uint8Array } | null = null;

  function segment(text: Uint8Array, start: number, end: number, isStart: boolean, continued: boolean): void {
    const from = out.length;
    const isKept = firstChange?.start === start && firstChange.end === end;
    const changed = (isKept ? firstChange?.bytes : normalized(text, start, end)) ?? text.subarray(start, end);
    const isSpaced = changed[0] === space || (metaspace && startsWithMetaspace(changed));
    const prefixed =
      prefix === 'always' ||
      (prefix === 'unless-space' && !isSpaced) ||
      (prefix === 'first-unless-space' && isStart && !isSpaced);
    if (prefixed && !(continued && isStart)) out.push(space);
    if (metaspace) out.appendSpaced(changed);
    else out.append(changed);
    cut(out, from);
  }

  /** Looks for a document that normalization changes, and keeps what becomes of it. */
  function isNormal(text: Uint8Array, ends: ArrayLike<number>): boolean {
    firstChange = null;
    if (normalizers.length === 0) return true;
    for (let i = 0, start = 0; i < ends.length && firstChange === null; i += 1) {
      const end = ends[i]!;
      const bytes = normalized(text, start, end);
      if (bytes !== null) firstChange = { start, end, bytes };
      start = end;
    }
    return firstChange === null;
  }

  return (text, ends, continued) => {
    const isAsItIs =
      !always && !(metaspace && Buffer.from(text.buffer, text.byteOffset, text.length).includes('\u2581'));
    if (isAsItIs && isNormal(text, ends) && findAdded(text, 0, text.length) === null) return null;
    out.clear(text.length);
    const documentEnds = new Uint32Array(ends.length);
    const documentAdded = new Uint32Array(ends.length);
    const added: { id: number; segments: number }[] = [];
    for (let i = 0, at = 0; i < ends.length; i += 1) {
      const end = ends[i]!;
      for (let isStart = true; at < end; isStart = false) {
        let found = findAdded(text, at, end);
        while (found?.id === null) found = findAdded(text, found.at + found.length, end);
        const segmentEnd = found === null ? end : found.at;
        if (segmentEnd > at) segment(text, at, segmentEnd, isStart, continued && i === 0);
        at = segmentEnd;
        if (found === null) continue;
        added.push({ id: found.id, segments: out.count });
        at += found.length;
      }
      documentEnds[i] = out.count;
      documentAdded[i] = added.length;
    }
    return { text: out.text(), ends: out.ends(), documentEnds, added, documentAdded };
  };
}
