/**
 * Parses the parts of a pattern that match one character: escapes, `[...]` with nested classes, `\p{...}`. The two
 * dialects agree on most; where they differ, the code follows the native library (see the tests).
 */
import { categoryRanges, complement, unite, whiteSpace } from '../unicode/unicode.ts';
import { posixSet, propertySet, wordCharacters, wordsAlone } from './properties.ts';
import { deepestNesting, type PatternReader } from './reader.ts';
import { charactersOf, intersect, single, subtract } from './sets.ts';
import type { CodePointSet, PatternSyntax } from './syntax.ts';

const controls: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  f: '\f',
  v: '\v',
  a: '\u0007',
  e: '\u001b',
};

/**
 * Parses the text after a backslash if it is one character or a class. null: it is something else, and nothing was
 * taken.
 */
export function parseEscapedSet(
  reader: PatternReader,
  syntax: PatternSyntax,
  insideClass: boolean,
): CodePointSet | null {
  const start = reader.at - 1;
  const char = reader.peek();
  if (char === '') reader.fail('a backslash escapes nothing', start);
  const shorthand = shorthandSet(char, syntax, insideClass);
  if (shorthand !== null) {
    reader.at += 1;
    return shorthand;
  }
  if (char === 'p' || char === 'P') return parseProperty(reader, syntax, start, insideClass);
  if (char === 'x' || char === 'u' || char === 'U') return parseCodePoint(reader, syntax, start);
  if (Object.hasOwn(controls, char)) {
    reader.at += 1;
    return single(controls[char]!);
  }
  if (insideClass && char === 'b' && syntax === 'oniguruma') {
    reader.at += 1;
    return single('\b');
  }
  if (char === '0') {
    if (syntax === 'rust') reader.unsupported('\\0', start);
    const match = reader.takeMatch(/^[0-7]{1,3}/)!;
    return [[Number.parseInt(match[0], 8), Number.parseInt(match[0], 8)]];
  }
  if (/^[\p{L}\p{N}]$/u.test(char)) {
    if (/^[AzZbBGKRXNOyYkghQE1-9cCM]$/.test(char) && !insideClass) return null;
    if (syntax === 'rust') reader.fail(`\\${char} is not an escape`, start);
    if (insideClass && /^[1-9cCM]$/.test(char)) reader.unsupported(`\\${char} in a class`, start);
  } else if (syntax === 'rust' && char > '\u007f') {
    reader.fail(`\\${char} is not an escape`, start);
  }
  reader.at += 1;
  return single(char);
}

function shorthandSet(char: string, syntax: PatternSyntax, insideClass: boolean): CodePointSet | null {
  const lower = char.toLowerCase();
  let set: CodePointSet;
  if (lower === 's') set = whiteSpace;
  else if (lower === 'd') set = categoryRanges('Nd')!;
  else if (lower === 'w') set = insideClass ? wordCharacters(syntax) : wordsAlone(syntax);
  else if (lower === 'h') set = charactersOf('0123456789abcdefABCDEF');
  else return null;
  return char === lower ? set : complement(set);
}

function parseProperty(
  reader: PatternReader,
  syntax: PatternSyntax,
  start: number,
  insideClass: boolean,
): CodePointSet {
  let negated = reader.take('\\p') === 'P';
  let name: string;
  if (reader.takeIf('{')) {
    const text = reader.takeUpTo('}');
    if (text === null) reader.fail('\\p{ has no }', start);
    name = text;
    if (name.startsWith('^') && syntax === 'oniguruma') {
      negated = !negated;
      name = name.slice(1);
    }
  } else if (syntax === 'oniguruma') {
    // Oniguruma has \p with braces only: without them it is the letter.
    return single(negated ? 'P' : 'p');
  } else {
    name = reader.take('\\p');
  }
  const isWordAlone = syntax === 'oniguruma' && !insideClass && /^\s*word\s*$/i.test(name);
  const set = isWordAlone ? wordsAlone(syntax) : propertySet(name, syntax);
  if (set === null) {
    if (/^(in|scx|script_?extensions|age|blk|block)/i.test(name))
      reader.unsupported(`the property ${name}`, start);
    reader.fail(`"${name}" is not a Unicode property that longmix knows`, start);
  }
  return negated ? complement(set) : set;
}

/** `\x41`, `\x{41}`, `\u0041`, and Rust's `\u{41}` and `\U00000041`. */
function parseCodePoint(reader: PatternReader, syntax: PatternSyntax, start: number): CodePointSet {
  const kind = reader.take('the escape');
  const braced = kind === 'x' || syntax === 'rust';
  if (kind === 'U' && syntax === 'oniguruma') return single('U');
  let digits: string | undefined;
  if (braced && reader.takeIf('{')) {
    digits = reader.takeUpTo('}')?.trim();
    if (digits === undefined || !/^[0-9A-Fa-f]{1,8}$/.test(digits)) {
      reader.fail(`\\${kind}{...} has no hexadecimal number`, start);
    }
  } else {
    const length = { x: 2, u: 4, U: 8 }[kind]!;
    const some = syntax === 'oniguruma' && kind === 'x' ? '1,2' : length;
    digits = reader.takeMatch(new RegExp(`^[0-9A-Fa-f]{${some}}`))?.[0];
    // In Oniguruma, \x without digits is the letter.
    if (digits === undefined && syntax === 'oniguruma' && kind === 'x') return single('x');
    if (digits === undefined) reader.fail(`\\${kind} needs ${length} hexadecimal digits`, start);
    // Oniguruma's \x80 to \xff are bytes, which are only a part of a character.
    if (syntax === 'oniguruma' && kind === 'x' && Number.parseInt(digits, 16) > 0x7f) {
      reader.unsupported(
        `\\x${digits}, which is a byte and not a character; \\x{${digits}} is the character`,
        start,
      );
    }
  }
  const point = Number.parseInt(digits, 16);
  if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) {
    reader.fail(`\\${kind} with ${digits} is not a character`, start);
  }
  return [[point, point]];
}

interface ClassContext {
  readonly reader: PatternReader;
  readonly syntax: PatternSyntax;
  /** Adds the other cases to a class if case is ignored. */
  readonly fold: (set: CodePointSet) => CodePointSet;
}

/**
 * Parses a class from after its `[` up to and including its `]`. Negation applies to the whole class, intersections
 * included.
 *
 * @param depth number of classes around this one
 */
export function parseClass(
  context: ClassContext,
  depth = 0,
): { readonly set: CodePointSet; readonly negated: boolean } {
  const { reader, syntax } = context;
  const start = reader.at - 1;
  if (depth === deepestNesting)
    reader.oversized(`more than ${deepestNesting} classes inside each other`, start);
  const negated = reader.takeIf('^');
  let left: CodePointSet | null = null;
  let operator: '&&' | '--' | '~~' | null = null;
  let ranges: CodePointSet[] = [];
  const combine = () => {
    const right = unite(ranges.flat());
    left = left === null ? right : operate(left, operator!, right);
    ranges = [];
  };
  if (reader.peek() === ']') {
    // A bracket in the first place stands for itself if another one closes the class.
    if (reader.source.indexOf(']', reader.at + 1) < 0) reader.fail('a class is empty', start);
    reader.at += 1;
    ranges.push(single(']'));
  }
  for (;;) {
    if (reader.isAtEnd) reader.fail('a class [ has no ]', start);
    if (reader.takeIf(']')) break;
    const next = readOperator(reader, syntax);
    if (next !== null) {
      if (syntax === 'oniguruma' && ranges.length === 0)
        reader.unsupported('&& with nothing before it', reader.at - 2);
      combine();
      operator = next;
      if (syntax === 'oniguruma' && reader.peek() === ']')
        reader.unsupported('&& with nothing after it', reader.at - 2);
      continue;
    }
    ranges.push(parseClassItem(context, depth));
  }
  combine();
  const set = context.fold(left!);
  return { set: negated ? complement(set) : set, negated };
}

function readOperator(reader: PatternReader, syntax: PatternSyntax): '&&' | '--' | '~~' | null {
  if (reader.takeIf('&&')) return '&&';
  if (syntax === 'rust' && reader.takeIf('--')) return '--';
  if (syntax === 'rust' && reader.takeIf('~~')) return '~~';
  return null;
}

function operate(left: CodePointSet, operator: '&&' | '--' | '~~', right: CodePointSet): CodePointSet {
  if (operator === '&&') return intersect(left, right);
  if (operator === '--') return subtract(left, right);
  return unite([...subtract(left, right), ...subtract(right, left)]);
}

function parseClassItem(context: ClassContext, depth: number): CodePointSet {
  const { reader, syntax } = context;
  const start = reader.at;
  if (reader.startsWith('[:')) {
    const named = parsePosix(reader, syntax, start);
    if (named !== null) return named;
  }
  if (reader.takeIf('[')) return parseClass(context, depth + 1).set;
  const low = parseClassCharacter(context);
  if (reader.peek() !== '-' || reader.peek(1) === ']' || reader.peek(1) === '') return low;
  if (syntax === 'rust' && reader.peek(1) === '-') return low;
  const isOne = (set: CodePointSet) => set.length === 1 && set[0]![0] === set[0]![1];
  if (!isOne(low)) {
    // After a class, a hyphen stands for itself only if another class follows, in Rust and in Oniguruma.
    reader.fail('a range begins with a class', start);
  }
  if (reader.peek(1) === '[') reader.unsupported('a range that ends with a class', start);
  reader.at += 1;
  const high = parseClassCharacter(context);
  if (!isOne(high)) reader.fail('a range ends with a class', start);
  if (low[0]![0] > high[0]![0]) reader.fail('a range is empty: its ends are in the wrong order', start);
  return [[low[0]![0], high[0]![0]]];
}

function parseClassCharacter({ reader, syntax }: ClassContext): CodePointSet {
  const char = reader.take('a class');
  if (char !== '\\') return single(char);
  return parseEscapedSet(reader, syntax, true)!;
}

/** Parses `[:alpha:]` or `[:^alpha:]`; null: it is a nested class, and nothing was taken. */
function parsePosix(reader: PatternReader, syntax: PatternSyntax, start: number): CodePointSet | null {
  const match = reader.takeMatch(/^\[:(\^?)([A-Za-z]+):\]/);
  if (match === null) return null;
  const set = posixSet(match[2]!, syntax);
  if (set === null) {
    if (syntax === 'oniguruma') reader.fail(`${match[0]} is not a POSIX class`, start);
    reader.at = start;
    return null;
  }
  return match[1] === '^' ? complement(set) : set;
}
