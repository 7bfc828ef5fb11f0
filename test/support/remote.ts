/** What tests of remote storages share. */
import { inspect } from 'node:util';
import { expect } from 'vitest';
import { describeError, LongmixError } from '../../src/errors.ts';
import type { RemoteStorage } from '../../src/storage/remote/remote-storage.ts';
import type { Entry } from '../../src/storage/storage.ts';

export async function listed(storage: RemoteStorage, under: string = ''): Promise<Entry[]> {
  const found: Entry[] = [];
  for await (const entry of storage.list(under)) found.push(entry);
  return found;
}

/** A word in every secret that tests plant: it may be in nothing that is shown. */
const planted = /planted/i;

/** The error that a user would be shown. It must not have a secret in it, nor in its causes or anything that hangs on them. */
export async function failureOf(act: () => unknown): Promise<LongmixError> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof LongmixError)) throw error;
    const shown = `${describeError(error)}\n${inspect({ ...error, message: error.message, cause: error.cause }, { depth: 10 })}`;
    expect(shown).not.toMatch(planted);
    return error;
  }
  throw new Error('it did not fail');
}
