/** The column of what is learned of conversations: how it is written with a part, and read for a plan. */
import { arrow } from '../base/arrow.ts';
import type { LearnedSpans } from '../nouns/tokens.ts';
import { numberColumn } from './columns.ts';
import type { StoreManifest } from './format.ts';
import type { PartColumn } from './part-column.ts';
import { damaged, readIndex } from './part-index.ts';

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

/**
 * The outputs in each document, in shared memory; null: no source holds conversations. Memory: 4 bytes per document and 8
 * per output.
 *
 * @throws LongmixError `store-damaged`
 */
export function loadOutputs(folder: string, { reading, parts, totals }: StoreManifest): LearnedSpans | null {
  const chats = new Set(reading.filter(({ chat }) => chat !== undefined).map(({ source }) => source));
  if (chats.size === 0) return null;
  const offsets = new Uint32Array(new SharedArrayBuffer(4 * (totals.documents + 1)));
  const found = numberColumn();
  let count = 0;
  let document = 0;
  for (const part of parts) {
    if (!chats.has(part.inputs[0]?.source ?? '')) {
      offsets.fill(count, document + 1, document + 1 + part.documents);
      document += part.documents;
      continue;
    }
    const { file, docs } = readIndex(folder, part);
    for (const batch of docs.batches) {
      const data = batch.getChild(name)?.data[0];
      if (data === undefined) throw damaged(file, 'it does not say what is learned');
      const starts = data.valueOffsets as Int32Array;
      found.add((data.children[0]!.values as Uint32Array).subarray(starts[0], starts[batch.numRows]));
      for (let d = 0; d < batch.numRows; d += 1) {
        document += 1;
        offsets[document] = count + starts[d + 1]! - starts[0]!;
      }
      count = offsets[document]!;
    }
  }
  const ends = new Uint32Array(new SharedArrayBuffer(4 * count));
  ends.set(found.values());
  return { offsets, ends };
}
