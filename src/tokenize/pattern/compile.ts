/**
 * A split step to the tables that the kernel runs (kernel/assembly/scan-compiled.ts): classes of characters, and rows of
 * transitions, one table look-up per character of the text. What no table can say is returned with the reason, and the
 * plain matcher does it.
 */
import { alphabetCharacters } from '../byte-level.ts';
import type { SplitStep } from '../model.ts';
import { type Automaton, buildAutomaton } from './automaton.ts';
import { readProgram } from './match.ts';

export interface CompiledPattern {
  readonly states: number;
  /** Columns of a row: 0 is for bytes that begin a character of several bytes, 1 the end of the text, then classes. */
  readonly columns: number;
  /** Column of each code point, or, over the byte alphabet, of each byte. */
  readonly classes: Uint8Array;
  /**
   * Row by row, 4 bytes a column: where the row of the next state begins, in bytes, + `matchFlag` if a match ends before
   * this character, + `stopFlag` if nothing is left to try. Column 0 has `stopFlag`, so that the fast loop stops.
   */
  readonly rows: Uint32Array;
  /** Where the row of the start state begins, in bytes. */
  readonly start: number;
}

export const matchFlag = 1;
export const stopFlag = 2;
const firstColumns = 2;
const mostColumns = 256;

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
  const columns = firstColumns + representatives.length;
  if (columns > mostColumns)
    return { unsupported: `its pattern needs more than ${mostColumns} classes of characters` };
  const rows = new Uint32Array(automaton.states * columns);
  for (let state = 0; state < automaton.states; state += 1) {
    rows[state * columns] = stopFlag;
    rows[state * columns + 1] = entry(automaton, state, 0, columns) | stopFlag;
    representatives.forEach((column, i) => {
      rows[state * columns + firstColumns + i] = entry(automaton, state, column, columns);
    });
  }
  return {
    states: automaton.states,
    columns,
    classes: renumber(classes, columnOf),
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

/** A loop: mapping a million elements by a callback would be most of the time of compiling. */
function renumber(classes: Uint16Array, columnOf: readonly number[]): Uint8Array {
  const out = new Uint8Array(classes.length);
  for (let i = 0; i < classes.length; i += 1) out[i] = columnOf[classes[i]! + 1]!;
  return out;
}

/** Columns of the automaton that are used and differ. */
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
