import type { UnknownUnits } from '../../model.ts';
import type { CompiledPattern, CutterTable } from '../../pattern/compile.ts';
import type { JoinedBytes, SpaceBorders } from '../cut-bytes.ts';

/** What the kernel builds its tables from: the part of a tokenizer that it runs (`kernel-plan.ts` says what runs around it). */
export interface KernelModel {
  /** Without holes or empty pieces; in the order of their ranks if `merges` is `ranks`. */
  readonly pieces: readonly Uint8Array[];
  /** The token of each piece. `noToken`: pieces that are only parts of others, and never left over. */
  readonly ids: Uint32Array;
  /**
   * `ranks`: any two neighbours whose bytes together are a piece merge, the first piece of the list first.
   * Else the merges in the order of their priority, by the places of their pieces in the list.
   */
  readonly merges: 'ranks' | { left: Uint32Array; right: Uint32Array; merged: Uint32Array };
  /** null: every unit that a text can have is a piece. */
  readonly unknown: KernelUnknown | null;
  /** A pretoken that is itself a piece is emitted whole. */
  readonly ignoreMerges: boolean;
  /** What cuts a text into pretokens, one inside the other. None: the text is one pretoken (SentencePiece style). */
  readonly steps: readonly KernelStep[];
  /** Where pretokens of several words may be cut; null: nowhere. */
  readonly borders?: SpaceBorders | null;
  /** A vocabulary of scores; then `merges`, `unknown` and `ignoreMerges` don't count. */
  readonly unigram?: UnigramTables;
}

export interface UnigramTables {
  /** Of each piece, by its place in the list. */
  readonly scores: Float64Array;
  readonly unknownScore: number;
  readonly unknownId: number;
  /** Byte -> its token, or `noToken`; null: unknown text never becomes bytes. */
  readonly bytes: Uint32Array | null;
  readonly as: 'huggingface' | 'sentencepiece';
}

export interface KernelUnknown extends UnknownUnits {
  readonly units: 'bytes' | 'characters';
  /** A bit for each byte or code point, lowest first: whether it is a piece. */
  readonly known: Uint8Array;
}

/**
 * A hand-written scanner, which must be the last step, the tables of a pattern, or a table of several splits. One that
 * may give up is the last, and the steps after it are another way to do the same.
 */
export type KernelStep =
  | { readonly scanner: Exclude<Scanner, 'joins'> }
  | { readonly scanner: 'joins'; readonly joined: JoinedBytes }
  | { readonly table: CompiledPattern; readonly keep: Kept }
  | { readonly table: CutterTable; readonly splits: number; readonly mayGiveUp: boolean };

/**
 * What the kernel has a hand-written scanner for. They match everywhere, so there are no gaps to keep. `spaces`: a pretoken
 * begins at each space; `joins`: between any two bytes that are not to stay together.
 */
export type Scanner = 'gpt2' | 'cl100k' | 'qwen2' | 'o200k' | 'spaces' | 'joins';

/** What of a text is handed on: matches and the gaps between them, one of these, or the two joined to larger parts. */
export type Kept = 'both' | 'gaps' | 'matches' | 'runs' | 'gap-with-match' | 'match-with-gap';
