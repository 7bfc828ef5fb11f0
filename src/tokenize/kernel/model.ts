/** What the kernel builds its tables from: the part of a tokenizer that it runs (`kernel-plan.ts` says what runs around it). */
export interface KernelModel {
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
  readonly pattern: Scanner | null;
  /** A vocabulary of scores; then `merges` and `ignoreMerges` don't count. */
  readonly unigram?: UnigramTables;
}

export interface UnigramTables {
  readonly scores: Float64Array;
  readonly unknownScore: number;
  readonly unknownId: number;
  /** Byte -> its token, or `noToken`; null: unknown text never becomes bytes. */
  readonly bytes: Uint32Array | null;
  readonly as: 'huggingface' | 'sentencepiece';
}

/** Patterns that the kernel can cut a text by. */
export type Scanner = 'gpt2' | 'cl100k' | 'qwen2' | 'o200k' | 'spaces';
