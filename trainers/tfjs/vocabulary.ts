/**
 * The model's vocabulary: the ids that occur in the shards, numbered from 0. A corpus of a few million tokens uses only
 * a part of a tokenizer's ids, and the output layer is most of a small model's work. Probabilities cover all ids that
 * occur in the training and validation sets, so the loss is complete. It differs from the loss of a model over the
 * tokenizer's full vocabulary only by the probability that such a model gives to ids that never occur.
 *
 * Cost: one pass over the shards before the first step. The vocabulary is kept in the checkpoint.
 */
import { openFeedAt } from 'longmix';

/** Returns the used ids in ascending order. @param folders folders of shard sets, or their addresses */
export async function usedIds(folders: readonly string[], vocabularySize: number): Promise<Int32Array> {
  const used = new Uint8Array(vocabularySize);
  for (const folder of folders) {
    const feed = await openFeedAt(folder, { rowsPerStep: 1 });
    try {
      let memory: ArrayBufferLike | undefined;
      for (let step = 0; step < feed.epochSteps; step += 1) {
        const { inputIds } = await feed.batchAhead({ epoch: 0, step }, 0, 1, memory);
        for (const id of inputIds) used[id] = 1;
        memory = inputIds.buffer;
      }
    } finally {
      feed.close();
    }
  }
  return Int32Array.from(used.keys()).filter((id) => used[id] === 1);
}

/** Returns the model's number of each of the tokenizer's ids; -1: it has none. */
export function numbersOf(ids: Int32Array): Int32Array {
  const numbers = new Int32Array((ids.at(-1) ?? -1) + 1).fill(-1);
  for (const [number, id] of ids.entries()) numbers[id] = number;
  return numbers;
}
