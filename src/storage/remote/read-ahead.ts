/**
 * Several ranges of a file under way at once, and its bytes in order: a single request at a time would wait a round trip
 * per block. Memory: `ranges` + 1 blocks. A reader that stops early cancels what is under way.
 */
import { EndedEarly } from '../storage.ts';
import type { RemoteBytes } from './remote-storage.ts';

export interface ReadAhead {
  readonly rangeBytes?: number;
  readonly ranges?: number;
  /** Blocks share their memory: one is valid until the next is asked for. Else each has memory of its own. */
  readonly reuse?: boolean;
}

interface Block {
  readonly bytes: Buffer;
  /** undefined: it is there; else what reading it threw. */
  readonly done: Promise<unknown>;
}

/**
 * Bytes [start, end) of the file, in order, in blocks of `rangeBytes` (of whatever size where the server has no ranges).
 * @throws as the file's `read`
 */
export async function* readAhead(
  bytes: RemoteBytes,
  start: number,
  end: number,
  { rangeBytes = 8 * 1024 * 1024, ranges = 4, reuse = false }: ReadAhead = {},
): AsyncGenerator<Buffer> {
  const stop = new AbortController();
  try {
    if (bytes.stream !== null) yield* stretch(bytes.stream(stop.signal), start, end);
    else yield* blocks(bytes, start, end, { rangeBytes, ranges, reuse, signal: stop.signal });
  } finally {
    stop.abort();
  }
}

async function* blocks(
  bytes: RemoteBytes,
  start: number,
  end: number,
  { rangeBytes, ranges, reuse, signal }: Required<ReadAhead> & { readonly signal: AbortSignal },
): AsyncGenerator<Buffer> {
  const free: Buffer[] = [];
  const underWay: Block[] = [];
  let next = start;
  const begin = () => {
    const length = Math.min(rangeBytes, end - next);
    const memory = free.pop() ?? Buffer.allocUnsafeSlow(reuse ? Math.min(rangeBytes, end - start) : length);
    const block = memory.subarray(0, length);
    // Caught here: the consumer may have stopped before it looks at this block.
    const done = bytes.readAside(next, block, signal).then(
      () => undefined,
      (error: unknown) => error ?? new Error('aborted'),
    );
    underWay.push({ bytes: block, done });
    next += length;
  };
  while (underWay.length > 0 || next < end) {
    while (underWay.length < ranges && next < end) begin();
    const block = underWay.shift()!;
    const error = await block.done;
    if (error !== undefined) throw error;
    // One more goes out while the consumer works on this one.
    if (next < end) begin();
    yield block.bytes;
    if (reuse) free.push(Buffer.from(block.bytes.buffer));
  }
}

/** Bytes [start, end) of what comes from the file's start. */
async function* stretch(
  chunks: AsyncIterable<Uint8Array>,
  start: number,
  end: number,
): AsyncGenerator<Buffer> {
  let at = 0;
  for await (const chunk of chunks) {
    const from = Math.max(0, start - at);
    const to = Math.min(chunk.length, end - at);
    if (from < to) yield Buffer.from(chunk.buffer, chunk.byteOffset + from, to - from);
    at += chunk.length;
    if (at >= end) return;
  }
  if (at < end) throw new EndedEarly(at);
}
