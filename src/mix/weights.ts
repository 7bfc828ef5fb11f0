/**
 * Turns a recipe's mix into the weight of each cell, measured on the actual corpus.
 *
 * Let M[s,b] be the measure of source s in bucket b: usable tokens, or documents with `shares_of: documents`. Weights
 * start at the source's share times the bucket's part of its source (the natural length distribution). A length rule
 * then scales the long and the short documents, inside each source (`per-source`: source shares stay) or over all
 * (`global`: they drift). With keep rate r this gives Fu et al. 2024 (arXiv 2402.10171): a source whose long documents
 * have share p ends with p / (p + r (1 - p)). Explicit cells replace shares and length rule: the share of a range is
 * divided among its buckets by their measure.
 */
import { integer, percentAsTyped } from '../base/words.ts';
import type { CellSpec, LengthRule, MixSpec } from '../nouns/recipe.ts';
import { infeasible } from './infeasible.ts';
import { refuseUnknownSource } from './named-sources.ts';

/** What a cell can give a phase. */
export interface Supply {
  /** Index into the source names. */
  readonly source: number;
  readonly long: boolean;
  /** Index into the cells of the mix; -1 if none contains this cell, or the mix names no cells. */
  readonly spec: number;
  /** Number of documents with usable tokens, and the number of these tokens. */
  readonly documents: number;
  readonly usable: number;
  /** Documents that `overlong: exclude` leaves out, and the tokens of the longest that it takes; absent: none. */
  readonly tooLong?: number;
  readonly longest?: number;
}

/** Returns each cell's share of the tokens of the mix; shares sum to 1 (or are all 0 for an empty corpus). */
export function tokenWeights(
  cells: readonly Supply[],
  sources: readonly string[],
  mix: MixSpec,
): Float64Array {
  const weights = cellWeights(cells, sources, mix);
  if (mix.sharesOf === 'tokens') return weights;
  // Each document of a cell is equally likely, so a cell's tokens are its share of documents times its mean length.
  const tokens = weights.map((weight, i) =>
    weight === 0 ? 0 : (weight * cells[i]!.usable) / cells[i]!.documents,
  );
  const whole = tokens.reduce((sum, part) => sum + part, 0);
  return whole === 0 ? tokens : tokens.map((part) => part / whole);
}

/** Returns each cell's share, in the unit that the mix's shares count: tokens or documents. */
export function cellWeights(
  cells: readonly Supply[],
  sources: readonly string[],
  mix: MixSpec,
): Float64Array {
  const measure = Float64Array.from(cells, (cell) =>
    mix.sharesOf === 'documents' ? cell.documents : cell.usable,
  );
  if (mix.cells !== null) return rangeWeights(cells, sources, measure, mix.cells);
  const natural = sourceWeights(cells, sources, measure, mix.shares);
  return mix.length === null ? natural : applyLengthRule(cells, sources, natural, mix.length);
}

function rangeWeights(
  cells: readonly Supply[],
  sources: readonly string[],
  measure: Float64Array,
  ranges: readonly CellSpec[],
): Float64Array {
  const inRange = new Float64Array(ranges.length);
  for (const [i, { spec }] of cells.entries()) if (spec >= 0) inRange[spec]! += measure[i]!;
  for (const [k, range] of ranges.entries()) {
    if (range.share === 0 || inRange[k]! > 0) continue;
    refuseUnknownSource('mix.cells', range.source, sources);
    const mine = cells.filter(({ spec }) => spec === k);
    throw infeasible(
      `${describeRange(range)}: should be ${percentAsTyped(range.share)} of the mix and has no usable tokens${whyNone(mine)}`,
      [
        ...longerRows(mine),
        'choose another range (longmix stats shows the lengths)',
        'remove the cell, and give its share to others',
      ],
    );
  }
  return Float64Array.from(cells, ({ spec }, i) =>
    spec < 0 || measure[i] === 0 ? 0 : (ranges[spec]!.share * measure[i]!) / inRange[spec]!,
  );
}

/** Says how many documents `overlong: exclude` leaves out, since a corpus without usable tokens looks empty otherwise. */
function whyNone(cells: readonly Supply[]): string {
  const documents = cells.reduce((sum, { tooLong = 0 }) => sum + tooLong, 0);
  if (documents === 0) return '';
  const longest = Math.max(...cells.map(({ longest = 0 }) => longest));
  const are = documents === 1 ? 'document is' : 'documents are';
  return `: its ${integer(documents)} ${are} longer than a row has room for (${integer(longest)} tokens), and \`overlong: exclude\` leaves out such documents`;
}

function longerRows(cells: readonly Supply[]): string[] {
  return cells.some(({ tooLong = 0 }) => tooLong > 0)
    ? ['set a larger sequences.length', 'cut long documents: overlong: fragment']
    : [];
}

export function describeRange({ source, from, to }: CellSpec): string {
  return `source "${source}", ${to === null ? `${from} tokens and more` : `from ${from} to ${to} tokens`}`;
}

/** Weighs each source by its share, and the buckets inside it by their natural distribution. */
function sourceWeights(
  cells: readonly Supply[],
  sources: readonly string[],
  measure: Float64Array,
  asked: MixSpec['shares'],
): Float64Array {
  const all = measure.reduce((sum, part) => sum + part, 0);
  const perSource = new Float64Array(sources.length);
  for (const [c, { source }] of cells.entries()) perSource[source]! += measure[c]!;
  const shares = sources.map((name, s) => {
    if (asked !== null) return asked.get(name) ?? 0;
    return all === 0 ? 0 : perSource[s]! / all;
  });
  for (const [s, name] of sources.entries()) {
    if (shares[s]! > 0 && perSource[s] === 0) {
      const mine = cells.filter(({ source }) => source === s);
      throw infeasible(
        `source "${name}" should be ${percentAsTyped(shares[s]!)} of the mix and has no usable tokens${whyNone(mine)}`,
        [
          ...longerRows(mine),
          'remove it from mix.shares',
          'if its documents are copies of documents of earlier sources: set documents.duplicates: keep',
          'check its path, its documents and the bounds of length with: longmix stats',
        ],
      );
    }
  }
  for (const [name, share] of asked ?? []) if (share > 0) refuseUnknownSource('mix.shares', name, sources);
  return measure.map((part, c) => {
    const { source } = cells[c]!;
    return part === 0 ? 0 : (shares[source]! * part) / perSource[source]!;
  });
}

function applyLengthRule(
  cells: readonly Supply[],
  sources: readonly string[],
  natural: Float64Array,
  length: LengthRule,
): Float64Array {
  const global = length.scope === 'global';
  const groupOf = ({ source }: Supply): number | null =>
    length.except?.includes(sources[source]!) ? null : global ? 0 : source;
  const long = new Float64Array(global ? 1 : sources.length);
  const short = new Float64Array(long.length);
  for (const [c, cell] of cells.entries()) {
    const group = groupOf(cell);
    if (group !== null) (cell.long ? long : short)[group]! += natural[c]!;
  }
  refuseOneSided(length, long, short, global ? null : sources);
  const scales = Array.from(long, (ofLong, group) =>
    ofLong + short[group]! === 0 ? null : bandScales(length, ofLong, short[group]!),
  );
  return natural.map((weight, c) => {
    const group = groupOf(cells[c]!);
    const scale = group === null ? null : scales[group]!;
    return scale === null ? weight : weight * (cells[c]!.long ? scale.long : scale.short);
  });
}

/**
 * Refuses a rule that needs long or short documents where there are none. The error names all sources concerned.
 * @param sources the source of each group; null: the rule covers all sources together
 */
function refuseOneSided(
  length: LengthRule,
  long: Float64Array,
  short: Float64Array,
  sources: readonly string[] | null,
): void {
  const { rule, threshold } = length;
  const groups = [...long.keys()].filter((group) => long[group]! + short[group]! > 0);
  const without = (band: Float64Array) => groups.filter((group) => band[group] === 0);
  const needsLong = rule.kind === 'long_share' || (rule.kind === 'keep_short' && rule.rate === 0);
  const needsShort = rule.kind !== 'keep_short';
  const noLong = needsLong ? without(long) : [];
  const noShort = needsShort ? without(short) : [];
  const bad = [...noLong, ...noShort];
  if (bad.length === 0) return;
  const named = (some: readonly number[]) => (sources === null ? [] : some.map((group) => sources[group]!));
  const whose = (some: readonly number[], has: string, have: string) => {
    const names = named(some).map((name) => `"${name}"`);
    if (names.length === 0) return `the corpus ${has}`;
    return names.length === 1 ? `source ${names[0]} ${has}` : `sources ${names.join(', ')} ${have}`;
  };
  const and = (noun: string) => [`has ${noun}`, `have ${noun}`] as const;
  const none = [
    ...(noLong.length === 0 ? [] : [whose(noLong, ...and(`no document of ${threshold} tokens or more`))]),
    ...(noShort.length === 0
      ? []
      : [
          whose(
            noShort,
            ...and(
              rule.kind === 'remove_long'
                ? `only documents of ${threshold} tokens or more`
                : 'no shorter document',
            ),
          ),
        ]),
  ].join(', and ');
  const own = bad.length > 1 ? 'their' : 'its';
  const so = {
    long_share: `, so ${own} long share can't be ${percentAsTyped(rule.kind === 'long_share' ? rule.share : 0)}`,
    keep_short: ', and keep_short is 0%: nothing is left',
    remove_long: ': nothing is left',
  }[rule.kind];
  const whole =
    sources === null
      ? []
      : [
          `leave ${bad.length > 1 ? 'them' : 'it'} whole: except: [${named(bad).join(', ')}] in the length rule`,
        ];
  throw infeasible(`${none}${so}`, [...whole, ...waysOut(length)]);
}

function waysOut({ rule, scope }: LengthRule): string[] {
  switch (rule.kind) {
    case 'long_share':
      return [
        'choose another threshold (longmix stats shows the lengths)',
        'use scope: global, which asks for the share over all sources together',
        'use keep_short instead of long_share, which asks for a rate instead of a share',
      ];
    case 'keep_short':
      return ['choose a smaller threshold, keep some short documents, or leave the source out'];
    case 'remove_long':
      return [
        'choose a larger threshold, or leave the source out',
        ...(scope === 'global' ? [] : ['use scope: global, which gives its share to the other sources']),
      ];
  }
}

/** Returns the factors for long and short weights. They keep the group's total weight, long + short. */
function bandScales({ rule }: LengthRule, long: number, short: number): { long: number; short: number } {
  const weight = long + short;
  switch (rule.kind) {
    case 'long_share':
      return { long: (rule.share * weight) / long, short: ((1 - rule.share) * weight) / short };
    case 'keep_short': {
      const kept = weight / (long + rule.rate * short);
      return { long: kept, short: rule.rate * kept };
    }
    case 'remove_long':
      return { long: 0, short: weight / short };
  }
}
