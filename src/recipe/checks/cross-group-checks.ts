/** Rules about groups of documents and near copies. */
import { parseShare } from '../units.ts';
import type { Path, Problem, YamlFile } from '../yaml/parse-yaml.ts';
import { amountIn, isRecord, scopes, valueIn, wrongKey, wrongValue } from '../yaml/yaml-values.ts';
import type { Check } from './check.ts';

export const crossGroupChecks: readonly Check[] = [
  orderNeedsGroup,
  splitNeedsGroups,
  packingNeedsGroups,
  groupsHaveNoWeight,
  similarEnough,
];

const needsGroup =
  'no source has a `group`; add one such as `group: cluster_id` or `group: directory` to a source';

function orderNeedsGroup(yaml: YamlFile): Problem[] {
  return yaml.keysOf(['sources']).flatMap((name) => {
    const source = valueIn(yaml, ['sources', name]);
    if (!isRecord(source) || source.order === undefined || source.group !== undefined) return [];
    return [
      wrongKey(yaml, ['sources', name, 'order'], 'it sorts the documents of a group; add `group` beside it'),
    ];
  });
}

function splitNeedsGroups(yaml: YamlFile): Problem[] {
  const at = ['split', 'by'];
  if (valueIn(yaml, at) !== 'group' || hasGroups(yaml)) return [];
  const near = 'near copies need no group: `documents.near_duplicates: cluster`';
  return [wrongValue(yaml, at, `found group; ${needsGroup}. ${near}`)];
}

function packingNeedsGroups(yaml: YamlFile): Problem[] {
  if (hasGroups(yaml)) return [];
  return scopes(yaml).flatMap((scope) => {
    const at: Path = [...scope, 'sequences', 'packing'];
    return valueIn(yaml, at) === 'groups' ? [wrongValue(yaml, at, `found groups; ${needsGroup}`)] : [];
  });
}

/** Weights choose documents one by one, and a group is taken whole. */
function groupsHaveNoWeight(yaml: YamlFile): Problem[] {
  if (valueIn(yaml, ['mix', 'weight_by']) === undefined) return [];
  return scopes(yaml).flatMap((scope) => {
    const at: Path = [...scope, 'sequences', 'packing'];
    if (valueIn(yaml, at) !== 'groups') return [];
    return [
      wrongValue(yaml, at, 'found groups, which are taken whole; mix.weight_by chooses documents one by one'),
    ];
  });
}

function hasGroups(yaml: YamlFile): boolean {
  return yaml.keysOf(['sources']).some((name) => valueIn(yaml, ['sources', name, 'group']) !== undefined);
}

/** Below one half the bands of a sketch miss too many pairs. */
function similarEnough(yaml: YamlFile): Problem[] {
  const at = ['documents', 'near_duplicates', 'similarity'];
  if (!(amountIn(yaml, at, parseShare) < 0.5)) return [];
  return [wrongValue(yaml, at, `found ${yaml.written(at)}; expected 50% to 100%`)];
}
