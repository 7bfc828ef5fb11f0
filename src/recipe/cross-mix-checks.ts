/** Rules about several keys of `mix`, `documents` and `phases`. */

import type { Check } from './cross-checks.ts';
import { isPercentage } from './fields.ts';
import { didYouMean, nearest } from './nearest.ts';
import type { Path, Problem, YamlFile } from './parse-yaml.ts';
import { shareTolerance } from './schema-mix.ts';
import { parseShare } from './units.ts';
import { amountIn, inherited, isRecord, scopes, valueIn } from './yaml-values.ts';

const inEachMix =
  (check: (yaml: YamlFile, mix: Path) => Problem[]): Check =>
  (yaml) =>
    scopes(yaml).flatMap((scope) => check(yaml, [...scope, 'mix']));

export const crossMixChecks: readonly Check[] = [
  inEachMix(sourceNames),
  inEachMix(shareSum),
  inEachMix(oneLengthRule),
  inEachMix(oneMethod),
  inEachMix(cellsAlone),
  inEachMix(cellRanges),
  boundsOfDocuments,
  phaseTokens,
];

/** Every place that names a source; a column that names sources is only known from the data: then `mix/` checks. */
function sourceNames(yaml: YamlFile, mix: Path): Problem[] {
  const names = yaml.keysOf(['sources']);
  const open = names.some((name) => valueIn(yaml, ['sources', name, 'source']) !== undefined);
  if (open || names.length === 0) return [];
  const maps = [
    [...mix, 'shares'],
    [...mix, 'max_epochs'],
  ];
  if (mix.length === 1) maps.push(['documents', 'min_tokens'], ['documents', 'max_tokens']);
  const keys = maps.flatMap((at) =>
    yaml.keysOf(at).map((name) => ({ name, at, offset: yaml.keyAt([...at, name]) })),
  );
  const cells = cellsOf(yaml, mix).flatMap((at) => {
    const name = valueIn(yaml, [...at, 'source']);
    return typeof name === 'string' ? [{ name, at, offset: yaml.valueAt([...at, 'source']) }] : [];
  });
  return [...keys, ...cells]
    .filter(({ name }) => !names.includes(name))
    .map(({ name, at, offset }) => ({
      offset,
      message: `${at.join('.')}: no source is named \`${name}\`${didYouMean(nearest(name, names))} (sources: ${names.join(', ')})`,
    }));
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
  return [
    {
      offset: yaml.valueAt(whole),
      message: `${whole.join('.')}: the shares sum to ${percent}%; expected 100%`,
    },
  ];
}

function oneLengthRule(yaml: YamlFile, mix: Path): Problem[] {
  const at = [...mix, 'length'];
  const name = at.join('.');
  if (!isRecord(valueIn(yaml, at))) return [];
  const given = yaml.keysOf(at).filter((key) => ['long_share', 'keep_short', 'remove'].includes(key));
  if (given.length === 0) {
    const message = `${name}: expected one of long_share, keep_short, remove: found none`;
    return [{ offset: yaml.valueAt(at), message }];
  }
  return given.slice(1).map((key) => ({
    offset: yaml.keyAt([...at, key]),
    message: `${name}.${key}: expected only one of long_share, keep_short, remove: \`${given[0]}\` is given too`,
  }));
}

function oneMethod(yaml: YamlFile, mix: Path): Problem[] {
  const inner = [...mix, 'length', 'method'];
  if (valueIn(yaml, inner) === undefined || valueIn(yaml, [...mix, 'method']) === undefined) return [];
  const name = mix.join('.');
  return [
    {
      offset: yaml.keyAt(inner),
      message: `${name}.length.method: ${name}.method is given too; leave one out`,
    },
  ];
}

function cellsAlone(yaml: YamlFile, mix: Path): Problem[] {
  if (valueIn(yaml, [...mix, 'cells']) === undefined) return [];
  return ['shares', 'length']
    .filter((key) => valueIn(yaml, [...mix, key]) !== undefined)
    .map((key) => ({
      offset: yaml.keyAt([...mix, key]),
      message: `${mix.join('.')}.${key}: \`cells\` says the share of every cell; leave one of the two out`,
    }));
}

/** Ranges that hold something and don't overlap, and inner rows that fill a row. */
function cellRanges(yaml: YamlFile, mix: Path): Problem[] {
  const problems: Problem[] = [];
  const seen: { source: unknown; from: number; to: number; at: Path }[] = [];
  for (const at of cellsOf(yaml, mix)) {
    const source = valueIn(yaml, [...at, 'source']);
    const from = valueIn(yaml, [...at, 'from']) === undefined ? 0 : amountIn(yaml, [...at, 'from']);
    const to =
      valueIn(yaml, [...at, 'to']) === undefined ? Number.POSITIVE_INFINITY : amountIn(yaml, [...at, 'to']);
    if (from >= to) {
      problems.push({
        offset: yaml.valueAt([...at, 'to']),
        message: `${at.join('.')}.to: expected more than from (${from}); the cell would be empty`,
      });
    }
    const other = seen.find((cell) => cell.source === source && cell.from < to && from < cell.to);
    if (other !== undefined) {
      problems.push({
        offset: yaml.valueAt(at),
        message: `${at.join('.')}: overlaps ${other.at.join('.')}, which is of the same source; expected ranges apart`,
      });
    }
    seen.push({ source, from, to, at });
  }
  return problems;
}

function boundsOfDocuments(yaml: YamlFile): Problem[] {
  const least = ['documents', 'min_tokens'];
  const most = ['documents', 'max_tokens'];
  if (!(amountIn(yaml, least) > amountIn(yaml, most))) return [];
  return [
    {
      offset: yaml.valueAt(most),
      message: 'documents.max_tokens: expected at least min_tokens; no document would be left',
    },
  ];
}

/** All phases in shares that sum to 100%, or all in tokens. */
function phaseTokens(yaml: YamlFile): Problem[] {
  const phases = ['phases'];
  if (!isRecord(valueIn(yaml, phases))) return [];
  const names = yaml.keysOf(phases);
  if (names.length === 0) {
    return [
      { offset: yaml.valueAt(phases), message: 'phases: found none; expected at least one, or no `phases`' },
    ];
  }
  const all = names.map((name) => ['phases', name, 'tokens']);
  const inShares = all.filter((at) => {
    const value = valueIn(yaml, at);
    return typeof value === 'string' && isPercentage(value);
  });
  if (inShares.length === all.length) return sumsToWhole(yaml, phases, all);
  if (inShares.length > 0) {
    return [
      {
        offset: yaml.valueAt(inShares[0]!),
        message: `${inShares[0]!.join('.')}: expected all phases in shares, or all in tokens`,
      },
    ];
  }
  if (valueIn(yaml, ['mix', 'tokens']) === undefined) return [];
  const message = 'mix.tokens: the phases say their tokens; leave it out, or give the phases as shares of it';
  return [{ offset: yaml.keyAt(['mix', 'tokens']), message }];
}

function cellsOf(yaml: YamlFile, mix: Path): Path[] {
  const cells = valueIn(yaml, [...mix, 'cells']);
  return Array.isArray(cells) ? cells.map((_, i) => [...mix, 'cells', i]) : [];
}

/** The cells that hold in a scope, for checks against its rows. */
export function cellsIn(yaml: YamlFile, scope: Path): Path[] {
  return cellsOf(yaml, inherited(yaml, scope, 'mix', 'cells').slice(0, -1));
}
