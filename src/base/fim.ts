/**
 * Fill in the middle (Bavarian et al. 2022, arXiv 2207.14255): a document's tokens are cut at two places into prefix, middle
 * and suffix, and the middle goes to the end, with three sentinel tokens.
 *
 *   psm   <prefix> prefix <suffix> suffix <middle> middle
 *   spm   <prefix> <suffix> suffix <middle> prefix middle     (the paper's variant 2, as Megatron and bigcode have it)
 *
 * Everything is chosen per document by its key, so all copies of a document are alike, whoever writes them. The cuts lie
 * between tokens, as in Hugging Face's recipes; the paper and Megatron also cut inside tokens (at characters), for which the
 * document would have to be tokenized again. DeepSeek-V3 does it so with one document in ten, before packing.
 */
import type { DocumentTable } from '../nouns/tokens.ts';
import { keyedHash } from './keyed-hash.ts';

/** Tokens that it adds to a sequence. */
export const sentinelsPerDocument = 3;

/** FIM of one source, with the ids of its sentinels. */
export interface SourceFim {
  readonly source: string;
  /** Share of the documents, 0 to 1; and of these the share in the order spm. */
  readonly rate: number;
  readonly spmShare: number;
  readonly prefix: number;
  readonly middle: number;
  readonly suffix: number;
}

/** FIM of a recipe. */
export interface FimSetting {
  readonly sources: readonly SourceFim[];
  /** Of the recipe. */
  readonly seed: number;
}

type Keys = Pick<DocumentTable, 'keysLow' | 'keysHigh' | 'source' | 'sources'>;

/** Returns a function that says whether a document is one of those that the rate names, whatever its length. */
export function fimChoice(
  { keysLow, keysHigh, source, sources }: Keys,
  { sources: fim, seed }: FimSetting,
): (document: number) => boolean {
  const hash = keyedHash(seed, 'fim');
  const limits = Float64Array.from(
    sources,
    (name) => (fim.find((one) => one.source === name)?.rate ?? 0) * 2 ** 32,
  );
  return (d) => limits[source[d]!]! > 0 && hash(keysLow[d]!, keysHigh[d]!, 0) < limits[source[d]!]!;
}

/** Arranges tokens: `ids[at...]` has the `length` tokens of the document, and room for the sentinels after them. */
export type Arrange = (document: number, ids: Uint16Array | Int32Array, at: number, length: number) => void;

export function fimArrange(
  { keysLow, keysHigh, source, sources }: Keys,
  { sources: fim, seed }: FimSetting,
): Arrange {
  const places = keyedHash(seed, 'fim-place');
  const modes = keyedHash(seed, 'fim-mode');
  const bySource = sources.map((name) => fim.find((one) => one.source === name));
  return (d, ids, at, length) => {
    const { spmShare, prefix, middle, suffix } = bySource[source[d]!]!;
    const [low, high] = [keysLow[d]!, keysHigh[d]!];
    const place = (salt: number) => Math.floor((places(low, high, salt) / 2 ** 32) * (length + 1));
    const [a, b] = [place(0), place(1)];
    const [from, to] = a <= b ? [a, b] : [b, a];
    const tokens = ids.slice(at, at + length);
    let out = at;
    const put = (id: number) => {
      ids[out] = id;
      out += 1;
    };
    const copy = (begin: number, end: number) => {
      ids.set(tokens.subarray(begin, end), out);
      out += end - begin;
    };
    const isSpm = modes(low, high, 0) < spmShare * 2 ** 32;
    put(prefix);
    if (!isSpm) copy(0, from);
    put(suffix);
    copy(to, length);
    put(middle);
    if (isSpm) copy(0, from);
    copy(from, to);
  };
}
