/**
 * Parses a pre-tokenizer's regular expression to a tree. It reads the two dialects of tokenizer files in the way of
 * their native libraries: Oniguruma in Ruby's syntax (Hugging Face) and fancy-regex (tiktoken). If the library refuses
 * a pattern, the error is a PatternError with its place. If the library accepts it but longmix cannot run it exactly
 * (back references, recursion, `\K`, `\X` ...), the error is an UnsupportedPattern. Nothing is guessed.
 */
import { complement } from '../unicode/unicode.ts';
import { foldCase, foldsWithOthers } from './fold-case.ts';
import { parseClass, parseEscapedSet } from './parse-class.ts';
import { wordsAlone } from './properties.ts';
import { isUnrepeatable, readQuantifier } from './quantifier.ts';
import { deepestNesting, PatternReader } from './reader.ts';
import { anyCharacter, single } from './sets.ts';
import {
  alternate,
  type CodePointSet,
  concatenate,
  emptyNode,
  isNullable,
  type PatternNode,
  type PatternSyntax,
} from './syntax.ts';

/** @throws PatternError, UnsupportedPattern */
export function parsePattern(pattern: string, syntax: PatternSyntax): PatternNode {
  return new PatternParser(pattern, syntax).parse();
}

interface Flags {
  readonly ignoreCase: boolean;
  /** `.` matches a newline. */
  readonly dotAll: boolean;
  /** `^` and `$` match at each line. In Rust this is a flag; in Oniguruma they always do. */
  readonly lines: boolean;
  readonly extended: boolean;
}

const notNewline = complement(single('\n'));

const look = (body: PatternNode, direction: 'ahead' | 'behind', negative: boolean): PatternNode => ({
  type: 'look',
  body,
  direction,
  negative,
});
const one = (set: CodePointSet): PatternNode => ({ type: 'set', set });
const textStart = look(one(anyCharacter), 'behind', true);
const textEnd = look(one(anyCharacter), 'ahead', true);
const lineEnd = look(one(notNewline), 'ahead', true);

class PatternParser {
  readonly #reader: PatternReader;
  readonly #syntax: PatternSyntax;
  #flags: Flags;
  #depth = 0;
  /** Number of lookbehinds around this place. */
  #behind = 0;
  /** Whether the last atom was one character, written as itself or escaped. */
  #isLiteral = false;

  constructor(pattern: string, syntax: PatternSyntax) {
    this.#reader = new PatternReader(pattern);
    this.#syntax = syntax;
    this.#flags = { ignoreCase: false, dotAll: false, lines: syntax === 'oniguruma', extended: false };
  }

  parse(): PatternNode {
    const node = this.#alternation();
    if (!this.#reader.isAtEnd) this.#reader.fail('a ) has no ( before it');
    return node;
  }

  /** Parses up to `)` or the end, and does not take the `)`. */
  #alternation(): PatternNode {
    const options: PatternNode[] = [];
    do options.push(this.#concatenation());
    while (this.#reader.takeIf('|'));
    return alternate(options);
  }

  #concatenation(): PatternNode {
    const reader = this.#reader;
    const parts: PatternNode[] = [];
    /** The literal characters right before this place, under (?i). */
    let run: CodePointSet[] = [];
    for (;;) {
      if (this.#flags.extended) this.#skipBlanks();
      const start = reader.at;
      const char = reader.peek();
      if (char === '' || char === '|' || char === ')') break;
      if (reader.startsWith('(?#')) {
        if (reader.takeUpTo(')') === null) reader.fail('a comment (?# has no )');
        continue;
      }
      const flagGroup = this.#flagGroup();
      if (flagGroup !== null) {
        if (flagGroup === 'changed') continue;
        // Oniguruma: the rest of the enclosing group, alternatives included, is inside the flags' group.
        parts.push(flagGroup);
        break;
      }
      this.#isLiteral = false;
      const atom = this.#atom();
      if (this.#isLiteral && atom.type === 'set' && this.#flags.ignoreCase && this.#syntax === 'oniguruma') {
        run.push(atom.set);
        if (foldsWithOthers(run)) {
          reader.unsupported('a case-insensitive character that equals several others together', start);
        }
      }
      const node = this.#quantified(atom, start);
      if (!this.#isLiteral || node !== atom) run = [];
      parts.push(node);
    }
    return parts.length === 0 ? emptyNode : concatenate(parts);
  }

  #skipBlanks(): void {
    const reader = this.#reader;
    for (;;) {
      if (reader.takeIf('#')) {
        if (reader.takeUpTo('\n') === null) reader.at = reader.source.length;
      } else if (/^[ \t\n\v\f\r]$/.test(reader.peek())) {
        reader.at += 1;
      } else {
        return;
      }
    }
  }

  #atom(): PatternNode {
    const reader = this.#reader;
    const start = reader.at;
    const char = reader.take('the pattern');
    if (char === '(') return this.#group(start);
    if (char === '[') {
      const fold = (set: CodePointSet) => this.#fold(set);
      const { set, negated } = parseClass({ reader, syntax: this.#syntax, fold });
      const folds =
        this.#flags.ignoreCase && this.#syntax === 'oniguruma' && !negated && foldsWithOthers([set]);
      if (folds)
        reader.unsupported('a case-insensitive class with a character that equals several others', start);
      return one(set);
    }
    if (char === '.') return one(this.#flags.dotAll ? anyCharacter : notNewline);
    if (char === '^') return this.#lineStart();
    if (char === '$') return this.#flags.lines ? lineEnd : textEnd;
    if (char === '\\') {
      const set = parseEscapedSet(reader, this.#syntax, false);
      if (set === null) return this.#escape(start);
      this.#isLiteral = !/[sdwhp]/i.test(reader.source[start + 1]!);
      // Oniguruma ignores the case of \p{Lu} only inside brackets.
      return one(this.#isLiteral || this.#syntax === 'rust' ? this.#fold(set) : set);
    }
    if ('*+?'.includes(char)) reader.fail(`"${char}" has nothing before it that it could repeat`, start);
    if (
      char === '{' &&
      this.#syntax === 'oniguruma' &&
      /^\d*(,\d*)?\}/.test(reader.source.slice(reader.at, reader.at + 30).join('')) &&
      !reader.startsWith('}') &&
      !reader.startsWith(',}')
    ) {
      reader.fail('"{" has nothing before it that it could repeat', start);
    }
    this.#isLiteral = true;
    return one(this.#fold(single(char)));
  }

  #fold(set: CodePointSet): CodePointSet {
    return this.#flags.ignoreCase ? foldCase(set) : set;
  }

  #lineStart(): PatternNode {
    if (!this.#flags.lines) return textStart;
    const afterNewline = look(one(single('\n')), 'behind', false);
    if (this.#syntax === 'rust') return alternate([textStart, afterNewline]);
    // In Oniguruma, no line begins after a newline at the end of the text.
    return alternate([textStart, concatenate([afterNewline, look(one(anyCharacter), 'ahead', false)])]);
  }

  /** Parses escapes that are not a set: anchors, `\R`, `\N`, `\O`. */
  #escape(start: number): PatternNode {
    const reader = this.#reader;
    const char = reader.take('the escape');
    const oniguruma = this.#syntax === 'oniguruma';
    if (char === 'A') return textStart;
    if (char === 'z') return textEnd;
    if (char === 'b' || char === 'B') return this.#wordBoundary(char === 'B');
    if (oniguruma) {
      // Matches at the end, or before a newline that ends the text.
      if (char === 'Z')
        return look(
          alternate([concatenate([one(single('\n')), one(anyCharacter)]), one(notNewline)]),
          'ahead',
          true,
        );
      if (char === 'N') return one(notNewline);
      if (char === 'O') return one(anyCharacter);
      if (char === 'R') {
        const lineBreaks: CodePointSet = [
          [0x0a, 0x0d],
          [0x85, 0x85],
          [0x2028, 0x2029],
        ];
        const body = alternate([concatenate([one(single('\r')), one(single('\n'))]), one(lineBreaks)]);
        return { type: 'atomic', body };
      }
    }
    if (/^[1-9k]$/.test(char)) reader.unsupported('a back reference', start);
    if (/^[gGKXyYQEcCM]$/.test(char) || char === 'Z') reader.unsupported(`\\${char}`, start);
    if (oniguruma) return one(this.#fold(single(char)));
    return reader.fail(`\\${char} is not an escape`, start);
  }

  #wordBoundary(negated: boolean): PatternNode {
    const word = one(wordsAlone(this.#syntax));
    const [before, after] = [look(word, 'behind', false), look(word, 'ahead', false)];
    const [notBefore, notAfter] = [look(word, 'behind', true), look(word, 'ahead', true)];
    return negated
      ? alternate([concatenate([before, after]), concatenate([notBefore, notAfter])])
      : alternate([concatenate([before, notAfter]), concatenate([notBefore, after])]);
  }

  /** Parses `(?i)` and similar groups. null: there is none here, and nothing was taken. */
  #flagGroup(): PatternNode | 'changed' | null {
    const reader = this.#reader;
    const start = reader.at;
    if (!reader.takeIf('(?')) return null;
    const match = reader.takeMatch(/^([A-Za-z]*)(?:-([A-Za-z]*))?\)/);
    if (match === null) {
      reader.at = start;
      return null;
    }
    const before = this.#flags;
    this.#setFlags(match[1]!, match[2] ?? '', start);
    if (this.#syntax === 'rust') return 'changed';
    const node = this.#alternation();
    this.#flags = before;
    return node;
  }

  #setFlags(on: string, off: string, start: number): void {
    const oniguruma = this.#syntax === 'oniguruma';
    const changed: Record<string, boolean> = {};
    for (const [letters, value] of [
      [on, true],
      [off, false],
    ] as const) {
      for (const letter of letters) {
        const known = oniguruma ? 'imx' : 'imsx';
        if (!known.includes(letter)) {
          if ((oniguruma ? 'WDSPCIL' : 'uUR').includes(letter))
            this.#reader.unsupported(`the flag "${letter}"`, start);
          this.#reader.fail(`"${letter}" is not a flag`, start);
        }
        const name =
          letter === 'i'
            ? 'ignoreCase'
            : letter === 'x'
              ? 'extended'
              : letter === 's' || oniguruma
                ? 'dotAll'
                : 'lines';
        changed[name] = value;
      }
    }
    this.#flags = { ...this.#flags, ...changed };
  }

  /** Parses a group after its `(`. */
  #group(start: number): PatternNode {
    const reader = this.#reader;
    this.#depth += 1;
    if (this.#depth > deepestNesting)
      reader.oversized(`more than ${deepestNesting} groups inside each other`, start);
    const before = this.#flags;
    const wrap = this.#openGroup(start);
    const isBehind = reader.source[start + 2] === '<' && /^[=!]$/.test(reader.source[start + 3] ?? '');
    if (
      this.#behind > 0 &&
      this.#syntax === 'oniguruma' &&
      /^[=!]$/.test(reader.source[start + 2] ?? '') &&
      reader.source[start + 1] === '?'
    ) {
      reader.fail('a lookahead inside of a lookbehind', start);
    }
    if (isBehind) this.#behind += 1;
    const body = this.#alternation();
    if (isBehind) this.#behind -= 1;
    this.#isLiteral = false;
    if (!reader.takeIf(')')) reader.fail('a ( has no )', start);
    this.#flags = before;
    this.#depth -= 1;
    return wrap(body);
  }

  #openGroup(start: number): (body: PatternNode) => PatternNode {
    const reader = this.#reader;
    const asIs = (body: PatternNode) => body;
    if (reader.startsWith('*')) {
      if (this.#syntax === 'rust') reader.fail('"*" has nothing before it that it could repeat');
      reader.unsupported('a callout (*...)', start);
    }
    if (!reader.takeIf('?')) return asIs;
    if (reader.takeIf(':')) return asIs;
    if (reader.takeIf('=')) return (body) => look(body, 'ahead', false);
    if (reader.takeIf('!')) return (body) => look(body, 'ahead', true);
    if (reader.takeIf('<=')) return (body) => look(body, 'behind', false);
    if (reader.takeIf('<!')) return (body) => look(body, 'behind', true);
    if (reader.takeIf('>')) return (body) => ({ type: 'atomic', body });
    const named =
      this.#syntax === 'oniguruma'
        ? /^(?:<\p{L}[\p{L}\p{N}_]*>|'\p{L}[\p{L}\p{N}_]*')/u
        : /^P?<[\p{L}_][\p{L}\p{N}_.]*>/u;
    if (reader.takeMatch(named) !== null) return asIs;
    const flags = reader.takeMatch(/^([A-Za-z]*)(?:-([A-Za-z]*))?:/);
    if (flags !== null) {
      this.#setFlags(flags[1]!, flags[2] ?? '', start);
      return asIs;
    }
    if (/^[~({&|^R0-9+-]$/.test(reader.peek())) reader.unsupported(`a group (?${reader.peek()}`, start);
    return reader.fail('(? begins no known kind of group', start);
  }

  #quantified(atom: PatternNode, start: number): PatternNode {
    const reader = this.#reader;
    let node = atom;
    for (let count = 0; ; count += 1) {
      if (this.#flags.extended) this.#skipBlanks();
      const place = reader.at;
      const quantifier = readQuantifier(reader, this.#syntax);
      if (quantifier === null) return node;
      if (isUnrepeatable(atom, reader.source, start, this.#syntax)) {
        reader.fail('an assertion cannot be repeated', start);
      }
      if (count > 0 && this.#syntax === 'rust') reader.unsupported('a quantifier after a quantifier', place);
      const { min, max, mode } = quantifier;
      // Oniguruma may leave such a repeat before the lower bound is reached.
      if (max > 1 && (min > 1 || max !== Infinity) && isNullable(node)) {
        reader.unsupported('a bounded repeat of what may match nothing', place);
      }
      node = { type: 'repeat', body: node, min, max, mode };
    }
  }
}
