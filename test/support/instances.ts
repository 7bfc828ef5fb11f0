/** Random copies of documents to pack, without a mix. */
import fc from 'fast-check';
import { usableTokens } from '../../src/base/sequence.ts';
import type { Instances } from '../../src/nouns/mix.ts';
import type { SequenceSpec } from '../../src/nouns/recipe.ts';
import type { DocumentTable } from '../../src/nouns/tokens.ts';

interface Choice {
  readonly copies: number;
  /** Of the last copy, where the document may be cut anywhere; 1: all of it. */
  readonly part: number;
  /** Index into `packLengths`. */
  readonly inner: number;
}

/**
 * @param allowed documents that may be taken
 * @param packLengths one is chosen for each document; empty: none
 */
export function instancesOf(
  table: DocumentTable,
  sequences: SequenceSpec,
  mostCopies: number,
  allowed: (document: number) => boolean = () => true,
  packLengths: readonly number[] = [],
): fc.Arbitrary<Instances> {
  const choice: fc.Arbitrary<Choice> = fc.record({
    copies: fc.nat(mostCopies),
    part: fc.oneof(fc.constant(1), fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
    inner: fc.nat(Math.max(0, packLengths.length - 1)),
  });
  return fc
    .array(choice, { minLength: table.count, maxLength: table.count })
    .map((choices) => choose(table, sequences, choices, allowed, packLengths));
}

function choose(
  table: DocumentTable,
  sequences: SequenceSpec,
  choices: readonly Choice[],
  allowed: (document: number) => boolean,
  packLengths: readonly number[],
): Instances {
  const copies = choices.flatMap(({ copies: n, part, inner }, document) => {
    const usable = usableTokens(table.lengths[document]!, sequences);
    if (usable === 0 || !allowed(document)) return [];
    return Array.from({ length: n }, (_, copy) => {
      const whole = copy < n - 1 || sequences.overlong !== 'fragment';
      const take = whole ? usable : Math.max(1, Math.ceil(usable * part));
      return { document, take, copy, inner: packLengths[inner] ?? 0 };
    });
  });
  const parts = [...copies.entries()].filter(([, { document, take }]) => take < table.lengths[document]!);
  return {
    count: copies.length,
    document: Uint32Array.from(copies, ({ document }) => document),
    parts: {
      copy: Uint32Array.from(parts, ([copy]) => copy),
      take: Uint32Array.from(parts, ([, { take }]) => take),
    },

    mostCopies: copies.reduce((most, { copy }) => Math.max(most, copy + 1), 1),
    packLength: packLengths.length === 0 ? null : Uint32Array.from(copies, ({ inner }) => inner),
  };
}

/** Tokens that each copy takes of its document. */
export function takesOf({ document, parts }: Instances, table: DocumentTable): number[] {
  const takes = Array.from(document, (d) => table.lengths[d]!);
  for (const [part, copy] of parts.copy.entries()) takes[copy] = parts.take[part]!;
  return takes;
}
