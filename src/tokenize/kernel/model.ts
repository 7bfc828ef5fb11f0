import type { CompiledPattern } from '../pattern/compile.ts';

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
  /** What cuts a text into pretokens, one inside the other. None: the text is one pretoken (SentencePiece style). */
  readonly steps: readonly KernelStep[];
}

/** A hand-written scanner, which must be the last step, or the tables of a pattern. */
export type KernelStep =
  | { readonly scanner: Scanner }
  | { readonly table: CompiledPattern; readonly keep: Kept };

/** Patterns that the kernel has a hand-written scanner for. They match everywhere, so there are no gaps to keep. */
export type Scanner = 'gpt2' | 'cl100k' | 'qwen2' | 'o200k';

/** What of a text is handed on: matches and the gaps between them, one of these, or the two joined to larger parts. */
export type Kept = 'both' | 'gaps' | 'matches' | 'runs' | 'gap-with-match' | 'match-with-gap';
