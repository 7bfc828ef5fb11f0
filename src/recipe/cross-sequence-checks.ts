/** Rules about several keys of `sequences`, in the recipe and in each phase, where a key may come from the recipe. */

import type { Check } from './cross-checks.ts';
import { cellsIn } from './cross-mix-checks.ts';
import type { Path, Problem, YamlFile } from './parse-yaml.ts';
import { defaultSequences } from './schema-sequences.ts';
import { amountIn, inherited, scopes, valueIn } from './yaml-values.ts';

interface Rows {
  readonly at: (key: string) => Path;
  /** As written; the default where nothing is. */
  readonly value: (key: keyof typeof defaultSequences | 'decompose' | 'pack_length') => unknown;
  readonly length: number;
  readonly cells: readonly Path[];
}

const inEachScope =
  (check: (yaml: YamlFile, rows: Rows) => Problem[]): Check =>
  (yaml) => {
    const problems = scopes(yaml).flatMap((scope) => check(yaml, rowsOf(yaml, scope)));
    // What the recipe says wrong would be said again by each phase that takes it over.
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
  const value: Rows['value'] = (key) =>
    valueIn(yaml, at(key)) ??
    (Object.hasOwn(defaultSequences, key) ? defaultSequences[key as 'length'] : undefined);
  const written = valueIn(yaml, at('length')) !== undefined;
  return {
    at,
    value,
    length: written ? amountIn(yaml, at('length')) : defaultSequences.length,
    cells: cellsIn(yaml, scope),
  };
}

function tailsNeedConcat(yaml: YamlFile, rows: Rows): Problem[] {
  const at = rows.at('tails');
  if (valueIn(yaml, at) === undefined || rows.value('packing') === 'concat') return [];
  return [
    {
      offset: yaml.keyAt(at),
      message: `${at.join('.')}: only packing concat has tails, and packing is ${rows.value('packing')}`,
    },
  ];
}

function roomForText(yaml: YamlFile, rows: Rows): Problem[] {
  if (rows.value('bos') !== true || rows.value('eos') === false || rows.length !== 2) return [];
  const at = rows.at('length');
  return [
    {
      offset: yaml.valueAt(at),
      message: `${at.join('.')}: bos and eos leave no room for text; expected 3 or more`,
    },
  ];
}

/** Inner rows fill the row, and what is longer than one is cut. */
function packLengths(yaml: YamlFile, rows: Rows): Problem[] {
  const inner = [rows.at('pack_length'), ...rows.cells.map((cell) => [...cell, 'pack_length'])];
  return inner
    .filter((at) => valueIn(yaml, at) !== undefined)
    .flatMap((at) => {
      const say = (message: string) => [{ offset: yaml.valueAt(at), message: `${at.join('.')}: ${message}` }];
      const packing = rows.value('packing');
      if (packing !== 'best-fit' && packing !== 'concat') return say(`packing ${packing} has no inner rows`);
      if (rows.value('overlong') !== 'fragment') return say('needs overlong: fragment');
      if (rows.value('plus_one') === true) return say('rows put end to end leave no room for plus_one');
      const length = amountIn(yaml, at);
      if (!(rows.length % length !== 0)) return [];
      return say(`expected a divisor of sequences.length (${rows.length})`);
    });
}

function decomposition(yaml: YamlFile, rows: Rows): Problem[] {
  const packing = rows.value('packing');
  const at = rows.at('decompose');
  const given = valueIn(yaml, at) !== undefined;
  if (packing !== 'decompose') {
    return given ? [{ offset: yaml.keyAt(at), message: `${at.join('.')}: packing is ${packing}` }] : [];
  }
  const { length } = rows;
  const say = (path: Path, message: string) => [
    { offset: yaml.valueAt(path), message: `${path.join('.')}: ${message}` },
  ];
  if (!isPowerOfTwo(length)) return say(rows.at('length'), 'packing decompose needs a power of two');
  if (rows.value('overlong') !== 'fragment')
    return say(rows.at('overlong'), 'packing decompose cuts: expected fragment');
  if (rows.value('plus_one') === true)
    return say(rows.at('plus_one'), 'packing decompose has rows of powers of two');
  const smallest =
    valueIn(yaml, [...at, 'smallest']) === undefined ? 256 : amountIn(yaml, [...at, 'smallest']);
  if (!isPowerOfTwo(smallest) || smallest > length) {
    return given ? say([...at, 'smallest'], `expected a power of two, at most the length (${length})`) : [];
  }
  const odds = valueIn(yaml, [...at, 'odds']);
  const lengths = Math.log2(length / smallest) + 1;
  if (!Array.isArray(odds) || odds.length === lengths) return [];
  return say(
    [...at, 'odds'],
    `found ${odds.length}; expected ${lengths}, one a length from ${smallest} to ${length}`,
  );
}

function steps(yaml: YamlFile, rows: Rows): Problem[] {
  const at = ['tokens_per_step'];
  if (!(amountIn(yaml, at) % rows.length > 0)) return [];
  return [
    {
      offset: yaml.valueAt(at),
      message: `tokens_per_step: expected a multiple of ${rows.length}, the length of a row`,
    },
  ];
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(Math.log2(value));
}
