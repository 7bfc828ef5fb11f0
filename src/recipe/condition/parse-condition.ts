/**
 * Parses the conditions of `where`: `language == "en" and (score >= 3 or not draft == true)`.
 *
 *   or := and ('or' and)*      and := not ('and' not)*      not := 'not' not | '(' or ')' | comparison
 *   comparison := field ('==' | '!=' | '<' | '<=' | '>' | '>=') literal | field 'not'? 'in' '[' literal (',' literal)* ']'
 *
 * A field is a name (a path such as meta.score, too), or any text between backquotes. A literal is a number, a text in
 * quotes, true, false or null. The literal decides whether a field is meant as a number or as a text, so a field that is
 * compared with both is refused. Numbers have an order, texts are equal or not.
 */
import type { Condition } from '../../nouns/carried.ts';

export type ParsedCondition =
  | { readonly condition: Condition }
  /** `at`: where in the text the problem is, from 0. */
  | { readonly problem: string; readonly at: number };

interface Token {
  readonly kind: 'word' | 'field' | 'number' | 'text' | 'symbol' | 'end';
  readonly text: string;
  readonly at: number;
}

class Refused extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

const keywords: readonly string[] = ['and', 'or', 'not', 'in', 'true', 'false', 'null'];
const orders: readonly string[] = ['<', '<=', '>', '>='];
const comparisons: readonly string[] = ['==', '!=', ...orders];
const deepest = 50;

const patterns: readonly (readonly [Token['kind'], RegExp])[] = [
  ['number', /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])/y],
  ['word', /[\p{L}_][\p{L}\p{N}_.-]*/uy],
  ['field', /`[^`]+`/y],
  ['text', /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/y],
  ['symbol', /==|!=|<=|>=|<|>|\(|\)|\[|\]|,/y],
];

export function parseCondition(text: string): ParsedCondition {
  try {
    const parser = new Parser(tokensOf(text));
    return { condition: parser.all() };
  } catch (error) {
    if (error instanceof Refused) return { problem: error.message, at: error.at };
    throw error;
  }
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    while (/\s/.test(text[at] ?? '')) at += 1;
    if (at === text.length) break;
    const token = tokenAt(text, at);
    tokens.push(token);
    at += token.text.length;
  }
  tokens.push({ kind: 'end', text: '', at });
  return tokens;
}

function tokenAt(text: string, at: number): Token {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const [found] = pattern.exec(text) ?? [];
    if (found !== undefined) return { kind, text: found, at };
  }
  const character = String.fromCodePoint(text.codePointAt(at)!);
  const hint =
    character === '='
      ? '; two values are compared with =='
      : '"\'`'.includes(character)
        ? '; a quote is not closed'
        : '&|!'.includes(character)
          ? '; conditions are joined by and, or, not'
          : '';
  throw new Refused(`found ${character}${hint}`, at);
}

type Literal = number | string | null;

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;
  /** What each field is compared with, and where that is first done. */
  readonly #types = new Map<string, 'number' | 'text'>();

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  all(): Condition {
    const condition = this.#or();
    const { kind, text, at } = this.#peek();
    if (kind !== 'end')
      throw new Refused(`found ${text} where the condition should go on with and, or, or end`, at);
    return condition;
  }

  #peek(): Token {
    return this.#tokens[this.#next]!;
  }

  #take(): Token {
    const token = this.#peek();
    if (token.kind !== 'end') this.#next += 1;
    return token;
  }

  #takes(text: string): boolean {
    const token = this.#peek();
    if (token.text !== text || (token.kind !== 'word' && token.kind !== 'symbol')) return false;
    this.#next += 1;
    return true;
  }

  #or(): Condition {
    const parts = [this.#and()];
    while (this.#takes('or')) parts.push(this.#and());
    return parts.length === 1 ? parts[0]! : { or: parts };
  }

  #and(): Condition {
    const parts = [this.#not()];
    while (this.#takes('and')) parts.push(this.#not());
    return parts.length === 1 ? parts[0]! : { and: parts };
  }

  #not(): Condition {
    this.#depth += 1;
    if (this.#depth > deepest) throw new Refused(`nested more than ${deepest} deep`, this.#peek().at);
    const condition = this.#takes('not')
      ? { not: this.#not() }
      : this.#takes('(')
        ? this.#inParentheses()
        : this.#comparison();
    this.#depth -= 1;
    return condition;
  }

  #inParentheses(): Condition {
    const condition = this.#or();
    if (!this.#takes(')')) throw this.#expected(')');
    return condition;
  }

  #comparison(): Condition {
    const token = this.#take();
    const isName = token.kind === 'field' || (token.kind === 'word' && !keywords.includes(token.text));
    if (!isName) throw new Refused(`found ${shown(token)}; expected the name of a field`, token.at);
    const field = token.kind === 'field' ? token.text.slice(1, -1) : token.text;
    const operator = this.#peek();
    if (this.#takes('in')) return { field, in: this.#list(field) };
    if (this.#takes('not')) {
      if (!this.#takes('in')) throw this.#expected('in');
      return { not: { field, in: this.#list(field) } };
    }
    if (operator.kind !== 'symbol' || !comparisons.includes(operator.text))
      throw this.#expected(`${comparisons.join(' ')} or in`);
    this.#take();
    const op = operator.text as '==';
    const literal = this.#peek();
    const value = this.#literal(field);
    if (typeof value !== 'number' && orders.includes(op))
      throw new Refused(`${op} compares numbers, and ${literal.text} is none`, literal.at);
    return { field, op, value };
  }

  #list(field: string): (number | string)[] {
    if (!this.#takes('[')) throw this.#expected('a list such as ["en", "de"]');
    const values: (number | string)[] = [];
    do {
      const token = this.#peek();
      const value = this.#literal(field);
      if (value === null) throw new Refused(`null in a list; write \`${field} == null or ...\``, token.at);
      values.push(value);
    } while (this.#takes(','));
    if (!this.#takes(']')) throw this.#expected(', or ]');
    return values;
  }

  #literal(field: string): Literal {
    const token = this.#take();
    const value = literalOf(token);
    if (value === undefined) {
      const isBare = token.kind === 'word' || token.kind === 'field';
      const hint = isBare ? `; a text needs quotes: "${token.text}"` : '';
      throw new Refused(
        `found ${shown(token)}; expected a number, a text in quotes, true, false or null${hint}`,
        token.at,
      );
    }
    if (value === null) return null;
    const type = typeof value === 'number' ? 'number' : 'text';
    const before = this.#types.get(field) ?? type;
    this.#types.set(field, before);
    if (before !== type)
      throw new Refused(
        `\`${field}\` is compared with a ${type} here, and with a ${before} before`,
        token.at,
      );
    return value;
  }

  #expected(what: string): Refused {
    const token = this.#peek();
    return new Refused(`found ${shown(token)}; expected ${what}`, token.at);
  }
}

/** undefined: the token is not a literal. */
function literalOf({ kind, text }: Token): Literal | undefined {
  if (kind === 'number') return Number.isFinite(Number(text)) ? Number(text) : undefined;
  if (kind === 'text') return text.slice(1, -1).replace(/\\(.)/gs, '$1');
  if (kind !== 'word') return undefined;
  if (text === 'null') return null;
  // The store keeps booleans as these texts.
  return text === 'true' || text === 'false' ? text : undefined;
}

function shown({ kind, text }: Token): string {
  return kind === 'end' ? 'its end' : text;
}
