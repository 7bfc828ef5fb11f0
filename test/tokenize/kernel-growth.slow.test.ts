/**
 * Vocabularies on both sides of every size at which a table of the kernel grows, changes its number of slots, or ends.
 * The tests only compare the tokens with those of the plain engine. Texts are longer than 64 bytes, because only those
 * use the trie.
 */
import { describe, expect, test } from 'vitest';
import { findExceededBound, mostEdges } from '../../src/tokenize/engine/kernel-bounds.ts';
import { planKernel } from '../../src/tokenize/engine/kernel-plan.ts';
import { openShared, shareTokenizer } from '../../src/tokenize/engine/kernel-tokenizer.ts';
import type { BpeVocabulary } from '../../src/tokenize/model.ts';
import { createReferenceTokenizer } from '../../src/tokenize/plain/reference.ts';
import { byteVocabulary, madeModel, noSteps } from './made-model.ts';
import { isNightly } from './texts.ts';

type Merge = readonly [string, string];

const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(0x20 + i));

/** x, xx, xxxx ...: each merge doubles, so a few of them have many bytes. */
function doublings(char: string, times: number): Merge[] {
  return Array.from({ length: times }, (_, i) => [char.repeat(2 ** i), char.repeat(2 ** i)]);
}

/** Merges of different neighbours: one more piece, and one more edge of the trie, each. At most 95 * 94 + ... */
function* neighbours(): Generator<Merge> {
  for (const a of printable) for (const b of printable) if (a !== b) yield [a, b];
  for (const a of printable)
    for (const b of printable) for (const c of printable) if (a !== b) yield [a + b, c];
}

function someNeighbours(count: number): Merge[] {
  const all = neighbours();
  return Array.from({ length: count }, () => all.next().value as Merge);
}

/** Merges whose trie has this many edges, the 256 bytes among them. */
function mergesOfEdges(edges: number): Merge[] {
  const merges: Merge[] = [];
  let left = edges - 256;
  for (const char of ' abcdefghijklm') {
    const times = Math.floor(Math.log2(left + 1));
    if (times < 7) break;
    merges.push(...doublings(char, times));
    left -= 2 ** times - 1;
  }
  return [...merges, ...someNeighbours(left)];
}

/** Pieces that merging makes although they come before their parts: `xyz` before `xy`. */
function trapMerges(count: number): Merge[] {
  const parts = someNeighbours(count);
  return [...parts.map(([a, b]): Merge => [a + b, '~']), ...parts];
}

const words = printable
  .map((char, i) => char + printable[(i * 7) % 95]! + printable[(i * 31) % 95]!)
  .join('');
const texts = [
  ' '.repeat(65),
  ' '.repeat(64),
  ' '.repeat(5_000),
  ...['a', 'b', 'ab', 'abc', 'k', 'l', 'xyz~'].map((text) => text.repeat(1_500)),
  words.repeat(4),
  words.split('').reverse().join(''),
  ' a~ b~ c~ ab~ xy~ !"~ !#~'.repeat(5),
  ...Array.from({ length: 40 }, (_, i) => ' a'.repeat(i) + words.slice(i, 3 * i) + 'b'.repeat(2 * i)),
];

async function expectSameTokens(vocabulary: BpeVocabulary): Promise<void> {
  const model = madeModel(vocabulary);
  const shared = await shareTokenizer(model);
  if ('unsupported' in shared) throw new Error(shared.unsupported);
  // A bound, so that the caches are small: most of the time would go into touching them.
  const kernel = await openShared(shared, 2 ** 26);
  const plain = createReferenceTokenizer(model);
  for (const text of texts) {
    const bytes = Buffer.from(text);
    const wanted = Array.from(plain.encode(bytes, [bytes.length]).tokens);
    expect(Array.from(kernel.encode(bytes, [bytes.length]).tokens), text.slice(0, 80)).toEqual(wanted);
  }
}

/** By day the last size that fits, and the first that does not. */
const around = (...sizes: number[]) =>
  sizes.flatMap((size) => (isNightly ? [size - 1, size, size + 1] : [size, size + 1]));
const forms = ['list', 'ranks'] as const;

describe.each(forms)('as %s', (form) => {
  // Up to 768 pieces begin with 4,096 slots, of which half are used: see `reserveTrie`.
  test.each([...around(2_048, 4_096, 8_192), 20_000])('a trie of %i edges', async (edges) => {
    await expectSameTokens(byteVocabulary(mergesOfEdges(edges), form));
  });

  test('a piece that is longer than the doubled trie', async () => {
    const merges = doublings(' ', 15);
    await expectSameTokens(byteVocabulary(merges, form));
    await expectSameTokens(byteVocabulary([...someNeighbours(200), ...merges], form));
  });

  // The table of pieces has 2^n slots for up to 2^(n - 1) - 1 pieces.
  test.each(around(511, 1_023, 4_095))('a table of %i pieces', async (pieces) => {
    await expectSameTokens(byteVocabulary(someNeighbours(pieces - 256), form));
  });

  // The table of pairs has 2^n slots for up to 4/5 of them, the trie 4 slots for each piece and byte.
  test.each(around(408, 818, 3_276, 512 - 256, 1_024 - 256, 4_096 - 256))('%i pieces', async (pieces) => {
    await expectSameTokens(byteVocabulary(someNeighbours(pieces - 256), form));
  });

  test.each(around(1, 4_096))('%i traps', async (count) => {
    await expectSameTokens(byteVocabulary(trapMerges(count), form));
  });

  test('traps beside a trie that grows', async () => {
    await expectSameTokens(byteVocabulary([...trapMerges(3), ...mergesOfEdges(9_000)], form));
  });
});

// The table of merges has 2^n slots for up to 2^(n - 1) - 1 merges.
test.each(around(0, 1, 127, 1_023))('a list of %i merges', async (merges) => {
  if (merges >= 0) await expectSameTokens(byteVocabulary(someNeighbours(merges), 'list'));
});

test('the largest trie, and one edge more', async () => {
  const bytes = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte));
  const long = (length: number) => new Uint8Array(length).fill(0x61);
  // Its beginnings are those of the bytes, and one for each byte but the first.
  expect(findExceededBound([...bytes, long(mostEdges - 255)])).toBe(null);
  expect(findExceededBound([...bytes, long(mostEdges - 254)])).toContain('different beginnings');
  expect(findExceededBound([...bytes, ...new Array(10_000).fill(long(1_000))])).toBe(null);
  expect(findExceededBound(new Array(2 ** 21 - 258).fill(bytes[0]))).toBe(null);
  expect(findExceededBound(new Array(2 ** 21 - 257).fill(bytes[0]))).toContain('pieces');
  expect(findExceededBound(new Array(300).fill(long(1_000_000)))).toContain('bytes');
  // Doubling up to 2^20 bytes, for two letters: the trie has as many slots as it can have.
  await expectSameTokens(byteVocabulary([...doublings('a', 20), ...doublings('b', 19)], 'list'));
});

test("a vocabulary beyond the bounds is the plain engine's", () => {
  const vocabulary = byteVocabulary([...doublings('a', 20), ...doublings('b', 20)], 'ranks');
  expect(planKernel({ steps: noSteps, vocabulary })).toEqual({
    unsupported: expect.stringContaining('beginnings'),
  });
});

describe('vocabularies that nobody trains', () => {
  const base = byteVocabulary(
    [
      ['a', 'b'],
      ['ab', 'ab'],
      ['b', 'c'],
    ],
    'ranks',
  );
  const at = (id: number) => [...base.pieces, ...new Array(id - base.pieces.length).fill(undefined)];

  test('ids up to 2^21 - 1 with nothing in between', async () => {
    await expectSameTokens({ ...base, pieces: [...at(2 ** 21 - 1), Buffer.from('abc')] });
  });

  test('many pieces with one text', async () => {
    const same = new Array(3_000).fill(Buffer.from('abab'));
    await expectSameTokens({ ...base, pieces: [...base.pieces, ...same] });
    await expectSameTokens({ ...base, ignoreMerges: true, pieces: [...base.pieces, ...same] });
    // Merges that make one text in two pieces: these are two tokens.
    const { merges, ...rest } = byteVocabulary(
      [
        ['a', 'b'],
        ['ab', 'c'],
      ],
      'list',
    );
    if (merges === 'ranks' || 'order' in merges) throw new Error('a list was expected');
    const again = rest.pieces.length;
    const twice = {
      left: Uint32Array.of(...merges.left, 98),
      right: Uint32Array.of(...merges.right, 99),
      merged: Uint32Array.of(...merges.merged, again),
    };
    const pieces = [...rest.pieces, Buffer.from('abc')];
    expect(planKernel({ steps: noSteps, vocabulary: { ...rest, merges: twice, pieces } })).toEqual({
      unsupported: expect.stringContaining('end to end'),
    });
    twice.merged[2] = pieces.push(Buffer.from('ab')) - 1;
    twice.left[2] = 97;
    twice.right[2] = 98;
    expect(planKernel({ steps: noSteps, vocabulary: { ...rest, merges: twice, pieces } })).toEqual({
      unsupported: expect.stringContaining('the same bytes'),
    });
  });

  test('empty pieces', async () => {
    const empty = new Array(300).fill(new Uint8Array(0));
    await expectSameTokens({ ...base, pieces: [...empty, ...base.pieces, ...empty] });
    await expectSameTokens({
      ...base,
      units: 'characters',
      pieces: [...empty, ...base.pieces.slice(0, 128)],
    });
  });

  test('a piece of a megabyte', async () => {
    const long = new Uint8Array(1_000_000).fill(0x20);
    await expectSameTokens({ ...base, pieces: [...base.pieces, long] });
    await expectSameTokens({ ...base, ignoreMerges: true, pieces: [...base.pieces, long] });
  });

  test('no piece at all, and none but the unknown token', async () => {
    const unknown = { bytes: null, id: 7, fuse: true };
    for (const units of ['bytes', 'characters'] as const) {
      await expectSameTokens({ ...base, units, pieces: [] });
      await expectSameTokens({ ...base, units, pieces: [], unknown });
      await expectSameTokens({ ...base, units, pieces: [], unknown: { ...unknown, fuse: false } });
    }
  });
});
