/**
 * A pretokenizer's regular expression, as Rust's or Oniguruma's syntax has it, to a JavaScript one of the same meaning.
 * Of that syntax it takes only what both engines and JavaScript agree on, or what can be spelled out: classes come from
 * fixed tables (unicode.ts), `(?i:...)` becomes both cases of each letter, possessive `a++` becomes a lookahead (which
 * is atomic) and a back reference. Anything else is refused, never guessed: the caller has another way.
 */
import {
  type CodePointRange,
  categoryRanges,
  classSource,
  complement,
  unite,
  whiteSpace,
} from './unicode.ts';

/** @throws UnsupportedPattern */
export function toJsRegex(pattern: string): RegExp {
  const regex = new RegExp(new Translator(pattern).translate(), 'gu');
  if (''.match(regex) !== null) throw new UnsupportedPattern('it matches the empty text');
  return regex;
}

export class UnsupportedPattern extends Error {}

/** Simple case folding: letters outside of ASCII that equal an ASCII letter when case is ignored. */
const foldsToAscii: Readonly<Record<string, string>> = { s: '\u017f', k: '\u212a' };

interface Group {
  /** Where the group begins in the output. */
  readonly start: number;
  readonly ignoreCase: boolean;
}

class Translator {
  readonly #source: readonly string[];
  #at = 0;
  readonly #out: string[] = [];
  #ignoreCase = false;
  /** Where the last atom (what a quantifier applies to) begins in the output; -1: none. */
  #atom = -1;
  #possessives = 0;

  constructor(pattern: string) {
    this.#source = Array.from(pattern);
  }

  translate(): string {
    const groups: Group[] = [];
    while (this.#at < this.#source.length) {
      const char = this.#take();
      if (char === '(') {
        groups.push({ start: this.#out.length, ignoreCase: this.#ignoreCase });
        this.#out.push(this.#openGroup());
        this.#atom = -1;
      } else if (char === ')') {
        const group = groups.pop();
        if (group === undefined) throw new UnsupportedPattern('unbalanced parentheses');
        this.#out.push(')');
        this.#atom = group.start;
        this.#ignoreCase = group.ignoreCase;
      } else if (char === '|') {
        this.#out.push('|');
        this.#atom = -1;
      } else if ('*+?{'.includes(char)) {
        this.#quantify(char);
      } else {
        this.#atom = this.#out.length;
        this.#out.push(classSource(this.#foldCase(this.#atomRanges(char))));
      }
    }
    if (groups.length > 0) throw new UnsupportedPattern('unbalanced parentheses');
    return this.#out.join('');
  }

  #take(): string {
    const char = this.#source[this.#at];
    if (char === undefined) throw new UnsupportedPattern('it ends too early');
    this.#at += 1;
    return char;
  }

  #takeIf(text: string): boolean {
    if (
      !this.#source
        .slice(this.#at, this.#at + text.length)
        .join('')
        .startsWith(text)
    )
      return false;
    this.#at += text.length;
    return true;
  }

  #openGroup(): string {
    if (this.#takeIf('?=')) return '(?=';
    if (this.#takeIf('?!')) return '(?!';
    if (this.#takeIf('?i:')) this.#ignoreCase = true;
    else if (!this.#takeIf('?:') && this.#source[this.#at] === '?')
      throw new UnsupportedPattern('a group (?...');
    return '(?:';
  }

  #quantify(first: string): void {
    if (this.#atom < 0) throw new UnsupportedPattern(`"${first}" with nothing before it`);
    let quantifier = first;
    if (first === '{') {
      while (!quantifier.endsWith('}')) quantifier += this.#take();
      if (!/^\{\d+(,\d*)?\}$/.test(quantifier)) throw new UnsupportedPattern(`"${quantifier}"`);
    }
    const next = this.#source[this.#at];
    // The engines differ on {n}+ and {n}?.
    if (first === '{' && (next === '+' || next === '?'))
      throw new UnsupportedPattern(`"${quantifier}${next}"`);
    if (next === '*' || next === '{') throw new UnsupportedPattern(`"${quantifier}${next}"`);
    if (this.#takeIf('?')) quantifier += '?';
    if (this.#takeIf('+')) {
      this.#possessives += 1;
      const name = `possessive${this.#possessives}`;
      const atom = this.#out.splice(this.#atom).join('');
      this.#out.push(`(?=(?<${name}>${atom}${quantifier}))\\k<${name}>`);
    } else {
      this.#out.push(quantifier);
    }
    this.#atom = -1;
  }

  /** The code points that one atom matches. */
  #atomRanges(char: string): readonly CodePointRange[] {
    if (char === '[') return this.#classRanges();
    if (char === '\\') return this.#escapeRanges();
    if ('.^$'.includes(char))
      throw new UnsupportedPattern(`"${char}", which means another thing in each engine`);
    return single(char);
  }

  #classRanges(): readonly CodePointRange[] {
    const negated = this.#takeIf('^');
    const ranges: CodePointRange[] = [];
    for (;;) {
      const char = this.#take();
      if (char === ']' && ranges.length > 0) break;
      if (char === '[' || char === ']' || (char === '&' && this.#source[this.#at] === '&')) {
        throw new UnsupportedPattern('a class inside a class');
      }
      const from = char === '\\' ? this.#escapeRanges() : single(char);
      if (this.#source[this.#at] === '-' && this.#source[this.#at + 1] !== ']') {
        this.#at += 1;
        const end = this.#take();
        const to = end === '\\' ? this.#escapeRanges() : single(end);
        const low = from[0]!;
        const high = to[0]!;
        if (from.length + to.length > 2 || low[0] !== low[1] || high[0] !== high[1] || low[0] > high[0]) {
          throw new UnsupportedPattern('a range of classes');
        }
        ranges.push([low[0], high[0]]);
      } else {
        ranges.push(...from);
      }
    }
    // Folding goes before negation: [^a] without case is neither a nor A.
    return negated ? complement(this.#foldCase(ranges)) : unite(ranges);
  }

  #escapeRanges(): readonly CodePointRange[] {
    const char = this.#take();
    const control = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v' }[char];
    if (control !== undefined) return single(control);
    if (char === 's') return whiteSpace;
    if (char === 'S') return complement(whiteSpace);
    if (char === 'd') return categoryRanges('Nd')!;
    if (char === 'D') return complement(categoryRanges('Nd')!);
    if (char === 'p' || char === 'P') {
      let name = '';
      if (this.#takeIf('{')) while (!this.#takeIf('}')) name += this.#take();
      const ranges = categoryRanges(name);
      if (ranges === null) throw new UnsupportedPattern(`the class \\${char}{${name}}`);
      return char === 'p' ? ranges : complement(ranges);
    }
    if (/[\p{L}\p{N}]/u.test(char)) throw new UnsupportedPattern(`"\\${char}"`);
    return single(char);
  }

  #foldCase(ranges: readonly CodePointRange[]): readonly CodePointRange[] {
    if (!this.#ignoreCase) return ranges;
    const all: CodePointRange[] = [...ranges];
    for (const [first, last] of ranges) {
      // Letters outside of ASCII have cases too, but no pattern seen so far asks for theirs.
      if (last > 0x7f) throw new UnsupportedPattern('characters outside of ASCII inside (?i:...)');
      for (let point = first; point <= last; point += 1) {
        const char = String.fromCodePoint(point);
        const lower = char.toLowerCase();
        all.push(...single(lower), ...single(char.toUpperCase()));
        const other = foldsToAscii[lower];
        if (other !== undefined) all.push(...single(other));
      }
    }
    return unite(all);
  }
}

function single(char: string): readonly CodePointRange[] {
  const point = char.codePointAt(0)!;
  return [[point, point]];
}

/** What matches the text itself. A hyphen stays as it is: outside of a class, the flag u allows no escape before one. */
export function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
