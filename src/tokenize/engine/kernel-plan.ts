/**
 * Plans a TokenizerModel for the kernel. The kernel does one thing: byte-level BPE of texts that lie end to end, which
 * its steps (kernel-steps.ts) cut or leave whole. All other features of a model are either converted exactly to this
 * form or refused with the reason:
 *
 * - Added tokens, normalization, prefixes: prepare-text.ts cuts and changes the text before the kernel sees it.
 * - Characters and SentencePiece style: kernel-vocabulary.ts. A text without a pattern is cut between bytes that no
 *   piece joins (cut-bytes.ts has the proof): a whole document as one pretoken would work, but the kernel caches only
 *   short ones.
 */

import type { SplitStep, TextSteps, TokenizerModel, Vocabulary } from '../model.ts';
import { createMatcher } from '../pattern/match.ts';
import { splitText } from '../pattern/split.ts';
import { findBytesInPieces, findJoinedBytes, findSpaceBorders } from './cut-bytes.ts';
import type { KernelModel, KernelStep } from './kernel/model.ts';
import { findExceededBound } from './kernel-bounds.ts';
import { planUnigram } from './kernel-plan-unigram.ts';
import { planSteps } from './kernel-steps.ts';
import { planVocabulary } from './kernel-vocabulary.ts';
import { planPreparation } from './plan-preparation.ts';
import type { Preparation } from './preparation.ts';

export interface KernelPlan {
  readonly model: KernelModel;
  readonly preparation: Preparation;
}

/** @returns the plan, or why the kernel cannot run the model */
export function planKernel({
  steps,
  vocabulary,
}: Pick<TokenizerModel, 'steps' | 'vocabulary'>): KernelPlan | { readonly unsupported: string } {
  const exceeded = findExceededBound(vocabulary.pieces);
  if (exceeded !== null) return { unsupported: exceeded };
  const { metaspace, splits } = steps;
  const isOfBytes = vocabulary.kind === 'bpe' && vocabulary.units === 'bytes';
  if (metaspace !== null && (splits.length > 0 || isOfBytes))
    return { unsupported: 'a metaspace beside a pattern or bytes' };
  const kernelSteps = splits.length > 0 ? planSteps(splits) : planCuts(steps, vocabulary);
  if ('unsupported' in kernelSteps) return kernelSteps;
  const preparation = planPreparation(steps);
  if ('unsupported' in preparation) return preparation;
  if (vocabulary.kind === 'unigram') {
    const model = planUnigram(vocabulary, metaspace !== null, kernelSteps);
    return 'unsupported' in model ? model : { model, preparation };
  }
  const planned = planVocabulary(vocabulary, metaspace !== null);
  if ('unsupported' in planned) return planned;
  const { ignoreMerges } = vocabulary;
  const borders =
    planned.unknown === null && keepsWordsTogether(splits) ? findSpaceBorders(vocabulary) : null;
  return { model: { ...planned, ignoreMerges, steps: kernelSteps, borders }, preparation };
}

/** Whether a pretoken may have several words. The answer affects only speed. */
function keepsWordsTogether(splits: readonly SplitStep[]): boolean {
  if (splits.length === 0 || splits.some(({ over }) => over !== 'characters')) return false;
  let parts = ['some words in a row'];
  for (const split of splits) {
    const findMatches = createMatcher(split.pattern, split.syntax);
    parts = parts.flatMap((part) => splitText(part, findMatches(part), split));
  }
  return parts.some((part) => /\w \w/.test(part));
}

/** The steps that cut a segment if the model has no pattern. */
function planCuts({ metaspace }: TextSteps, vocabulary: Vocabulary): readonly KernelStep[] {
  if (metaspace?.split) return [{ scanner: 'spaces' }];
  if (vocabulary.kind === 'unigram') {
    // No cuts: Hugging Face's sums are doubles, and the kernel can carry sums from word to word only as floats.
    if (vocabulary.as === 'huggingface') return [];
    return [{ scanner: 'joins', joined: findBytesInPieces(vocabulary.pieces, metaspace !== null) }];
  }
  const joined = findJoinedBytes(vocabulary, metaspace !== null);
  return joined === null ? [] : [{ scanner: 'joins', joined }];
}
