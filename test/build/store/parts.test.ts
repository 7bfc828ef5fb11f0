/** Where parts end: by names and sizes of a source's units alone, and so that a change stays where it is. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupUnits, partBytesOf, planParts, unitBytes } from '../../../src/build/store/parts.ts';
import type { ReadUnit } from '../../../src/nouns/documents.ts';
import { sourceOf } from '../../read/helpers.ts';
import { fuzz } from '../../support/fuzz.ts';

const MiB = 1024 * 1024;
const GiB = 1024 * MiB;

function file(name: string, bytes: number, compressed = false): ReadUnit {
  const compression = compressed ? ('gzip' as const) : ('none' as const);
  const files = [{ path: `/nowhere/${name}`, name, bytes, stamp: '', format: 'text' as const, compression }];
  return { source: sourceOf('/nowhere'), name, files, start: 0, end: bytes, joined: false };
}

/** A large JSON Lines file as `splitLines` cuts it: whole ranges of at least the size, and a rest. */
function ranges(unit: ReadUnit, bytes: number, lineBytes: number): ReadUnit[] {
  const cut: ReadUnit[] = [];
  let start = 0;
  while (unit.end - start > bytes) {
    const end = Math.min(unit.end, Math.ceil((start + bytes) / lineBytes) * lineBytes);
    if (end === unit.end) break;
    cut.push({ ...unit, start, end });
    start = end;
  }
  return [...cut, { ...unit, start }];
}

const sizeOf = (part: readonly ReadUnit[]) => part.reduce((sum, unit) => sum + unitBytes(unit), 0);

describe('the size of parts', () => {
  it.each([
    [0, 4],
    [GiB, 4],
    [GiB + 1, 16],
    [16 * GiB, 16],
    [17 * GiB, 64],
    [257 * GiB, 256],
    [3 * 1024 * GiB, 1024],
    [100 * 1024 * GiB, 1024],
  ])('of a source of %d bytes aims at %d MiB', (text, part) => expect(partBytesOf(text)).toBe(part * MiB));

  it('gives some 10,000 parts of 10 TB, and enough of 10 GB for many cores', () => {
    for (const [text, least, most] of [
      [10 * 2 ** 40, 5_000, 12_000],
      [2 * 2 ** 40, 5_000, 12_000],
      [10 * GiB, 400, 1_000],
    ] as const) {
      const units = Array.from({ length: 100_000 }, (_, i) => file(`${i}.txt`, text / 100_000));
      const parts = groupUnits(units, partBytesOf(text));
      expect(parts.length).toBeGreaterThan(least);
      expect(parts.length).toBeLessThan(most);
    }
  });

  it('is at least a quarter of the aim, but for the last part, and seldom many times the aim', () => {
    for (const bytes of [2000, 50_000, MiB, 3 * MiB, 9 * MiB]) {
      const units = Array.from({ length: 20_000 }, (_, i) => file(`a/${i}.txt`, bytes));
      const sizes = groupUnits(units, 4 * MiB).map(sizeOf);
      for (const size of sizes.slice(0, -1)) expect(size).toBeGreaterThanOrEqual(MiB);
      const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
      expect(Math.max(...sizes)).toBeLessThan(16 * 4 * MiB);
      expect(mean).toBeLessThan(Math.max(bytes, 4 * MiB) * 1.5);
    }
  });

  it('of a large file is its own size: files of the aim or more are a part each, with small ones before them', () => {
    const units = [file('1', 10), file('2', 10), file('3', 9 * MiB), file('4', 4 * MiB), file('5', 10)];
    const names = groupUnits(units, 4 * MiB).map((part) => part.map(({ name }) => name));
    expect(names).toEqual([['1', '2', '3'], ['4'], ['5']]);
  });

  it('takes a compressed file for four times its size', () => {
    const units = [file('1', 10), file('2', MiB, true), file('3', 10)];
    expect(groupUnits(units, 4 * MiB)).toHaveLength(2);
    expect(groupUnits([file('1', 10), file('x', MiB), file('3', 10)], 64 * MiB)).toHaveLength(1);
  });
});

it('a source without files has no part, and one of empty files has one', async () => {
  expect((await planParts([])).parts).toEqual([]);
  expect((await planParts([file('a', 0), file('b', 0)])).parts).toHaveLength(1);
});

describe('a change of one file', () => {
  const aim = 1000;
  /** Tiny files, files of about a part, large ones, and large ones in ranges. */
  const sizes = fc.oneof(
    fc.integer({ min: 0, max: 20 }),
    fc.integer({ min: 0, max: 400 }),
    fc.integer({ min: 200, max: 3000 }),
    fc.integer({ min: 3000, max: 20_000 }),
  );
  /** Runs of one kind, beside each other by their names. */
  const corpora = fc
    .array(
      fc.record({
        kind: fc.constantFrom('tiny', 'middle', 'large', 'ranges', 'any'),
        sizes: fc.array(sizes, { minLength: 1, maxLength: 40 }),
      }),
      { minLength: 1, maxLength: 6 },
    )
    .map((runs) => {
      const files = new Map<string, number>();
      for (const [r, run] of runs.entries()) {
        for (const [f, size] of run.sizes.entries()) {
          const bytes = { tiny: size % 20, middle: size % 700, large: 1000 + size, ranges: size, any: size }[
            run.kind
          ]!;
          const isRanges = run.kind === 'ranges' || (run.kind === 'any' && size % 3 === 0);
          files.set(`${r}/${String(f * 7).padStart(4, '0')}${isRanges ? '.jsonl' : '.txt'}`, bytes);
        }
      }
      return files;
    });
  const changes = fc.array(
    fc.record({
      at: fc.nat(),
      kind: fc.constantFrom('add', 'remove', 'resize', 'grow'),
      size: sizes,
      other: fc.nat(),
    }),
    { minLength: 1, maxLength: 12 },
  );

  const partsOf = (files: ReadonlyMap<string, number>): ReadUnit[][] => {
    const names = [...files.keys()].sort();
    const units = names.flatMap((name) => {
      const unit = file(name, files.get(name)!);
      return name.endsWith('.jsonl') ? ranges(unit, aim, 7) : [unit];
    });
    return groupUnits(units, aim);
  };
  const keyOf = (part: readonly ReadUnit[]) =>
    JSON.stringify(part.map(({ name, start, end }) => [name, start, end]));

  it('makes the parts anew that hold it, and at most one beside them', () => {
    fc.assert(
      fc.property(corpora, changes, (files, history) => {
        for (const { at, kind, size, other } of history) {
          const before = partsOf(files);
          const names = [...files.keys()].sort();
          const old = names[at % Math.max(1, names.length)]!;
          let changed = old;
          if (kind === 'add') {
            changed = `${old.replace(/\.\w+$/, '')}-${other % 50}${other % 3 === 0 ? '.jsonl' : '.txt'}`;
            files.set(changed, size);
          } else if (kind === 'remove' && files.size > 1) files.delete(old);
          else if (kind === 'grow') files.set(old, files.get(old)! + size);
          else files.set(old, size);
          const after = partsOf(files);
          const had = new Set(before.map(keyOf));
          const has = new Set(after.map(keyOf));
          const holds = (part: readonly ReadUnit[]) => part.some(({ name }) => name === changed);
          const made = after.filter((part) => !had.has(keyOf(part)));
          const gone = before.filter((part) => !has.has(keyOf(part)));
          // Without the file, the part that had held it is one of those made anew.
          const held = files.has(changed) ? 1 : 2;
          expect(made.filter((part) => !holds(part)).length).toBeLessThanOrEqual(held);
          expect(gone.filter((part) => !holds(part)).length).toBeLessThanOrEqual(before.some(holds) ? 1 : 2);
          if (kind === 'grow') {
            // All whole ranges that it had are as they were.
            const rangesOf = (parts: readonly ReadUnit[][]) =>
              parts.flat().filter(({ name }) => name === old);
            const whole = rangesOf(before).slice(0, -1);
            const now = new Set(rangesOf(after).map(({ start, end }) => `${start} ${end}`));
            for (const { start, end } of whole) expect(now).toContain(`${start} ${end}`);
          }
        }
      }),
      fuzz(400),
    );
  });

  it('does not move other ends, whatever is far from it', () => {
    const units = Array.from({ length: 2000 }, (_, i) => file(`${String(i).padStart(5, '0')}.txt`, 100));
    const ends = (some: readonly ReadUnit[]) => groupUnits(some, aim).map((part) => part.at(-1)!.name);
    const without = units.filter((_, i) => i !== 1000);
    const [all, less] = [ends(units), ends(without)];
    const moved = [...all.filter((end) => !less.includes(end)), ...less.filter((end) => !all.includes(end))];
    expect(moved.length).toBeLessThanOrEqual(2);
    expect(all.length).toBeGreaterThan(100);
  });
});
