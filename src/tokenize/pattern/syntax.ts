/** What a pre-tokenizer's regular expression is parsed to, and the two errors that parsing can end with. */
import { type CodePointRange, unite } from '../unicode.ts';

/** Ascending and disjoint; see unite in unicode.ts. */
export type CodePointSet = readonly CodePointRange[];

/**
 * Captures are not kept: a pre-tokenizer only asks where a match begins and ends. Alternatives are in the order in which
 * they are tried. A concatenation without parts matches the empty text.
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
 * oniguruma: Hugging Face's tokenizer.json files, read by the onig crate in Ruby's syntax. rust: tiktoken, read by the
 * fancy-regex crate.
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

/** Alternatives of one character each are one set: in which order they are tried makes no difference. */
export function alternate(options: readonly PatternNode[]): PatternNode {
  if (options.length === 1) return options[0]!;
  const sets = options.flatMap((option) => (option.type === 'set' ? [option.set] : []));
  if (sets.length === options.length) return { type: 'set', set: unite(sets.flat()) };
  return { type: 'alternation', options };
}

/** Whether it might match the empty text somewhere. */
export function isNullable(node: PatternNode): boolean {
  if (node.type === 'set') return false;
  if (node.type === 'concatenation') return node.parts.every(isNullable);
  if (node.type === 'alternation') return node.options.some(isNullable);
  if (node.type === 'repeat') return node.min === 0 || isNullable(node.body);
  return node.type === 'look' || isNullable(node.body);
}
