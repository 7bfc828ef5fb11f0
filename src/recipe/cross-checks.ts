/**
 * Rules that concern several keys. Each reads only the keys that it is about and passes over ill-formed ones (the schema
 * tells those), so that one run lists everything that is wrong in a recipe.
 */

import { didYouMean, nearest } from './nearest.ts';
import type { Path, Problem, YamlFile } from './parse-yaml.ts';
import { shareTolerance } from './schema.ts';
import { parseShare, parseTokens } from './units.ts';

export function crossProblems(yaml: YamlFile): Problem[] {
  return checks.flatMap((check) => check(yaml));
}

type Check = (yaml: YamlFile) => Problem[];

const checks: readonly Check[] = [
  noSources,
  oneStandardInput,
  separatorNeedsJoin,
  shareNames,
  shareSum,
  oneLengthRule,
  oneMethod,
  tailsNeedConcat,
  roomForText,
];

function noSources(yaml: YamlFile): Problem[] {
  const empty = isRecord(valueIn(yaml, ['sources'])) && yaml.keysOf(['sources']).length === 0;
  return empty
    ? [{ offset: yaml.valueAt(['sources']), message: 'sources: found none; expected at least one' }]
    : [];
}

function oneStandardInput(yaml: YamlFile): Problem[] {
  const piped = yaml.keysOf(['sources']).filter((name) => pathOf(yaml, name) === '-');
  return piped.slice(1).map((name) => ({
    offset: yaml.valueAt(['sources', name]),
    message: `sources.${name}: standard input can be read once, and is already the source \`${piped[0]}\``,
  }));
}

function separatorNeedsJoin(yaml: YamlFile): Problem[] {
  return yaml.keysOf(['sources']).flatMap((name) => {
    const at = ['sources', name, 'separator'];
    const join = valueIn(yaml, ['sources', name, 'join']) ?? 'file';
    if (join !== 'file' || valueIn(yaml, at) === undefined) return [];
    return [
      {
        offset: yaml.keyAt(at),
        message: `${at.join('.')}: only joined files have one; add \`join: directory\``,
      },
    ];
  });
}

function shareNames(yaml: YamlFile): Problem[] {
  const names = yaml.keysOf(['sources']);
  // A column that names sources is only known from the data: then `mix/` checks the names.
  const open = names.some((name) => valueIn(yaml, ['sources', name, 'source']) !== undefined);
  if (open || names.length === 0) return [];
  const unknown = yaml.keysOf(['mix', 'shares']).filter((name) => !names.includes(name));
  return unknown.map((name) => ({
    offset: yaml.keyAt(['mix', 'shares', name]),
    message: `mix.shares: no source is named \`${name}\`${didYouMean(nearest(name, names))} (sources: ${names.join(', ')})`,
  }));
}

function shareSum(yaml: YamlFile): Problem[] {
  const at = ['mix', 'shares'];
  if (!isRecord(valueIn(yaml, at))) return [];
  const shares = yaml.keysOf(at).map((name) => {
    const value = valueIn(yaml, [...at, name]);
    const parsed = typeof value === 'string' || typeof value === 'number' ? parseShare(value) : null;
    return parsed !== null && 'value' in parsed ? parsed.value : Number.NaN;
  });
  const sum = shares.reduce((total, value) => total + value, 0);
  if (Number.isNaN(sum) || Math.abs(sum - 1) <= shareTolerance) return [];
  const percent = Number((sum * 100).toFixed(4));
  return [{ offset: yaml.valueAt(at), message: `mix.shares: the shares sum to ${percent}%; expected 100%` }];
}

function oneLengthRule(yaml: YamlFile): Problem[] {
  const at = ['mix', 'length'];
  if (!isRecord(valueIn(yaml, at))) return [];
  const given = yaml.keysOf(at).filter((key) => ['long_share', 'keep_short', 'remove'].includes(key));
  if (given.length === 0) {
    const message = 'mix.length: expected one of long_share, keep_short, remove: found none';
    return [{ offset: yaml.valueAt(at), message }];
  }
  return given.slice(1).map((key) => ({
    offset: yaml.keyAt([...at, key]),
    message: `mix.length.${key}: expected only one of long_share, keep_short, remove: \`${given[0]}\` is given too`,
  }));
}

function oneMethod(yaml: YamlFile): Problem[] {
  const inner = ['mix', 'length', 'method'];
  if (valueIn(yaml, inner) === undefined || valueIn(yaml, ['mix', 'method']) === undefined) return [];
  return [
    { offset: yaml.keyAt(inner), message: 'mix.length.method: mix.method is given too; leave one out' },
  ];
}

function tailsNeedConcat(yaml: YamlFile): Problem[] {
  const at = ['sequences', 'tails'];
  const packing = valueIn(yaml, ['sequences', 'packing']) ?? 'best-fit';
  if (valueIn(yaml, at) === undefined || packing === 'concat') return [];
  return [
    {
      offset: yaml.keyAt(at),
      message: `sequences.tails: only packing concat has tails, and packing is ${packing}`,
    },
  ];
}

function roomForText(yaml: YamlFile): Problem[] {
  const at = ['sequences', 'length'];
  const both = valueIn(yaml, ['sequences', 'bos']) === true && valueIn(yaml, ['sequences', 'eos']) !== false;
  const length = valueIn(yaml, at);
  const parsed = typeof length === 'string' || typeof length === 'number' ? parseTokens(length) : null;
  if (!both || parsed === null || !('value' in parsed) || parsed.value !== 2) return [];
  return [
    {
      offset: yaml.valueAt(at),
      message: 'sequences.length: bos and eos leave no room for text; expected 3 or more',
    },
  ];
}

function pathOf(yaml: YamlFile, name: string): unknown {
  const entry = valueIn(yaml, ['sources', name]);
  return isRecord(entry) ? valueIn(yaml, ['sources', name, 'path']) : entry;
}

/** The value at a path of keys; undefined where there is none. */
function valueIn(yaml: YamlFile, path: Path): unknown {
  let value = yaml.value;
  for (const key of path) {
    if (!isRecord(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[String(key)];
  }
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
