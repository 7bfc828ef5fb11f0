/**
 * Turns a split into a machine that reads a text once and says where to cut it. The parts are the matches and the gaps
 * between them. In a gap the machine searches for the next match while it reads on, so it starts no new search at each
 * character.
 *
 * The machine remembers one place: where the current part would end, by the text read so far. In a gap this is where
 * the first match that may still come begins. While that match is possible, no other search may have a better place; a
 * split for which this does not hold has no machine.
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
import { sureRows } from './cuts.ts';
import { parsePattern } from './parse.ts';
import { refine } from './refine.ts';
import type { PatternNode } from './syntax.ts';

/** A machine's transition at a character of a column, before it takes the character. */
export interface Move<State> {
  /** The state after the character; null: the part ends at the remembered place. */
  readonly next: State | null;
  /**
   * Not null: this place becomes the remembered place, and if the part ends here, the next part begins in this state.
   */
  readonly restart: State | null;
  /** The state to read this character in if something else cuts before it and the part goes on. */
  readonly resume: State;
}

/**
 * A machine as tables, with a row for each state, and a column for the end of the text (0) and for each class of
 * characters. State 0 is the start.
 */
export interface Machine {
  readonly states: number;
  readonly columns: number;
  /** Column of each code point, or of each byte. */
  readonly classes: Uint8Array;
  /**
   * The state after this character; `stops`: the part ends at the remembered place; `refuses`: one place is not enough
   * to decide.
   */
  readonly next: Int32Array;
  /**
   * Not -1: this place, before the character, becomes the remembered place, and a part that begins there begins in this
   * state.
   */
  readonly restart: Int32Array;
  /** The state to read this character in if something else cuts before it and the part goes on. */
  readonly resumed: Int32Array;
  /** Whether some characters may be outside of matches. */
  readonly hasGaps: boolean;
}

const stops = -1;
export const refuses = -2;
/** More states take seconds to make, and their table does not stay in the processor's caches. */
const mostStates = 1_000;
/** The most searches at the same time. */
const mostSearches = 4;

interface Part {
  /** The part is a gap: the text read so far is not in a match. */
  readonly isGap: boolean;
  /** The part is a match, whose end is searched for. */
  readonly isMatch: boolean;
  /** Rows of the searches for a match, the leftmost first. */
  readonly searches: readonly number[];
}

const fresh: Part = { isGap: false, isMatch: false, searches: [] };
const gap: Part = { isGap: true, isMatch: false, searches: [] };

/**
 * @returns null if the split has no machine
 * @throws PatternError, UnsupportedPattern
 */
export function cutterOf(split: SplitStep): Machine | null {
  const pattern = isolatedPattern(split);
  if (pattern === null) return null;
  const table = compilePattern({ ...split, pattern });
  if ('unsupported' in table) return null;
  const { columns, rows, classes } = table;
  const sure = sureRows(rows, columns);
  const hasGaps = !matchesAll(table, sure);
  if (split.behavior === 'removed' && hasGaps) return null;
  const shift = firstColumns - 1;
  const start = table.start >>> 2;
  const entryAt = (row: number, column: number) => rows[row + (column === 0 ? 1 : column + shift)]!;
  const nextOf = (entry: number) => ((entry & stopFlag) !== 0 ? null : (entry & rowMask) >>> 2);
  const isMatchAt = (entry: number) => (entry & matchFlag) !== 0;
  const match = (row: number): Part => ({ isGap: false, isMatch: true, searches: [row] });

  function move(part: Part, column: number): Move<Part> | null {
    const [first, ...later] = part.searches.map((row) => entryAt(row, column));
    const searches: number[] = [];
    if (first !== undefined) {
      const next = nextOf(first);
      const isSure = isMatchAt(first) || (next !== null && sure.has(next));
      if (part.isMatch || (isSure && !part.isGap))
        return {
          next: next === null ? null : match(next),
          restart: isMatchAt(first) ? fresh : null,
          resume: part,
        };
      if (isSure) return { next: null, restart: null, resume: part };
      const alive = later.flatMap((entry) => (isMatchAt(entry) ? [-1] : (nextOf(entry) ?? [])));
      // The match would be one that began later than the first search, at a place that is not remembered.
      if (alive.includes(-1) || (next === null && alive.length > 0)) return null;
      if (next !== null) searches.push(next, ...alive);
    }
    if (column === 0) return { next: null, restart: fresh, resume: part };
    const begun = nextOf(entryAt(start, column));
    if (searches.length > 0) {
      const all = unique(begun === null ? searches : [...searches, begun]);
      return all.length > mostSearches
        ? null
        : { next: { ...part, searches: all }, restart: null, resume: part };
    }
    // No search is open: go on as if the text began here, except that a gap may be open.
    if (begun === null) return { next: gap, restart: null, resume: fresh };
    if (part === fresh)
      return {
        next: sure.has(begun) ? match(begun) : { ...fresh, searches: [begun] },
        restart: null,
        resume: fresh,
      };
    return {
      next: sure.has(begun) ? null : { ...gap, searches: [begun] },
      restart: fresh,
      resume: fresh,
    };
  }

  return explore({
    start: fresh,
    columns: columns - shift,
    classes: shifted(classes, -shift),
    keyOf: ({ isGap, isMatch, searches }) => `${isGap ? 'g' : isMatch ? 'm' : 'f'}${searches.join(',')}`,
    move,
    hasGaps,
  });
}

/** Uses a loop, because mapping a million elements by a callback would take most of the time. */
export function shifted(classes: Uint8Array, by: number): Uint8Array {
  const out = new Uint8Array(classes.length);
  for (let i = 0; i < classes.length; i += 1) out[i] = classes[i]! + by;
  return out;
}

/** Drops the later one of two searches in the same state. */
function unique(searches: readonly number[]): readonly number[] {
  return [...new Set(searches)];
}

/** The pattern whose matches and gaps are the parts; null: the split drops or joins some of them. */
function isolatedPattern({ pattern, syntax, behavior, invert }: SplitStep): string | null {
  if (behavior === 'isolated' || (behavior === 'removed' && invert)) return pattern;
  if (behavior !== 'contiguous') return null;
  const node = onlyPart(parsePattern(pattern, syntax));
  if (node.type === 'set') return `(?:${pattern})+`;
  const isRun =
    node.type === 'repeat' &&
    node.min === 1 &&
    node.max === Number.POSITIVE_INFINITY &&
    node.mode !== 'lazy' &&
    node.body.type === 'set';
  return isRun ? pattern : null;
}

function onlyPart(node: PatternNode): PatternNode {
  return node.type === 'concatenation' && node.parts.length === 1 ? node.parts[0]! : node;
}

/** Whether a match begins at every character, so that there are no gaps. */
function matchesAll({ rows, columns, classes, start }: CompiledPattern, sure: ReadonlySet<number>): boolean {
  for (let column = firstColumns; column < columns; column += 1) {
    const entry = rows[(start >>> 2) + column]!;
    if (((entry & stopFlag) !== 0 || !sure.has((entry & rowMask) >>> 2)) && classes.includes(column))
      return false;
  }
  return true;
}

/**
 * Makes the table of a machine that is given by functions. null: the table is too large, or ASCII text can lead to a
 * move that is null. Other text may lead to such a move: it is rare (a space that is also in a class of CJK
 * characters), and is cut without this table.
 */
export function explore<State>(given: {
  readonly start: State;
  readonly columns: number;
  readonly classes: Uint8Array;
  readonly keyOf: (state: State) => string;
  readonly move: (state: State, column: number) => Move<State> | null;
  readonly hasGaps: boolean;
}): Machine | null {
  const { start, columns, classes, keyOf, move, hasGaps } = given;
  const states: State[] = [];
  const known = new Map<string, number>();
  const numberOf = (state: State | null): number => {
    if (state === null) return stops;
    const key = keyOf(state);
    let number = known.get(key);
    if (number === undefined) {
      number = states.push(state) - 1;
      known.set(key, number);
    }
    return number;
  };
  numberOf(start);
  const next: number[] = [];
  const restart: number[] = [];
  const resumed: number[] = [];
  for (let i = 0; i < states.length; i += 1) {
    for (let column = 0; column < columns; column += 1) {
      const made = move(states[i]!, column);
      next.push(made === null ? refuses : numberOf(made.next));
      restart.push(made === null ? -1 : numberOf(made.restart));
      resumed.push(made === null ? -1 : numberOf(made.resume));
    }
    if (states.length > mostStates) return null;
  }
  const machine = {
    states: states.length,
    columns,
    classes,
    hasGaps,
    next: Int32Array.from(next),
    restart: Int32Array.from(restart),
    resumed: Int32Array.from(resumed),
  };
  return refuseEarly(machine) ? minimize(machine) : null;
}

/**
 * If a text leads to a move that is null, makes the machine refuse it at an earlier character outside of ASCII, in a
 * part that begins in the start state. Cutting without this table can then begin at that part, as if the text began
 * there.
 *
 * @returns whether this is possible: no ASCII text leads to such a move
 */
function refuseEarly(machine: Machine): boolean {
  const { columns, classes, next, restart } = machine;
  const reached = reachedMoves(machine);
  const ofAscii = new Set([0, ...classes.subarray(0, 0x80)]);
  /** 1: some ASCII text is refused from this state on. */
  const isLost = new Uint8Array(machine.states);
  /** 1: a part that reaches this state may be refused. */
  const mayRefuse = new Uint8Array(machine.states);
  const refusesAfter = (move: number) =>
    next[move] === refuses || (next[move]! >= 0 && mayRefuse[next[move]!] === 1);
  const mustRefuse = (move: number) => {
    const column = move % columns;
    const begun = restart[move]!;
    if (begun === 0 && column > 0 && next[column] === refuses) return true;
    if (begun > 0 && column > 0 && refusesAfter(begun * columns + column)) return true;
    return next[move] === refuses || (next[move]! >= 0 && isLost[next[move]!] === 1);
  };
  for (let isDone = false; !isDone; ) {
    isDone = true;
    for (let move = 0; move < next.length; move += 1) {
      if (reached[move] === 0) continue;
      const state = Math.floor(move / columns);
      if (mustRefuse(move)) {
        const isLosing = ofAscii.has(move % columns) && isLost[state] === 0;
        if (next[move] !== refuses || isLosing) isDone = false;
        next[move] = refuses;
        restart[move] = -1;
        if (isLosing) isLost[state] = 1;
      }
      if (mayRefuse[state] === 0 && refusesAfter(move)) {
        mayRefuse[state] = 1;
        isDone = false;
      }
    }
  }
  return isLost[0] === 0;
}

/**
 * The moves that some text leads to. The first character of a new part is of the column at which the part before it
 * ended.
 */
export function reachedMoves({ states, columns, next, restart }: Machine): Uint8Array {
  const reached = new Uint8Array(states * columns);
  const stack: number[] = [];
  const reach = (move: number) => {
    if (reached[move] === 1) return;
    reached[move] = 1;
    stack.push(move);
  };
  for (let column = 0; column < columns; column += 1) reach(column);
  while (stack.length > 0) {
    const from = stack.pop()!;
    const to = next[from]! * columns;
    if (to >= 0) for (let move = to; move < to + columns; move += 1) reach(move);
    if (restart[from]! >= 0 && from % columns > 0) reach(restart[from]! * columns + (from % columns));
  }
  return reached;
}

/**
 * The same machine with the fewest possible states (Moore's algorithm). States are numbered in the order of their first
 * use, so the start is 0.
 */
function minimize(machine: Machine): Machine {
  const { states, columns, next, restart, resumed } = machine;
  const groupIn = (groups: Int32Array, state: number) => (state < 0 ? state : groups[state]!);
  const { group, count } = refine(states, (state, groups) => {
    let key = '';
    for (let i = state * columns; i < (state + 1) * columns; i += 1)
      key += ` ${groupIn(groups, next[i]!)},${groupIn(groups, restart[i]!)},${groupIn(groups, resumed[i]!)}`;
    return key;
  });
  const small = {
    next: new Int32Array(count * columns),
    restart: new Int32Array(count * columns),
    resumed: new Int32Array(count * columns),
  };
  for (let state = 0; state < states; state += 1) {
    for (let column = 0; column < columns; column += 1) {
      const [from, to] = [state * columns + column, group[state]! * columns + column];
      small.next[to] = groupIn(group, next[from]!);
      small.restart[to] = groupIn(group, restart[from]!);
      small.resumed[to] = groupIn(group, resumed[from]!);
    }
  }
  return { ...machine, states: count, ...small };
}
