/**
 * Compiles a split step to the tables that the kernel runs (kernel/assembly/scan-compiled.ts): classes of characters,
 * and rows of transitions. Cost: one table look-up per character of the text. If no table can express a step, the
 * reason is returned, and the plain matcher runs the step.
 */
import { alphabetCharacters } from '../engine/byte-level.ts';
import type { SplitStep } from '../model.ts';
import { type Automaton, buildAutomaton } from './automaton.ts';
import { readProgram } from './match.ts';

export interface CompiledPattern {
  readonly states: number;
  /**
   * Number of columns of a row, even: column 0 is for bytes that begin a character of several bytes, 1 for the end of
   * the text, 2 to 5 hold the set of ASCII characters that lead back to the same row (bit h of byte l: the character h
   * << 4 | l), the others are for the classes.
   */
  readonly columns: number;
  /** Column of each code point, or, over the byte alphabet, of each byte. */
  readonly classes: Uint8Array;
  /**
   * Row by row, 4 bytes per column: where the row of the next state begins, in bytes, + `matchFlag` if a match ends
   * before this character, + `stopFlag` if nothing is left to try, + `loopFlag` if that row has a large set in columns
   * 2 to 5. Column 0 has `stopFlag`, so that the fast loop stops.
   */
  readonly rows: Uint32Array;
  /** Where the row of the start state begins, in bytes. */
  readonly start: number;
}

/**
 * The table of a cutter (cutter.ts); its start state is the first row. An entry with both flags cuts before this
 * character, and its row is the next part's row after this character. With `stopFlag` alone, the part ends at the last
 * place that had `matchFlag`, and the next part begins in the row that `resumes` has at that entry. With `givesUp` as
 * well, the table cannot cut this text.
 */
export interface CutterTable extends CompiledPattern {
  /** Laid out as `rows`: at an entry with `matchFlag`, the row in which a part begins that begins here. */
  readonly resumes: Uint32Array;
}

export const matchFlag = 1;
export const stopFlag = 2;
const loopFlag = 4;
/** In an entry with `stopFlag` alone, in place of a row. */
export const givesUp = 8;
/** The bits of an entry that are the row. */
export const rowMask: number = ~7;
/** Columns before those of classes. */
export const firstColumns = 6;
/**
 * A set of this many characters or more has letters, whose runs are long enough to make tests of 16 bytes at once
 * worthwhile.
 */
const smallestLoop = 20;
export const mostColumns = 256;

const known = new Map<string, CompiledPattern | { readonly unsupported: string }>();

/** @throws PatternError, UnsupportedPattern */
export function compilePattern(
  step: Pick<SplitStep, 'pattern' | 'syntax' | 'over'>,
): CompiledPattern | { readonly unsupported: string } {
  const key = `${step.syntax} ${step.over} ${step.pattern}`;
  let compiled = known.get(key);
  if (compiled === undefined) {
    compiled = compile(step);
    if (known.size >= 16) known.clear();
    known.set(key, compiled);
  }
  return compiled;
}

function compile({
  pattern,
  syntax,
  over,
}: Pick<SplitStep, 'pattern' | 'syntax' | 'over'>): CompiledPattern | { readonly unsupported: string } {
  const program = readProgram(pattern, syntax);
  const automaton = buildAutomaton(program);
  if ('unsupported' in automaton) return automaton;
  const { of } = program.classes;
  const points =
    over === 'characters' ? null : Array.from(alphabetCharacters(), (char) => char.codePointAt(0)!);
  const classes = points === null ? of : Uint16Array.from(points, (point) => of[point]!);
  const { columnOf, representatives } = joinColumns(automaton, classes);
  const columns = (firstColumns + representatives.length + 1) & ~1;
  if (columns > mostColumns)
    return { unsupported: `its pattern needs more than ${mostColumns} classes of characters` };
  const rows = new Uint32Array(automaton.states * columns);
  for (let state = 0; state < automaton.states; state += 1) {
    rows[state * columns] = stopFlag;
    rows[state * columns + 1] = entry(automaton, state, 0, columns) | stopFlag;
    representatives.forEach((column, i) => {
      rows[state * columns + firstColumns + i] = entry(automaton, state, column, columns);
    });
    // If a column was added to make their number even, it copies the column before it.
    if (firstColumns + representatives.length < columns) {
      rows[(state + 1) * columns - 1] = rows[(state + 1) * columns - 2]!;
    }
  }
  const renumbered = renumber(classes, columnOf);
  markLoops(rows, columns, renumbered, columns);
  return {
    states: automaton.states,
    columns,
    classes: renumbered,
    rows,
    start: Math.min(1, automaton.states - 1) * columns * 4,
  };
}

function entry({ next, matches, columns }: Automaton, state: number, column: number, width: number): number {
  const target = next[state * columns + column]!;
  return (
    target * width * 4 +
    (matches[state * columns + column] === 1 ? matchFlag : 0) +
    (target === 0 ? stopFlag : 0)
  );
}

/**
 * Writes the sets of ASCII characters that lead back to a row, and flags the entries that lead to a row with a large
 * set.
 *
 * @param first the first row that gets a set
 */
export function markLoops(rows: Uint32Array, columns: number, classes: Uint8Array, first: number): void {
  const hasLoop = new Set<number>();
  for (let row = first; row < rows.length; row += columns) {
    const set = new Uint8Array(rows.buffer, (row + 2) * 4, 16);
    let size = 0;
    for (let byte = 0; byte < 0x80; byte += 1) {
      if (rows[row + classes[byte]!] !== row * 4) continue;
      set[byte & 15]! |= 1 << (byte >> 4);
      size += 1;
    }
    if (size >= smallestLoop) hasLoop.add(row * 4);
  }
  rows.forEach((value, i) => {
    const column = i % columns;
    if ((column < 2 || column >= firstColumns) && hasLoop.has(value & rowMask)) rows[i] = value | loopFlag;
  });
}

/** Uses a loop, because mapping a million elements by a callback would take most of the time of compiling. */
function renumber(classes: Uint16Array, columnOf: readonly number[]): Uint8Array {
  const out = new Uint8Array(classes.length);
  for (let i = 0; i < classes.length; i += 1) out[i] = columnOf[classes[i]! + 1]!;
  return out;
}

/** Joins equal columns of the automaton, and drops those that are not used. */
function joinColumns(
  { states, columns, next, matches }: Automaton,
  classes: Uint16Array,
): { columnOf: readonly number[]; representatives: readonly number[] } {
  const used = new Uint8Array(columns);
  for (let i = 0; i < classes.length; i += 1) used[classes[i]! + 1] = 1;
  const byContent = new Map<string, number>();
  const representatives: number[] = [];
  const columnOf = Array.from({ length: columns }, (_, column) => {
    if (used[column] === 0) return 0;
    let content = '';
    for (let state = 0; state < states; state += 1) {
      content += `${2 * next[state * columns + column]! + matches[state * columns + column]!},`;
    }
    let found = byContent.get(content);
    if (found === undefined) {
      found = firstColumns + representatives.length;
      byContent.set(content, found);
      representatives.push(column);
    }
    return found;
  });
  return { columnOf, representatives };
}
