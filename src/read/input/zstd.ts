/**
 * Decompresses zstd frames with libzstd, compiled to WebAssembly by zstddec, on every version of Node. node:zlib's own
 * decoder (tried in 22.23) stops at the second frame, fails on skippable frames, and accepts a file that is cut short.
 * Cost: memory for the window, up to 128 MB for files of `zstd --long`. Larger windows are refused, as by `zstd -d`.
 */
import { ZSTDDecoder } from 'zstddec/stream';
import { LongmixError } from '../../errors.ts';

const mostWindow = 2 ** 27;

/**
 * Makes a decoder for one file. `push` and `end` yield pieces whose size the library chooses.
 * @throws Error if the input is damaged or ends within a frame; LongmixError `zstd-window`, which names `path`
 */
export type Unzstd = (path: string) => ZstdStream;

export interface ZstdStream {
  /** Plain bytes, as far as they can be had; what comes of the last piece of the block may wait for the next one. */
  push(block: Uint8Array): Generator<Uint8Array>;
  end(): Generator<Uint8Array>;
  /** Whether all was read or not. */
  close(): void;
}

/** Input is copied to the decoder's memory in pieces of this size. */
const pieceBytes = 64 * 1024;

export async function loadUnzstd(): Promise<Unzstd> {
  const decoder = new ZSTDDecoder();
  await decoder.init();
  return (path) => zstdStream(decoder, path);
}

function zstdStream(decoder: ZSTDDecoder, path: string): ZstdStream {
  // After an error the library calls libzstd again and again. A call without an error takes input or gives output, so
  // too many calls without output mean an error.
  let callsWithout = 0;
  let most = 0;
  let isFirst = true;
  let isOver = false;
  // It takes its input from an iterator that cannot wait. Each of its steps takes one piece at most: with one at hand
  // before each step it is never asked for what has not come.
  const waiting: Uint8Array[] = [];
  function* pieces() {
    for (let piece = waiting.shift(); piece !== undefined; piece = waiting.shift()) {
      if (isOver) return;
      callsWithout = 0;
      most = piece.length;
      yield piece;
    }
  }
  const decoded = decoder.decodeStreaming(pieces());
  /** Plain bytes, maybe none; null: the end. */
  const step = (): Uint8Array | null => {
    const next = decoded.next();
    if (next.done) return null;
    callsWithout = next.value.length > 0 ? 0 : callsWithout + 1;
    if (callsWithout > most) throw new Error('not a zstd frame, or its content does not match its checksum');
    return next.value;
  };
  return {
    *push(block) {
      if (isFirst) refuseLargeWindow(block, path);
      isFirst = false;
      for (let at = 0; at < block.length; at += pieceBytes) waiting.push(block.subarray(at, at + pieceBytes));
      while (waiting.length > 0) {
        const plain = step();
        if (plain !== null && plain.length > 0) yield plain;
      }
    },
    *end() {
      for (let plain = step(); plain !== null; plain = step()) if (plain.length > 0) yield plain;
    },
    close() {
      // The reader may stop early. The library frees its memory only at the end of its loop, so let the loop end.
      isOver = true;
      end(decoded, most);
    },
  };
}

/** Runs the library's loop to its end, but at most `most` calls more: after an error of libzstd it never ends. */
function end(decoded: Generator<Uint8Array>, most: number): void {
  try {
    for (let calls = 0; calls <= most && !decoded.next().done; ) calls += 1;
  } catch {
    // The reader stopped early, so an error about an incomplete stream is expected.
  }
}

/** Refuses a large window with a reason: libzstd would refuse it without one. Only the first frame is checked. */
function refuseLargeWindow(beginning: Uint8Array, path: string): void {
  const bytes = windowBytes(beginning);
  if (bytes <= mostWindow) return;
  const mebibytes = (size: number) => `${Math.ceil(size / 2 ** 20)} MiB`;
  const what = `unpacking this needs ${mebibytes(bytes)} of memory (zstd --long); at most ${mebibytes(mostWindow)} is allowed`;
  throw new LongmixError('zstd-window', what, {
    where: path,
    cure: 'unpack it first, or pipe it in: zstd -dc --long=31 FILE | longmix build -',
  });
}

/** Bytes of a frame's content that the decoder must keep (RFC 8878, 3.1.1.1); 0 if these bytes do not say it. */
export function windowBytes(beginning: Uint8Array): number {
  const header = new DataView(beginning.buffer, beginning.byteOffset, Math.min(18, beginning.length));
  if (header.byteLength < 18 || header.getUint32(0, true) !== 0xfd2fb528) return 0;
  const descriptor = header.getUint8(4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  if (!isSingleSegment) {
    const window = header.getUint8(5);
    return 2 ** (10 + (window >> 3)) * (1 + (window & 7) / 8);
  }
  const at = 5 + [0, 1, 2, 4][descriptor & 3]!;
  const sizes = [
    () => header.getUint8(at),
    () => header.getUint16(at, true) + 256,
    () => header.getUint32(at, true),
    () => Number(header.getBigUint64(at, true)),
  ];
  return sizes[descriptor >> 6]!();
}
