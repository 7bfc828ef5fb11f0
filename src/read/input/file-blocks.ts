/**
 * Reads a range of a file in blocks. Reads of local files are synchronous, because a task has nothing else to do
 * meanwhile, and a small file then needs no turn of the event loop; `read.ts` yields to the loop once per chunk. Cost: a
 * task does not read ahead on a slow disk. Remote files are read ahead, and their blocks must be waited for.
 */
import { isPointer, isPointerSize, pointerCure, pointerFound } from '../../base/git-lfs.ts';
import { isUrl } from '../../base/is-url.ts';
import { LongmixError } from '../../errors.ts';
import type { InputFile } from '../../nouns/documents.ts';
import { type LocalBytes, openFile } from '../../storage/files.ts';
import type { ReadAhead } from '../../storage/remote/read-ahead.ts';
import { type Bytes, EndedEarly } from '../../storage/storage.ts';
import { orUnreadable, unreadable } from '../../storage/unreadable.ts';

/** Blocks that come at once, or that must be waited for. */
export type Blocks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** A file, and the version of it that was found. */
export type FoundFile = Pick<InputFile, 'path' | 'bytes' | 'stamp'>;

const blockBytes = 256 * 1024;

/**
 * @param reuse true: all blocks share memory, so each is valid only until the next. false: each block has its own
 * memory, and may become part of a chunk
 * @param isLook the reader will hardly want all of it: less is read ahead
 * @throws LongmixError `input-unreadable` | `input-changed` (the file is another now, or ends before `end`) | `input-unfetched`
 */
export function fileBlocks(
  file: FoundFile,
  start: number,
  end: number,
  reuse: boolean,
  isLook: boolean = false,
): Blocks {
  if (!isUrl(file.path)) return localBlocks(file.path, start, end, reuse);
  const whole = start === 0 && end === file.bytes ? takeAhead(file) : null;
  return whole === null
    ? remoteBlocks(file, start, end, { reuse, ...(isLook ? look : {}) })
    : inBlocks(file, whole);
}

/** The same, of a file of this machine. */
export function* localBlocks(path: string, start: number, end: number, reuse: boolean): Generator<Buffer> {
  const file = orUnreadable(path, () => openFile(path));
  const shared = reuse ? Buffer.allocUnsafeSlow(Math.min(blockBytes, end - start)) : null;
  try {
    for (let at = start; at < end; at += blockBytes) {
      const bytes = Math.min(blockBytes, end - at);
      const block = shared === null ? Buffer.allocUnsafeSlow(bytes) : shared.subarray(0, bytes);
      try {
        file.read(at, block);
      } catch (cause) {
        throw readFault(path, end, cause);
      }
      yield block;
    }
  } finally {
    file.close();
  }
}

/** Where the first blocks are likely to do. */
const look: ReadAhead = { rangeBytes: 1024 * 1024, ranges: 2 };

async function* remoteBlocks(
  file: FoundFile,
  start: number,
  end: number,
  ahead: ReadAhead,
): AsyncGenerator<Uint8Array> {
  const { openRemoteFile, readAhead } = await import('../../storage/remote-files.ts');
  const bytes = await openRemoteFile(file.path, { size: file.bytes, stamp: file.stamp });
  try {
    let at = start;
    for await (const read of readAhead(bytes, start, end, ahead)) {
      if (at === 0) refusePointer(file, read);
      at += read.length;
      yield* cut(read);
    }
  } catch (cause) {
    throw readFault(file.path, end, cause);
  } finally {
    bytes.close();
  }
}

async function* inBlocks(file: FoundFile, whole: Promise<Uint8Array>): AsyncGenerator<Uint8Array> {
  const bytes = await whole;
  refusePointer(file, bytes);
  yield* cut(bytes);
}

/** Requests are large; what takes the blocks is made for those of a disk. */
function* cut(bytes: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += blockBytes) yield bytes.subarray(from, from + blockBytes);
}

/** Files that are on their way. */
const ahead = new Map<string, Promise<Uint8Array>>();
const smallBytes = 1024 * 1024;
const mostAheadBytes = 8 * 1024 * 1024;
const mostAheadFiles = 16;

/**
 * Fetches small files elsewhere while those before them are read: else a worker would wait a round trip for each, which is
 * most of the time that a small file takes. Of a long list, as many as fit in a few MiB.
 * @param files those that will be read next, in that order
 */
export function fetchAhead(files: Iterable<FoundFile>): void {
  let [count, bytes] = [0, 0];
  for (const file of files) {
    count += 1;
    bytes += file.bytes;
    if (count > mostAheadFiles || bytes > mostAheadBytes) return;
    if (!isUrl(file.path) || file.bytes > smallBytes || file.bytes === 0 || ahead.has(keyOf(file))) continue;
    const whole = wholeFile(file);
    // It is awaited when the file's turn comes, if that comes.
    whole.catch(() => {});
    ahead.set(keyOf(file), whole);
  }
}

function takeAhead(file: FoundFile): Promise<Uint8Array> | null {
  const whole = ahead.get(keyOf(file));
  ahead.delete(keyOf(file));
  return whole ?? null;
}

function keyOf({ path, bytes, stamp }: FoundFile): string {
  return `${path}\n${bytes}\n${stamp}`;
}

async function wholeFile(file: FoundFile): Promise<Uint8Array> {
  const looks = await lookInto(file);
  try {
    return await looks.at(0, file.bytes);
  } finally {
    looks.close();
  }
}

/**
 * A file of the input, open; one elsewhere is asked for nothing yet, and only ever answers with the version that was found.
 * @throws LongmixError `input-unreadable`
 */
export function openInput(file: FoundFile): LocalBytes | Promise<Bytes> {
  if (!isUrl(file.path)) return orUnreadable(file.path, () => openFile(file.path));
  return (async () => {
    const { openRemoteFile } = await import('../../storage/remote-files.ts');
    return await openRemoteFile(file.path, { size: file.bytes, stamp: file.stamp });
  })();
}

/** Short stretches of a file, here and there, in memory of their own. */
export interface Looks {
  /** As many bytes as there are, at most `count`. */
  at(start: number, count: number): Promise<Buffer>;
  close(): void;
}

export async function lookInto(file: FoundFile): Promise<Looks> {
  const bytes = await openInput(file);
  return {
    async at(start, count) {
      const into = Buffer.allocUnsafeSlow(Math.min(file.bytes, start + count) - start);
      try {
        await bytes.read(start, into);
      } catch (cause) {
        throw readFault(file.path, file.bytes, cause);
      }
      return into;
    },
    close: () => bytes.close(),
  };
}

/** Calls `see` with each block that passes, and `end` behind the last; what comes without a wait passes without one. */
export function tapped(blocks: Blocks, see: (block: Uint8Array) => void, end: () => void = () => {}): Blocks {
  return Symbol.asyncIterator in blocks ? tappedAsync(blocks, see, end) : tappedSync(blocks, see, end);
}

function* tappedSync(
  blocks: Iterable<Uint8Array>,
  see: (block: Uint8Array) => void,
  end: () => void,
): Generator<Uint8Array> {
  for (const block of blocks) {
    see(block);
    yield block;
  }
  end();
}

async function* tappedAsync(
  blocks: AsyncIterable<Uint8Array>,
  see: (block: Uint8Array) => void,
  end: () => void,
): AsyncGenerator<Uint8Array> {
  for await (const block of blocks) {
    see(block);
    yield block;
  }
  end();
}

/** @throws LongmixError `input-unfetched` where the file, by its first block, is a pointer of Git LFS */
export function refusePointer({ path, bytes }: FoundFile, first: Uint8Array): void {
  if (!isPointerSize(bytes) || !isPointer(first)) return;
  throw new LongmixError('input-unfetched', pointerFound, { where: path, cure: pointerCure, exitCode: 1 });
}

/** What a read threw, as an error for the user. */
function readFault(path: string, end: number, cause: unknown): LongmixError {
  if (cause instanceof LongmixError) return cause;
  return cause instanceof EndedEarly ? changed(path, cause.size, end) : unreadable(path, cause);
}

/** An error for a file whose content does not match its format. */
export function corrupt(path: string, what: string, cause?: unknown): LongmixError {
  return new LongmixError('input-corrupt', what, {
    where: path,
    cure: 'fetch the file again, or leave it out with exclude:',
    exitCode: 1,
    cause,
  });
}

function changed(path: string, at: number, end: number): LongmixError {
  return new LongmixError('input-changed', `the file had ${end} bytes and now has only ${at}`, {
    where: path,
    cure: 'run again when nothing is writing to the input',
    exitCode: 1,
  });
}
