/** Compiles the module of `assembly/` once. Each user gets its own instance, whose memory holds one text at a time. */

import { packageRoot } from '../../../base/package-root.ts';
import { readBytes } from '../../../storage/files.ts';

export interface AsciiExports {
  readonly memory: WebAssembly.Memory;
  /** The first byte of the memory that the host may use. */
  base(): number;
  /** Grows the memory to at least `end` bytes. */
  reserve(end: number): void;
  tableAddress(): number;
  sameAddress(): number;
  copy(at: number, end: number, out: number, collapses: number, after: number): number;
  find(at: number, end: number, pairs: number, high: number): number;
  writtenTo(): number;
  endsAfterSpace(): number;
  apartAddress(): number;
  pairsAddress(): number;
  setTexts(table: number, slots: number, nodes: number, high: number): void;
  findPoint(points: number, at: number, end: number): number;
  findTexts(at: number, end: number, out: number, most: number): number;
}

const wasm = new URL('dist/tokenize/engine/ascii/ascii.wasm', packageRoot);
let compiled: WebAssembly.Module | undefined;

export function instantiateAscii(): AsciiExports {
  compiled ??= new WebAssembly.Module(readBytes(wasm));
  return new WebAssembly.Instance(compiled, {}).exports as unknown as AsciiExports;
}
