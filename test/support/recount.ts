/**
 * Counts the accounts of a shard set again from its rows, independently of longmix's plan, ledger and the arithmetic of
 * `src/base/sequence.ts`. It examines every token of every row.
 */
import { expect } from 'vitest';
import type { Ledger } from '../../src/nouns/ledger.ts';
import type { Bucket } from '../../src/nouns/mix.ts';
import type { SequenceSpec } from '../../src/nouns/recipe.ts';

/** A row as a reader sees it; `src/shard/reader.ts` has the same shape. */
export interface SeenRow {
  readonly ids: ArrayLike<number>;
  /** Lengths of the pieces, padding apart. */
  readonly lengths: readonly number[];
  readonly padding: number;
  readonly docIds: readonly number[];
  readonly docStarts: readonly number[];
}

/** Special ids must be none that a document can have. */
export interface Specials {
  readonly bosId: number | null;
  readonly eosId: number | null;
  readonly padId: number;
}

export interface Recount {
  readonly rows: number;
  readonly specialTokens: number;
  readonly padding: number;
  /** Per document: tokens in the rows with every copy; which of its tokens stand there at all; its BOS and EOS. */
  readonly inRows: number[];
  readonly once: number[];
  readonly bos: number[];
  readonly eos: number[];
}

/** @throws (fails the test) where a row is not what its columns, or its documents' tokens, say */
export function recount(
  rows: Iterable<SeenRow>,
  width: number,
  documents: number,
  tokensOf: (document: number) => ArrayLike<number>,
  { bosId, eosId, padId }: Specials,
): Recount {
  const zeros = () => new Array<number>(documents).fill(0);
  const found = { inRows: zeros(), bos: zeros(), eos: zeros() };
  const seen = new Map<number, Uint8Array>();
  let rowCount = 0;
  let specialTokens = 0;
  let padding = 0;
  for (const row of rows) {
    rowCount += 1;
    const { ids, lengths, docIds, docStarts } = row;
    same(ids.length, width, 'tokens of a row');
    same(docIds.length, lengths.length, 'doc_ids beside seq_lengths');
    same(docStarts.length, lengths.length, 'doc_starts beside seq_lengths');
    let at = 0;
    for (const [p, length] of lengths.entries()) {
      if (length < 1) expect.fail('a piece of no tokens');
      const document = docIds[p]!;
      const tokens = tokensOf(document);
      const end = at + length;
      let next = docStarts[p]!;
      const marks = seen.get(document) ?? new Uint8Array(tokens.length);
      seen.set(document, marks);
      if (bosId !== null && ids[at] === bosId) {
        same(next, 0, 'BOS before a later token');
        found.bos[document]! += 1;
        specialTokens += 1;
        at += 1;
      }
      for (; at < end && !(eosId !== null && ids[at] === eosId); at += 1, next += 1) {
        if (next >= tokens.length) expect.fail(`document ${document} has no token ${next}`);
        same(ids[at]!, tokens[next]!, `token ${next} of document ${document}`);
        marks[next] = 1;
        found.inRows[document]! += 1;
      }
      if (at < end) {
        same(at, end - 1, 'EOS inside a piece');
        same(next, tokens.length, 'EOS before the end of a document');
        found.eos[document]! += 1;
        specialTokens += 1;
        at += 1;
      }
    }
    same(width - at, row.padding, 'padding');
    padding += row.padding;
    for (; at < width; at += 1) same(ids[at]!, padId, 'id of padding');
  }
  const once = zeros();
  for (const [document, marks] of seen) once[document] = marks.reduce((sum, mark) => sum + mark, 0);
  return { rows: rowCount, specialTokens, padding, once, ...found };
}

export interface Split {
  /** Of every document: name of its source, tokens, and whether it belongs to the split. */
  readonly sources: readonly string[];
  readonly lengths: readonly number[];
  readonly member: readonly boolean[];
  /** Left out as the copy of an earlier document; default: none is. */
  readonly duplicate?: readonly boolean[];
}

/** Compares a ledger with what the rows and the corpus say, cell by cell. */
export function expectLedger(
  ledger: Ledger,
  counted: Recount,
  { sources, lengths, member, duplicate = [] }: Split,
  buckets: readonly Bucket[],
  sequences: SequenceSpec,
  removed: ((length: number) => boolean) | null,
): void {
  const width = sequences.length + (sequences.plusOne ? 1 : 0);
  const cells = new Map<string, Record<string, number>>();
  for (const [d, length] of lengths.entries()) {
    if (!member[d]) continue;
    const bucket = buckets.find(({ from, to }) => from <= length && (to === null || length < to))!;
    const key = `${sources[d]} ${bucket.from}`;
    const cell = cells.get(key) ?? {
      ...{ documents: 0, packedDocuments: 0, read: 0, packedOnce: 0, packedInstances: 0 },
      ...{ duplicate: 0, truncated: 0, excluded: 0, removed: 0, other: 0 },
    };
    cells.set(key, cell);
    cell.documents! += 1;
    cell.read! += length;
    cell.packedDocuments! += counted.inRows[d]! > 0 ? 1 : 0;
    if (duplicate[d] === true) {
      cell.duplicate! += length;
      continue;
    }
    const room = width - (sequences.bos ? 1 : 0);
    const tooLong = length + (sequences.eos ? 1 : 0) > room;
    const excluded = tooLong && sequences.overlong === 'exclude' ? length : 0;
    const truncated = tooLong && sequences.overlong === 'truncate' ? length - room : 0;
    const usable = length - excluded - truncated;
    const once = counted.once[d]!;
    const gone = removed?.(length) === true ? usable - once : 0;
    cell.packedOnce! += once;
    cell.packedInstances! += counted.inRows[d]!;
    cell.truncated! += truncated;
    cell.excluded! += excluded;
    cell.removed! += gone;
    cell.other! += usable - once - gone;
  }
  const discards = sequences.packing === 'concat' && sequences.tails === 'discard';
  const found = new Map(
    ledger.cells.map(({ source, bucket, dropped, ...cell }) => {
      if (!discards && dropped.tail_discarded !== 0) expect.fail('a tail was discarded');
      return [
        `${source} ${bucket.from}`,
        {
          ...{ documents: cell.documents, packedDocuments: cell.packedDocuments, read: cell.read },
          ...{ packedOnce: cell.packedOnce, packedInstances: cell.packedInstances },
          ...{
            duplicate: dropped.duplicate,
            truncated: dropped.overlong_truncated,
            excluded: dropped.overlong_excluded,
          },
          ...{ removed: dropped.long_removed, other: dropped.not_sampled + dropped.tail_discarded },
        },
      ] as const;
    }),
  );
  expect(found).toEqual(cells);
  const sum = (key: string) => [...cells.values()].reduce((total, cell) => total + cell[key]!, 0);
  const { dropped } = ledger;
  expect({ ...ledger, cells: null, dropped: null }).toEqual({
    ...{ read: sum('read'), packedOnce: sum('packedOnce'), packedInstances: sum('packedInstances') },
    ...{ documents: sum('documents'), packedDocuments: sum('packedDocuments') },
    ...{
      rows: counted.rows,
      width,
      rowTokens: counted.rows * width,
      specialTokens: counted.specialTokens,
      padding: counted.padding,
    },
    ...{ cells: null, dropped: null },
  });
  const all = Object.values(dropped).reduce((total, n) => total + n, 0);
  same(ledger.read, ledger.packedOnce + all, 'read = packed once + dropped');
  const inRows = ledger.packedInstances + ledger.specialTokens + ledger.padding;
  same(ledger.rowTokens, inRows, 'tokens of all rows');
}

/** `expect` makes an object a call; this is asked of every token. */
function same(found: number, expected: number, what: string): void {
  if (found !== expected) expect.fail(`${what}: ${found}, not ${expected}`);
}
