/** Plans the part of a model that prepare-text.ts runs, before the kernel. */
import { splitMetaspace, underline } from '../files/hf-normalizers.ts';
import { isWhiteSpaceSplit } from '../files/hf-splits.ts';
import type { AddedToken, Normalizer, TextSteps } from '../model.ts';
import type { Preparation } from './preparation.ts';

/** @returns the preparation, or why the kernel cannot run the model */
export function planPreparation(steps: TextSteps): Preparation | { readonly unsupported: string } {
  const { metaspace, outerSplits = [] } = steps;
  const words = planWords(steps);
  if (outerSplits.length > 0 && words === null)
    return { unsupported: 'a prefix before each part of a split' };
  const spaced = metaspace === null ? null : writeSpaces(steps.normalizers, steps.addedNormalized);
  if (spaced?.addedNormalized.some(({ lstrip, rstrip }) => lstrip || rstrip))
    return { unsupported: 'added tokens that take white space in a text where U+2581 is none' };
  const prefix = metaspace?.prefix ?? (steps.prefixSpace ? 'unless-space' : 'never');
  return {
    added: steps.added,
    normalizers: spaced?.normalizers ?? steps.normalizers,
    addedNormalized: spaced?.addedNormalized ?? steps.addedNormalized,
    words,
    prefix: prefix === 'never' ? null : prefix,
    metaspace: metaspace !== null && spaced === null,
  };
}

/** How outer splits are done; null: there are none, or they are not plain splits at white space. */
export function planWords({ outerSplits = [], metaspace }: TextSteps): Preparation['words'] {
  if (outerSplits.length !== 1 || !isWhiteSpaceSplit(outerSplits[0]!)) return null;
  // A word that begins with U+2581 already has its space.
  const isPrefixed = metaspace?.prefix === 'always' || metaspace?.prefix === 'unless-space';
  return metaspace?.split === true && isPrefixed ? 'together' : 'apart';
}

/**
 * Rewrites normalizers that end with a metaspace (Llama 2), and the tokens that are searched for after them, so that
 * they write a space in place of U+2581, as the kernel does: ordinary text then needs no change. null: they do not end
 * with one.
 */
function writeSpaces(
  normalizers: readonly Normalizer[],
  added: readonly AddedToken[],
): Pick<TextSteps, 'normalizers' | 'addedNormalized'> | null {
  const addedNormalized = added.map((token) => ({ ...token, text: token.text.replaceAll(underline, ' ') }));
  const [first] = normalizers;
  if (first?.kind === 'sentencepiece') return { normalizers: [{ ...first, spaced: true }], addedNormalized };
  const written = splitMetaspace(normalizers);
  if (written === null) return null;
  const unspace: Normalizer = { kind: 'replace', pattern: underline, regex: false, content: ' ' };
  const prepend: Normalizer = { kind: 'prepend', text: ' ' };
  return {
    normalizers: [
      ...written.normalizers,
      unspace,
      ...(written.metaspace.prefix === 'always' ? [prepend] : []),
    ],
    addedNormalized,
  };
}
