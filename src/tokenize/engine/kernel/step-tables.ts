/**
 * Writes the steps of a model in the layout of the kernel (assembly/step-layout.ts). Code points are looked up in pages
 * of 256, most of which are equal: some 30 KB per step, where a flat table would need 1.1 MB.
 */
import type { CompiledPattern } from '../../pattern/compile.ts';
import { firstColumns, matchFlag, rowMask, stopFlag } from '../../pattern/compile.ts';
import type { Kept, KernelStep, Scanner } from './model.ts';

const families: Record<Scanner, number> = { gpt2: 1, cl100k: 2, qwen2: 3, o200k: 4, spaces: 5, joins: 6 };
const keeps: Record<Kept, number> = {
  both: 0,
  gaps: 1,
  matches: 2,
  runs: 3,
  'gap-with-match': 4,
  'match-with-gap': 5,
};
/** Flags of an entry at which a part may end: a cut, or the end of the text. */
const cutFlags = matchFlag | stopFlag;
/** The kernel has room for this many steps. */
export const mostSteps = 16;

const headBytes = 64;
const recordBytes = 128;
const pageSize = 256;
const pageCount = 0x1100;
const ascii = Array.from({ length: 0x80 }, (_, byte) => byte);

interface Parts {
  readonly bytes: Uint8Array;
  readonly pageIndex: Uint16Array;
  readonly pages: Uint8Array;
  readonly table: CompiledPattern;
}

/** Number of bytes that `writeSteps` writes. */
export function stepsSize(steps: readonly KernelStep[]): number {
  const sizes = steps.map((step) => {
    const parts = partsOf(step);
    if ('joined' in step) return align(step.joined.byteLength);
    if (parts === null) return 0;
    const { bytes, pageIndex, pages, table } = parts;
    const resumes = 'splits' in step ? [step.table.resumes] : [];
    return [bytes, pageIndex, pages, table.rows, ...resumes].reduce(
      (sum, part) => sum + align(part.byteLength),
      0,
    );
  });
  return sizes.reduce((sum, size) => sum + size, headBytes + recordBytes * steps.length);
}

/** @param at address of the steps in the memory */
export function writeSteps(memory: ArrayBufferLike, at: number, steps: readonly KernelStep[]): void {
  let top = at + headBytes + recordBytes * steps.length;
  const put = (part: Uint8Array | Uint16Array | Uint32Array) => {
    const start = top;
    new Uint8Array(memory, start, part.byteLength).set(
      new Uint8Array(part.buffer, part.byteOffset, part.byteLength),
    );
    top += align(part.byteLength);
    return start;
  };
  new Uint32Array(memory, at, 1)[0] = steps.length;
  steps.forEach((step, i) => {
    const record = at + headBytes + i * recordBytes;
    const fields = new Uint32Array(memory, record, 12);
    const parts = partsOf(step);
    if (!('table' in step) || parts === null) {
      const scanner = step as Exclude<KernelStep, { table: CompiledPattern }>;
      fields[0] = families[scanner.scanner];
      if (scanner.scanner === 'joins') fields[1] = put(scanner.joined);
      return;
    }
    const { table } = step;
    const inert = inertAfter(steps, i);
    new Uint8Array(memory, record + 64, 16).set(asciiSet(inert.all));
    new Uint8Array(memory, record + 80, 16).set(asciiSet(inert.first));
    if ('splits' in step) {
      const { bytes, pageIndex, pages } = parts;
      fields.set([
        0,
        0,
        put(bytes),
        put(pageIndex),
        put(pages),
        put(table.rows),
        table.start,
        isOfBytes(table),
        0,
      ]);
      fields.set([step.mayGiveUp ? 2 : 1, put(step.table.resumes), inert.all.length > 0 ? 1 : 0], 9);
      return;
    }
    const startEntries = table.rows.subarray(table.start / 4, table.start / 4 + table.columns);
    const isRejected = (column: number) => (startEntries[column]! & stopFlag) !== 0;
    fields.set([
      0,
      keeps[step.keep],
      put(parts.bytes),
      put(parts.pageIndex),
      put(parts.pages),
      put(table.rows),
      table.start,
      isOfBytes(table),
      startEntries.some((_, column) => column >= firstColumns && isRejected(column)) ? 1 : 0,
    ]);
    fields[11] = inert.all.length > 0 ? 1 : 0;
    new Uint8Array(memory, record + 48, 16).set(
      asciiSet(ascii.filter((byte) => isRejected(table.classes[byte]!))),
    );
  });
}

function isOfBytes({ classes }: CompiledPattern): number {
  return classes.length === pageSize ? 1 : 0;
}

/** ASCII characters such that a step does not cut a text that has only these. */
interface Inert {
  readonly all: readonly number[];
  /** The first character of a text of two or more may also be one of these. */
  readonly first: readonly number[];
}

/** The characters that are inert for all steps after this one. */
function inertAfter(steps: readonly KernelStep[], k: number): Inert {
  const both = (a: readonly number[], b: readonly number[]) => a.filter((byte) => b.includes(byte));
  const sets = steps.slice(k + 1).map(inertOf);
  const all = sets.reduce((set, inert) => both(set, inert.all), ascii);
  // A character must be inert at the beginning of a text for every step: as a first character or as one of `all`.
  const first = sets.reduce((set, inert) => both(set, [...inert.first, ...inert.all]), ascii);
  return { all, first };
}

function inertOf(step: KernelStep): Inert {
  if (!('table' in step) || ('keep' in step && step.keep === 'matches')) return { all: [], first: [] };
  const { rows, start, classes } = step.table;
  const entryAt = (row: number, byte: number) => rows[row / 4 + classes[byte]!]!;
  const rowAfter = (entry: number) => (entry & rowMask) >>> 0;
  if (!('splits' in step)) {
    const all = ascii.filter((byte) => (entryAt(start, byte) & stopFlag) !== 0);
    const failsAfter = (row: number) => all.every((byte) => (entryAt(row, byte) & cutFlags) === stopFlag);
    return { all, first: ascii.filter((byte) => failsAfter(rowAfter(entryAt(start, byte)))) };
  }
  // Find the row with the most characters that lead to it from the start and then stay in it.
  const leads = (from: number, byte: number, to: number) => {
    const entry = entryAt(from, byte);
    return (entry & cutFlags) === 0 && rowAfter(entry) === to;
  };
  const targets = [...new Set(ascii.map((byte) => rowAfter(entryAt(start, byte))))]
    .filter((row) => (rows[row / 4 + 1]! & cutFlags) === cutFlags)
    .map((row) => ({ row, all: ascii.filter((byte) => leads(start, byte, row) && leads(row, byte, row)) }));
  const { row, all } = targets.reduce((a, b) => (b.all.length > a.all.length ? b : a), {
    row: -1,
    all: [] as number[],
  });
  const first = ascii.filter((byte) => {
    const entry = entryAt(start, byte);
    return (entry & cutFlags) === 0 && all.every((next) => leads(rowAfter(entry), next, row));
  });
  return { all, first };
}

function asciiSet(bytes: readonly number[]): Uint8Array {
  const set = new Uint8Array(16);
  for (const byte of bytes) set[byte & 15]! |= 1 << (byte >> 4);
  return set;
}

const made = new WeakMap<CompiledPattern, Parts>();

function partsOf(step: KernelStep): Parts | null {
  if (!('table' in step)) return null;
  const { table } = step;
  let parts = made.get(table);
  if (parts === undefined) {
    parts = splitClasses(table);
    made.set(table, parts);
  }
  return parts;
}

function splitClasses(table: CompiledPattern): Parts {
  const { classes } = table;
  if (classes.length === pageSize) {
    return { bytes: classes, pageIndex: new Uint16Array(0), pages: new Uint8Array(0), table };
  }
  const bytes = new Uint8Array(256);
  bytes.set(classes.subarray(0, 0x80));
  const known = new Map<string, number>();
  const pages: Uint8Array[] = [];
  const pageIndex = new Uint16Array(pageCount);
  for (let page = 0; page < pageCount; page += 1) {
    const columns = classes.subarray(page * pageSize, (page + 1) * pageSize);
    const key = Buffer.from(columns.buffer, columns.byteOffset, pageSize).toString('latin1');
    let number = known.get(key);
    if (number === undefined) {
      number = pages.length;
      known.set(key, number);
      pages.push(columns);
    }
    pageIndex[page] = number;
  }
  return { bytes, pageIndex, pages: Buffer.concat(pages), table };
}

function align(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}
