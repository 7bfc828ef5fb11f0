/**
 * Stores checkpoints as safetensors files, which Python can open, too (`safetensors.numpy.load_file`): 8 bytes with the
 * length of a JSON header (little-endian), the header {name: {dtype, shape, data_offsets}}, then the numbers.
 * Format: the README of huggingface/safetensors.
 */
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { LongmixError } from 'longmix';

export interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

interface Entry {
  readonly dtype: 'F32' | 'I32';
  readonly shape: readonly number[];
  readonly data_offsets: readonly [start: number, end: number];
}

export function writeSafetensors(
  path: string,
  arrays: readonly NamedArray[],
  metadata: Readonly<Record<string, string>>,
): void {
  const header: Record<string, Entry | typeof metadata> = { __metadata__: metadata };
  let offset = 0;
  for (const { name, shape, values } of arrays) {
    const dtype = values instanceof Int32Array ? 'I32' : 'F32';
    header[name] = { dtype, shape, data_offsets: [offset, offset + values.byteLength] };
    offset += values.byteLength;
  }
  const text = Buffer.from(JSON.stringify(header));
  // Pad with spaces to a multiple of 8, so that the numbers are aligned and readers can use them without a copy.
  const padded = Buffer.concat([text, Buffer.alloc((8 - (text.length % 8)) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  const file = openSync(path, 'w');
  try {
    writeWhole(file, length);
    writeWhole(file, padded);
    for (const { values } of arrays) {
      writeWhole(file, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    }
    // longmix calls the checkpoint complete as soon as `save` has ended.
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Writes all bytes. One write may take fewer: Linux takes 2 GiB at most. */
function writeWhole(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

/** @throws LongmixError `checkpoint-damaged` */
export function readSafetensors(path: string): {
  readonly arrays: ReadonlyMap<string, NamedArray>;
  readonly metadata: Readonly<Record<string, string>>;
} {
  try {
    const bytes = readFileSync(path);
    const start = 8 + Number(bytes.readBigUInt64LE());
    const header = JSON.parse(bytes.toString('utf8', 8, start)) as Record<string, Entry>;
    const { __metadata__: metadata, ...entries } = header;
    const arrays = Object.entries(entries).map(([name, { dtype, shape, data_offsets }]): NamedArray => {
      const [from, to] = data_offsets;
      if (start + to > bytes.length) throw new RangeError(`${name} ends after the file`);
      // Copy the bytes, because a Buffer may not be aligned to 4 bytes.
      const { buffer } = Uint8Array.prototype.slice.call(bytes, start + from, start + to);
      return { name, shape, values: dtype === 'I32' ? new Int32Array(buffer) : new Float32Array(buffer) };
    });
    return {
      arrays: new Map(arrays.map((array) => [array.name, array])),
      metadata: metadata as unknown as Record<string, string>,
    };
  } catch (cause) {
    throw new LongmixError('checkpoint-damaged', `cannot read ${path}: ${(cause as Error).message}`, {
      cure: 'start again without --resume, in another folder',
      exitCode: 1,
      cause,
    });
  }
}
