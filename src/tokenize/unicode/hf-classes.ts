/**
 * Classes of characters as Hugging Face's tokenizers has them outside of regular expressions. Each comes from a crate with a
 * Unicode version of its own, so the same name means other characters here and there: punctuation and nonspacing marks are
 * Unicode 8.0's (unicode_categories), combining marks 9.0's (unicode-normalization-alignments), word characters 16.0's
 * (regex), numbers and lowercase 17.0's (the standard library). Measured on every code point with tokenizers 0.23; the
 * tests do it again. Tables are read when first asked for.
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
/** Letters by the property Alphabetic that are in no category of letters, marks or numbers: circled and squared ones. */
const alphabeticSymbols: readonly CodePointRange[] = [
  [0x24b6, 0x24e9],
  [0x1f130, 0x1f149],
  [0x1f150, 0x1f169],
  [0x1f170, 0x1f189],
];
const joiners: readonly CodePointRange[] = [[0x200c, 0x200d]];

const readers: Readonly<Record<CharacterClass, () => readonly CodePointRange[]>> = {
  /** ASCII's symbols are in it, too. */
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

/** Whether a code point is of the class. One byte per code point, filled when first asked for. */
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

/** The characters of a class, as they stand between the brackets of a regular expression. */
export function classMembers(name: CharacterClass): string {
  const char = (point: number) => String.fromCodePoint(point).replace(/[\\^\-[\]&]/, '\\$&');
  return classRanges(name)
    .map(([first, last]) => (first === last ? char(first) : `${char(first)}-${char(last)}`))
    .join('');
}

let lower: ReadonlyMap<number, number> | undefined;

/** Rust's `char::to_lowercase`: each character by itself, so the final sigma is like any other. null: it stays. */
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
