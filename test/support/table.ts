/** Random corpora in the planner's form: lengths, keys and sources, without text. */
import fc from 'fast-check';
import type { DocumentTable } from '../../src/nouns/tokens.ts';
import { createDocumentTable } from '../../src/store/reader.ts';

export interface TableDocument {
  readonly source: number;
  /** Documents with the same text number are copies: they share key and length. */
  readonly text: number;
  readonly length: number;
}

export function tableOf(documents: readonly TableDocument[], sources: readonly string[]): DocumentTable {
  const table = createDocumentTable(documents.length, sources, 1);
  for (const [d, { source, text, length }] of documents.entries()) {
    table.lengths[d] = length;
    table.keysLow[d] = scramble(text);
    table.keysHigh[d] = scramble(text + 0x9e3779b9);
    table.source[d] = source;
  }
  table.partStarts[1] = documents.length;
  return table;
}

/** Lengths as corpora have them: most are short, a few are as long as all the others together, some are empty. */
export const heavyTailed: fc.Arbitrary<number> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(0) },
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 40 }) },
  { weight: 8, arbitrary: fc.integer({ min: 20, max: 400 }) },
  { weight: 2, arbitrary: fc.integer({ min: 300, max: 4000 }) },
);

/** Up to `most` documents of one to three sources; about a tenth are copies of another. */
export function corpora(most: number): fc.Arbitrary<{ table: DocumentTable; documents: TableDocument[] }> {
  const document = fc.record({
    source: fc.nat(2),
    length: heavyTailed,
    copyOf: fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat(most) }),
  });
  return fc
    .record({
      sources: fc.integer({ min: 1, max: 3 }),
      // Else fast-check's own bias makes most corpora tiny.
      documents: fc.array(document, { minLength: 1, maxLength: most, size: 'max' }),
    })
    .map(({ sources, documents }) => {
      const made: TableDocument[] = [];
      for (const [d, { source, length, copyOf }] of documents.entries()) {
        const original = copyOf === null || d === 0 ? null : made[copyOf % d]!;
        made.push({
          source: source % sources,
          text: original?.text ?? d,
          length: original?.length ?? length,
        });
      }
      return { table: tableOf(made, ['alpha', 'beta', 'gamma'].slice(0, sources)), documents: made };
    });
}

/** A key word that looks random (xorshift-multiply of Chris Wellons' "lowbias32"), and has nothing of ours in it. */
export function scramble(value: number): number {
  let x = value >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}
