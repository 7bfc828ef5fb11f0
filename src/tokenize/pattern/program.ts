/**
 * Turns a pattern's tree into a graph of steps, each with a link to the next step. The plain matcher (match.ts) walks
 * this graph, and the tables (compile.ts) are made from it. Bounded repeats are written out. A loop whose body may
 * match nothing leaves after an empty turn, as in the native libraries. To need no counter for this, the graph has the
 * body twice: for turns that have taken a character, and for turns that have not.
 */
import { type CharacterClasses, classify } from './classes.ts';
import { type CodePointSet, isNullable, type PatternNode } from './syntax.ts';

export type Step =
  | { readonly op: 'match'; readonly id: number }
  | { readonly op: 'set'; readonly id: number; readonly members: Uint8Array; readonly next: Step }
  | { readonly op: 'split'; readonly id: number; first: Step; second: Step }
  /** Tests whether the next character is in these classes; `atEnd`: whether the end of the text passes, too. */
  | {
      readonly op: 'next-is';
      readonly id: number;
      readonly members: Uint8Array;
      readonly atEnd: boolean;
      readonly next: Step;
    }
  /** A lookaround. In a lookbehind the body is reversed, and is walked to the left. */
  | {
      readonly op: 'look';
      readonly id: number;
      readonly body: Step;
      readonly behind: boolean;
      readonly negative: boolean;
      readonly next: Step;
    }
  | {
      readonly op: 'atomic';
      readonly id: number;
      readonly body: Step;
      /** The step after a match of one character or more, and (`nextEmpty`) after an empty match. */
      readonly next: Step;
      readonly nextEmpty: Step;
    };

export interface Program {
  readonly start: Step;
  readonly classes: CharacterClasses;
  readonly size: number;
  /** Whether the pattern might match the empty text somewhere. */
  readonly nullable: boolean;
}

/** The most steps of a pattern; repeats of repeats multiply them. */
const largestProgram = 100_000;

/** @throws RangeError if the pattern is too large */
export function buildProgram(node: PatternNode): Program {
  const sets: CodePointSet[] = [];
  collectSets(node, sets);
  const classes = classify(sets);
  const builder = new ProgramBuilder(classes);
  const end = builder.match();
  const start = builder.emit(node, end, end, false);
  return { start, classes, size: builder.size, nullable: isNullable(node) };
}

function collectSets(node: PatternNode, out: CodePointSet[]): void {
  if (node.type === 'set') out.push(node.set);
  else if (node.type === 'concatenation') for (const part of node.parts) collectSets(part, out);
  else if (node.type === 'alternation') for (const option of node.options) collectSets(option, out);
  else collectSets(node.body, out);
}

class ProgramBuilder {
  readonly #classes: CharacterClasses;
  size = 0;

  constructor(classes: CharacterClasses) {
    this.#classes = classes;
  }

  match(): Step {
    return { op: 'match', id: this.#id() };
  }

  /**
   * The first step of `node`. @param next the step after it if it took a character; @param nextEmpty if it took none
   */
  emit(node: PatternNode, next: Step, nextEmpty: Step, backwards: boolean): Step {
    switch (node.type) {
      case 'set':
        return { op: 'set', id: this.#id(), members: this.#classes.members(node.set), next };
      case 'concatenation':
        return this.#concatenation(node.parts, next, nextEmpty, backwards);
      case 'alternation': {
        const options = node.options.map((option) => this.emit(option, next, nextEmpty, backwards));
        return options.reduceRight((rest, option) => this.#split(option, rest));
      }
      case 'repeat':
        return this.#repeat(node, next, nextEmpty, backwards);
      case 'atomic': {
        const body = this.emit(node.body, this.match(), this.match(), backwards);
        return { op: 'atomic', id: this.#id(), body, next, nextEmpty };
      }
      case 'look':
        return this.#look(node, nextEmpty);
    }
  }

  #id(): number {
    this.size += 1;
    if (this.size > largestProgram) throw new RangeError('the pattern is too large');
    return this.size - 1;
  }

  #split(first: Step, second: Step): Step {
    return { op: 'split', id: this.#id(), first, second };
  }

  #concatenation(parts: readonly PatternNode[], next: Step, nextEmpty: Step, backwards: boolean): Step {
    let [taken, empty] = [next, nextEmpty];
    for (const part of backwards ? parts : [...parts].reverse()) {
      const afterEmpty = this.emit(part, taken, empty, backwards);
      taken = taken === empty ? afterEmpty : this.emit(part, taken, taken, backwards);
      empty = afterEmpty;
      if (next === nextEmpty) taken = empty;
    }
    return empty;
  }

  #repeat(node: PatternNode & { type: 'repeat' }, next: Step, nextEmpty: Step, backwards: boolean): Step {
    const { body, min, max, mode } = node;
    if (mode === 'possessive') {
      const greedy: PatternNode = { ...node, mode: 'greedy' };
      const set = setOf(body);
      if (set === null || backwards)
        return this.emit({ type: 'atomic', body: greedy }, next, nextEmpty, backwards);
      return this.#possessive(set, min, max, next, nextEmpty);
    }
    const choose = (turn: Step, leave: Step) =>
      mode === 'greedy' ? this.#split(turn, leave) : this.#split(leave, turn);
    /** The steps of the optional turns, after the required ones. `after`: the step if no character was taken so far. */
    const optional = (after: Step): Step => {
      if (max !== Infinity) {
        // Turns are written from the last to the first.
        let [taken, empty] = [next, after];
        for (let turn = max; turn > min; turn -= 1) {
          const fromEmpty = choose(this.emit(body, taken, empty, backwards), after);
          taken = next === after ? fromEmpty : choose(this.emit(body, taken, taken, backwards), next);
          empty = fromEmpty;
        }
        return empty;
      }
      const loop = this.#split(next, next) as Step & { op: 'split' };
      const turn = this.emit(body, loop, next, backwards);
      loop.first = mode === 'greedy' ? turn : next;
      loop.second = mode === 'greedy' ? next : turn;
      if (after === next) return loop;
      return choose(this.emit(body, loop, after, backwards), after);
    };
    const ends = { taken: optional(next), empty: next === nextEmpty ? null : optional(nextEmpty) };
    const turns: PatternNode[] = Array.from({ length: min }, () => body);
    return this.#concatenation(turns, ends.taken, ends.empty ?? ends.taken, backwards);
  }

  /** A possessive repeat of one set: before the last turn, it leaves only if the next character is not in the set. */
  #possessive(set: CodePointSet, min: number, max: number, next: Step, nextEmpty: Step): Step {
    const members = this.#classes.members(set);
    const others = members.map((bit) => 1 - bit);
    const take = (after: Step): Step => ({ op: 'set', id: this.#id(), members, next: after });
    const leave = (to: Step): Step => ({
      op: 'next-is',
      id: this.#id(),
      members: others,
      atEnd: true,
      next: to,
    });
    let step: Step;
    if (max === Infinity) {
      const loop = this.#split(next, next) as Step & { op: 'split' };
      loop.first = take(loop);
      loop.second = leave(next);
      step = min > 0 ? loop : this.#split(take(loop), leave(nextEmpty));
    } else {
      step = max === 0 ? nextEmpty : next;
      for (let turn = max; turn > min; turn -= 1)
        step = this.#split(take(step), leave(turn === 1 ? nextEmpty : next));
    }
    for (let turn = min; turn > 0; turn -= 1) step = take(step);
    return step;
  }

  #look(node: PatternNode & { type: 'look' }, next: Step): Step {
    const { direction, negative, body } = node;
    const set = setOf(body);
    if (direction === 'ahead' && set !== null) {
      const inside = this.#classes.members(set);
      const members = negative ? inside.map((bit) => 1 - bit) : inside;
      return { op: 'next-is', id: this.#id(), members, atEnd: negative, next };
    }
    const behind = direction === 'behind';
    const first = this.emit(body, this.match(), this.match(), behind);
    return { op: 'look', id: this.#id(), body: first, behind, negative, next };
  }
}

function setOf(node: PatternNode): CodePointSet | null {
  return node.type === 'set' ? node.set : null;
}
