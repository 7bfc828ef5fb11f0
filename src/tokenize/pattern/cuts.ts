/**
 * Decides from the tables of the splits whether a text may be cut before a space between two ASCII letters without
 * changing its pretokens. It may if one of the splits always ends a part there, and the splits before it make the same
 * cuts:
 *
 * - For this split and those before it: after an ASCII letter, in every state, a space leaves nothing to try, and ends
 *   a match if and only if the end of the text would. So no match, and no search for one, reaches over the cut, and the
 *   left part is cut as before. From the cut on, matches are those of the right part, because tables do not look
 *   behind.
 * - For this split: an ASCII letter at which a search begins is matched at once, so it is never in a gap; and a match
 *   does not include the text after it. So a part ends between the letter and the space.
 *
 * The cut may divide a part of an earlier split, but this split cuts that part there anyway. Later splits get the same
 * parts.
 */
import type { SplitStep } from '../model.ts';
import {
  type CompiledPattern,
  compilePattern,
  firstColumns,
  matchFlag,
  rowMask,
  stopFlag,
} from './compile.ts';

const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'].map((char) => char.charCodeAt(0));
const space = 0x20;

/** @throws PatternError, UnsupportedPattern */
export function cutsBetweenWords(splits: readonly SplitStep[]): boolean {
  for (const split of splits) {
    const table = compilePattern(split);
    if ('unsupported' in table || !endsAtSpace(table)) return false;
    if (matchEndsPart(split) && matchesLetters(table)) return true;
  }
  return false;
}

function matchEndsPart({ behavior, invert }: SplitStep): boolean {
  if (behavior === 'contiguous') return false;
  return behavior !== (invert ? 'merged-with-previous' : 'merged-with-next');
}

function endsAtSpace({ rows, columns, classes }: CompiledPattern): boolean {
  const atSpace = classes[space]!;
  const afterLetter = new Set<number>();
  for (let row = 0; row < rows.length; row += columns) {
    for (const letter of letters) afterLetter.add(rowOf(rows[row + classes[letter]!]!));
  }
  return [...afterLetter].every((row) => {
    const onSpace = rows[row + atSpace]!;
    const onEnd = rows[row + 1]!;
    return (onSpace & stopFlag) !== 0 && (onSpace & matchFlag) === (onEnd & matchFlag);
  });
}

function matchesLetters({ rows, columns, classes, start }: CompiledPattern): boolean {
  const sure = sureRows(rows, columns);
  return letters.every((letter) => sure.has(rowOf(rows[start / 4 + classes[letter]!]!)));
}

/**
 * Rows from which a match is certain: the largest set of rows whose entries all have a match or lead to a row of the
 * set.
 */
export function sureRows(rows: Uint32Array, columns: number): ReadonlySet<number> {
  const set = new Set<number>();
  for (let row = columns; row < rows.length; row += columns) set.add(row);
  for (let before = -1; before !== set.size; ) {
    before = set.size;
    for (const row of set) {
      for (let column = 1; column < columns; column = column === 1 ? firstColumns : column + 1) {
        const entry = rows[row + column]!;
        if ((entry & matchFlag) === 0 && ((entry & stopFlag) !== 0 || !set.has(rowOf(entry)))) {
          set.delete(row);
          break;
        }
      }
    }
  }
  return set;
}

/** Where an entry's next row begins, in columns. */
function rowOf(entry: number): number {
  return (entry & rowMask) >>> 2;
}
