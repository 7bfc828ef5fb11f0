import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRatioMeter } from '../../src/tokenize/compressibility.ts';
import { fuzz } from '../support/fuzz.ts';

const text = fc.oneof(
  fc.string({ maxLength: 60 }).map((part) => Buffer.from(part)),
  fc.nat(3000).map((count) => Buffer.from('to and fro '.repeat(count))),
);

/** Deals documents to chunks that end anywhere, as a reader does with long documents. */
function chunksOf(documents: readonly Buffer[], sizes: readonly number[]) {
  const chunks: { text: Buffer; ends: number[]; open: boolean }[] = [];
  let next = 0;
  for (const document of documents) {
    let at = 0;
    do {
      const end = Math.min(document.length, at + 1 + sizes[next % sizes.length]!);
      next += 1;
      const last = chunks.at(-1);
      const piece = document.subarray(at, end);
      if (last === undefined || last.open || next % 3 === 0)
        chunks.push({ text: piece, ends: [piece.length], open: end < document.length });
      else {
        last.text = Buffer.concat([last.text, piece]);
        last.ends.push(last.text.length);
        last.open = end < document.length;
      }
      at = end;
    } while (at < document.length);
  }
  return chunks;
}

it('is compressed over plain bytes of each long document, however it is chunked', () => {
  const sizes = fc.array(fc.nat(5000), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 6 }), sizes, (documents, chunking) => {
      const meter = createRatioMeter(100);
      let done = 0;
      const ratios = chunksOf(documents, chunking).flatMap(({ text, ends, open }) => {
        const complete = ends.length - (open ? 1 : 0);
        const lengths = Uint32Array.from(documents.slice(done, done + complete), ({ length }) => length);
        done += complete;
        return [...meter.add(text, ends, open, lengths)];
      });
      expect(ratios).toEqual(
        documents.map((document) =>
          document.length < 100 ? NaN : deflateRawSync(document, { level: 1 }).length / document.length,
        ),
      );
    }),
    fuzz(100),
  );
});

it('is taken in blocks of 1 MiB from the first byte on', () => {
  const long = Buffer.from(Array.from({ length: 400_000 }, (_, i) => `${i * i} `).join(''));
  const block = 1024 * 1024;
  expect(long.length).toBeGreaterThan(3 * block);
  const blocks = Array.from({ length: Math.ceil(long.length / block) }, (_, b) =>
    long.subarray(b * block, (b + 1) * block),
  );
  const expected =
    blocks.reduce((sum, one) => sum + deflateRawSync(one, { level: 1 }).length, 0) / long.length;
  expect([...createRatioMeter(0).add(long, [long.length], false, Uint32Array.of(1))]).toEqual([expected]);
  const meter = createRatioMeter(0);
  const half = 700_001;
  meter.add(long.subarray(0, half), [half], true, new Uint32Array(0));
  const rest = long.subarray(half);
  expect([...meter.add(rest, [rest.length], false, Uint32Array.of(1))]).toEqual([expected]);
  expect(Math.abs(expected - deflateRawSync(long, { level: 1 }).length / long.length)).toBeLessThan(1e-3);
});
