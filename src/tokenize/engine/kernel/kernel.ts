/**
 * The kernel: byte-pair encoding in WebAssembly (`assembly/`). It gets text in windows, so that its memory and speed do
 * not depend on the length of a document. The vocabulary's tables are built once, into an image that other threads copy
 * (`buildImage`, `createKernelFromImage`) in about a tenth of the time.
 */

import { packageRoot } from '../../../base/package-root.ts';
import { readBytes } from '../../../storage/files.ts';
import { noToken } from '../../model.ts';
import type { KernelModel, KernelUnknown } from './model.ts';
import { stepsSize, writeSteps } from './step-tables.ts';
import { unicodeClasses } from './unicode-classes.ts';
import { fillUnigram, type UnigramExports } from './unigram-tables.ts';

export interface Kernel {
  /**
   * Tokenizes documents that lie end to end in `text`, well-formed UTF-8, each by itself; `ends` in bytes. The result
   * is valid until the next call. `continued`: the first document continues the last one of the call before.
   */
  encode(
    text: Uint8Array,
    ends: ArrayLike<number>,
    continued?: boolean,
  ): { tokens: Uint32Array; lengths: Uint32Array };
  memoryBytes(): number;
}

export interface KernelOptions {
  /**
   * Upper bound of the WebAssembly memory (default: 4 GB). The cache shrinks to stay below it. A pretoken of n bytes
   * without any place to cut it (megabytes of one letter) needs up to 10 n bytes during the call.
   */
  readonly memoryLimitBytes?: number;
  /** Bytes of text in the kernel's memory at a time (default: 256 KiB); longer text is passed in parts. */
  readonly windowBytes?: number;
  /** Whether `encode` returns the length of each pretoken, in bytes, in place of tokens. */
  readonly pretokens?: boolean;
}

/** The tables of a vocabulary in shared memory, which can be sent to worker threads as they are. */
export interface KernelImage {
  readonly bytes: SharedArrayBuffer;
  /** Where the tables begin in an instance's memory. */
  readonly start: number;
}

interface Exports extends UnigramExports {
  readonly memory: WebAssembly.Memory;
  directoryAddress(): number;
  reserveInput(pieces: number, textBytes: number): void;
  reserveUnknown(knownBytes: number): number;
  reserveSteps(bytes: number): number;
  reserveBorders(): number;
  begin(pieces: number, ignoreMerges: number): void;
  beginMerges(merges: number): void;
  buildFromRanks(pieces: number): void;
  buildFromMerges(pieces: number, merges: number, left: number, right: number, merged: number): void;
  endTables(): number;
  reserve(bytes: number): number;
  mark(): number;
  reserveWindow(nearBits: number, farBits: number, bytes: number, documents: number): void;
  textAddress(): number;
  endsAddress(): number;
  lengthsAddress(): number;
  tokensAddress(): number;
  encode(documents: number, open: number, continued: number): number;
  showPretokens(on: number): void;
  beginText(continued: number): void;
  tokenCount(): number;
}

/** A window of this size and its tokens stay in the processor's second-level cache. */
const defaultWindowBytes = 256 * 1024;
const windowDocuments = 16 * 1024;
/**
 * Size of the near cache, log2 of bytes. Warm over the corpus of 51 MB (230,000 pretokens of its kind), cl100k: 278
 * MB/s with 8 MB, 344 with 16, 371 with 32.
 */
const largestNear = 25;
const smallestNear = 16;
const farBits = 21;
/** Bytes that `assembly/scan-long.ts` needs to remember failed searches. */
const failedBytes = 2 ** 20;

/** The compiled kernel. Tables are valid only for the kernel that built them. */
export const kernelFile: URL = new URL('dist/tokenize/engine/kernel/kernel.wasm', packageRoot);
let compiled: Promise<WebAssembly.Module> | undefined;

async function instantiate(): Promise<Exports> {
  compiled ??= WebAssembly.compile(readBytes(kernelFile));
  const instance = await WebAssembly.instantiate(await compiled, {});
  return instance.exports as unknown as Exports;
}

export async function createKernel(model: KernelModel, options: KernelOptions = {}): Promise<Kernel> {
  return await createKernelFromImage(await buildImage(model), options);
}

export async function buildImage(model: KernelModel): Promise<KernelImage> {
  const exports = await instantiate();
  const start = exports.directoryAddress();
  const end = fillTables(exports, model);
  const bytes = new SharedArrayBuffer(end - start);
  new Uint8Array(bytes).set(new Uint8Array(exports.memory.buffer, start, end - start));
  return { bytes, start };
}

export async function createKernelFromImage(
  image: KernelImage,
  options: KernelOptions = {},
): Promise<Kernel> {
  const exports = await instantiate();
  const end = image.start + image.bytes.byteLength;
  exports.reserve(end - exports.mark());
  new Uint8Array(exports.memory.buffer).set(new Uint8Array(image.bytes), image.start);
  return kernelOf(exports, options);
}

/** Builds the tables; returns where they end. */
function fillTables(exports: Exports, model: KernelModel): number {
  const { pieces, merges } = model;
  const starts = new Uint32Array(pieces.length + 1);
  for (let i = 0; i < pieces.length; i += 1) starts[i + 1] = starts[i]! + pieces[i]!.length;
  const textBytes = starts[pieces.length]!;
  exports.reserveInput(pieces.length, textBytes);
  const steps = exports.reserveSteps(stepsSize(model.steps));
  writeSteps(exports.memory.buffer, steps, model.steps);
  const directory = new Uint32Array(exports.memory.buffer, exports.directoryAddress(), 32);
  const bytes = new Uint8Array(exports.memory.buffer);
  const text = directory[5]!;
  bytes.set(unicodeClasses(), directory[4]!);
  for (let i = 0; i < pieces.length; i += 1) bytes.set(pieces[i]!, text + starts[i]!);
  new Uint32Array(exports.memory.buffer, directory[6]!, starts.length).set(starts);
  new Uint32Array(exports.memory.buffer, directory[26]!, pieces.length).set(model.ids);
  if (model.unigram !== undefined) return fillUnigram(exports, model, model.unigram);
  if (model.unknown !== null) fillUnknown(exports, model.unknown);
  if (model.borders) {
    const borders = exports.reserveBorders();
    new Uint8Array(exports.memory.buffer).set(model.borders, borders);
  }
  exports.begin(pieces.length, model.ignoreMerges ? 1 : 0);
  if (merges === 'ranks') {
    exports.buildFromRanks(pieces.length);
  } else {
    const count = merges.left.length;
    exports.beginMerges(count);
    const [left, right, merged] = [merges.left, merges.right, merges.merged].map((ids) => {
      const at = exports.reserve(count * 4);
      new Uint32Array(exports.memory.buffer, at, count).set(ids);
      return at;
    });
    exports.buildFromMerges(pieces.length, count, left!, right!, merged!);
  }
  return exports.endTables();
}

/** Writes the layout that `Field` in `assembly/unknown.ts` describes. */
function fillUnknown(exports: Exports, { units, id, fuse, bytes, known }: KernelUnknown): void {
  const at = exports.reserveUnknown(known.length);
  const fields = new Uint32Array(exports.memory.buffer, at, 3 + 256);
  fields.set([units === 'bytes' ? 1 : 2, id ?? noToken, fuse ? 1 : 0]);
  fields.set(bytes ?? new Uint32Array(256).fill(noToken), 3);
  new Uint8Array(exports.memory.buffer).set(known, at + fields.byteLength);
}

function kernelOf(exports: Exports, options: KernelOptions): Kernel {
  const limit = options.memoryLimitBytes ?? 2 ** 32;
  const { windowBytes = defaultWindowBytes, pretokens = false } = options;
  exports.showPretokens(pretokens ? 1 : 0);
  const own = (near: number, capacity: number) =>
    2 ** near + 2 ** farBits + failedBytes + windowDocuments * 8 + capacity * 5 + 65_536;
  let near = largestNear;
  while (near > smallestNear && exports.mark() + own(near, windowBytes) > limit) near -= 1;
  const tables = exports.mark();
  let capacity = 0;
  function reserveWindow(bytes: number): void {
    const needed = tables + own(near, bytes);
    if (needed > limit) {
      throw new RangeError(`the tokenizer needs ${needed} bytes of memory, and may have ${limit}`);
    }
    capacity = bytes;
    exports.reserveWindow(near, farBits, capacity, windowDocuments);
  }
  reserveWindow(windowBytes);
  touchPages(exports.memory, tables, exports.textAddress());
  let tokens = new Uint32Array(0);
  let lengths = new Uint32Array(0);

  function encode(
    text: Uint8Array,
    ends: ArrayLike<number>,
    continued = false,
  ): { tokens: Uint32Array; lengths: Uint32Array } {
    exports.beginText(continued ? 1 : 0);
    if (lengths.length < ends.length) lengths = new Uint32Array(Math.max(ends.length, 2 * lengths.length));
    lengths.fill(0, 0, ends.length);
    let count = 0;
    let document = 0;
    let at = 0;
    /** 1: the first document of the window continues the last one of the window before. */
    let goesOn = 0;
    while (document < ends.length) {
      // Take as many whole documents as fit in a window; if not even one fits, take a part of it.
      let upTo = document;
      const limit = Math.min(ends.length, document + windowDocuments);
      while (upTo < limit && ends[upTo]! - at <= capacity) upTo += 1;
      const open = upTo === document;
      const documents = open ? 1 : upTo - document;
      const end = open ? at + capacity : ends[upTo - 1]!;

      const windowEnds = new Uint32Array(exports.memory.buffer, exports.endsAddress(), documents);
      if (open) windowEnds[0] = capacity;
      else for (let i = 0; i < documents; i += 1) windowEnds[i] = ends[document + i]! - at;
      new Uint8Array(exports.memory.buffer).set(text.subarray(at, end), exports.textAddress());
      const done = exports.encode(documents, open ? 1 : 0, goesOn);
      goesOn = open ? 1 : 0;

      const made = exports.tokenCount();
      if (tokens.length < count + made) {
        const larger = new Uint32Array(
          Math.max(count + made, Math.ceil(tokens.length * 1.5), Math.ceil(text.length / 3)),
        );
        larger.set(tokens.subarray(0, count));
        tokens = larger;
      }
      tokens.set(new Uint32Array(exports.memory.buffer, exports.tokensAddress(), made), count);
      count += made;
      const windowLengths = new Uint32Array(exports.memory.buffer, exports.lengthsAddress(), documents);
      for (let i = 0; i < documents; i += 1) lengths[document + i]! += windowLengths[i]!;
      at += done;
      if (!open) document = upTo;
      else if (done === 0) {
        // A pretoken is longer than the window: enlarge the window.
        reserveWindow(capacity * 2);
      }
    }
    if (capacity > windowBytes) reserveWindow(windowBytes);
    return { tokens: tokens.subarray(0, count), lengths: lengths.subarray(0, ends.length) };
  }

  return { encode, memoryBytes: () => exports.memory.buffer.byteLength };
}

/**
 * Writes to each page of the caches once. A page that is read before it is written is first mapped to the shared page
 * of zeros, and faults again to get its own; if other threads run, this second fault interrupts every processor.
 */
function touchPages(memory: WebAssembly.Memory, from: number, to: number): void {
  const bytes = new Uint8Array(memory.buffer);
  for (let at = from; at < to; at += 4096) bytes[at] = 0;
}
