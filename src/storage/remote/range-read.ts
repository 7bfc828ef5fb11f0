/**
 * Reads a range of a remote file. If the connection breaks, the bytes that came are kept, and the next try asks for the
 * rest. No byte is taken from an answer unless it is exactly the range that was asked for, of the version that was opened.
 */
import { LongmixError } from '../../errors.ts';
import { EndedEarly } from '../storage.ts';
import type { Answer } from './exchange.ts';
import { Passing, type Persistence, persist } from './retry.ts';

export interface RangeSource {
  readonly persistence: Persistence;
  readonly where: string;
  readonly size: number;
  /** Sends one request for `bytes=FROM-TO`, and gives a 200 or 206. @throws Passing, and LongmixError for what is final */
  ask(range: string, signal: AbortSignal | undefined): Promise<Answer>;
}

/** Fills `into`. @throws EndedEarly, LongmixError `input-changed` | `remote-unreachable`, and what `ask` throws */
export async function readRange(
  source: RangeSource,
  at: number,
  into: Uint8Array,
  signal?: AbortSignal,
): Promise<void> {
  let done = 0;
  const take = (chunk: Buffer) => {
    into.set(chunk, done);
    done += chunk.length;
  };
  await fetchRange(source, { at, length: into.length, take, signal });
}

/** Gives a range in the pieces in which it came, without a copy. @throws as readRange */
export async function readPieces(
  source: RangeSource,
  at: number,
  length: number,
  signal?: AbortSignal,
): Promise<readonly Buffer[]> {
  const pieces: Buffer[] = [];
  await fetchRange(source, { at, length, take: (chunk) => pieces.push(chunk), signal });
  return pieces.length * smallPiece > length ? [Buffer.concat(pieces)] : pieces;
}

/** TLS gives 16 KiB at a time. For pieces below this size, one copy costs less than the work that readers do per block. */
const smallPiece = 32 * 1024;

interface Fetch {
  readonly at: number;
  readonly length: number;
  readonly take: (chunk: Buffer) => void;
  readonly signal: AbortSignal | undefined;
}

async function fetchRange(source: RangeSource, { at, length, take, signal }: Fetch): Promise<void> {
  const { persistence, where, size } = source;
  if (at + length > size) throw new EndedEarly(size);
  if (length === 0) return;
  let from = at;
  const to = at + length - 1;
  const attempt = async () => {
    // All bytes came, and then the connection broke.
    if (from > to) return;
    const answer = await source.ask(`bytes=${from}-${to}`, signal);
    try {
      checkRange(source, answer, from, to);
    } catch (error) {
      answer.drop();
      throw error;
    }
    await answer.give(to + 1 - from, (chunk) => {
      take(chunk);
      from += chunk.length;
    });
  };
  await persist(persistence, where, attempt, signal);
}

function checkRange({ where, size }: RangeSource, answer: Answer, from: number, to: number): void {
  const { status, headers } = answer;
  const length = headers['content-length'];
  if (status === 206) {
    const [, first, last, total] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? [];
    if (total !== undefined && total !== '*' && Number(total) !== size)
      throw changed(where, `it had ${size} bytes and now has ${total}`);
    if (Number(first) !== from || Number(last) !== to) throw new Passing('the server sent another range');
    if (length !== undefined && Number(length) !== to - from + 1)
      throw new Passing('the server sent a range of another length');
    return;
  }
  if (length !== undefined && Number(length) !== size)
    throw changed(where, `it had ${size} bytes and now has ${length}`);
  if (from !== 0 || to !== size - 1) throw new Passing('the server sent the whole file for a range of it');
}

/** @param how what differs, as far as it is known */
export function changed(where: string, how: string): LongmixError {
  return new LongmixError('input-changed', `another file than the one that was listed or opened: ${how}`, {
    where,
    cure: 'run again when nothing is writing to the input',
    exitCode: 1,
  });
}
