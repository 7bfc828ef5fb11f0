/**
 * The plain matcher: it tries the alternatives of a pattern in order, and remembers which steps failed at which place,
 * so that no pattern takes exponential time. It runs every pattern that parses, and tests compare the tables of
 * compile.ts with it. Cost: some 2 to 5 MB/s; one bit of memory per branch of the pattern and character. For a
 * lookaround it only matters whether it matches, so the places where one matched are remembered, too. Atomic groups may
 * take quadratic time.
 */
import { parsePattern } from './parse.ts';
import { buildProgram, type Program, type Step } from './program.ts';
import { OversizedPattern, type PatternSyntax, UnsupportedPattern } from './syntax.ts';

/** Returns start and end of each match, in turn, in UTF-16 units of the text. Matches may be empty. */
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
  /** Where each character begins, in UTF-16 units, and the end of the text. */
  readonly #places: Uint32Array;
  readonly #length: number;
  /** By step: a bit for each place at which it was tried. A step that is still marked has failed there. */
  readonly #tried: Uint8Array[] = [];
  /** By step of a lookaround: a bit for each place from which a match is known to follow. */
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

  /**
   * As in both libraries, an empty match at the end of the last match is skipped: the search goes on one character
   * later.
   */
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

  /**
   * Forgets steps tried up to `end`, which belong to the match itself. Steps tried after it have failed in any case.
   */
  #forget(log: readonly number[], end: number): void {
    for (let i = 0; i < log.length; i += 2) {
      const at = log[i + 1]!;
      if (at <= end) this.#tried[log[i]!]![at >> 3]! &= ~(1 << (at & 7));
    }
  }

  /**
   * The end of the preferred match that begins at `at`; -1: there is none. `log` gets the tried steps and their places.
   * `whether`: only the existence of a match matters, so the returned end may be any.
   */
  #run(start: Step, at: number, backwards: boolean, log: number[], whether = false): number {
    const stack: (Step | number)[] = [start, at];
    /**
     * For `whether`: the splits on the way to this place, with their places; `splits`: the length of `way` at each
     * alternative on the stack.
     */
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
   * Runs an atomic group or a lookaround by itself. If it fails, its tried steps stay marked as failed. If it matches
   * and its end matters, all marks are removed. If only the existence of a match matters, the steps on the way to the
   * match are marked as matching (which is tested first), and failed steps stay marked.
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
