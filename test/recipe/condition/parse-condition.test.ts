import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdsFor } from '../../../src/mix/conditions.ts';
import type { Condition } from '../../../src/nouns/carried.ts';
import { noText } from '../../../src/nouns/tokens.ts';
import { parseCondition } from '../../../src/recipe/condition/parse-condition.ts';
import { fuzz } from '../../support/fuzz.ts';

function conditionOf(text: string): Condition {
  const parsed = parseCondition(text);
  if ('problem' in parsed) throw new Error(`${parsed.at}: ${parsed.problem}`);
  return parsed.condition;
}

const problemOf = (text: string): string => {
  const parsed = parseCondition(text);
  return 'problem' in parsed ? `${parsed.at}: ${parsed.problem}` : 'none';
};

interface Document {
  readonly n: number | null;
  readonly m: number | null;
  readonly t: string | null;
}

/** The slow plain way: the tree is walked for each document. */
function plainly(condition: Condition, document: Document): boolean {
  if ('or' in condition) return condition.or.some((part) => plainly(part, document));
  if ('and' in condition) return condition.and.every((part) => plainly(part, document));
  if ('not' in condition) return !plainly(condition.not, document);
  const value = document[condition.field as keyof Document];
  if ('in' in condition) return value !== null && condition.in.includes(value);
  if (condition.value === null) return (value === null) === (condition.op === '==');
  if (value === null) return false;
  const [a, b] = [value as number, condition.value as number];
  return { '==': a === b, '!=': a !== b, '<': a < b, '<=': a <= b, '>': a > b, '>=': a >= b }[condition.op];
}

/** A condition as text, with more parentheses than it needs. */
function written(condition: Condition): string {
  if ('or' in condition) return `(${condition.or.map(written).join(' or ')})`;
  if ('and' in condition) return `(${condition.and.map(written).join(' and ')})`;
  if ('not' in condition) return `not ${written(condition.not)}`;
  const literal = (value: number | string | null) => (value === null ? 'null' : JSON.stringify(value));
  if ('in' in condition) return `${condition.field} in [${condition.in.map(literal).join(', ')}]`;
  return `${condition.field} ${condition.op} ${literal(condition.value)}`;
}

const number = fc.constantFrom(-1, 0, 1, 2.5);
const word = fc.constantFrom('en', 'de', 'a"b', "it's", '');
const leaf: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({
    field: fc.constantFrom('n', 'm'),
    op: fc.constantFrom('==', '!=', '<', '<=', '>', '>='),
    value: number,
  }),
  fc.record({
    field: fc.constant('t'),
    op: fc.constantFrom('==', '!='),
    value: fc.option(word, { freq: 3 }),
  }),
  fc.record({ field: fc.constant('n'), in: fc.array(number, { minLength: 1, maxLength: 3 }) }),
  fc.record({ field: fc.constant('t'), in: fc.array(word, { minLength: 1, maxLength: 3 }) }),
);
const { tree } = fc.letrec<{ tree: Condition }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    leaf,
    fc.array(tie('tree'), { minLength: 2, maxLength: 3 }).map((or) => ({ or })),
    fc.array(tie('tree'), { minLength: 2, maxLength: 3 }).map((and) => ({ and })),
    tie('tree').map((not) => ({ not })),
  ),
}));
const documents = fc.array(fc.record({ n: fc.option(number), m: fc.option(number), t: fc.option(word) }), {
  maxLength: 12,
});

describe('a condition', () => {
  it('means what its parts mean, document by document', () => {
    fc.assert(
      fc.property(tree, documents, (condition, all) => {
        const texts = [...new Set(all.flatMap(({ t }) => t ?? []))];
        const numbersOf = (key: 'n' | 'm') => Float64Array.from(all, (document) => document[key] ?? NaN);
        const index = (value: (document: Document) => string | null, values: readonly string[]) =>
          Uint32Array.from(all, (one) => (value(one) === null ? noText : values.indexOf(value(one)!)));
        const holds = holdsFor(conditionOf(written(condition)), {
          numbers: new Map([
            ['field:n', numbersOf('n')],
            ['field:m', numbersOf('m')],
          ]),
          texts: new Map([['field:t', { values: texts, index: index(({ t }) => t, texts) }]]),
        });
        expect(all.map((_, d) => holds(d))).toEqual(all.map((document) => plainly(condition, document)));
      }),
      fuzz(300),
    );
  });

  it('binds not before and, and and before or', () => {
    expect(conditionOf('not a == 1 and b == 2 or c == 3')).toEqual(
      conditionOf('((not (a == 1)) and (b == 2)) or (c == 3)'),
    );
    expect(conditionOf('x not in ["a"]')).toEqual({ not: { field: 'x', in: ['a'] } });
  });

  it('names fields by words, paths and between backquotes, and reads booleans as the store keeps them', () => {
    expect(conditionOf('meta.score-2 >= -1.5e1')).toEqual({ field: 'meta.score-2', op: '>=', value: -15 });
    expect(conditionOf("`and more` == 'x'")).toEqual({ field: 'and more', op: '==', value: 'x' });
    expect(conditionOf('draft == false')).toEqual({ field: 'draft', op: '==', value: 'false' });
  });

  it.each([
    ['language = "en"', '9: found =; two values are compared with =='],
    [
      'language == en',
      '12: found en; expected a number, a text in quotes, true, false or null; a text needs quotes: "en"',
    ],
    ['language == "en', '12: found "; a quote is not closed'],
    ['a == 1 && b == 2', '7: found &; conditions are joined by and, or, not'],
    ['score >= "3"', '9: >= compares numbers, and "3" is none'],
    ['score > 1 and score == "x"', '23: `score` is compared with a text here, and with a number before'],
    ['score in [1, "x"]', '13: `score` is compared with a text here, and with a number before'],
    ['score', '5: found its end; expected == != < <= > >= or in'],
    ['(a == 1', '7: found its end; expected )'],
    ['a == 1 b == 2', '7: found b where the condition should go on with and, or, or end'],
    ['== 3', '0: found ==; expected the name of a field'],
    ['a in []', '6: found ]; expected a number, a text in quotes, true, false or null'],
    [`${'('.repeat(60)}a == 1`, '50: nested more than 50 deep'],
  ])('that is wrong is refused with its place: %s', (text, problem) => {
    expect(problemOf(text)).toBe(problem);
  });

  it('of any characters is parsed or refused, and nothing else', () => {
    const pieces = fc.constantFrom(
      'a',
      '==',
      '"x"',
      '1',
      '(',
      ')',
      'and',
      'not',
      'in',
      '[',
      ',',
      ']',
      '`',
      "'",
      '\\',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((all) => all.join(' ')),
        ),
        (text) => {
          const parsed = parseCondition(text);
          if ('problem' in parsed) expect(parsed.at).toBeLessThanOrEqual(text.length);
        },
      ),
      fuzz(500),
    );
  });
});
