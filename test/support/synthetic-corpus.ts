/**
 * A corpus of any size in the planner's form, with document lengths like SlimPajama's. Its published figures are the
 * median of each source, and the shares of documents with at least 4K/8K/16K/32K tokens: 11.3/7.4/4.9/3.2 %.
 *
 * Lengths are log-normal. If a source's median is below 4,096, its spread is such that documents of at least 4,096
 * tokens have 30 % of its tokens, which is where Fu et al. 2024 (arXiv 2402.10171) start from. Documents are
 * distributed by Fu's mix, except that ArXiv and books have 4/5 of their part. The shares above 4K/8K/16K/32K are then
 * 12.1/7.4/4.9/3.4 %. The price is that books have far more tokens (80 %) than in SlimPajama, so a test of shares must
 * set them.
 *
 * The corpus is deterministic, and nearly the same at every size: points of a sequence that covers the unit square
 * evenly (Roberts' R2) go through the Box-Muller transform, so that 100,000 documents have the shares of the
 * distribution, not those of a lucky draw.
 */

import type { DocumentTable } from '../../src/nouns/tokens.ts';
import { createDocumentTable } from '../../src/store/reader.ts';
import { scramble } from './table.ts';

export interface SyntheticSource {
  readonly name: string;
  /** Median length in tokens, and standard deviation of the logarithm of the length. */
  readonly median: number;
  readonly spread: number;
  /** Share of the documents; taken relative to the sum over the sources. */
  readonly documents: number;
}

/** -0.5244: the normal quantile of 0.3. */
const thirtyPercent = -0.524400512708041;

/** The spread with which the documents of at least `threshold` tokens have 30 % of the tokens. */
function spreadFor(median: number, threshold: number): number {
  // Weighted by tokens, a log-normal stays log-normal, shifted by spread^2:
  // 30 % = Phi(spread - ln(threshold / median) / spread).
  return (thirtyPercent + Math.sqrt(thirtyPercent ** 2 + 4 * Math.log(threshold / median))) / 2;
}

const short = (name: string, median: number, documents: number): SyntheticSource => ({
  name,
  median,
  spread: spreadFor(median, 4096),
  documents,
});

export const slimPajama: readonly SyntheticSource[] = [
  short('c4', 315, 0.26609933),
  short('cc', 1066, 0.53374772),
  short('stackexchange', 507, 0.03169647),
  short('wikipedia', 409, 0.03402128),
  short('github', 520, 0.05004782),
  { name: 'arxiv', median: 14_565, spread: 0.6, documents: 0.8 * 0.04290379 },
  { name: 'books', median: 121_602, spread: 1, documents: 0.8 * 0.0414836 },
];

/** Documents source by source; no two share a key. */
export function syntheticCorpus(
  documents: number,
  sources: readonly SyntheticSource[] = slimPajama,
): DocumentTable {
  const table = createDocumentTable(
    documents,
    sources.map(({ name }) => name),
    1,
  );
  const whole = sources.reduce((sum, source) => sum + source.documents, 0);
  let given = 0;
  let d = 0;
  for (const [s, source] of sources.entries()) {
    given += source.documents / whole;
    const end = s === sources.length - 1 ? documents : Math.round(given * documents);
    for (let i = 1; d < end; d += 1, i += 1) {
      const length = Math.max(1, Math.round(source.median * Math.exp(source.spread * normal(i))));
      table.lengths[d] = length;
      table.keysLow[d] = scramble(d);
      table.keysHigh[d] = scramble(~d);
      table.source[d] = s;
    }
  }
  table.partStarts[1] = documents;
  return table;
}

/** The i-th of a sequence of standard normal numbers, i from 1. */
function normal(i: number): number {
  // 1 / g and 1 / g^2 of g^3 = g + 1.
  const u = (i * 0.7548776662466927) % 1;
  const v = (i * 0.5698402909980532) % 1;
  return Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * v);
}
