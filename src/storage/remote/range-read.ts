/**
 * A range of a remote file into memory, whatever the connection does: what has come stays, and the next try asks for the
 * rest. No byte is taken from an answer that is not exactly the range asked for, of the file that was opened.
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

/** @throws EndedEarly, LongmixError `input-changed` | `remote-unreachable`, and what `ask` throws */
export async function readRange(
  source: RangeSource,
  at: number,
  into: Uint8Array,
  signal?: AbortSignal,
): Promise<void> {
  const { persistence, where, size } = source;
  if (at + into.length > size) throw new EndedEarly(size);
  if (into.length === 0) return;
  let done = 0;
  const attempt = async () => {
    const [from, to] = [at + done, at + into.length - 1];
    const answer = await source.ask(`bytes=${from}-${to}`, signal);
    try {
      checkRange(source, answer, from, to);
    } catch (error) {
      answer.drop();
      throw error;
    }
    const before = done;
    await answer.fill(into.subarray(before), (bytes) => {
      done = before + bytes;
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

/** @param how the difference, as far as it is known */
export function changed(where: string, how: string): LongmixError {
  return new LongmixError('input-changed', `another file than the one that was listed or opened: ${how}`, {
    where,
    cure: 'run again when nothing is writing to the input',
    exitCode: 1,
  });
}
