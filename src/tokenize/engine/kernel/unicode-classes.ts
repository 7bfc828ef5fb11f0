/** The class of every code point for the hand-written scanners, numbered as in `assembly/classes.ts`. */
import { categoryRanges, whiteSpace } from '../../unicode/unicode.ts';

const other = 0;
const upper = 1;
const lower = 2;
/** Letters without case: Lm, Lo. */
const letter = 3;
const mark = 4;
const number = 5;
const space = 6;
const white = 7;
const newline = 8;

const categories: readonly (readonly [name: string, number])[] = [
  ['Lu', upper],
  ['Lt', upper],
  ['Ll', lower],
  ['Lm', letter],
  ['Lo', letter],
  ['M', mark],
  ['N', number],
];

/** Classes by code point: 0x110000 bytes. */
export function unicodeClasses(): Uint8Array {
  const classes = new Uint8Array(0x110000).fill(other);
  for (const [name, number] of categories) {
    for (const [first, last] of categoryRanges(name)!) classes.fill(number, first, last + 1);
  }
  for (const [first, last] of whiteSpace) classes.fill(white, first, last + 1);
  classes[' '.charCodeAt(0)] = space;
  classes['\r'.charCodeAt(0)] = newline;
  classes['\n'.charCodeAt(0)] = newline;
  return classes;
}
