/** Turns the feed's rows into the model's rows: ids in its own vocabulary, documents, and the tokens to predict. */
import type { Batch } from 'longmix';

/** A row in the form that the model takes. */
export interface ModelRow {
  /** Numbers in the model's vocabulary. */
  readonly ids: Int32Array;
  /** Lengths of the documents; padding, if any, is the last. */
  readonly lengths: ArrayLike<number>;
  readonly padding: number;
  /** 1 for each token that is learned; absent: all are but padding. */
  readonly learned?: Uint8Array;
}

/**
 * Returns the id of the next token for each token; -1 for the last token of a document, for padding, and where the next
 * token is not learned.
 */
export function targetsOf({ ids, lengths, padding, learned }: ModelRow): Int32Array {
  const targets = new Int32Array(ids.length).fill(-1);
  let start = 0;
  for (const length of Array.from(lengths)) {
    const isPadding = padding > 0 && start >= ids.length - padding;
    if (!isPadding) targets.set(ids.subarray(start + 1, start + length), start);
    start += length;
  }
  if (learned !== undefined)
    for (let i = 1; i < ids.length; i += 1) if (learned[i] === 0) targets[i - 1] = -1;
  return targets;
}

/** Returns the rows of a batch. @param numbers number of each token id in the model's vocabulary */
export function modelRows(batch: Batch, numbers: Int32Array): ModelRow[] {
  const { width, inputIds, seqLengths, seqOffsets, padding, lossMask } = batch;
  return Array.from(batch.rows, (_, row) => ({
    ids: Int32Array.from(inputIds.subarray(row * width, (row + 1) * width), (id) => numbers[id]!),
    lengths: seqLengths.subarray(seqOffsets[row]!, seqOffsets[row + 1]!),
    padding: padding[row]!,
    ...(lossMask === undefined ? {} : { learned: lossMask.subarray(row * width, (row + 1) * width) }),
  }));
}

/** Cuts a row into rows of `width` tokens, as if it had been packed that way. A cut divides a document into two. */
export function cutRow(row: ModelRow, width: number): ModelRow[] {
  const { ids, lengths, padding, learned } = row;
  if (width === 0 || width >= ids.length) return [row];
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
      ...(learned === undefined ? {} : { learned: learned.subarray(start, end) }),
    };
  });
}
