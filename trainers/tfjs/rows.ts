/** The feed's rows as the model takes them: ids in its own vocabulary, documents, and what is to be foretold. */
import type { Batch } from 'longmix';

/** A row as the model takes it. */
export interface ModelRow {
  /** Numbers in the model's vocabulary. */
  readonly ids: Int32Array;
  /** Documents, padding as the last one if there is any. */
  readonly lengths: ArrayLike<number>;
  readonly padding: number;
}

/** The next token's id for each token; -1 for the last of a document, and for padding. */
export function targetsOf({ ids, lengths, padding }: ModelRow): Int32Array {
  const targets = new Int32Array(ids.length).fill(-1);
  let start = 0;
  for (const length of Array.from(lengths)) {
    const isPadding = padding > 0 && start >= ids.length - padding;
    if (!isPadding) targets.set(ids.subarray(start + 1, start + length), start);
    start += length;
  }
  return targets;
}

/** A batch's rows. @param numbers of each token id in the model's vocabulary */
export function modelRows(batch: Batch, numbers: Int32Array): ModelRow[] {
  const { width, inputIds, seqLengths, seqOffsets, padding } = batch;
  return Array.from(batch.rows, (_, row) => ({
    ids: Int32Array.from(inputIds.subarray(row * width, (row + 1) * width), (id) => numbers[id]!),
    lengths: seqLengths.subarray(seqOffsets[row]!, seqOffsets[row + 1]!),
    padding: padding[row]!,
  }));
}

/** A row cut into rows of `width` tokens, as if it had been packed so; documents that a cut goes through are two. */
export function cutRow({ ids, lengths, padding }: ModelRow, width: number): ModelRow[] {
  if (width === 0 || width >= ids.length) return [{ ids, lengths, padding }];
  const text = ids.length - padding;
  return Array.from({ length: Math.ceil(ids.length / width) }, (_, i) => {
    const start = i * width;
    const end = Math.min(ids.length, start + width);
    const inside: number[] = [];
    let at = 0;
    for (const length of Array.from(lengths)) {
      const tokens = Math.min(end, at + length) - Math.max(start, at);
      if (tokens > 0) inside.push(tokens);
      at += length;
    }
    return {
      ids: ids.subarray(start, end),
      lengths: inside,
      padding: Math.max(0, end - Math.max(start, text)),
    };
  });
}
