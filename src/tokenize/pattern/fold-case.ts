/**
 * Characters that are equal when case is ignored: Unicode's simple case folding (statuses C and S of CaseFolding.txt),
 * as in Rust and Oniguruma. Oniguruma also treats several characters as equal to one (`ss` and U+00DF); patterns where
 * this could matter are refused, see `foldsWithOthers`.
 */
import { unite } from '../unicode/unicode.ts';
import { fullFolding, simpleFolding } from './property-tables.ts';
import { contains } from './sets.ts';
import type { CodePointSet } from './syntax.ts';

/** Filled at the first use. */
let classes: ReadonlyMap<number, readonly number[]> | undefined;

export function foldCase(set: CodePointSet): CodePointSet {
  classes ??= readClasses();
  const more: [number, number][] = [];
  for (const [point, others] of classes) {
    if (contains(set, point)) for (const other of others) more.push([other, other]);
  }
  return more.length === 0 ? set : unite([...set, ...more]);
}

/** Each code point that folds with others -> all code points that are equal to it. */
function readClasses(): ReadonlyMap<number, readonly number[]> {
  const byTarget = new Map<number, number[]>();
  for (const run of simpleFolding.trim().split(/\s+/)) {
    const [first, delta, count, step] = run.split(',').map((word) => Number.parseInt(word, 36));
    for (let i = 0; i < count!; i += 1) {
      const point = first! + i * step!;
      const target = point + delta!;
      const members = byTarget.get(target);
      if (members === undefined) byTarget.set(target, [target, point]);
      else members.push(point);
    }
  }
  const out = new Map<number, readonly number[]>();
  for (const members of byTarget.values()) for (const point of members) out.set(point, members);
  return out;
}

/**
 * Code points that equal several characters when case is ignored; each part is the set of its cases. Oniguruma only.
 */
let sequences: readonly { readonly point: number; readonly parts: readonly CodePointSet[] }[] | undefined;

/**
 * Whether Oniguruma, ignoring case, could match this run of sets with another number of characters: a set contains a
 * character that folds to several, or neighbours together may equal the folding of one character.
 */
export function foldsWithOthers(run: readonly CodePointSet[]): boolean {
  sequences ??= fullFolding
    .trim()
    .split(/\s+/)
    .map((word) => {
      const [point, ...parts] = word.split(',').map((part) => Number.parseInt(part, 36));
      return { point: point!, parts: parts.map((part) => foldCase([[part, part]])) };
    });
  return sequences.some(
    ({ point, parts }) =>
      run.some((set) => set.length < 100 && contains(set, point)) ||
      run.some((_, at) => parts.every((part, i) => meets(run[at + i], part))),
  );
}

function meets(set: CodePointSet | undefined, part: CodePointSet): boolean {
  return (
    set !== undefined &&
    part.some(([first, last]) => {
      for (let point = first; point <= last; point += 1) if (contains(set, point)) return true;
      return false;
    })
  );
}
