/** Rules about several keys of `mix`, `documents` and `phases`. */

import { didYouMean, nearest } from '../../base/nearest.ts';
import { isPercentage } from '../schema/fields.ts';
import { displacedBy, shareTolerance } from '../schema/schema-mix.ts';
import { parseShare } from '../units.ts';
import type { Path, Problem, YamlFile } from '../yaml/parse-yaml.ts';
import {
  amountIn,
  dotted,
  inherited,
  isRecord,
  scopes,
  valueIn,
  wrongKey,
  wrongValue,
} from '../yaml/yaml-values.ts';
import type { Check } from './check.ts';

const inEachMix =
  (check: (yaml: YamlFile, mix: Path) => Problem[]): Check =>
  (yaml) =>
    scopes(yaml).flatMap((scope) => check(yaml, [...scope, 'mix']));

export const crossMixChecks: readonly Check[] = [
  sourceNames,
  inEachMix(shareSum),
  inEachMix(oneLengthRule),
  inEachMix(oneMethod),
  inEachMix(cellsAlone),
  inEachMix(cellRanges),
  boundsOfDocuments,
  phaseTokens,
];

/**
 * Checks every place that names a source. If a column names the sources, they are known only from the data, and `mix/`
 * checks them.
 */
function sourceNames(yaml: YamlFile): Problem[] {
  const names = yaml.keysOf(['sources']);
  const open = names.some((name) => valueIn(yaml, ['sources', name, 'source']) !== undefined);
  if (open || names.length === 0) return [];
  const mixes = scopes(yaml).map((scope): Path => [...scope, 'mix']);
  const maps: Path[] = [
    ['documents', 'min_tokens'],
    ['documents', 'max_tokens'],
    ...mixes.flatMap((mix) => [
      [...mix, 'shares'],
      [...mix, 'max_epochs'],
    ]),
  ];
  const keys = maps.flatMap((at) =>
    yaml.keysOf(at).map((name) => ({ name, at, offset: yaml.keyAt([...at, name]) })),
  );
  const cells = mixes
    .flatMap((mix) => cellsOf(yaml, mix))
    .map((cell) => [...cell, 'source'])
    .map((at) => ({ name: valueIn(yaml, at), at, offset: yaml.valueAt(at) }));
  const excepted = mixes.flatMap((mix) => {
    const at = [...mix, 'length', 'except'];
    const list = valueIn(yaml, at);
    return Array.isArray(list)
      ? list.map((name: unknown, i) => ({ name, at, offset: yaml.valueAt([...at, i]) }))
      : [];
  });
  return [...keys, ...cells, ...excepted].flatMap(({ name, at, offset }) => {
    if (typeof name !== 'string' || names.includes(name)) return [];
    const hint = `${didYouMean(nearest(name, names))} (sources: ${names.join(', ')})`;
    return [{ offset, message: `${dotted(at)}: no source is named \`${name}\`${hint}` }];
  });
}

function shareSum(yaml: YamlFile, mix: Path): Problem[] {
  const shares = [...mix, 'shares'];
  const bySource = yaml.keysOf(shares).map((name) => [...shares, name]);
  const byCell = cellsOf(yaml, mix).map((at) => [...at, 'share']);
  return [
    ...(isRecord(valueIn(yaml, shares)) ? sumsToWhole(yaml, shares, bySource) : []),
    ...(byCell.length > 0 ? sumsToWhole(yaml, [...mix, 'cells'], byCell) : []),
  ];
}

function sumsToWhole(yaml: YamlFile, whole: Path, parts: readonly Path[]): Problem[] {
  const sum = parts.reduce((total, at) => total + amountIn(yaml, at, parseShare), 0);
  if (Number.isNaN(sum) || Math.abs(sum - 1) <= shareTolerance) return [];
  const percent = Number((sum * 100).toFixed(4));
  return [wrongValue(yaml, whole, `the shares sum to ${percent}%; expected 100%`)];
}

const lengthRules: readonly string[] = ['long_share', 'keep_short', 'remove'];

function oneLengthRule(yaml: YamlFile, mix: Path): Problem[] {
  const at = [...mix, 'length'];
  if (!isRecord(valueIn(yaml, at))) return [];
  const given = yaml.keysOf(at).filter((key) => lengthRules.includes(key));
  if (given.length === 0)
    return [wrongValue(yaml, at, `expected one of ${lengthRules.join(', ')}: found none`)];
  return given.slice(1).map((key) => {
    const message = `expected only one of ${lengthRules.join(', ')}: \`${given[0]}\` is given too`;
    return wrongKey(yaml, [...at, key], message);
  });
}

/** Refuses a `length.method` that differs from the `mix.method` that applies: it would have no effect. */
function oneMethod(yaml: YamlFile, mix: Path): Problem[] {
  const inner = [...mix, 'length', 'method'];
  const outer = inherited(yaml, mix.slice(0, -1), 'mix', 'method');
  const [own, other] = [valueIn(yaml, inner), valueIn(yaml, outer)];
  if (own === undefined || other === undefined || own === other) return [];
  return [
    wrongKey(yaml, inner, `${outer.join('.')} is also given, with another value; remove one of the two`),
  ];
}

function cellsAlone(yaml: YamlFile, mix: Path): Problem[] {
  if (valueIn(yaml, [...mix, 'cells']) === undefined) return [];
  return ['shares', 'length']
    .map((key) => [...mix, key])
    .filter((at) => valueIn(yaml, at) !== undefined)
    .map((at) => wrongKey(yaml, at, '`cells` already gives the share of every cell; remove one of the two'));
}

/** Checks that the ranges of cells are not empty and don't overlap. */
function cellRanges(yaml: YamlFile, mix: Path): Problem[] {
  const problems: Problem[] = [];
  const seen: { source: unknown; from: number; to: number; at: Path }[] = [];
  const bound = (at: Path, otherwise: number): number =>
    valueIn(yaml, at) === undefined ? otherwise : amountIn(yaml, at);
  for (const at of cellsOf(yaml, mix)) {
    const source = valueIn(yaml, [...at, 'source']);
    const from = bound([...at, 'from'], 0);
    const to = bound([...at, 'to'], Number.POSITIVE_INFINITY);
    if (from >= to) {
      problems.push(
        wrongValue(yaml, [...at, 'to'], `expected more than from, which is ${from}; the cell would be empty`),
      );
      continue;
    }
    const other = seen.find((cell) => cell.source === source && cell.from < to && from < cell.to);
    if (other !== undefined) {
      const message = `overlaps ${dotted(other.at)}, which has the same source; expected ranges that do not overlap`;
      problems.push(wrongValue(yaml, at, message));
    }
    seen.push({ source, from, to, at });
  }
  return problems;
}

/** Checks min_tokens against max_tokens, even if one of them is for a single source and the other for all sources. */
function boundsOfDocuments(yaml: YamlFile): Problem[] {
  const least: Path = ['documents', 'min_tokens'];
  const most: Path = ['documents', 'max_tokens'];
  const ofSource = (at: Path, name: string): Path => (isRecord(valueIn(yaml, at)) ? [...at, name] : at);
  const named = [...new Set([...yaml.keysOf(least), ...yaml.keysOf(most)])];
  const pairs = named.map((name): [Path, Path] => [ofSource(least, name), ofSource(most, name)]);
  if (pairs.length === 0) pairs.push([least, most]);
  return pairs
    .filter(([from, to]) => amountIn(yaml, from) > amountIn(yaml, to))
    .map(([from, to]) => {
      const message = `expected at least ${dotted(from)} (${amountIn(yaml, from)}); no document would be left`;
      return wrongValue(yaml, to, message);
    });
}

/** Checks that all phases are given as shares that sum to 100%, or all in tokens. */
function phaseTokens(yaml: YamlFile): Problem[] {
  const phases = ['phases'];
  if (!isRecord(valueIn(yaml, phases))) return [];
  const all = yaml.keysOf(phases).map((name) => ['phases', name, 'tokens']);
  if (all.length === 0)
    return [wrongValue(yaml, phases, 'found none; expected at least one, or no `phases`')];
  const written = all.map((at) => valueIn(yaml, at));
  if (written.includes(undefined)) return [];
  const inShares = all.filter((_, i) => isPercentage(String(written[i])));
  if (inShares.length === all.length) return sumsToWhole(yaml, phases, all);
  if (inShares.length > 0) {
    return [wrongValue(yaml, inShares[0]!, 'expected all phases in shares, or all in tokens')];
  }
  if (valueIn(yaml, ['mix', 'tokens']) === undefined) return [];
  const message = 'the phases give their own tokens; remove it, or give the phases as shares of it';
  return [wrongKey(yaml, ['mix', 'tokens'], message)];
}

function cellsOf(yaml: YamlFile, mix: Path): Path[] {
  const cells = valueIn(yaml, [...mix, 'cells']);
  return Array.isArray(cells) ? cells.map((_, i) => [...mix, 'cells', i]) : [];
}

/** Cells that apply in a scope, for checks against its rows. A phase with shares or a length rule has no cells. */
export function cellsIn(yaml: YamlFile, scope: Path): Path[] {
  const gone = displacedBy((key) => valueIn(yaml, [...scope, 'mix', key]) !== undefined);
  return gone.includes('cells') ? [] : cellsOf(yaml, inherited(yaml, scope, 'mix', 'cells').slice(0, -1));
}
