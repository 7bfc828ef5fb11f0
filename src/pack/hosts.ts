/**
 * Rows that a short document shares with a long one. A document that is longer than a row is cut in any case; where it
 * would fill rows to the last token and a document that repeats often has rows almost for itself, the long one takes what
 * that leaves: its pieces are a little shorter than a row, and what they lack makes its last piece longer.
 */
import { type CopyGroups, lastPiece } from './copy-groups.ts';
import type { PackInput } from './packer.ts';

/** A document that spans rows, or a copy of it. */
export interface Long {
  readonly item: number;
  readonly document: number;
  readonly copy: number;
  readonly copies: number;
  /** Tokens of its sequence. */
  readonly sequence: number;
  readonly fullRows: number;
}

export interface Hosting {
  /** By row: the item that fills it up, and by how many tokens. */
  readonly hostOf: ReadonlyMap<number, { readonly item: number; readonly tokens: number }>;
  /** By item: tokens in all rows that it fills up, and how many are left for its last piece. */
  readonly tokensOf: ReadonlyMap<number, number>;
  readonly lastPieceOf: ReadonlyMap<number, number>;
}

export const noHosts: Hosting = { hostOf: new Map(), tokensOf: new Map(), lastPieceOf: new Map() };

/** Those with most full rows first. */
export function listLongs({ table, width }: PackInput, groups: CopyGroups): Long[] {
  const longs: Long[] = [];
  for (let item = 0; item < groups.items; ) {
    const { document, copies, from } = groups.placeOf(item);
    for (; item < from + copies; item += 1) {
      const sequence = groups.sequenceOf(item);
      if (sequence <= width) continue;
      const fullRows = (sequence - lastPiece(sequence, width)) / width;
      longs.push({ item, document, copy: item - from, copies, sequence, fullRows });
    }
  }
  const { keysLow, keysHigh } = table;
  return longs.sort(
    (a, b) =>
      b.fullRows - a.fullRows ||
      keysLow[a.document]! - keysLow[b.document]! ||
      keysHigh[a.document]! - keysHigh[b.document]! ||
      a.item - b.item,
  );
}

/** Whole rows that the item takes beside those that it fills up. */
export function fullRowsOf({ item, sequence, fullRows }: Long, hosting: Hosting, width: number): number {
  const tokens = hosting.tokensOf.get(item);
  return tokens === undefined ? fullRows : (sequence - tokens - hosting.lastPieceOf.get(item)!) / width;
}

export interface ReservedRow {
  readonly row: number;
  readonly room: number;
  readonly slice: number;
  /** Documents in it. */
  readonly documents: ReadonlySet<number>;
}

/**
 * @param reserved rows that hold only what had to go first
 * @param hosts rows to be filled up, fewer if there are no long documents for them
 */
export function chooseHosts(
  reserved: readonly ReservedRow[],
  longs: readonly Long[],
  hosts: number,
  slices: number,
  width: number,
): Hosting {
  const hostOf = new Map<number, { item: number; tokens: number }>();
  const tokensOf = new Map<number, number>();
  const rowsOf = new Map<number, number>();
  let turn = 0;
  for (let n = 0; n < hosts; n += 1) {
    const { row, room, slice, documents } = reserved[Math.floor(((n + 0.5) * reserved.length) / hosts)]!;
    if (room === 0 || hostOf.has(row)) continue;
    for (let tries = 0; tries < longs.length; tries += 1, turn += 1) {
      const { item, document, copy, copies, fullRows } = longs[turn % longs.length]!;
      const rows = rowsOf.get(item) ?? 0;
      const inTime = copies === 1 || Math.floor(((slice + 0.5) / slices) * copies) === copy;
      if (!inTime || rows === fullRows || documents.has(document)) continue;
      hostOf.set(row, { item, tokens: room });
      tokensOf.set(item, (tokensOf.get(item) ?? 0) + room);
      rowsOf.set(item, rows + 1);
      turn += 1;
      break;
    }
  }
  const lastPieceOf = new Map<number, number>();
  for (const { item, sequence } of longs) {
    const tokens = tokensOf.get(item);
    if (tokens !== undefined) lastPieceOf.set(item, lastPiece(sequence - tokens, width));
  }
  return { hostOf, tokensOf, lastPieceOf };
}
