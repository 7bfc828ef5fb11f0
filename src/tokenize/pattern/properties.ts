/**
 * Finds the set of a `\p{...}` or a POSIX bracket by name, with the meaning of each dialect: the name of a category, a
 * script or a binary property, short or long. Case, blanks, `_` and `-` in names do not matter. Verified over all code
 * points against the native libraries (test/tokenize/pattern/classes.test.ts).
 */
import { type CodePointRange, categoryRanges, complement, unite, whiteSpace } from '../unicode/unicode.ts';
import { binaryProperties, scriptNames, scriptRuns } from './property-tables.ts';
import { anyCharacter, charactersOf, intersect, subtract } from './sets.ts';
import type { CodePointSet, PatternSyntax } from './syntax.ts';

const ascii: CodePointSet = [[0, 0x7f]];
const categories = (...names: string[]) => unite(names.flatMap((name) => categoryRanges(name)!));

const categoryNames: Readonly<Record<string, string>> = {
  other: 'C',
  control: 'Cc',
  cntrl: 'Cc',
  format: 'Cf',
  unassigned: 'Cn',
  privateuse: 'Co',
  surrogate: 'Cs',
  letter: 'L',
  lowercaseletter: 'Ll',
  modifierletter: 'Lm',
  otherletter: 'Lo',
  titlecaseletter: 'Lt',
  uppercaseletter: 'Lu',
  mark: 'M',
  combiningmark: 'M',
  spacingmark: 'Mc',
  enclosingmark: 'Me',
  nonspacingmark: 'Mn',
  number: 'N',
  decimalnumber: 'Nd',
  digit: 'Nd',
  letternumber: 'Nl',
  othernumber: 'No',
  punctuation: 'P',
  punct: 'P',
  connectorpunctuation: 'Pc',
  dashpunctuation: 'Pd',
  closepunctuation: 'Pe',
  finalpunctuation: 'Pf',
  initialpunctuation: 'Pi',
  otherpunctuation: 'Po',
  openpunctuation: 'Ps',
  symbol: 'S',
  currencysymbol: 'Sc',
  modifiersymbol: 'Sk',
  mathsymbol: 'Sm',
  othersymbol: 'So',
  separator: 'Z',
  lineseparator: 'Zl',
  paragraphseparator: 'Zp',
  spaceseparator: 'Zs',
};

/** Short names of the properties below, from UCD's PropertyAliases.txt. */
const shortNames: Readonly<Record<string, string>> = {
  alpha: 'alphabetic',
  lower: 'lowercase',
  upper: 'uppercase',
  space: 'whitespace',
  wspace: 'whitespace',
  ideo: 'ideographic',
  uideo: 'unifiedideograph',
  joinc: 'joincontrol',
  vs: 'variationselector',
  ri: 'regionalindicator',
  dia: 'diacritic',
  ext: 'extender',
  qmark: 'quotationmark',
  term: 'terminalpunctuation',
  epres: 'emojipresentation',
  emod: 'emojimodifier',
  ebase: 'emojimodifierbase',
  ecomp: 'emojicomponent',
  extpict: 'extendedpictographic',
  ahex: 'asciihexdigit',
  hex: 'hexdigit',
};

const derived: Readonly<Record<string, () => CodePointSet>> = {
  any: () => anyCharacter,
  ascii: () => ascii,
  assigned: () => complement(categories('Cn')),
  alphabetic: () => unite([...categories('L', 'Nl'), ...table('otheralphabetic')]),
  lowercase: () => unite([...categories('Ll'), ...table('otherlowercase')]),
  uppercase: () => unite([...categories('Lu'), ...table('otheruppercase')]),
  whitespace: () => whiteSpace,
  lc: () => categories('Lu', 'Ll', 'Lt'),
  casedletter: () => categories('Lu', 'Ll', 'Lt'),
  asciihexdigit: () => charactersOf('0123456789abcdefABCDEF'),
  hexdigit: () => [
    [0x30, 0x39],
    [0x41, 0x46],
    [0x61, 0x66],
    [0xff10, 0xff19],
    [0xff21, 0xff26],
    [0xff41, 0xff46],
  ],
};

const plain = (name: string) => name.toLowerCase().replace(/[\s_-]/g, '');

/** Word characters: Alphabetic, marks, decimal digits, connectors; Rust adds the two joiners. */
export function wordCharacters(syntax: PatternSyntax): CodePointSet {
  const all = [...derived.alphabetic!(), ...categories('M', 'Nd', 'Pc')];
  return unite(syntax === 'rust' ? [...all, [0x200c, 0x200d]] : all);
}

/**
 * Word characters for `\w` and `\b` outside of brackets. Oniguruma counts the superscripts and fractions of Latin-1 as
 * letters there.
 */
export function wordsAlone(syntax: PatternSyntax): CodePointSet {
  const all = wordCharacters(syntax);
  return syntax === 'rust' ? all : unite([...all, ...charactersOf('²³¹¼½¾')]);
}

/** The set of a property; null: there is no such property, or this file lacks it. */
export function propertySet(name: string, syntax: PatternSyntax): CodePointSet | null {
  const wanted = plain(name);
  if (syntax === 'rust') {
    const equals = /^([^=:]+)[=:](.+)$/.exec(wanted);
    if (equals !== null) return valueSet(equals[1]!, equals[2]!);
    // Rust's text has no surrogates, and its tables have no name for characters without a script.
    if (/^(is)?(cs|surrogate|zzzz|unknown)$/.test(wanted)) return null;
    if (/^is./.test(wanted)) return plainSet(wanted) ?? plainSet(wanted.slice(2));
    return plainSet(wanted);
  }
  // In Oniguruma, `punct` is the category; POSIX's `punct`, which is larger, is `posixpunct`.
  const posix = wanted === 'punct' ? 'P' : wanted === 'posixpunct' ? 'punct' : wanted;
  return posixSet(posix, 'oniguruma') ?? plainSet(wanted);
}

function valueSet(key: string, value: string): CodePointSet | null {
  if (key === 'sc' || key === 'script') return scriptSet(value);
  if (key === 'gc' || key === 'generalcategory') return categorySet(value) ?? derived[value]?.() ?? null;
  return null;
}

function plainSet(name: string): CodePointSet | null {
  const long = Object.hasOwn(shortNames, name) ? shortNames[name]! : name;
  return (
    categorySet(name) ??
    (Object.hasOwn(derived, long) ? derived[long]!() : null) ??
    scriptSet(name) ??
    (hasTable(long) ? table(long) : null)
  );
}

function categorySet(name: string): CodePointSet | null {
  if (Object.hasOwn(categoryNames, name)) return categoryRanges(categoryNames[name]!);
  return categoryRanges(name.slice(0, 1).toUpperCase() + name.slice(1));
}

let scriptsByName: ReadonlyMap<string, string> | undefined;
let scriptRanges: ReadonlyMap<string, readonly CodePointRange[]> | undefined;

function scriptSet(name: string): CodePointSet | null {
  scriptsByName ??= new Map(
    `${scriptNames.trim()} Zzzz=Unknown Qaac=Coptic Qaai=Inherited`.split(/\s+/).flatMap((word) => {
      const code = word.slice(0, 4);
      const long = plain(word.slice(5));
      const own = code === 'Qaac' ? 'Copt' : code === 'Qaai' ? 'Zinh' : code;
      return [
        [plain(code), own],
        [long, own],
      ] as [string, string][];
    }),
  );
  scriptRanges ??= readScripts();
  const code = scriptsByName.get(name);
  return code === undefined ? null : scriptRanges.get(code)!;
}

function readScripts(): ReadonlyMap<string, readonly CodePointRange[]> {
  const out = new Map<string, CodePointRange[]>();
  let from = 0;
  for (const word of scriptRuns.trim().split(/\s+/)) {
    const code = word.slice(0, 4);
    const length = Number.parseInt(word.slice(4), 36);
    const ranges = out.get(code);
    if (ranges === undefined) out.set(code, [[from, from + length - 1]]);
    else ranges.push([from, from + length - 1]);
    from += length;
  }
  return out;
}

const tableNames: ReadonlyMap<string, string> = new Map(
  Object.keys(binaryProperties).map((name) => [plain(name), name]),
);
const hasTable = (name: string) => tableNames.has(name);

function table(name: string): CodePointSet {
  const out: CodePointRange[] = [];
  let from = 0;
  binaryProperties[tableNames.get(name)!]!.trim()
    .split(/\s+/)
    .forEach((word, i) => {
      const length = Number.parseInt(word, 36);
      if (i % 2 === 1) out.push([from, from + length - 1]);
      from += length;
    });
  return out;
}

/** `[[:alpha:]]`: ASCII in Rust, Unicode in Oniguruma. null: no such class. */
export function posixSet(name: string, syntax: PatternSyntax): CodePointSet | null {
  const make = Object.hasOwn(posix, name) ? posix[name]! : undefined;
  if (make === undefined) return null;
  if (syntax === 'oniguruma') return make();
  if (name === 'word')
    return charactersOf('_')
      .concat([
        [0x30, 0x39],
        [0x41, 0x5a],
        [0x61, 0x7a],
      ])
      .sort(byFirst);
  if (name === 'punct')
    return [
      [0x21, 0x2f],
      [0x3a, 0x40],
      [0x5b, 0x60],
      [0x7b, 0x7e],
    ];
  if (name === 'space')
    return [
      [0x09, 0x0d],
      [0x20, 0x20],
    ];
  return intersect(make(), ascii);
}

const byFirst = (a: CodePointRange, b: CodePointRange) => a[0] - b[0];

const posix: Readonly<Record<string, () => CodePointSet>> = {
  alpha: derived.alphabetic!,
  digit: () => categories('Nd'),
  alnum: () => unite([...derived.alphabetic!(), ...categories('Nd')]),
  upper: derived.uppercase!,
  lower: derived.lowercase!,
  punct: () => categories('P', 'S'),
  space: () => whiteSpace,
  blank: () => unite([...categories('Zs'), [0x09, 0x09]]),
  cntrl: () => categories('Cc'),
  graph: () => subtract(complement(whiteSpace), categories('Cc', 'Cn', 'Cs')),
  print: () =>
    unite([...subtract(complement(whiteSpace), categories('Cc', 'Cn', 'Cs')), ...categories('Zs')]),
  xdigit: derived.asciihexdigit!,
  word: () => wordCharacters('oniguruma'),
  ascii: () => ascii,
};
