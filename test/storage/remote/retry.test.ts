/** A request that is tried again for seconds says so while it waits. */
import { expect, it, onTestFinished } from 'vitest';
import { Passing, patienceOf, persist } from '../../../src/storage/remote/retry.ts';
import { onWaiting } from '../../../src/storage/waiting.ts';

it('a wait of seconds is told before it begins, once for all requests of a storage, and a short one is not', async () => {
  const said: string[] = [];
  const before = onWaiting((text) => void said.push(text));
  onTestFinished(() => void onWaiting(before));
  const persistence = { patience: patienceOf({ tries: 4, firstWait: 1 }), counts: { retries: 0 } };
  let left = 3;
  await persist(persistence, 's3://b/key', async () => {
    left -= 1;
    if (left > 0) throw new Passing('the server answers 503');
  });
  expect(said).toEqual([]);
  const stop = new AbortController();
  const waits = ['one', 'two'].map((key) =>
    persist(
      persistence,
      `s3://b/${key}`,
      async () => {
        throw new Passing('the server answers 503', 3000);
      },
      stop.signal,
    ),
  );
  setTimeout(() => stop.abort(), 50);
  for (const wait of await Promise.allSettled(waits)) expect(wait.status).toBe('rejected');
  expect(said).toEqual(['waiting for s3://b/one: the server answers 503 (attempt 2 of 4 follows)']);
});
