/**
 * Removes sources from a preset: entries that name them become comments, and the shares of the others keep their
 * proportions. The text is edited directly, so that its comments and layout stay.
 */
import {
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import { exact, parseShare } from '../recipe/units.ts';

interface Edit {
  readonly at: number;
  readonly end: number;
  readonly text: string;
}

/** Keys whose value maps source names to something. */
const bySource: readonly string[] = ['shares', 'min_tokens', 'max_tokens', 'max_epochs'];

/** @param gone names of the sources to remove. Entries under `sources:` are not touched */
export function withoutRoles(text: string, gone: ReadonlySet<string>): string {
  const edits: Edit[] = [];
  const walk = (node: unknown): void => {
    if (!isMap(node)) return;
    for (const pair of node.items) {
      const key = keyOf(pair);
      if (key === 'sources') continue;
      if (bySource.includes(key) && isMap(pair.value)) edits.push(...ofMap(text, pair, pair.value, gone));
      else if (key === 'cells' && isSeq(pair.value)) edits.push(...ofCells(text, pair, gone));
      else walk(pair.value);
    }
  };
  walk(parseDocument(text).contents);
  return applyEdits(text, edits);
}

function ofMap(text: string, pair: Pair, map: YAMLMap, gone: ReadonlySet<string>): Edit[] {
  const rest = map.items.filter((item) => !gone.has(keyOf(item)));
  if (rest.length === map.items.length) return [];
  if (rest.length === 0) return [commentOut(text, pair)];
  const isShares = keyOf(pair) === 'shares';
  const values = rest.map((item) => source(text, item.value));
  const scaled = isShares ? rescaled(values) : values;
  if (map.flow === true) {
    const [start, end] = rangeOf(map);
    return [
      { at: start, end, text: `{ ${rest.map((item, i) => `${keyOf(item)}: ${scaled[i]}`).join(', ')} }` },
    ];
  }
  return [
    ...map.items.filter((item) => gone.has(keyOf(item))).map((item) => commentOut(text, item)),
    ...(isShares ? rest.map((item, i) => replaceNode(item.value, scaled[i]!)) : []),
  ];
}

function ofCells(text: string, pair: Pair, gone: ReadonlySet<string>): Edit[] {
  const cells = isSeq(pair.value) ? pair.value.items.filter(isMap) : [];
  const rest = cells.filter((cell) => !gone.has(String(cell.get('source'))));
  if (rest.length === cells.length) return [];
  if (rest.length === 0) return [commentOut(text, pair)];
  const shares = rest.map((cell) => cell.get('share', true) as Node);
  const scaled = rescaled(shares.map((share) => source(text, share)));
  return [
    ...cells.filter((cell) => !rest.includes(cell)).map((cell) => commentOut(text, cell)),
    ...shares.map((share, i) => replaceNode(share, scaled[i]!)),
  ];
}

/** Scales shares so that they sum to 100 %, with a precision of a millionth of a per cent. */
function rescaled(shares: readonly string[]): string[] {
  const values = shares.map((share) => exact(parseShare(share)));
  const sum = values.reduce((total, value) => total + value, 0);
  const millionths = values.map((value) => Math.round((value / sum) * 1e8));
  const largest = millionths.indexOf(Math.max(...millionths));
  millionths[largest]! += 1e8 - millionths.reduce((total, value) => total + value, 0);
  return millionths.map((value) => `${Number((value / 1e6).toFixed(6))}%`);
}

/** Comments out whole lines, so that trailing comments stay with them. */
function commentOut(text: string, what: Pair | Node): Edit {
  const [start] = rangeOf(isPair(what) ? what.key : what);
  const [, end] = rangeOf(isPair(what) ? what.value : what);
  const at = text.lastIndexOf('\n', start) + 1;
  const lineEnd = text.indexOf('\n', end - 1);
  const last = lineEnd < 0 ? text.length : lineEnd;
  const lines = text.slice(at, last).replace(/^( *)(?=\S)/gm, '$1# not here: ');
  return { at, end: last, text: lines };
}

function replaceNode(node: unknown, text: string): Edit {
  const [at, end] = rangeOf(node);
  return { at, end, text };
}

function source(text: string, node: unknown): string {
  const [start, end] = rangeOf(node);
  return text.slice(start, end);
}

function rangeOf(node: unknown): readonly [number, number] {
  const [start = 0, end = 0] = isNode(node) ? (node.range ?? []) : [];
  return [start, end];
}

function keyOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : '';
}

/** @param edits must not overlap */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let at = 0;
  const parts: string[] = [];
  for (const edit of [...edits].sort((a, b) => a.at - b.at)) {
    parts.push(text.slice(at, edit.at), edit.text);
    at = edit.end;
  }
  return parts.join('') + text.slice(at);
}
