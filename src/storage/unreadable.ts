/** Turns a system error about an unreadable file into an error for the user. */
import { LongmixError, systemReason } from '../errors.ts';

/** Runs `act`. @throws LongmixError `input-unreadable` in place of any error that `act` throws */
export function orUnreadable<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

export function unreadable(path: string, cause: unknown): LongmixError {
  return new LongmixError('input-unreadable', `cannot read it: ${systemReason(cause)}`, {
    where: path,
    cure: 'check that the file is there and that you may read it',
    exitCode: 1,
    cause,
  });
}
