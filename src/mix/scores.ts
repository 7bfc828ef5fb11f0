/**
 * Keeps documents by numbers that they carry (`documents.keep`). A percentile is exact: the score of the document at that
 * place when the documents that the rule is about are sorted (nearest rank), so with equal scores all of them are on the
 * same side. It counts documents, as the published recipes do (Olmo 3 drops the least and the most compressible 20 % of the
 * documents). It is taken over documents that all other rules of `documents` would keep, so the order of two rules makes
 * no difference, and copies of a document count once.
 *
 * Cost: 8 bytes per document that a rule is about, and the time to sort them; once per rule with a percentile.
 */
import { dropCode } from '../base/drop-code.ts';
import { LongmixError } from '../errors.ts';
import type { KeepRule, ScoreBound } from '../nouns/carried.ts';
import type { PlannedScore } from '../nouns/mix.ts';
import type { DocumentColumns, DocumentTable } from '../nouns/tokens.ts';

/**
 * Marks the documents that a rule does not keep.
 * @param out as `eligibility` gives it; what it bars already keeps its reason
 * @throws LongmixError `mix-infeasible` where a rule finds no document with a score
 */
export function keepByScore(
  table: DocumentTable,
  rules: readonly KeepRule[],
  columns: DocumentColumns,
  out: Uint8Array,
): PlannedScore[] {
  // All bounds are known before any rule takes effect.
  const bounded = rules.map((rule) => boundsOf(table, rule, columns, out));
  return bounded.map(({ rule, planned }) => ({
    ...planned,
    kept: apply(table, rule, planned, scoresOf(rule, columns), out),
  }));
}

function boundsOf(
  table: DocumentTable,
  rule: KeepRule,
  columns: DocumentColumns,
  out: Uint8Array,
): { rule: KeepRule; planned: Omit<PlannedScore, 'kept'> } {
  const scores = scoresOf(rule, columns);
  const concerns = isAbout(table, rule);
  let documents = 0;
  let missing = 0;
  for (let d = 0; d < table.count; d += 1) {
    if (out[d] !== 0 || !concerns(d)) continue;
    documents += 1;
    if (Number.isNaN(scores[d]!)) missing += 1;
  }
  const sorted = new Float64Array(hasPercentile(rule) ? documents - missing : 0);
  for (let d = 0, i = 0; i < sorted.length; d += 1) {
    if (out[d] !== 0 || !concerns(d) || Number.isNaN(scores[d]!)) continue;
    sorted[i] = scores[d]!;
    i += 1;
  }
  if (hasPercentile(rule) && documents > 0 && sorted.length === 0) {
    throw new LongmixError(
      'mix-infeasible',
      `none of the documents has a ${rule.score}, so it has no percentiles`,
      {
        cure: 'check the name of the field, and `where` of the rule',
      },
    );
  }
  sorted.sort();
  const { score, sources, minTokens } = rule;
  const planned = {
    ...{ score, sources, minTokens, documents, missing },
    from: scoreAt(rule.from, sorted),
    to: scoreAt(rule.to, sorted),
  };
  return { rule, planned };
}

/** @returns how many documents the rule keeps of those that it is about */
function apply(
  table: DocumentTable,
  rule: KeepRule,
  { from, to }: Pick<PlannedScore, 'from' | 'to'>,
  scores: Float64Array,
  out: Uint8Array,
): number {
  const concerns = isAbout(table, rule);
  let kept = 0;
  const [missing, below, above] = [
    dropCode('score_missing'),
    dropCode('score_below'),
    dropCode('score_above'),
  ];
  for (let d = 0; d < table.count; d += 1) {
    if (out[d] !== 0 || !concerns(d)) continue;
    const score = scores[d]!;
    if (Number.isNaN(score)) {
      if (rule.missing === 'drop') out[d] = missing;
    } else if (from !== null && score < from) out[d] = below;
    else if (to !== null && score > to) out[d] = above;
    if (out[d] === 0) kept += 1;
  }
  return kept;
}

function isAbout(table: DocumentTable, { sources, minTokens }: KeepRule): (document: number) => boolean {
  const named = Uint8Array.from(table.sources, (name) => Number(sources === null || sources.includes(name)));
  return (d) => named[table.source[d]!] === 1 && table.lengths[d]! >= minTokens;
}

function scoresOf({ score }: KeepRule, { numbers }: DocumentColumns): Float64Array {
  const scores = numbers.get(score);
  if (scores === undefined) throw new Error(`the column ${score} is not in the index: use loadIndex`);
  return scores;
}

function hasPercentile({ from, to }: KeepRule): boolean {
  return [from, to].some((bound) => typeof bound === 'object' && bound !== null);
}

function scoreAt(bound: ScoreBound | null, sorted: Float64Array): number | null {
  if (bound === null || typeof bound === 'number') return bound;
  return percentileOf(sorted, bound.percentile);
}

/** Nearest rank: the least of the sorted numbers that at least so many percent do not exceed; null: there are none. */
export function percentileOf(sorted: Float64Array, percentile: number): number | null {
  if (sorted.length === 0) return null;
  // Rounded first: 20 * 15 / 100 is a little more than 3 in some orders of multiplying.
  const rank = Math.ceil(Number(((percentile * sorted.length) / 100).toFixed(6)));
  return sorted[Math.max(0, rank - 1)]!;
}
