/**
 * Conditions on the fields of documents (`where`), as functions of a document's number. A document without the field fails
 * every comparison with it but `== null`.
 *
 * Cost: some calls per document and comparison. Texts are compared once per distinct text, not per document.
 */
import type { Condition } from '../nouns/carried.ts';
import { type DocumentColumns, noText, type TextColumn } from '../nouns/tokens.ts';

export type Holds = (document: number) => boolean;

/** Returns a function that says whether the condition holds for a document. The columns must have its fields. */
export function holdsFor(condition: Condition, columns: DocumentColumns): Holds {
  if ('or' in condition) {
    const parts = condition.or.map((part) => holdsFor(part, columns));
    return (d) => parts.some((holds) => holds(d));
  }
  if ('and' in condition) {
    const parts = condition.and.map((part) => holdsFor(part, columns));
    return (d) => parts.every((holds) => holds(d));
  }
  if ('not' in condition) {
    const holds = holdsFor(condition.not, columns);
    return (d) => !holds(d);
  }
  const name = `field:${condition.field}`;
  if ('in' in condition) {
    const values = new Set(condition.in);
    return typeof condition.in[0] === 'number'
      ? ofNumbers(name, columns, (number) => values.has(number))
      : ofTexts(name, columns, (text) => values.has(text));
  }
  const { op, value } = condition;
  if (value === null) {
    const isNull = ofTexts(name, columns, () => true);
    return op === '==' ? (d) => !isNull(d) : isNull;
  }
  if (typeof value === 'string') return ofTexts(name, columns, (text) => (text === value) === (op === '=='));
  return ofNumbers(name, columns, comparison(op, value));
}

function comparison(op: '==' | '!=' | '<' | '<=' | '>' | '>=', value: number): (number: number) => boolean {
  return {
    '==': (number: number) => number === value,
    '!=': (number: number) => number !== value,
    '<': (number: number) => number < value,
    '<=': (number: number) => number <= value,
    '>': (number: number) => number > value,
    '>=': (number: number) => number >= value,
  }[op];
}

function ofNumbers(name: string, { numbers }: DocumentColumns, holds: (number: number) => boolean): Holds {
  const column = columnIn(numbers, name);
  return (d) => {
    const number = column[d]!;
    return !Number.isNaN(number) && holds(number);
  };
}

function ofTexts(name: string, { texts }: DocumentColumns, holds: (text: string) => boolean): Holds {
  const { values, index }: TextColumn = columnIn(texts, name);
  const byValue = values.map(holds);
  return (d) => index[d] !== noText && byValue[index[d]!]!;
}

function columnIn<T>(columns: ReadonlyMap<string, T>, name: string): T {
  const column = columns.get(name);
  if (column === undefined) throw new Error(`the column ${name} is not in the index: use loadIndex`);
  return column;
}
