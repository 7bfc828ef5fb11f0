/** The error that a user would be shown. */
import { LongmixError } from '../../src/errors.ts';

/** Fails where there is none; any other error is a bug, and passes through. */
export function errorOf(act: () => unknown): LongmixError {
  try {
    act();
  } catch (error) {
    if (error instanceof LongmixError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

/** The same of work that is waited for. */
export async function failureOf(work: Promise<unknown>): Promise<LongmixError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof LongmixError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}
