/** What every tokenizer file is reduced to before an engine sees it. */
export interface BpeModel {
  /** id -> bytes; special tokens excluded, holes undefined. */
  readonly pieces: readonly (Uint8Array | undefined)[];
  /**
   * `ranks`: tiktoken's rule, any two neighbours whose bytes together are a piece merge, the lowest id first.
   * Else the merges in the order of their priority.
   */
  readonly merges: 'ranks' | { left: Uint32Array; right: Uint32Array; merged: Uint32Array };
  /** A pretoken that is itself a piece is emitted whole. */
  readonly ignoreMerges: boolean;
  /** null: no pretokenizer (SentencePiece style). */
  readonly pattern: PatternFamily | null;
}

export const patternFamilies = ['gpt2', 'cl100k', 'llama3', 'qwen2', 'o200k'] as const;
export type PatternFamily = (typeof patternFamilies)[number];
