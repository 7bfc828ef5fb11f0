import type { SourceLoss } from 'longmix';

/** Loss by the source of the token's document. */
export class LossBySource {
  readonly #sums = new Map<string, { loss: number; tokens: number }>();

  add(source: string, loss: number): void {
    const sum = this.#sums.get(source);
    if (sum === undefined) this.#sums.set(source, { loss, tokens: 1 });
    else {
      sum.loss += loss;
      sum.tokens += 1;
    }
  }

  /** Returns the sources that have tokens, sorted by name. */
  sources(): SourceLoss[] {
    return [...this.#sums]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([source, { loss, tokens }]) => ({ source, tokens, loss: loss / tokens }));
  }
}
