/** Ranks that are not ids (SentencePiece's scores): kernel and plain engine agree, and ids change no cut. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openShared, shareTokenizer } from '../../src/tokenize/engine/kernel-tokenizer.ts';
import type { BpeVocabulary } from '../../src/tokenize/model.ts';
import { createReferenceTokenizer } from '../../src/tokenize/plain/reference.ts';
import { fuzz } from '../support/fuzz.ts';
import { madeModel } from './made-model.ts';

const alphabet = ['a', 'b', '\u2581', '\u00e9', '\u{1f600}'];
const text = (max: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet, ' ', '\t', 'z'), maxLength: max });

/** Pieces in the order of their ranks, which ids they get, and what becomes of other characters. */
const anyVocabulary = fc
  .record({
    products: fc.uniqueArray(fc.string({ unit: fc.constantFrom(...alphabet), minLength: 2, maxLength: 5 }), {
      maxLength: 25,
    }),
    gaps: fc.array(fc.nat(3), { minLength: 40, maxLength: 40 }),
    shuffle: fc.array(fc.nat(1_000_000), { minLength: 40, maxLength: 40 }),
    unknown: fc.record({ id: fc.constantFrom(null, 1), fuse: fc.boolean() }),
    lacksLetter: fc.boolean(),
  })
  .map(({ products, gaps, shuffle, unknown, lacksLetter }) => {
    const ranked = [...alphabet.slice(lacksLetter ? 1 : 0), ...products].map((each) => Buffer.from(each));
    const places = ranked.map((_, rank) => rank).sort((a, b) => shuffle[a]! - shuffle[b]! || a - b);
    const pieces: (Uint8Array | undefined)[] = [undefined, undefined];
    const order: number[] = [0, 0];
    places.forEach((rank, i) => {
      for (let gap = gaps[i]!; gap > 0; gap -= 1) order[pieces.push(undefined) - 1] = 0;
      order[pieces.push(ranked[rank]!) - 1] = rank;
    });
    const rest = { kind: 'bpe', ignoreMerges: false, units: 'characters' } as const;
    const ordered: BpeVocabulary = {
      ...rest,
      pieces,
      merges: { kind: 'ranks', order: Uint32Array.from(order) },
      unknown: { bytes: null, ...unknown },
    };
    const byId: BpeVocabulary = {
      ...rest,
      pieces: [undefined, undefined, ...ranked],
      merges: 'ranks',
      unknown: { bytes: null, ...unknown },
    };
    return {
      ordered,
      byId,
      idOfRank: (rank: number) => order.findIndex((each, id) => each === rank && pieces[id]),
    };
  });

const metaspaces = [null, { prefix: 'always', split: false }, { prefix: 'never', split: true }] as const;

test('ordered pieces with any ids', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyVocabulary,
      fc.array(text(100), { minLength: 10, maxLength: 10 }),
      fc.constantFrom(...metaspaces),
      async ({ ordered, byId, idOfRank }, texts, metaspace) => {
        const model = madeModel(ordered, { metaspace });
        const shared = await shareTokenizer(model);
        if ('unsupported' in shared) throw new Error(shared.unsupported);
        const kernel = await openShared(shared, 2 ** 24);
        const plain = createReferenceTokenizer(model);
        const plainById = createReferenceTokenizer(madeModel(byId, { metaspace }));
        for (const each of texts) {
          const bytes = Buffer.from(each);
          const wanted = Array.from(plain.encode(bytes, [bytes.length]).tokens);
          const renamed = Array.from(plainById.encode(bytes, [bytes.length]).tokens, (id) =>
            id < 2 ? id : idOfRank(id - 2),
          );
          expect(renamed).toEqual(wanted);
          expect(Array.from(kernel.encode(bytes, [bytes.length]).tokens)).toEqual(wanted);
        }
      },
    ),
    fuzz(25),
  );
});
