/**
 * Finds the fields of documents in lines of JSON, in WebAssembly (`assembly/`), without parsing the record or making a
 * string of the text. It takes only lines that it is sure of, and calls all others odd: JSON.parse must judge them.
 */

import { isUtf8 } from 'node:buffer';
import { packageRoot } from '../../base/package-root.ts';
import type { FieldNames } from '../../nouns/recipe.ts';
import { readBytes } from '../../storage/files.ts';

/** Receives the content of each line. */
export interface LineTaker {
  /**
   * `text` is well-formed UTF-8, and valid only during the call; `lone`: number of lone surrogates that became U+FFFD.
   */
  document(text: Uint8Array, lone: number, id: string | null, source: string | null): void;
  /** A line that is not plainly a document, without its newline. */
  odd(line: Uint8Array): void;
}

export interface JsonScan {
  /** Scans whole lines. */
  scan(lines: Uint8Array, taker: LineTaker): void;
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  inputAddress(): number;
  namesAddress(): number;
  rowsAddress(): number;
  reserve(bytes: number): void;
  addStep(field: number, bytes: number, isWhole: number): number;
  scan(from: number, end: number): number;
  lineCount(): number;
}

/** The most bytes of lines in one call. Longer input is odd, which bounds the memory at twice as much. */
const longest = 4 * 1024 * 1024;
const smallest = 64 * 1024;

/** These must agree with `assembly/index.ts`. */
const rowWords = 13;
const taken = 0;
const kinds = { missing: 0, string: 1, number: 2 } as const;
const longestName = 1000;
const mostSteps = 8;

const wasm = new URL('dist/read/json-scan/json-scan.wasm', packageRoot);
let compiled: WebAssembly.Module | undefined;

/** One scanner per set of names. Calls do not affect each other, and memory is allocated only once. */
const scans = new Map<string, JsonScan>();

/** null: the scanner can't look for these names. */
export function jsonScan(fields: FieldNames): JsonScan | null {
  const names = [fields.text, fields.id, ...(fields.source === null ? [] : [fields.source])];
  if (!names.every(isPlain)) return null;
  const key = JSON.stringify(names);
  const scan = scans.get(key) ?? createJsonScan(fields, names);
  scans.set(key, scan);
  return scan;
}

function createJsonScan(fields: FieldNames, names: readonly string[]): JsonScan {
  compiled ??= new WebAssembly.Module(readBytes(wasm));
  const exports = new WebAssembly.Instance(compiled, {}).exports as unknown as Exports;
  addNames(exports, names);
  const start = exports.inputAddress();
  const rows = exports.rowsAddress() / 4;
  let capacity = 0;
  let memory = Buffer.alloc(0);
  let words = new Uint32Array(0);

  const room = (bytes: number) => {
    if (bytes <= capacity) return;
    capacity = Math.max(smallest, bytes);
    exports.reserve(capacity);
    memory = Buffer.from(exports.memory.buffer);
    words = new Uint32Array(exports.memory.buffer);
  };

  const name = (row: number, field: number): string | null => {
    const kind = words[row + 4 + 3 * field]!;
    if (kind !== kinds.string && kind !== kinds.number) return null;
    return memory.toString('utf8', words[row + 5 + 3 * field], words[row + 6 + 3 * field]);
  };

  const takeLine = (row: number, clean: boolean, taker: LineTaker) => {
    const line = memory.subarray(words[row + 1], words[row + 2]);
    const source = fields.source === null ? null : name(row, 2);
    const isDocument =
      words[row] === taken &&
      words[row + 4] === kinds.string &&
      (fields.source === null || (words[row + 10] === kinds.string && source !== '')) &&
      (clean || isUtf8(line));
    if (!isDocument) taker.odd(line);
    else
      taker.document(memory.subarray(words[row + 5], words[row + 6]), words[row + 3]!, name(row, 1), source);
  };

  return {
    scan(lines, taker) {
      if (lines.length > longest) {
        for (const line of linesOf(lines)) taker.odd(line);
        return;
      }
      room(lines.length);
      memory.set(lines, start);
      const clean = isUtf8(lines);
      for (let at = start; at < start + lines.length; ) {
        at = exports.scan(at, start + lines.length);
        const count = exports.lineCount();
        for (let i = 0; i < count; i += 1) takeLine(rows + i * rowWords, clean, taker);
      }
    },
  };
}

/**
 * Whether a name can be compared as bytes (a lone surrogate has none) and fits in the tables; else JSON.parse is used.
 */
function isPlain(name: string): boolean {
  const isWellFormed = Buffer.from(name).toString() === name;
  return isWellFormed && Buffer.byteLength(name) <= longestName && name.split('.').length <= mostSteps;
}

/** A field is found by its name or, if the name has dots and no key has that name, by its path. */
function addNames(exports: Exports, names: readonly string[]): void {
  let at = exports.namesAddress();
  const add = (field: number, step: string, isWhole: boolean) => {
    const bytes = Buffer.from(step);
    Buffer.from(exports.memory.buffer).set(bytes, at);
    at = exports.addStep(field, bytes.length, isWhole ? 1 : 0);
  };
  for (const [field, name] of names.entries()) {
    for (const step of name.split('.')) add(field, step, false);
    if (name.includes('.')) add(field, name, true);
  }
}

/** The lines without their newlines; the last line may lack one. */
export function* linesOf(lines: Uint8Array): Generator<Uint8Array> {
  let start = 0;
  for (let at = lines.indexOf(0x0a); at >= 0; at = lines.indexOf(0x0a, start)) {
    yield lines.subarray(start, at);
    start = at + 1;
  }
  if (start < lines.length) yield lines.subarray(start);
}
