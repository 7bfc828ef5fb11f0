/**
 * Turns a pattern's program into a deterministic automaton with the same matches: leftmost, by the order of
 * alternatives.
 *
 * A state is an ordered list of steps, the most preferred first, which all wait for the next character (ordered subset
 * construction; the order of threads is from Cox, "Regular Expression Matching: the Virtual Machine Approach"). That
 * character's class is known when the steps before it are walked, so a look-ahead of one character, `(?!\S)` or `$`, is
 * decided there, and a match is reported when the character after it is seen. A match drops all less preferred steps.
 *
 * Some patterns have no such automaton and are refused with the reason: those with lookarounds of more than one
 * character, lookbehinds or general atomic groups, those that may match the empty text, and those that need too many
 * states.
 */

import type { Program, Step } from './program.ts';
import { refine } from './refine.ts';

/** `next` and `matches` have a row per state; its columns are the end of the text, then the classes. */
export interface Automaton {
  readonly states: number;
  readonly columns: number;
  /** In state 0 nothing is left to try; state 1 is the start. */
  readonly next: Int32Array;
  /** 1: a match ends before the character of this column. */
  readonly matches: Uint8Array;
}

const dead = 0;
const startState = 1;
const largestAutomaton = 4_000;
const largestTable = 1_000_000;

export function buildAutomaton(program: Program): Automaton | { readonly unsupported: string } {
  const reason = cannotSay(program);
  if (reason !== null) return { unsupported: reason };
  const columns = program.classes.count + 1;
  const states: (readonly Step[])[] = [[], [program.start]];
  const known = new Map<string, number>([
    ['', dead],
    [String(program.start.id), startState],
  ]);
  const next: number[] = new Array(2 * columns).fill(dead);
  const matches: number[] = new Array(2 * columns).fill(0);
  const seen = new Uint32Array(program.size);
  const taken = new Uint32Array(program.size);
  let round = 0;
  for (let state = startState; state < states.length; state += 1) {
    for (let column = 0; column < columns; column += 1) {
      round += 1;
      const list: Step[] = [];
      const isMatch = walk(states[state]!, column, list);
      const key = list.map((step) => step.id).join(',');
      let target = known.get(key);
      if (target === undefined) {
        target = states.length;
        known.set(key, target);
        states.push(list);
      }
      next[state * columns + column] = target;
      matches[state * columns + column] = isMatch ? 1 : 0;
    }
    if (states.length > largestAutomaton || states.length * columns > largestTable) {
      return { unsupported: `its pattern needs more than ${states.length} states` };
    }
  }
  return minimize({
    states: states.length,
    columns,
    next: Int32Array.from(next),
    matches: Uint8Array.from(matches),
  });

  /**
   * Collects in `out`, by preference, the steps that follow a character of this column. Returns whether a match ends
   * before that character.
   */
  function walk(from: readonly Step[], column: number, out: Step[]): boolean {
    for (const first of from) {
      const stack: Step[] = [first];
      while (stack.length > 0) {
        const step = stack.pop()!;
        if (seen[step.id] === round) continue;
        seen[step.id] = round;
        if (step.op === 'match') return true;
        if (step.op === 'split') stack.push(step.second, step.first);
        else if (step.op === 'next-is') {
          if (column === 0 ? step.atEnd : step.members[column - 1] === 1) stack.push(step.next);
        } else if (step.op === 'set' && column > 0 && step.members[column - 1] === 1) {
          if (taken[step.next.id] === round) continue;
          taken[step.next.id] = round;
          out.push(step.next);
        }
      }
    }
    return false;
  }
}

/** Why an automaton cannot express the program; null: it can. */
function cannotSay({ start, nullable }: Program): string | null {
  if (nullable) return 'its pattern may match the empty text';
  const seen = new Set<number>();
  const stack: Step[] = [start];
  while (stack.length > 0) {
    const step = stack.pop()!;
    if (seen.has(step.id)) continue;
    seen.add(step.id);
    if (step.op === 'look') {
      return step.behind ? 'its pattern looks behind' : 'its pattern looks at more than one character ahead';
    }
    if (step.op === 'atomic')
      return 'its pattern has an atomic group or a possessive repeat of more than one character';
    if (step.op === 'split') stack.push(step.first, step.second);
    else if (step.op !== 'match') stack.push(step.next);
  }
  return null;
}

/**
 * The same automaton with the fewest possible states (Moore's algorithm), so that the table stays in the processor's
 * first cache. A match right before a state that always reports one is not reported, because the later one replaces it.
 */
function minimize(automaton: Automaton): Automaton {
  const { states, columns, next } = automaton;
  const isSure = Array.from({ length: states }, (_, state) =>
    automaton.matches.subarray(state * columns, (state + 1) * columns).every((match) => match === 1),
  );
  const matches = automaton.matches.map((match, i) => (match === 1 && !isSure[next[i]!] ? 1 : 0));
  const { group, count } = refine(states, (state, groups) => {
    let key = '';
    for (let i = state * columns; i < (state + 1) * columns; i += 1)
      key += `,${2 * groups[next[i]!]! + matches[i]!}`;
    return key;
  });
  // States are numbered in the order of their first use, so the dead state is 0 and the start is 1, unless nothing ever
  // matches.
  const small = { next: new Int32Array(count * columns), matches: new Uint8Array(count * columns) };
  for (let state = 0; state < states; state += 1) {
    for (let column = 0; column < columns; column += 1) {
      small.next[group[state]! * columns + column] = group[next[state * columns + column]!]!;
      small.matches[group[state]! * columns + column] = matches[state * columns + column]!;
    }
  }
  return { states: count, columns, ...small };
}
