import type { UnknownUnits } from '../../model.ts';
import type { CompiledPattern, CutterTable } from '../../pattern/compile.ts';
import type { JoinedBytes, SpaceBorders } from '../cut-bytes.ts';

/**
 * The part of a tokenizer that the kernel runs; it builds its tables from this. `kernel-plan.ts` describes the other
 * parts.
 */
export interface KernelModel {
  /** Without holes or empty pieces; in the order of their ranks if `merges` is `ranks`. */
  readonly pieces: readonly Uint8Array[];
  /** The token of each piece. `noToken`: the piece is only a part of others, and is never left over. */
  readonly ids: Uint32Array;
  /**
   * `ranks`: any two neighbours whose bytes together are a piece merge, the first piece of the list first.
   * Else: the merges in the order of their priority; numbers are places of pieces in the list.
   */
  readonly merges: 'ranks' | { left: Uint32Array; right: Uint32Array; merged: Uint32Array };
  /** Rules for units that are not pieces; null: every unit that a text can have is a piece. */
  readonly unknown: KernelUnknown | null;
  /** Whether a pretoken that is itself a piece is emitted whole. */
  readonly ignoreMerges: boolean;
  /**
   * Steps that cut a text into pretokens; each cuts the parts of the step before. Empty: the text is one pretoken
   * (SentencePiece style).
   */
  readonly steps: readonly KernelStep[];
  /** Where pretokens of several words may be cut; null: nowhere. */
  readonly borders?: SpaceBorders | null;
  /** A vocabulary of scores. If it is set, `merges`, `unknown` and `ignoreMerges` are not used. */
  readonly unigram?: UnigramTables;
}

export interface UnigramTables {
  /** The score of each piece, by its place in the list. */
  readonly scores: Float64Array;
  readonly unknownScore: number;
  readonly unknownId: number;
  /** Byte -> its token, or `noToken`; null: unknown text never becomes bytes. */
  readonly bytes: Uint32Array | null;
  readonly as: 'huggingface' | 'sentencepiece';
}

export interface KernelUnknown extends UnknownUnits {
  readonly units: 'bytes' | 'characters';
  /** One bit per byte or code point, lowest bit first: whether it is a piece. */
  readonly known: Uint8Array;
}

/**
 * One of: a hand-written scanner, which must be the last step; the tables of a pattern; a table of several splits. If a
 * table may give up, the steps after it do the same work in another way.
 */
export type KernelStep =
  | { readonly scanner: Exclude<Scanner, 'joins'> }
  | { readonly scanner: 'joins'; readonly joined: JoinedBytes }
  | { readonly table: CompiledPattern; readonly keep: Kept }
  | { readonly table: CutterTable; readonly splits: number; readonly mayGiveUp: boolean };

/**
 * The hand-written scanners. They match everywhere, so there are no gaps to keep. `spaces`: a pretoken begins at each
 * space; `joins`: a pretoken begins between any two bytes that need not stay together.
 */
export type Scanner = 'gpt2' | 'cl100k' | 'qwen2' | 'o200k' | 'spaces' | 'joins';

/**
 * The parts that a step passes on: matches and the gaps between them, only one of these, or both joined to larger
 * parts.
 */
export type Kept = 'both' | 'gaps' | 'matches' | 'runs' | 'gap-with-match' | 'match-with-gap';
