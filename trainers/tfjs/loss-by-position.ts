import type { PositionLoss } from 'longmix';

const firstEdge = 16;

/**
 * Loss by how much of its document a token's guess could look back on: 1 to 15 tokens, 16 to 31, 32 to 63 and so on.
 * What a mix does for long context is seen in the last of these, and lost in the mean of all.
 */
export class LossByPosition {
  readonly #sums: number[] = [];
  readonly #tokens: number[] = [];

  /** @param position of the last token that was seen, in its document, from 0 */
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

  /** Buckets that have tokens, in order. */
  buckets(): PositionLoss[] {
    return this.#tokens.flatMap((tokens, bucket) => {
      const from = bucket === 0 ? 1 : firstEdge * 2 ** (bucket - 1);
      const to = firstEdge * 2 ** bucket - 1;
      return tokens > 0 ? [{ from, to, tokens, loss: this.#sums[bucket]! / tokens }] : [];
    });
  }
}

/** Over sparse arrays too. */
function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
