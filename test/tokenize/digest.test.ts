import fc from 'fast-check';
import { expect, it } from 'vitest';
import createXxHash from 'xxhash-wasm';
import { createDigest } from '../../src/tokenize/digest/digest.ts';
import { fuzz } from '../support/fuzz.ts';
import { hardTexts } from '../support/texts.ts';

const { h64Raw } = await createXxHash();

interface Digested {
  readonly key: bigint;
  readonly characters: number;
}

const expected = (text: string): Digested => ({
  key: h64Raw(Buffer.from(text)),
  characters: [...text].length,
});

/** The texts end to end, handed over in calls that end at these offsets. */
function digestAll(texts: readonly string[], cuts: readonly number[]): Digested[] {
  const digest = createDigest();
  const parts = texts.map((text) => Buffer.from(text));
  const all = Buffer.concat(parts);
  const ends: number[] = [];
  for (const part of parts) ends.push((ends.at(-1) ?? 0) + part.length);
  const found: Digested[] = [];
  let done = 0;
  for (let i = 0, from = 0; done < texts.length; i += 1) {
    const to = i < cuts.length ? Math.max(from, Math.min(cuts[i]!, all.length)) : all.length;
    const isLast = i >= cuts.length;
    let count = done;
    while (count < ends.length && (isLast || ends[count]! < to)) count += 1;
    const local = ends.slice(done, count).map((end) => end - from);
    const open = !isLast;
    const { keys, characters } = digest.add(
      all.subarray(from, to),
      open ? [...local, to - from] : local,
      open,
    );
    expect(characters.length).toBe(local.length);
    characters.forEach((points, d) => {
      found.push({ key: (BigInt(keys[2 * d + 1]!) << 32n) | BigInt(keys[2 * d]!), characters: points });
    });
    done = count;
    from = to;
  }
  return found;
}

it("is xxHash64's and counts code points, whatever the calls", () => {
  const text = fc.oneof(
    { weight: 6, arbitrary: hardTexts.map((some) => Buffer.from(some).toString()) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 200_000 }).map((length) => 'aé😀'.repeat(length / 7)) },
  );
  fc.assert(
    fc.property(
      fc.array(text, { minLength: 1, maxLength: 8 }),
      fc.array(fc.nat(300_000), { maxLength: 4 }),
      (texts, cuts) => {
        const sorted = [...cuts].sort((a, b) => a - b);
        expect(digestAll(texts, sorted)).toEqual(texts.map(expected));
      },
    ),
    fuzz(300),
  );
});

it('takes more documents than its table has room for, empty ones among them', () => {
  const texts = Array.from({ length: 10_000 }, (_, i) => (i % 3 === 0 ? '' : `document ${i}`));
  expect(digestAll(texts, [])).toEqual(texts.map(expected));
});
