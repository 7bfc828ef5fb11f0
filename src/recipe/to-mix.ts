/** Converts `mix`, `documents`, `sequences` and `phases` as written to the types that the planner takes. */

import type { Condition, KeepRule, ScoreBound } from '../nouns/carried.ts';
import type {
  CellSpec,
  DecomposeSpec,
  DocumentRules,
  LengthRule,
  MixSpec,
  PerSource,
  PhaseSpec,
  SequenceSpec,
} from '../nouns/recipe.ts';
import { parseCondition } from './condition/parse-condition.ts';
import { type Amount, estimatorPattern, isPercentage } from './schema/fields.ts';
import type { DocumentsEntry, RecipeFile } from './schema/schema.ts';
import { type KeepEntry, percentilePattern } from './schema/schema-documents.ts';
import { defaultSimilarity } from './schema/schema-groups.ts';
import {
  type CellEntry,
  displacedBy,
  type LengthEntry,
  type MixEntry,
  type PerSourceEntry,
} from './schema/schema-mix.ts';
import {
  type DecomposeEntry,
  defaultSequences,
  type SequencesEntry,
  smallestPiece,
} from './schema/schema-sequences.ts';
import { exact, parseLength, parseShare, parseTokens } from './units.ts';

export function toDocumentRules(entry: DocumentsEntry): DocumentRules {
  const [, characters] = estimatorPattern.exec(entry.length) ?? [];
  const edges = entry.buckets?.map((edge) => exact(parseLength(edge)));
  return {
    minTokens: toPerSource(entry.min_tokens, 0, (amount) => exact(parseLength(amount))),
    maxTokens: toPerSource(entry.max_tokens, Number.POSITIVE_INFINITY, (amount) =>
      exact(parseLength(amount)),
    ),
    duplicates: entry.duplicates,
    ...toNearDuplicates(entry.near_duplicates),
    charactersPerToken: characters === undefined ? null : Number(characters),
    buckets: edges === undefined ? null : [...new Set(edges)].sort((a, b) => a - b),
    // Left out where there is none, so that a recipe's record is that of versions without them.
    ...(entry.keep === undefined || entry.keep.length === 0 ? {} : { keep: entry.keep.map(toKeepRule) }),
    ...(entry.where === undefined ? {} : { where: toCondition(entry.where) }),
  };
}

/** Nothing where near copies are kept: a recipe's record is that of the versions that did not look for them. */
function toNearDuplicates(written: DocumentsEntry['near_duplicates']): Pick<DocumentRules, 'nearDuplicates'> {
  const { rule, similarity } =
    typeof written === 'object' ? written : { rule: written, similarity: defaultSimilarity };
  if (rule === undefined || rule === 'keep') return {};
  return { nearDuplicates: { rule, similarity: exact(parseShare(similarity)) } };
}

function toKeepRule({ score, from, to, where, missing }: KeepEntry): KeepRule {
  return {
    score,
    from: toBound(from),
    to: toBound(to),
    sources: where.source === undefined ? null : [where.source].flat(),
    minTokens: exact(parseLength(where.min_tokens)),
    missing,
  };
}

function toBound(bound: number | string | undefined): ScoreBound | null {
  if (bound === undefined) return null;
  return typeof bound === 'number' ? bound : { percentile: Number(percentilePattern.exec(bound)![1]) };
}

/** @param text that the recipe's checks have accepted */
export function toCondition(text: string): Condition {
  const parsed = parseCondition(text);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed.condition;
}

/** The phases of a recipe; if it has none, one phase named `train`. */
export function toPhases(file: RecipeFile, names: readonly string[]): PhaseSpec[] {
  const total = file.mix.tokens === 'all' ? 'all' : exact(parseTokens(file.mix.tokens));
  if (names.length === 0) {
    return [{ name: 'train', share: 1, mix: toMix(file.mix, total), sequences: toSequences(file.sequences) }];
  }
  const written = names.map((name) => ({ name, ...file.phases![name]! }));
  const parts = written.map(({ tokens }) =>
    exact(isPercentage(tokens) ? parseShare(tokens) : parseTokens(tokens)),
  );
  const whole = parts.reduce((sum, part) => sum + part, 0);
  return written.map(({ name, tokens, mix, sequences }, i) => {
    const share = parts[i]! / whole;
    const budget = isPercentage(tokens) ? (total === 'all' ? total : Math.round(share * total)) : parts[i]!;
    return {
      name,
      share,
      mix: toMix(overlayMix(file.mix, mix), budget),
      sequences: toSequences({ ...file.sequences, ...sequences }),
    };
  });
}

/** The mix of a phase: its keys replace those of the recipe. */
function overlayMix(base: MixEntry, over: MixEntry): MixEntry {
  const gone = displacedBy((key) => over[key as keyof MixEntry] !== undefined);
  return { ...base, ...Object.fromEntries(gone.map((key) => [key, undefined])), ...over };
}

function toMix(entry: MixEntry, tokens: number | 'all'): MixSpec {
  const length = entry.length === undefined || entry.length === 'none' ? null : entry.length;
  // With a budget and no length rule, the user wants that many tokens, however many there are, so documents may repeat.
  // A length rule is an experiment about data: repeated documents would be a second change.
  const natural = tokens === 'all' || length !== null ? 'drop' : 'repeat';
  const method = entry.method ?? length?.method ?? natural;
  return {
    tokens,
    sharesOf: entry.shares_of ?? 'tokens',
    shares: entry.shares === undefined ? null : toShares(entry.shares),
    length: length === null ? null : toLengthRule(length),
    cells: entry.cells === undefined ? null : toCells(entry.cells),
    method,
    maxEpochs: toPerSource(
      entry.max_epochs,
      method !== 'drop' || tokens !== 'all' ? 4 : 1,
      (epochs) => epochs,
    ),
    redistribute: entry.redistribute ?? 'never',
  };
}

function toPerSource<T extends Amount>(
  entry: PerSourceEntry<T> | undefined,
  otherwise: number,
  read: (entry: T) => number,
): PerSource {
  if (entry === undefined) return { otherwise, of: new Map() };
  if (typeof entry !== 'object') return { otherwise: read(entry as T), of: new Map() };
  return {
    otherwise,
    of: new Map(Object.entries(entry).map(([name, value]) => [name, read(value as T)])),
  };
}

function toShares(shares: Readonly<Record<string, Amount>>): ReadonlyMap<string, number> {
  const parsed = Object.entries(shares).map(([name, share]) => [name, exact(parseShare(share))] as const);
  const sum = parsed.reduce((total, [, share]) => total + share, 0);
  return new Map(parsed.map(([name, share]) => [name, share / sum]));
}

function toCells(entries: readonly CellEntry[]): CellSpec[] {
  const shares = entries.map(({ share }) => exact(parseShare(share)));
  const sum = shares.reduce((total, share) => total + share, 0);
  return entries.map(({ source, from, to, method, max_epochs, pack_length }, i) => ({
    source,
    from: exact(parseLength(from)),
    to: to === undefined ? null : exact(parseLength(to)),
    share: shares[i]! / sum,
    method: method ?? null,
    maxEpochs: max_epochs ?? null,
    packLength: pack_length === undefined ? null : exact(parseLength(pack_length)),
  }));
}

function toLengthRule(entry: LengthEntry): LengthRule {
  const { scope, long_share, keep_short, except = [] } = entry;
  const threshold = exact(parseLength(entry.threshold));
  const where = { threshold, scope, ...(except.length === 0 ? {} : { except }) };
  if (long_share !== undefined) {
    return { ...where, rule: { kind: 'long_share', share: exact(parseShare(long_share)) } };
  }
  if (keep_short !== undefined) {
    return { ...where, rule: { kind: 'keep_short', rate: exact(parseShare(keep_short)) } };
  }
  return { ...where, rule: { kind: 'remove_long' } };
}

export function toSequences(entry: SequencesEntry): SequenceSpec {
  const { plus_one, pack_length, ...given } = { ...defaultSequences, ...defined(entry) };
  const length = exact(parseLength(given.length));
  return {
    length,
    packing: given.packing,
    overlong: given.overlong,
    tails: given.tails,
    bos: given.bos,
    eos: given.eos,
    plusOne: plus_one,
    packLength: pack_length === undefined ? null : exact(parseLength(pack_length)),
    decompose: given.packing === 'decompose' ? toDecompose(given.decompose, length) : null,
    ...(given.intent === undefined ? {} : { intent: given.intent }),
  };
}

function toDecompose(entry: DecomposeEntry | undefined, length: number): DecomposeSpec {
  const { smallest, odds, cycles } = entry ?? { odds: 'uniform', cycles: 1 };
  const least = smallest === undefined ? smallestPiece(length) : exact(parseLength(smallest));
  const lengths = Math.log2(length / least) + 1;
  return { smallest: least, odds: oddsOf(odds, lengths), cycles };
}

/** Odds by the schedules of Dataset Decomposition (Pouransari et al. 2024, arXiv 2405.13226, table 3). */
export function oddsOf(odds: string | readonly number[], lengths: number): readonly number[] {
  if (typeof odds !== 'string') return odds;
  return Array.from({ length: lengths }, (_, i) => {
    if (odds === 'grow-linear') return lengths - i;
    return odds === 'grow-p2' ? 2 ** (lengths - 1 - i) : 1;
  });
}

function defined(entry: SequencesEntry): { [K in keyof SequencesEntry]: NonNullable<SequencesEntry[K]> } {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined)) as never;
}
