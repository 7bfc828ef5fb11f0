import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCoverage, unknownLength } from '../../../src/build/plan/read-coverage.ts';
import { fuzz } from '../../support/fuzz.ts';

/** Pieces of a document's sequence: [BOS] + tokens + [EOS], each from `from` on. */
const pieces = fc.array(
  fc.record({ document: fc.nat(5), from: fc.nat(1000), size: fc.integer({ min: 1, max: 40 }) }),
  { maxLength: 40, size: 'max' },
);

describe('readCoverage', () => {
  it('counts every token that a piece holds once, however documents are cut and repeated', () => {
    const cases = fc.record({
      // The last three are copies of the first three, or not.
      lengths: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 3, maxLength: 3 }),
      copies: fc.boolean(),
      bos: fc.boolean(),
      eos: fc.boolean(),
      pieces,
    });
    fc.assert(
      fc.property(cases, ({ lengths: half, copies, bos, eos, pieces: some }) => {
        const lengths = [...half, ...half];
        const copyOf = lengths.map((_, d) => (copies ? d % 3 : d));
        const seen = lengths.map((length) => new Uint8Array(length));
        const touched = lengths.map(() => 0);
        const found = some.flatMap(({ document, from, size }) => {
          const length = lengths[document]!;
          const before = bos ? 1 : 0;
          const whole = before + length + (eos ? 1 : 0);
          const start = from % whole;
          const end = Math.min(whole, start + size);
          const first = Math.max(0, start - before);
          const last = Math.min(length, end - before);
          // Without BOS the first piece has the first token; a BOS alone is told apart below.
          if (bos && start <= 1 && (end === 1 || start === 1)) return [];
          seen[copyOf[document]!]!.fill(1, first, Math.max(first, last));
          touched[copyOf[document]!] = 1;
          return [{ document, start: first, length: end - start }];
        });
        const coverage = readCoverage(Uint32Array.from(lengths), Uint32Array.from(copyOf));
        for (let i = 0; i < found.length; i += 3) {
          const part = found.slice(i, i + 3);
          const unknown = coverage.add(
            {
              documents: Uint32Array.from(part, ({ document }) => document),
              starts: Uint32Array.from(part, ({ start }) => start),
              lengths: Int32Array.from(part, ({ length }) => length),
            },
            bos,
          );
          expect(unknown).toBeNull();
        }
        const { isRead, tokens } = coverage.finish();
        expect([...isRead]).toEqual(touched);
        expect([...tokens]).toEqual(seen.map((one) => one.reduce((sum, token) => sum + token, 0)));
      }),
      fuzz(300),
    );
  });

  it('names a document that is not known', () => {
    const one = (document: number) => ({
      documents: Uint32Array.of(document),
      starts: Uint32Array.of(0),
      lengths: Int32Array.of(3),
    });
    const coverage = readCoverage(Uint32Array.of(3, unknownLength), Uint32Array.of(0, 0));
    expect([0, 1, 2].map((document) => coverage.add(one(document), false))).toEqual([null, 1, 2]);
  });
});
