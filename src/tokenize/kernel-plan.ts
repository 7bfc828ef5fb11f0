/**
 * A TokenizerModel in the kernel's terms. The kernel knows one thing: byte-level BPE of texts that lie end to end, cut by
 * its steps (kernel-steps.ts) or not at all. What else a model asks for is brought into this form, exactly, or refused with the reason:
 *
 * - Added tokens, normalization, prefixes: prepare-text.ts cuts and changes the text before the kernel sees it.
 * - Characters and SentencePiece style: kernel-vocabulary.ts. A text without a pattern is cut at spaces where no piece
 *   spans the cut (safe-cut.ts has the proof): the kernel would take a document as one pretoken, but remembers only short ones.
 */
import type { KernelModel } from './kernel/model.ts';
import { findExceededBound } from './kernel-bounds.ts';
import { planUnigram } from './kernel-plan-unigram.ts';
import { planSteps } from './kernel-steps.ts';
import { planVocabulary } from './kernel-vocabulary.ts';
import type { AddedToken, BpeVocabulary, Metaspace, Normalizer, TextSteps, TokenizerModel } from './model.ts';
import { planPreparation } from './plan-preparation.ts';
import { charactersNotCutAfter, mayDropUnits } from './safe-cut.ts';

export interface KernelPlan {
  readonly model: KernelModel;
  readonly preparation: Preparation;
}

/** What happens to the text before the kernel. Plain data: it crosses threads. */
export interface Preparation {
  readonly added: readonly AddedToken[];
  readonly normalizers: readonly Normalizer[];
  readonly addedNormalized: readonly AddedToken[];
  /** White space is dropped, and each word between it is a segment. */
  readonly words: boolean;
  /** Where a space is put before a segment; null: nowhere. */
  readonly prefix: Metaspace['prefix'] | null;
  /** U+2581 becomes a space. */
  readonly metaspace: boolean;
  readonly cut: Cut;
}

/**
 * Where a segment is cut before the kernel's steps: not at all; before each space; before each run of spaces that does not
 * follow one of these bytes.
 */
export type Cut = 'none' | 'spaces' | { readonly wordsNotAfter: readonly number[] };

const encoder = new TextEncoder();

/** @returns the plan, or why the kernel can't do it */
export function planKernel({
  steps,
  vocabulary,
}: Pick<TokenizerModel, 'steps' | 'vocabulary'>): KernelPlan | { readonly unsupported: string } {
  const exceeded = findExceededBound(vocabulary.pieces);
  if (exceeded !== null) return { unsupported: exceeded };
  const { metaspace, splits } = steps;
  if (vocabulary.kind === 'unigram') {
    const isCutAtSpaces = metaspace?.split === true && splits.length === 0;
    const kernelSteps = isCutAtSpaces ? [{ scanner: 'spaces' } as const] : planSteps(splits);
    if ('unsupported' in kernelSteps) return kernelSteps;
    if (metaspace?.split === true && !isCutAtSpaces) return { unsupported: 'a metaspace beside a pattern' };
    const model = planUnigram(vocabulary, metaspace !== null, kernelSteps);
    if ('unsupported' in model) return model;
    const preparation = planPreparation(steps, 'none');
    return 'unsupported' in preparation ? preparation : { model, preparation };
  }
  if (metaspace !== null && (splits.length > 0 || vocabulary.units === 'bytes'))
    return { unsupported: 'a metaspace beside a pattern or bytes' };
  const kernelSteps = planSteps(splits);
  if ('unsupported' in kernelSteps) return kernelSteps;
  const planned = planVocabulary(vocabulary, metaspace !== null);
  if ('unsupported' in planned) return planned;
  const preparation = planPreparation(steps, splits.length > 0 ? 'none' : planCut(steps, vocabulary));
  if ('unsupported' in preparation) return preparation;
  const { ignoreMerges } = vocabulary;
  return { model: { ...planned, ignoreMerges, steps: kernelSteps }, preparation };
}

/** Where a segment that no pattern cuts is cut all the same: where no merge and no unknown unit reaches over the cut. */
function planCut({ metaspace }: TextSteps, vocabulary: BpeVocabulary): Cut {
  if (metaspace?.split) return 'spaces';
  if (vocabulary.units === 'bytes') return 'none';
  const notAfter = charactersNotCutAfter(vocabulary, metaspace !== null);
  if (notAfter === null) return 'none';
  const lastBytes = Array.from(notAfter, (point) => encoder.encode(String.fromCodePoint(point)).at(-1)!);
  // Any other character may be one that is dropped, and then what stands before it counts.
  const dropped = mayDropUnits(vocabulary) ? Array.from({ length: 64 }, (_, i) => 0x80 + i) : [];
  return { wordsNotAfter: [...new Set([...lastBytes, ...dropped])] };
}
