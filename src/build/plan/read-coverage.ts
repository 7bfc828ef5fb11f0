/**
 * Which documents the rows that a run has read hold, and how much of each. Exact for documents that are cut, repeated, or
 * stand in the corpus as several copies: a token that was read twice counts once.
 *
 * Cost: 5 bytes per document of the earlier store; 12 bytes, and sorting, per piece that is not a whole document.
 */
import { Column } from '../../base/column.ts';
import { orderByKey } from '../../base/radix-sort.ts';
import type { RowPieces } from '../../feed/rows/row-pieces.ts';

export interface Coverage {
  /**
   * @param bos rows have BOS before each document, so the first piece of a document has one more token than it gives
   * @returns the number of a document that is not known; null: all are
   */
  add(pieces: RowPieces, bos: boolean): number | null;
  /** By document, one for all copies: 1, it was read at least in part; and its tokens that were read. */
  finish(): { readonly isRead: Uint8Array; readonly tokens: Uint32Array };
}

/** In place of a length, of a number that no document has. */
export const unknownLength: number = 2 ** 32 - 1;

/**
 * @param lengths tokens of each document, by number, or `unknownLength`
 * @param copyOf of each document the one that stands for all copies of its text
 */
export function readCoverage(lengths: Uint32Array, copyOf: Uint32Array): Coverage {
  const isRead = new Uint8Array(lengths.length);
  const tokens = new Uint32Array(lengths.length);
  const parts = { documents: new Column(), starts: new Column(), ends: new Column() };
  return {
    add(pieces, bos) {
      for (let i = 0; i < pieces.documents.length; i += 1) {
        const whole = lengths[pieces.documents[i]!] ?? unknownLength;
        if (whole === unknownLength) return pieces.documents[i]!;
        const document = copyOf[pieces.documents[i]!]!;
        const start = pieces.starts[i]!;
        // EOS comes after the last token. The rare piece that is a BOS alone leaves the next one a token short.
        const end = Math.min(whole, start + pieces.lengths[i]! - (bos && start === 0 ? 1 : 0));
        isRead[document] = 1;
        if (start === 0 && end === whole) tokens[document] = whole;
        if (tokens[document] === whole || end <= start) continue;
        parts.documents.push(document);
        parts.starts.push(start);
        parts.ends.push(end);
      }
      return null;
    },
    finish() {
      const documents = parts.documents.toUint32();
      const starts = parts.starts.toUint32();
      const ends = parts.ends.toUint32();
      const byStart = orderByKey(starts);
      const byDocument = orderByKey(Uint32Array.from(byStart, (part) => documents[part]!));
      let last = -1;
      let reached = 0;
      for (const place of byDocument) {
        const part = byStart[place]!;
        const document = documents[part]!;
        if (document !== last) reached = 0;
        last = document;
        // A whole copy of it was read, too.
        if (tokens[document] === lengths[document]) continue;
        tokens[document]! += Math.max(0, ends[part]! - Math.max(reached, starts[part]!));
        reached = Math.max(reached, ends[part]!);
      }
      return { isRead, tokens };
    },
  };
}
