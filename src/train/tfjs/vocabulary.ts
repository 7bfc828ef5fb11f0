/**
 * The ids that occur in the shards, numbered from 0: the model's vocabulary. A corpus of a few million tokens uses a
 * part of a tokenizer's ids, and the output layer is the largest part of a small model's work. Probabilities are over
 * all ids that occur in the training and the validation sets, so nothing is left out and the loss is a whole one; of a
 * model over the tokenizer's full vocabulary it differs by what that gives to ids which never come.
 *
 * Cost: one pass over the shards before the first step. It is kept in the checkpoint.
 */
import { openShards, readBatch } from '../../shard/reader.ts';

/** Ids in ascending order. @param folders of shard sets */
export function usedIds(folders: readonly string[], vocabularySize: number): Int32Array {
  const used = new Uint8Array(vocabularySize);
  for (const folder of folders) {
    for (const shard of openShards(folder).shards) {
      for (let batch = 0; batch < shard.batches.length; batch += 1) {
        const rows = readBatch(folder, shard, batch).getChild('input_ids')!;
        for (const { children } of rows.data) {
          for (const id of children[0]!.values as Int32Array | Uint16Array) used[id] = 1;
        }
      }
    }
  }
  return Int32Array.from(used.keys()).filter((id) => used[id] === 1);
}

/** The number of each of the tokenizer's ids; -1: it has none. */
export function numbersOf(ids: Int32Array): Int32Array {
  const numbers = new Int32Array((ids.at(-1) ?? -1) + 1).fill(-1);
  for (const [number, id] of ids.entries()) numbers[id] = number;
  return numbers;
}
