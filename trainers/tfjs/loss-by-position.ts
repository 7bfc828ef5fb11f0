import type { PositionLoss } from 'longmix';

const firstEdge = 16;

/**
 * Loss by the number of earlier tokens of the document that a prediction could attend to: 1 to 15 tokens, 16 to 31, 32
 * to 63 and so on. The effect of a mix on long context shows in the last of these, and is lost in the overall mean.
 */
export class LossByPosition {
  readonly #sums: number[] = [];
  readonly #tokens: number[] = [];

  /** @param position position in its document of the last token that the prediction could see, from 0 */
  add(position: number, loss: number): void {
    const bucket = Math.max(0, Math.floor(Math.log2((position + 1) / firstEdge)) + 1);
    this.#sums[bucket] = (this.#sums[bucket] ?? 0) + loss;
    this.#tokens[bucket] = (this.#tokens[bucket] ?? 0) + 1;
  }

  get mean(): number {
    return sum(this.#sums) / sum(this.#tokens);
  }

  get tokens(): number {
    return sum(this.#tokens);
  }

  /** Returns the buckets that have tokens, in order. */
  buckets(): PositionLoss[] {
    return this.#tokens.flatMap((tokens, bucket) => {
      const from = bucket === 0 ? 1 : firstEdge * 2 ** (bucket - 1);
      const to = firstEdge * 2 ** bucket - 1;
      return tokens > 0 ? [{ from, to, tokens, loss: this.#sums[bucket]! / tokens }] : [];
    });
  }
}

/** Sums numbers; the array may be sparse. */
function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
