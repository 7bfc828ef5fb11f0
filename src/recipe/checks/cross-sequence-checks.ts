/** Rules about several keys of `sequences`, in the recipe and in each phase. A phase inherits keys from the recipe. */

import { packingsOfInnerRows } from '../../nouns/recipe.ts';
import { defaultSequences, smallestPiece } from '../schema/schema-sequences.ts';
import type { Path, Problem, YamlFile } from '../yaml/parse-yaml.ts';
import { amountIn, dotted, inherited, scopes, valueIn, wrongKey, wrongValue } from '../yaml/yaml-values.ts';
import type { Check } from './check.ts';
import { cellsIn } from './cross-mix-checks.ts';

interface Rows {
  readonly scope: Path;
  /** Path of a key that applies in this scope. */
  readonly at: (key: string) => Path;
  /** The value as written, or the default. */
  readonly value: (key: string) => unknown;
  /** Length of a row; NaN: it is ill-formed. */
  readonly length: number;
  readonly cells: readonly Path[];
}

const inEachScope =
  (check: (yaml: YamlFile, rows: Rows) => Problem[]): Check =>
  (yaml) => {
    const problems = scopes(yaml).flatMap((scope) => check(yaml, rowsOf(yaml, scope)));
    // Each phase that inherits a wrong key from the recipe finds the same problem. Report it once.
    const seen = new Set<string>();
    return problems.filter(({ offset, message }) => {
      const key = `${offset} ${message}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
  };

export const crossSequenceChecks: readonly Check[] = [
  inEachScope(tailsNeedConcat),
  inEachScope(roomForText),
  inEachScope(packLengths),
  inEachScope(decomposition),
  inEachScope(steps),
];

function rowsOf(yaml: YamlFile, scope: Path): Rows {
  const at = (key: string): Path => inherited(yaml, scope, 'sequences', key);
  const defaults: Readonly<Record<string, unknown>> = defaultSequences;
  const value = (key: string): unknown => valueIn(yaml, at(key)) ?? defaults[key];
  const written = valueIn(yaml, at('length')) !== undefined;
  return {
    scope,
    at,
    value,
    length: written ? amountIn(yaml, at('length')) : scope.length === 0 ? longestPhase(yaml) : standard,
    cells: cellsIn(yaml, scope),
  };
}

const standard = defaultSequences.length;

/** Length of the rows of validation, if the recipe itself gives no length. */
function longestPhase(yaml: YamlFile): number {
  const lengths = yaml.keysOf(['phases']).map((name) => {
    const at = ['phases', name, 'sequences', 'length'];
    return valueIn(yaml, at) === undefined ? standard : amountIn(yaml, at);
  });
  return lengths.length === 0 ? standard : Math.max(...lengths);
}

/** Checks only the phase's own `tails`: an inherited one that has no meaning for the phase's packing is ignored. */
function tailsNeedConcat(yaml: YamlFile, rows: Rows): Problem[] {
  const at = [...rows.scope, 'sequences', 'tails'];
  if (valueIn(yaml, at) === undefined || rows.value('packing') === 'concat') return [];
  return [wrongKey(yaml, at, `only packing concat has tails, and packing is ${rows.value('packing')}`)];
}

function roomForText(yaml: YamlFile, rows: Rows): Problem[] {
  if (rows.value('bos') !== true || rows.value('eos') === false || rows.length !== 2) return [];
  return [wrongValue(yaml, rows.at('length'), 'bos and eos leave no room for text; expected 3 or more')];
}

/** Checks pack_length: inner rows must fill the row exactly, and documents longer than an inner row are cut. */
function packLengths(yaml: YamlFile, rows: Rows): Problem[] {
  const packing = rows.value('packing');
  const wrong = (length: number): string | null => {
    if (!packingsOfInnerRows.some((one) => one === packing)) {
      return `${dotted(rows.at('packing'))} is ${packing}, which has no inner rows`;
    }
    if (rows.value('overlong') !== 'fragment') {
      return `cuts what is longer; expected ${dotted(rows.at('overlong'))}: fragment`;
    }
    if (rows.value('plus_one') === true) {
      return `rows put end to end leave no room for ${dotted(rows.at('plus_one'))}`;
    }
    if (!(rows.length % length > 0)) return null;
    return `expected a divisor of ${dotted(rows.at('length'))} (${rows.length})`;
  };
  return [rows.at('pack_length'), ...rows.cells.map((cell) => [...cell, 'pack_length'])]
    .filter((at) => valueIn(yaml, at) !== undefined)
    .map((at) => ({ at, message: wrong(amountIn(yaml, at)) }))
    .flatMap(({ at, message }) => (message === null ? [] : [wrongValue(yaml, at, message)]));
}

function decomposition(yaml: YamlFile, rows: Rows): Problem[] {
  const packing = rows.value('packing');
  if (packing !== 'decompose') {
    const own = [...rows.scope, 'sequences', 'decompose'];
    if (valueIn(yaml, own) === undefined) return [];
    return [wrongKey(yaml, own, `only packing decompose has it, and packing is ${packing}`)];
  }
  const at = rows.at('decompose');
  const { length } = rows;
  if (length > 0 && !isPowerOfTwo(length)) {
    return [wrongValue(yaml, rows.at('length'), 'packing decompose needs a power of two')];
  }
  if (rows.value('overlong') !== 'fragment') {
    return [wrongValue(yaml, rows.at('overlong'), 'packing decompose cuts documents; expected fragment')];
  }
  if (rows.value('plus_one') === true) {
    return [
      wrongValue(yaml, rows.at('plus_one'), 'packing decompose has rows of powers of two; expected false'),
    ];
  }
  const smallestAt = [...at, 'smallest'];
  const written = valueIn(yaml, smallestAt) !== undefined;
  const smallest = written ? amountIn(yaml, smallestAt) : smallestPiece(length);
  if (smallest > length || (smallest > 0 && !isPowerOfTwo(smallest))) {
    return [wrongValue(yaml, smallestAt, `expected a power of two, at most the length (${length})`)];
  }
  const odds = valueIn(yaml, [...at, 'odds']);
  const lengths = Math.log2(length / smallest) + 1;
  if (!Array.isArray(odds) || Number.isNaN(lengths) || odds.length === lengths) return [];
  const message = `found ${odds.length}; expected ${lengths}, one a length from ${smallest} to ${length}`;
  return [wrongValue(yaml, [...at, 'odds'], message)];
}

function steps(yaml: YamlFile, rows: Rows): Problem[] {
  const at = ['tokens_per_step'];
  const trains = rows.scope.length > 0 || yaml.keysOf(['phases']).length === 0;
  if (!trains || !(amountIn(yaml, at) % rows.length > 0)) return [];
  return [wrongValue(yaml, at, `expected a multiple of ${dotted(rows.at('length'))} (${rows.length})`)];
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(Math.log2(value));
}
