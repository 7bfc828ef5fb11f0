/** Reads quantifiers (`*`, `+?`, `{1,3}` and so on) by the rules of each dialect. */
import type { PatternReader } from './reader.ts';
import type { PatternNode, PatternSyntax } from './syntax.ts';

type Quantifier = Pick<PatternNode & { type: 'repeat' }, 'min' | 'max' | 'mode'>;

const largestRepeat = 100_000;

/** @returns null if there is no quantifier here; then nothing was taken */
export function readQuantifier(reader: PatternReader, syntax: PatternSyntax): Quantifier | null {
  const place = reader.at;
  const char = reader.peek();
  const simple = { '*': [0, Infinity], '+': [1, Infinity], '?': [0, 1] }[char] as
    | [number, number]
    | undefined;
  if (simple !== undefined) {
    reader.at += 1;
    return { min: simple[0], max: simple[1], mode: readMode(reader, true) };
  }
  if (char !== '{') return null;
  const match = reader.takeMatch(/^\{(\d*)(,?)(\d*)\}/);
  // In both dialects, braces that are not an interval are text.
  if (match === null) return null;
  const [, low, comma, high] = match as unknown as [string, string, string, string];
  if (low === '' && high === '') {
    reader.at = place;
    return comma === '' || syntax === 'oniguruma' ? null : reader.unsupported('{,}', place);
  }
  const min = low === '' ? 0 : Number(low);
  const max = high !== '' ? Number(high) : comma === '' ? min : Infinity;
  if (min > largestRepeat || (max > largestRepeat && max !== Infinity)) {
    const rule = `a repeat of more than ${largestRepeat}`;
    if (syntax === 'rust') reader.unsupported(rule, place);
    reader.fail(rule, place);
  }
  if (syntax === 'rust') {
    if (min > max) reader.fail('a repeat whose upper bound is below its lower one', place);
    return { min, max, mode: readMode(reader, true) };
  }
  // Oniguruma: {3,1} is a possessive {1,3}; {n}? is optional, not lazy; {n}+ repeats the repeat.
  if (min > max) return { min: max, max: min, mode: 'possessive' };
  if (comma === '') return { min, max, mode: 'greedy' };
  return { min, max, mode: readMode(reader, false) };
}

function readMode(reader: PatternReader, possessive: boolean): Quantifier['mode'] {
  if (reader.takeIf('?')) return 'lazy';
  if (possessive && reader.takeIf('+')) return 'possessive';
  return 'greedy';
}

/** Whether the native library refuses to repeat this atom, which begins at `at`. */
export function isUnrepeatable(
  atom: PatternNode,
  source: readonly string[],
  at: number,
  syntax: PatternSyntax,
): boolean {
  if (syntax === 'oniguruma') return atom.type === 'look' || isAssertion(source, at);
  // fancy-regex allows a repeat of `^`, of `\b`, and of a lookaround inside a capturing group.
  const text = source.slice(at, at + 100).join('');
  return atom.type === 'look' && /^(?:\(\?[A-Za-z-]*:)*\(\?<?[=!]/.test(text);
}

/** `^`, `$`, `\A` and the like. */
function isAssertion(source: readonly string[], at: number): boolean {
  const char = source[at]!;
  return char === '^' || char === '$' || (char === '\\' && /^[AzZbB]$/.test(source[at + 1] ?? ''));
}
