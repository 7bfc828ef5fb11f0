/**
 * Classes of characters that Hugging Face's tokenizers uses outside of regular expressions. Each comes from a crate
 * with its own Unicode version, so one name means different characters in different places: punctuation and nonspacing
 * marks are Unicode 8.0's (unicode_categories), combining marks 9.0's (unicode-normalization-alignments), word
 * characters 16.0's (regex), numbers and lowercase 17.0's (the standard library). Measured on every code point with
 * tokenizers 0.23; the tests repeat this. Tables are read at the first use.
 */
import { lowercase17, marks9, nonspacingMarks8, numbers17, others8, punctuation8 } from './hf-tables.ts';
import { type CodePointRange, categoryRanges, unite, whiteSpace } from './unicode.ts';

export type CharacterClass = 'punctuation' | 'nonspacing' | 'other' | 'marks' | 'numbers' | 'word' | 'space';

const asciiPunctuation: readonly CodePointRange[] = [
  [0x21, 0x2f],
  [0x3a, 0x40],
  [0x5b, 0x60],
  [0x7b, 0x7e],
];
/**
 * Characters that are Alphabetic but not in the categories of letters, marks or numbers: circled and squared letters.
 */
const alphabeticSymbols: readonly CodePointRange[] = [
  [0x24b6, 0x24e9],
  [0x1f130, 0x1f149],
  [0x1f150, 0x1f169],
  [0x1f170, 0x1f189],
];
const joiners: readonly CodePointRange[] = [[0x200c, 0x200d]];

const readers: Readonly<Record<CharacterClass, () => readonly CodePointRange[]>> = {
  /** Includes ASCII's symbols. */
  punctuation: () => unite([...asciiPunctuation, ...readRanges(punctuation8)]),
  nonspacing: () => readRanges(nonspacingMarks8),
  other: () => readRanges(others8),
  marks: () => readRanges(marks9),
  numbers: () => readRanges(numbers17),
  word: () => {
    const categories = ['L', 'M', 'Nd', 'Nl', 'Pc'].flatMap((name) => categoryRanges(name)!);
    return unite([...categories, ...alphabeticSymbols, ...joiners]);
  },
  space: () => whiteSpace,
};
const known = new Map<CharacterClass, readonly CodePointRange[]>();

export function classRanges(name: CharacterClass): readonly CodePointRange[] {
  let ranges = known.get(name);
  if (ranges === undefined) {
    ranges = readers[name]();
    known.set(name, ranges);
  }
  return ranges;
}

/** Tests whether a code point is in the class. Cost: a table of one byte per code point, filled at the first use. */
export function classTest(name: CharacterClass): (point: number) => boolean {
  let table: Uint8Array | undefined;
  return (point) => {
    if (table === undefined) {
      table = new Uint8Array(0x110000);
      for (const [first, last] of classRanges(name)) table.fill(1, first, last + 1);
    }
    return table[point] === 1;
  };
}

/** The characters of a class, for use between the brackets of a regular expression. */
export function classMembers(name: CharacterClass): string {
  const char = (point: number) => String.fromCodePoint(point).replace(/[\\^\-[\]&]/, '\\$&');
  return classRanges(name)
    .map(([first, last]) => (first === last ? char(first) : `${char(first)}-${char(last)}`))
    .join('');
}

let lower: ReadonlyMap<number, number> | undefined;

/** Rust's `char::to_lowercase`: it maps single characters, so a final sigma is like any other. null: no change. */
export function lowercaseOf(point: number): string | null {
  if (point === 0x130) return 'i\u0307';
  lower ??= readMappings(lowercase17);
  const to = lower.get(point);
  return to === undefined ? null : String.fromCodePoint(to);
}

function readRanges(table: string): readonly CodePointRange[] {
  let end = 0;
  return table
    .trim()
    .split(/\s+/)
    .map((word) => {
      const [gap, length] = word.split('.').map((digits) => Number.parseInt(digits, 36));
      const first = end + gap!;
      end = first + length!;
      return [first, end - 1];
    });
}

function readMappings(table: string): ReadonlyMap<number, number> {
  const out = new Map<number, number>();
  let last = 0;
  for (const word of table.trim().split(/\s+/)) {
    const [gap, step, count, delta] = word.split('.').map((digits) => Number.parseInt(digits, 36));
    for (let i = 0, point = last + gap!; i < count!; i += 1, point += step!) {
      out.set(point, point + delta!);
      last = point;
    }
  }
  return out;
}
