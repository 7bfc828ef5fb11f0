/** The tree of a parsed pre-tokenizer pattern, and the two errors that parsing can throw. */
import { type CodePointRange, unite } from '../unicode/unicode.ts';

/** Ascending and disjoint; see unite in unicode.ts. */
export type CodePointSet = readonly CodePointRange[];

/**
 * The tree has no captures, because a pre-tokenizer only needs where a match begins and ends. Alternatives are in the
 * order in which they are tried. A concatenation without parts matches the empty text.
 */
export type PatternNode =
  | { readonly type: 'set'; readonly set: CodePointSet }
  | { readonly type: 'concatenation'; readonly parts: readonly PatternNode[] }
  | { readonly type: 'alternation'; readonly options: readonly PatternNode[] }
  | {
      readonly type: 'repeat';
      readonly body: PatternNode;
      readonly min: number;
      /** Infinity: unbounded. */
      readonly max: number;
      readonly mode: 'greedy' | 'lazy' | 'possessive';
    }
  | { readonly type: 'atomic'; readonly body: PatternNode }
  | {
      readonly type: 'look';
      readonly body: PatternNode;
      readonly direction: 'ahead' | 'behind';
      readonly negative: boolean;
    };

/**
 * `oniguruma`: the syntax of Hugging Face's tokenizer.json files (the onig crate, Ruby's syntax). `rust`: the syntax of
 * tiktoken (the fancy-regex crate).
 */
export type PatternSyntax = 'oniguruma' | 'rust';

/** The pattern is wrong: the native library refuses it too. */
export class PatternError extends Error {
  /** Place in the pattern, in characters (code points) from its start. */
  readonly offset: number;

  constructor(rule: string, source: readonly string[], offset: number) {
    super(describePlace(rule, source, offset));
    this.offset = offset;
  }
}

/** The pattern is legal, but longmix cannot run it exactly. */
export class UnsupportedPattern extends Error {
  readonly offset: number;

  constructor(what: string, source: readonly string[], offset: number) {
    super(describePlace(what, source, offset));
    this.offset = offset;
  }
}

/** The pattern exceeds the bounds of all engines here, so the general path cannot run it either. */
export class OversizedPattern extends UnsupportedPattern {}

function describePlace(rule: string, source: readonly string[], offset: number): string {
  if (offset >= source.length) return `${rule}, at the end of the pattern (character ${source.length})`;
  const shown = source.slice(offset, offset + 20).join('');
  const rest = source.length > offset + 20 ? '...' : '';
  return `${rule}, at character ${offset} of the pattern: "${shown}${rest}"`;
}

export const emptyNode: PatternNode = { type: 'concatenation', parts: [] };

export function concatenate(parts: readonly PatternNode[]): PatternNode {
  return parts.length === 1 ? parts[0]! : { type: 'concatenation', parts };
}

/** Joins alternatives of one character each into one set, because their order makes no difference. */
export function alternate(options: readonly PatternNode[]): PatternNode {
  if (options.length === 1) return options[0]!;
  const sets = options.flatMap((option) => (option.type === 'set' ? [option.set] : []));
  if (sets.length === options.length) return { type: 'set', set: unite(sets.flat()) };
  const factored = factor(options);
  return factored.length === 1 ? factored[0]! : { type: 'alternation', options: factored };
}

/**
 * Joins alternatives that begin with the same characters, so that thousands of words become a tree: `ab|ac` becomes
 * `a(?:b|c)`. To keep the order, it joins only neighbours, or alternatives between which no other one could match.
 */
function factor(options: readonly PatternNode[]): readonly PatternNode[] {
  const lists = options.map((option) => (option.type === 'concatenation' ? option.parts : [option]));
  const keys = lists.map(([first]) => (first?.type === 'set' ? JSON.stringify(first.set) : null));
  if (new Set(keys).size === keys.length) return options;
  const groups: PatternNode[][][] = [];
  const ofKey = areApart(keys) ? new Map<string, PatternNode[][]>() : null;
  for (const [i, parts] of lists.entries()) {
    const key = keys[i]!;
    const neighbour = i > 0 && key !== null && key === keys[i - 1] ? groups.at(-1) : undefined;
    const group = ofKey === null ? neighbour : ofKey.get(key);
    if (group !== undefined) {
      group.push([...parts]);
      continue;
    }
    groups.push([[...parts]]);
    ofKey?.set(key, groups.at(-1)!);
  }
  return groups.map((group) => {
    if (group.length === 1) return concatenate(group[0]!);
    const length = sharedLength(group);
    const rest = alternate(group.map((parts) => concatenate(parts.slice(length))));
    return concatenate([...group[0]!.slice(0, length), rest]);
  });
}

/** Whether all begin with a set, and no two different sets have a character in common. */
function areApart(keys: readonly (string | null)[]): boolean {
  if (keys.includes(null)) return false;
  const sets = [...new Set(keys)].map((key) => JSON.parse(key!) as CodePointSet);
  const size = (set: CodePointSet) => set.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  return size(unite(sets.flat())) === sets.reduce((sum, set) => sum + size(set), 0);
}

/** Number of sets that all lists have in common at their beginning. */
function sharedLength(lists: readonly (readonly PatternNode[])[]): number {
  const [first] = lists;
  let length = 1;
  const isShared = (node: PatternNode) => {
    if (node.type !== 'set') return false;
    const key = JSON.stringify(node.set);
    return lists.every((parts) => {
      const other = parts[length];
      return other?.type === 'set' && JSON.stringify(other.set) === key;
    });
  };
  while (length < first!.length && isShared(first![length]!)) length += 1;
  return length;
}

/** Whether the node might match the empty text somewhere. */
export function isNullable(node: PatternNode): boolean {
  if (node.type === 'set') return false;
  if (node.type === 'concatenation') return node.parts.every(isNullable);
  if (node.type === 'alternation') return node.options.some(isNullable);
  if (node.type === 'repeat') return node.min === 0 || isNullable(node.body);
  return node.type === 'look' || isNullable(node.body);
}
