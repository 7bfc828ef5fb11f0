/**
 * Fuses several splits, each of which cuts the parts of the one before, into one table. It takes one look-up per
 * character, however many splits there are.
 *
 * The table is a product of the splits' machines (cutter.ts). The inner machine begins anew where the outer one cuts,
 * and sees the end of a text there. The product also remembers only one place. This is enough unless the inner machine
 * must decide something that depends on the end of the outer part before that end is decided. In that case the splits
 * are not fused, and run one after the other (kernel-steps.ts). Or, if only characters outside of ASCII lead to that
 * case, the table gives up at them, and the separate splits cut the rest of the document.
 */
import type { SplitStep } from '../model.ts';
import {
  type CutterTable,
  firstColumns,
  givesUp,
  markLoops,
  matchFlag,
  mostColumns,
  stopFlag,
} from './compile.ts';
import { cutterOf, explore, type Machine, type Move, reachedMoves, refuses, shifted } from './cutter.ts';

export interface FusedSplits {
  readonly table: CutterTable;
  /** The number of splits in the table. */
  readonly count: number;
  /** Whether some text makes the table give up: it has `givesUp`. */
  readonly mayGiveUp: boolean;
}

const known = new Map<string, FusedSplits | null>();

/**
 * Fuses as many of the first splits as possible: either all of them, or two or more of which the last leaves no gaps.
 * (If other splits follow, a gap may be a whole document. The table of a single split passes it on in pieces; a fused
 * table does not.) null: no fused table helps.
 *
 * @param mayGiveUp whether the caller can cut text that one table cannot cut; only used for a table of all splits
 *
 * @throws PatternError, UnsupportedPattern
 */
export function fuseFirst(splits: readonly SplitStep[], mayGiveUp: boolean): FusedSplits | null {
  const key = JSON.stringify([splits, mayGiveUp]);
  let fused = known.get(key);
  if (fused === undefined) {
    fused = fuse(splits, mayGiveUp);
    if (known.size >= 16) known.clear();
    known.set(key, fused);
  }
  return fused;
}

function fuse(splits: readonly SplitStep[], allowed: boolean): FusedSplits | null {
  const machines: Machine[] = [];
  for (const split of splits) {
    const inner = split.over === splits[0]!.over ? cutterOf(split) : null;
    const outer = machines.at(-1);
    const machine = inner === null || outer === undefined ? inner : compose(outer, inner);
    if (machine === null) break;
    machines.push(machine);
  }
  for (let count = machines.length; count > 0; count -= 1) {
    const machine = machines[count - 1]!;
    const mayGiveUp = mayRefuse(machine);
    const isAll = count === splits.length;
    if (isAll ? mayGiveUp && !allowed : count === 1 || machine.hasGaps || mayGiveUp) continue;
    const table = tableOf(machine);
    if (table !== null) return { table, count, mayGiveUp };
  }
  return null;
}

/** Whether a text can lead to a move that the machine refuses. */
function mayRefuse(machine: Machine): boolean {
  return reachedMoves(machine).some((isReached, i) => isReached === 1 && machine.next[i] === refuses);
}

/** A state of the product: a state of each machine. */
interface Pair {
  readonly outer: number;
  readonly inner: number;
  /** The remembered place is where the inner part ends if the outer part goes on. */
  readonly isInner: boolean;
  /** The remembered place is where the part ends if the outer part ends at the last place where it could. */
  readonly isOuter: boolean;
}

/** The cuts of `inner` in the parts of `outer`; null: one remembered place is not enough. */
function compose(outer: Machine, inner: Machine): Machine | null {
  const joined = joinClasses(outer.classes, inner.classes);
  if (joined === null) return null;
  const { left, right, classes } = joined;
  const isSureOuter = sureStates(outer);
  const isSureInner = sureStates(inner);
  const pair = (o: number, i: number, isInner = false, isOuter = false): Pair => ({
    outer: o,
    inner: i,
    isInner: isInner && !isSureInner[i],
    isOuter: isOuter && !isSureOuter[o],
  });

  /** Whether both rows do the same at this character, which is the only one with which a part can begin there. */
  const isAlike = (a: number, b: number, column: number) =>
    outer.next[a + column] === outer.next[b + column] &&
    outer.restart[a + column] === outer.restart[b + column];

  function move({ outer: o, inner: i, isInner, isOuter }: Pair, column: number): Move<Pair> | null {
    const atOuter = o * outer.columns + left[column]!;
    const atInner = i * inner.columns + right[column]!;
    const nextOuter = outer.next[atOuter]!;
    const endOuter = outer.restart[atOuter]!;
    const nextInner = inner.next[atInner]!;
    const endInner = inner.restart[atInner]!;
    /** Whether the inner part ends here if the outer part does. */
    const endsHere = inner.restart[i * inner.columns]! >= 0;
    const afterOuter = endOuter < 0 ? null : pair(endOuter, 0);
    const afterInner = endInner < 0 ? null : pair(outer.resumed[atOuter]!, endInner);
    const resume = pair(outer.resumed[atOuter]!, inner.resumed[atInner]!);
    const stop = (isKnown: boolean): Move<Pair> | null =>
      isKnown ? { next: null, restart: null, resume } : null;
    if (nextOuter === refuses || nextInner === refuses) return null;
    if (nextOuter < 0) {
      if (afterOuter === null) return stop(isOuter);
      return endsHere ? { next: null, restart: afterOuter, resume } : stop(isInner);
    }
    if (isSureOuter[nextOuter]) {
      if (nextInner < 0)
        return afterInner === null ? stop(isInner) : { next: null, restart: afterInner, resume };
      return {
        next: pair(nextOuter, nextInner, isInner || afterInner !== null),
        restart: afterInner,
        resume,
      };
    }
    if (afterOuter === null) {
      if (nextInner < 0) return stop(afterInner === null && isInner && isOuter);
      const isKept = afterInner !== null && !isOuter;
      return {
        next: pair(nextOuter, nextInner, isKept || (afterInner === null && isInner), isOuter),
        restart: isKept ? afterInner : null,
        resume,
      };
    }
    // The outer part may end here or go on.
    const isSame =
      afterInner !== null &&
      endInner === 0 &&
      isAlike(outer.resumed[atOuter]! * outer.columns, endOuter * outer.columns, left[column]!);
    if (nextInner < 0) {
      if (afterInner === null) return stop(!endsHere && isInner);
      return endsHere && isSame ? { next: null, restart: afterOuter, resume } : null;
    }
    if (endsHere) return { next: pair(nextOuter, nextInner, isSame, true), restart: afterOuter, resume };
    if (afterInner !== null)
      return { next: pair(nextOuter, nextInner, true, false), restart: afterInner, resume };
    return { next: pair(nextOuter, nextInner, isInner, isInner), restart: null, resume };
  }

  return explore({
    start: pair(0, 0),
    columns: left.length,
    classes,
    keyOf: (state) => `${state.outer} ${state.inner} ${state.isInner} ${state.isOuter}`,
    move,
    hasGaps: inner.hasGaps,
  });
}

/**
 * States from which the part is certain to get a place to end: the largest set of states whose moves all have one or
 * lead into the set.
 */
function sureStates({ states, columns, next, restart }: Machine): Uint8Array {
  const sure = new Uint8Array(states).fill(1);
  for (let isDone = false; !isDone; ) {
    isDone = true;
    for (let state = 0; state < states; state += 1) {
      if (sure[state] === 0) continue;
      for (let i = state * columns; i < (state + 1) * columns; i += 1) {
        if (restart[i]! >= 0 || next[i] === refuses || (next[i]! >= 0 && sure[next[i]!] === 1)) continue;
        sure[state] = 0;
        isDone = false;
        break;
      }
    }
  }
  return sure;
}

/**
 * Joins two lists of classes: characters share a class only if they do in both. `left` and `right` map the new columns
 * to the old. null: too many.
 */
function joinClasses(
  a: Uint8Array,
  b: Uint8Array,
): {
  readonly classes: Uint8Array;
  readonly left: readonly number[];
  readonly right: readonly number[];
} | null {
  const columnOf = new Uint8Array(0x10000);
  const classes = new Uint8Array(a.length);
  const left = [0];
  const right = [0];
  for (let i = 0; i < a.length; i += 1) {
    const key = (a[i]! << 8) | b[i]!;
    if (columnOf[key] === 0) {
      if (left.length === mostColumns - firstColumns) return null;
      columnOf[key] = left.push(a[i]!) - 1;
      right.push(b[i]!);
    }
    classes[i] = columnOf[key]!;
  }
  return { classes, left, right };
}

/** The machine's table for the kernel; null: some part cannot take the character that it begins with. */
function tableOf(machine: Machine): CutterTable | null {
  const { states, columns: width, classes, next, restart } = machine;
  const reached = reachedMoves(machine);
  const columns = (firstColumns + width) & ~1;
  const rows = new Uint32Array(states * columns);
  const resumes = new Uint32Array(states * columns);
  const rowOf = (state: number) => state * columns * 4;
  for (let state = 0; state < states; state += 1) {
    rows[state * columns] = stopFlag;
    for (let column = 0; column < width; column += 1) {
      const from = state * width + column;
      const to = state * columns + (column === 0 ? 1 : firstColumns - 1 + column);
      const [after, begins] = [next[from]!, restart[from]!];
      if (reached[from] === 0) rows[to] = stopFlag;
      else if (after === refuses) rows[to] = stopFlag | givesUp;
      else if (after >= 0) rows[to] = rowOf(after) | (begins < 0 ? 0 : matchFlag);
      else if (begins < 0 || column === 0) rows[to] = stopFlag | (begins < 0 ? 0 : matchFlag);
      else {
        // The next part takes this character at once.
        const there = begins * width + column;
        if (next[there]! < 0 || restart[there]! >= 0) return null;
        rows[to] = rowOf(next[there]!) | stopFlag | matchFlag;
      }
      if (begins >= 0 && reached[from] === 1) resumes[to] = rowOf(begins);
    }
  }
  const renumbered = shifted(classes, firstColumns - 1);
  markLoops(rows, columns, renumbered, 0);
  return { states, columns, classes: renumbered, rows, resumes, start: 0 };
}
