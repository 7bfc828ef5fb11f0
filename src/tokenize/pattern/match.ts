/**
 * The plain matcher: finds the matches of a pattern by trying its alternatives in order, and remembers which steps led
 * nowhere at which place, so that no pattern takes exponential time. It runs everything that parses, and is what the
 * tables of compile.ts are judged by. Cost: some 2 to 5 MB/s; memory of a bit per branch of the pattern and character.
 * Of a lookaround only whether it matches counts, so where one matched is remembered, too. Atomic groups may take
 * quadratic time.
 */
import { parsePattern } from './parse.ts';
import { buildProgram, type Program, type Step } from './program.ts';
import { OversizedPattern, type PatternSyntax, UnsupportedPattern } from './syntax.ts';

/** Starts and ends by turns, in UTF-16 units of the text. Matches may be empty. */
export type FindMatches = (text: string) => readonly number[];

/** @throws PatternError, UnsupportedPattern */
export function createMatcher(pattern: string, syntax: PatternSyntax): FindMatches {
  const program = readProgram(pattern, syntax);
  if (syntax === 'rust' && program.nullable) {
    throw new UnsupportedPattern('it may match the empty text, on which tiktoken fails', [...pattern], 0);
  }
  return (text) => new Search(program, text).findAll();
}

/** @throws PatternError, UnsupportedPattern */
export function readProgram(pattern: string, syntax: PatternSyntax): Program {
  const node = parsePattern(pattern, syntax);
  try {
    return buildProgram(node);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new OversizedPattern(error.message, [...pattern], 0);
  }
}

class Search {
  readonly #program: Program;
  /** Class of each character. */
  readonly #classes: Uint16Array;
  /** Where each character begins in UTF-16, and the end. */
  readonly #places: Uint32Array;
  readonly #length: number;
  /** By step: a bit for each place from which it was tried. What was tried before and still counts has failed. */
  readonly #tried: Uint8Array[] = [];
  /** The same for steps of lookarounds from which a match is known to follow. */
  readonly #matching: Uint8Array[] = [];

  constructor(program: Program, text: string) {
    this.#program = program;
    this.#classes = new Uint16Array(text.length);
    this.#places = new Uint32Array(text.length + 1);
    let length = 0;
    for (let at = 0; at < text.length; length += 1) {
      const point = text.codePointAt(at)!;
      this.#classes[length] = program.classes.of[point]!;
      this.#places[length] = at;
      at += point > 0xffff ? 2 : 1;
    }
    this.#places[length] = text.length;
    this.#length = length;
  }

  /** As both libraries go on: after an empty match at the place of the last match's end, one character further on. */
  findAll(): number[] {
    const found: number[] = [];
    let lastEnd = -1;
    for (let at = 0; at <= this.#length; ) {
      const log: number[] = [];
      const end = this.#run(this.#program.start, at, false, log);
      if (end < 0 || (end === at && end === lastEnd)) {
        this.#forget(log, at);
        at += 1;
        continue;
      }
      found.push(this.#places[at]!, this.#places[end]!);
      this.#forget(log, end);
      lastEnd = end;
      at = end;
    }
    return found;
  }

  /** Steps tried up to `end` belong to the match itself; those after it have failed, whatever comes before them. */
  #forget(log: readonly number[], end: number): void {
    for (let i = 0; i < log.length; i += 2) {
      const at = log[i + 1]!;
      if (at <= end) this.#tried[log[i]!]![at >> 3]! &= ~(1 << (at & 7));
    }
  }

  /**
   * Where the first match from `at` on ends, -1: there is none. `log` gets the steps that were tried, and where.
   * `whether`: it counts only whether there is one, and any end will do.
   */
  #run(start: Step, at: number, backwards: boolean, log: number[], whether = false): number {
    const stack: (Step | number)[] = [start, at];
    /** For `whether`: the splits on the way to here and their places, and which of them the alternatives on the stack are of. */
    const way: number[] = [];
    const splits = [0];
    while (stack.length > 0) {
      let place = stack.pop() as number;
      let step = stack.pop() as Step;
      if (whether) way.length = splits.pop()!;
      for (;;) {
        if (
          step.op === 'match' ||
          (whether && step.op === 'split' && isSet(this.#matching[step.id], place))
        ) {
          for (let i = 0; i < way.length; i += 2) this.#set(this.#matching, way[i]!, way[i + 1]!);
          return place;
        }
        if (step.op === 'set') {
          const next = backwards ? place - 1 : place;
          if (next < 0 || next >= this.#length || step.members[this.#classes[next]!] === 0) break;
          place = backwards ? next : place + 1;
          step = step.next;
        } else if (step.op === 'split') {
          if (isSet(this.#tried[step.id], place)) break;
          this.#set(this.#tried, step.id, place);
          log.push(step.id, place);
          stack.push(step.second, place);
          if (whether) {
            way.push(step.id, place);
            splits.push(way.length);
          }
          step = step.first;
        } else if (step.op === 'next-is') {
          const fits = place < this.#length ? step.members[this.#classes[place]!] === 1 : step.atEnd;
          if (!fits) break;
          step = step.next;
        } else if (step.op === 'look') {
          if (this.#runApart(step.body, place, step.behind, true) >= 0 === step.negative) break;
          step = step.next;
        } else {
          const end = this.#runApart(step.body, place, backwards, false);
          if (end < 0) break;
          step = end === place ? step.nextEmpty : step.next;
          place = end;
        }
      }
    }
    return -1;
  }

  /**
   * A group of its own. Where it fails, what it tried stays known; where it matches and its end counts, all is forgotten.
   * Else the steps of its way are known to match, which is asked first, and what led nowhere stays known.
   */
  #runApart(body: Step, place: number, backwards: boolean, whether: boolean): number {
    const log: number[] = [];
    const end = this.#run(body, place, backwards, log, whether);
    if (end >= 0 && !whether) this.#forget(log, Number.POSITIVE_INFINITY);
    return end;
  }

  #set(bitsOf: Uint8Array[], id: number, at: number): void {
    const bits = bitsOf[id] ?? new Uint8Array((this.#length >> 3) + 1);
    bits[at >> 3]! |= 1 << (at & 7);
    bitsOf[id] = bits;
  }
}

function isSet(bits: Uint8Array | undefined, at: number): boolean {
  return bits !== undefined && (bits[at >> 3]! & (1 << (at & 7))) !== 0;
}
