/**
 * Decides how often a request is sent again, and makes the one error at the end of patience. Waits double from try to try.
 * Each wait is drawn at random up to its bound, so that workers that were refused together do not come back together.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { LongmixError } from '../../errors.ts';
import { sayWaiting } from '../waiting.ts';

export interface Patience {
  /** How many times a request is sent, including the first. */
  readonly tries: number;
  /** Seconds without a byte after which a connection counts as broken. */
  readonly stallSeconds: number;
  /** Milliseconds: the longest first wait, and the longest of all. */
  readonly firstWait: number;
  readonly longestWait: number;
}

const usual: Patience = { tries: 8, stallSeconds: 30, firstWait: 250, longestWait: 20_000 };

/** Milliseconds. A server that asks for a longer wait is asked again after this one. */
const longestAsked = 60_000;

export function patienceOf(patience: Partial<Patience> = {}): Patience {
  return { ...usual, ...patience };
}

/** A failure that may pass: a broken connection, or a server that is too busy. */
export class Passing extends Error {
  /** Milliseconds that the server asks for. */
  readonly after: number;

  constructor(reason: string, after: number = 0) {
    super(reason);
    this.name = 'Passing';
    this.after = after;
  }
}

/** Shared by all requests of one storage. */
export interface Persistence {
  readonly patience: Patience;
  /** How many requests were sent again. */
  readonly counts: {
    retries: number;
    /** Milliseconds since 1970. When it was last said that a request waits. */
    told?: number;
  };
}

/** So long a request may be tried again before that is said, and so long nothing is said again of the same storage. */
const silentMs = 2000;
const repeatMs = 5000;

function announce(
  counts: Persistence['counts'],
  where: string,
  reason: string,
  failed: number,
  tries: number,
): void {
  const now = Date.now();
  if (now - (counts.told ?? 0) < repeatMs) return;
  counts.told = now;
  sayWaiting(`waiting for ${where}: ${reason} (attempt ${failed + 1} of ${tries} follows)`);
}

/**
 * @param where for the message, without secrets
 * @param attempt one request; throws Passing for a failure that may pass
 * @throws LongmixError `remote-unreachable`, and what `attempt` throws beside Passing
 */
export async function persist<T>(
  persistence: Persistence,
  where: string,
  attempt: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const afterFailure = trial(persistence, where, signal);
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      await afterFailure(error);
    }
  }
}

/** Gives a function for each failed try: it waits before the next try, or throws the final error. */
export function trial(
  { patience, counts }: Persistence,
  where: string,
  signal?: AbortSignal,
): (error: unknown) => Promise<void> {
  let failed = 0;
  let began = 0;
  return async (error) => {
    if (!(error instanceof Passing)) throw error;
    failed += 1;
    if (failed >= patience.tries) throw unreachable(where, error.message, failed);
    counts.retries += 1;
    const longest = Math.min(patience.longestWait, patience.firstWait * 2 ** (failed - 1));
    const asked = Math.min(error.after, longestAsked);
    const pause = asked + Math.random() * longest;
    if (failed === 1) began = Date.now();
    if (Date.now() + pause - began > silentMs) announce(counts, where, error.message, failed, patience.tries);
    await wait(pause, undefined, signal === undefined ? {} : { signal });
  };
}

/** Milliseconds that a server asks for: Retry-After has seconds or a date, the hub's RateLimit `t=SECONDS`. */
export function retryAfter(headers: IncomingHttpHeaders): number {
  const { 'retry-after': after, ratelimit } = headers;
  const seconds =
    after === undefined
      ? Number(/\bt=(\d+)/.exec(String(ratelimit ?? ''))?.[1] ?? 0)
      : /^\d+$/.test(after)
        ? Number(after)
        : (Date.parse(after) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds * 1000) : 0;
}

function unreachable(where: string, reason: string, tries: number): LongmixError {
  const often = tries === 1 ? 'tried once' : `tried ${tries} times`;
  return new LongmixError('remote-unreachable', `${reason} (${often})`, {
    where,
    cure: 'check the network, the endpoint and the state of the server, and run again: what is finished is kept',
    exitCode: 1,
  });
}
