/** The column of what is learned of conversations: how it is written with a part, and read for a plan. */
import type { Table } from 'apache-arrow';
import { arrow } from '../base/arrow.ts';
import type { LearnedSpans } from '../nouns/tokens.ts';
import { numberColumn } from './columns.ts';
import type { StoreManifest } from './format.ts';
import type { PartColumn } from './part-column.ts';
import { damagedStore } from './part-index.ts';

const name = 'learned';

export function learnedPartColumn(): PartColumn {
  const ends = numberColumn();
  const offsets = numberColumn();
  let count = 0;
  offsets.add([0]);
  return {
    name,
    isNullable: false,
    add({ learned, lengths }) {
      for (let d = 0; d < lengths.length; d += 1) {
        const runs = learned?.[d] ?? [0, lengths[d]!];
        ends.add(runs);
        count += runs.length;
        offsets.add([count]);
      }
    },
    vector() {
      const { Field, List, makeData, makeVector, Uint32 } = arrow;
      const type = new List(new Field('item', new Uint32(), false));
      const valueOffsets = Int32Array.from(offsets.values());
      const child = makeData({ type: new Uint32(), data: ends.values() });
      return makeVector(
        makeData({ type, length: valueOffsets.length - 1, nullCount: 0, valueOffsets, child }),
      );
    },
  };
}

/** Collects the outputs in each document, from the indexes of parts in any order. */
export interface OutputsCollector {
  take(part: number, file: string, docs: Table): void;
  /** In shared memory: 4 bytes per document and 8 per output. */
  finish(): LearnedSpans;
}

/** null: no source holds conversations. */
export function collectOutputs({ reading, parts, totals }: StoreManifest): OutputsCollector | null {
  const chats = new Set(reading.filter(({ chat }) => chat !== undefined).map(({ source }) => source));
  if (chats.size === 0) return null;
  const counts = parts.map((part) => new Uint32Array(part.documents));
  const found = parts.map(() => numberColumn());
  return {
    take(part, file, docs) {
      if (!chats.has(parts[part]!.inputs[0]?.source ?? '')) return;
      let document = 0;
      for (const batch of docs.batches) {
        const data = batch.getChild(name)?.data[0];
        if (data === undefined) throw damagedStore(file, 'it does not say what is learned');
        const starts = data.valueOffsets as Int32Array;
        found[part]!.add(
          (data.children[0]!.values as Uint32Array).subarray(starts[0], starts[batch.numRows]),
        );
        for (let d = 0; d < batch.numRows; d += 1, document += 1)
          counts[part]![document] = starts[d + 1]! - starts[d]!;
      }
    },
    finish() {
      const offsets = new Uint32Array(new SharedArrayBuffer(4 * (totals.documents + 1)));
      let document = 0;
      for (const ofPart of counts)
        for (const count of ofPart) {
          offsets[document + 1] = offsets[document]! + count;
          document += 1;
        }
      const ends = new Uint32Array(new SharedArrayBuffer(4 * offsets[document]!));
      let at = 0;
      for (const ofPart of found) {
        const values = ofPart.values();
        ends.set(values, at);
        at += values.length;
      }
      return { offsets, ends };
    },
  };
}
