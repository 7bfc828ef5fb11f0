/**
 * Unicode classes of one fixed version, 16.0, independent of Node. Classes change between versions (U+0295 went
 * from Ll to Lo in 17.0, and every version turns unassigned code points into letters), so JavaScript's own \p{...}
 * would give other tokens after an update of Node. The reference libraries have 16.0: Oniguruma 6.9.10 in Hugging
 * Face's tokenizers 0.23 and regex-syntax 0.8 in tiktoken agree on every code point.
 */
import { assignedInUnicode9, generalCategories } from './unicode-tables.ts';

/** A range that includes both ends. Lists of ranges are ascending, and the ranges do not touch. */
export type CodePointRange = readonly [first: number, last: number];

const lastCodePoint = 0x10ffff;

/** White_Space, the `\s` of Rust and Oniguruma. Unlike JavaScript's `\s`, it has U+0085 and lacks U+FEFF. */
export const whiteSpace: readonly CodePointRange[] = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0x85, 0x85],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
];

/** Code points that Unicode 9.0 had not assigned. */
export function unassignedInUnicode9(): readonly CodePointRange[] {
  return readRuns(assignedInUnicode9)
    .filter((run) => run.name === 'Cn')
    .map((run) => run.range);
}

/** Filled at the first use: a tokenizer with cached tables needs none of it. */
let categoryRuns: readonly Run[] | undefined;

/** The ranges of a general category (`Lu`) or of a group of them (`L`); null: there is no such category. */
export function categoryRanges(name: string): readonly CodePointRange[] | null {
  categoryRuns ??= readRuns(generalCategories);
  const ranges = categoryRuns.filter((run) => run.name.startsWith(name)).map((run) => run.range);
  return /^[A-Z][a-z]?$/.test(name) && ranges.length > 0 ? unite(ranges) : null;
}

/** Sorts the ranges and joins those that touch or overlap. */
export function unite(ranges: readonly CodePointRange[]): readonly CodePointRange[] {
  const out: [number, number][] = [];
  for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const before = out.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else out.push([first, last]);
  }
  return out;
}

export function complement(ranges: readonly CodePointRange[]): readonly CodePointRange[] {
  const out: CodePointRange[] = [];
  let from = 0;
  for (const [first, last] of unite(ranges)) {
    if (first > from) out.push([from, first - 1]);
    from = last + 1;
  }
  if (from <= lastCodePoint) out.push([from, lastCodePoint]);
  return out;
}

/** The ranges as a JavaScript character class, for the flag `u`. */
export function classSource(ranges: readonly CodePointRange[]): string {
  const hex = (point: number) => `\\u{${point.toString(16)}}`;
  const parts = ranges.map(([first, last]) => (first === last ? hex(first) : `${hex(first)}-${hex(last)}`));
  return `[${parts.join('')}]`;
}

interface Run {
  readonly name: string;
  readonly range: CodePointRange;
}

/** Reads `Ccw Zs1 ...`: the two letters of a name, then a length in base 36. */
function readRuns(table: string): readonly Run[] {
  const runs: Run[] = [];
  let from = 0;
  for (const word of table.trim().split(/\s+/)) {
    const length = Number.parseInt(word.slice(2), 36);
    runs.push({ name: word.slice(0, 2), range: [from, from + length - 1] });
    from += length;
  }
  return runs;
}
