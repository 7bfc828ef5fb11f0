/**
 * Reads a file with several ranges under way at once, and gives its bytes in order. With one request at a time, each block
 * would wait for a round trip. Memory: `ranges` + 1 ranges. If the reader stops early, the requests under way are cancelled.
 */
import { EndedEarly } from '../storage.ts';
import type { RemoteBytes } from './remote-storage.ts';

export interface ReadAhead {
  readonly rangeBytes?: number;
  readonly ranges?: number;
  /** A block may share its memory with later ones, so it is valid until the next is asked for. Else each has its own. */
  readonly reuse?: boolean;
}

/** A range under way. Its error is a value, because the consumer may stop before it takes this range. */
type Range = Promise<{ readonly blocks: readonly Buffer[] } | { readonly error: unknown }>;

/**
 * Bytes [start, end) of the file, in order, in blocks of up to `rangeBytes`.
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
    else yield* inOrder(bytes, start, end, { rangeBytes, ranges, reuse, signal: stop.signal });
  } finally {
    stop.abort();
  }
}

async function* inOrder(
  bytes: RemoteBytes,
  start: number,
  end: number,
  { rangeBytes, ranges, reuse, signal }: Required<ReadAhead> & { readonly signal: AbortSignal },
): AsyncGenerator<Buffer> {
  const free: Buffer[] = [];
  const fetch = async (at: number, length: number): Promise<readonly Buffer[]> => {
    if (bytes.pieces !== undefined) return await bytes.pieces(at, length, signal);
    const memory = free.pop() ?? Buffer.allocUnsafeSlow(reuse ? Math.min(rangeBytes, end - start) : length);
    const block = memory.subarray(0, length);
    await bytes.readAside(at, block, signal);
    return [block];
  };
  const underWay: Range[] = [];
  let next = start;
  const begin = () => {
    const length = Math.min(rangeBytes, end - next);
    underWay.push(
      fetch(next, length).then(
        (blocks) => ({ blocks }),
        (error: unknown) => ({ error }),
      ),
    );
    next += length;
  };
  while (underWay.length > 0 || next < end) {
    while (underWay.length < ranges && next < end) begin();
    const range = await underWay.shift()!;
    if ('error' in range) throw range.error;
    // One more goes out while the consumer works on this one.
    if (next < end) begin();
    for (const block of range.blocks) yield block;
    if (reuse && bytes.pieces === undefined) free.push(Buffer.from(range.blocks[0]!.buffer));
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
