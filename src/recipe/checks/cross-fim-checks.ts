/** Rules about fill in the middle: which rows can hold such documents, and which keys decide the same. */
import { defaultSequences } from '../schema/schema-sequences.ts';
import type { Path, Problem, YamlFile } from '../yaml/parse-yaml.ts';
import { inherited, scopes, valueIn, wrongKey } from '../yaml/yaml-values.ts';
import type { Check } from './check.ts';

export const crossFimChecks: readonly Check[] = [oneOrder, wholeInRows, ownSource];

/** Packings that never cut a document that fits in a row. */
const whole: readonly unknown[] = ['best-fit', 'pad'];

function fimsOf(yaml: YamlFile): Path[] {
  return yaml
    .keysOf(['sources'])
    .map((name): Path => ['sources', name, 'fim'])
    .filter((at) => valueIn(yaml, at) !== undefined);
}

function oneOrder(yaml: YamlFile): Problem[] {
  return fimsOf(yaml).flatMap((at) =>
    valueIn(yaml, [...at, 'mode']) === undefined || valueIn(yaml, [...at, 'spm_share']) === undefined
      ? []
      : [
          wrongKey(
            yaml,
            [...at, 'mode'],
            '`spm_share` says how many documents have each order; remove one of the two',
          ),
        ],
  );
}

function wholeInRows(yaml: YamlFile): Problem[] {
  const [first] = fimsOf(yaml);
  if (first === undefined) return [];
  const cutting = scopes(yaml)
    .map((scope) => valueIn(yaml, inherited(yaml, scope, 'sequences', 'packing')) ?? defaultSequences.packing)
    .find((packing) => !whole.includes(packing));
  if (cutting === undefined) return [];
  return [
    wrongKey(
      yaml,
      first,
      cutting === 'groups'
        ? 'packing: groups keeps documents of a group together as they are; use packing: best-fit or pad'
        : `packing: ${String(cutting)} cuts documents, and such a document must lie in one row; use packing: best-fit or pad`,
    ),
  ];
}

/** Which documents a source has is known by its name. */
function ownSource(yaml: YamlFile): Problem[] {
  return fimsOf(yaml).flatMap((at) =>
    valueIn(yaml, [...at.slice(0, -1), 'source']) === undefined
      ? []
      : [wrongKey(yaml, at, 'not for a source whose documents a column deals to other sources (`source`)')],
  );
}
