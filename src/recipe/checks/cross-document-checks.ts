/** Rules about conditions and scores: where a condition is wrong, and what a rule of `documents.keep` lacks. */

import { didYouMean, nearest } from '../../base/nearest.ts';
import { parseCondition } from '../condition/parse-condition.ts';
import type { Path, Problem, YamlFile } from '../yaml/parse-yaml.ts';
import { dotted, valueIn, wrongValue } from '../yaml/yaml-values.ts';
import type { Check } from './check.ts';

export const crossDocumentChecks: readonly Check[] = [conditions, keepBounds, keepSources];

function conditions(yaml: YamlFile): Problem[] {
  const paths: Path[] = [
    ['documents', 'where'],
    ...yaml.keysOf(['sources']).map((name): Path => ['sources', name, 'where']),
  ];
  return paths.flatMap((at) => {
    const text = valueIn(yaml, at);
    if (typeof text !== 'string' || text === '') return [];
    const parsed = parseCondition(text);
    if (!('problem' in parsed)) return [];
    return [{ offset: yaml.offsetIn(at, parsed.at), message: `${dotted(at)}: ${parsed.problem}` }];
  });
}

function rulesOf(yaml: YamlFile): Path[] {
  const rules = valueIn(yaml, ['documents', 'keep']);
  return Array.isArray(rules) ? rules.map((_, i): Path => ['documents', 'keep', i]) : [];
}

function keepBounds(yaml: YamlFile): Problem[] {
  return rulesOf(yaml).flatMap((at) => {
    const [from, to] = [valueIn(yaml, [...at, 'from']), valueIn(yaml, [...at, 'to'])];
    if (from === undefined && to === undefined)
      return [wrongValue(yaml, at, 'keeps every document; expected from, to or both')];
    const [least, most] = [boundOf(from), boundOf(to)];
    if (least.kind !== most.kind || !(least.value > most.value)) return [];
    return [
      wrongValue(
        yaml,
        [...at, 'to'],
        `found ${yaml.written([...at, 'to'])}, which is below from: no document is kept`,
      ),
    ];
  });
}

function boundOf(bound: unknown): { kind: string; value: number } {
  if (typeof bound === 'number') return { kind: 'number', value: bound };
  const isPercentile = typeof bound === 'string' && bound.startsWith('p');
  return {
    kind: isPercentile ? 'percentile' : 'none',
    value: isPercentile ? Number(bound.slice(1)) : Number.NaN,
  };
}

/** If a column names the sources, they are known only from the data. */
function keepSources(yaml: YamlFile): Problem[] {
  const names = yaml.keysOf(['sources']);
  if (names.some((name) => valueIn(yaml, ['sources', name, 'source']) !== undefined)) return [];
  return rulesOf(yaml).flatMap((rule) => {
    const at = [...rule, 'where', 'source'];
    const written = valueIn(yaml, at);
    const list = Array.isArray(written)
      ? written.map((name: unknown, i) => [name, [...at, i]] as const)
      : [[written, at] as const];
    return list.flatMap(([name, place]) => {
      if (typeof name !== 'string' || names.includes(name)) return [];
      const hint = `${didYouMean(nearest(name, names))} (sources: ${names.join(', ')})`;
      return [wrongValue(yaml, place, `no source is named \`${name}\`${hint}`)];
    });
  });
}
