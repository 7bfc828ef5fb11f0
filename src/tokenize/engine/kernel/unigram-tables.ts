/** Writes Unigram's tables into a kernel's memory, for `assembly/unigram.ts`. */
import { buildDoubleArray } from './double-array.ts';
import type { KernelModel, UnigramTables } from './model.ts';

export interface UnigramExports {
  readonly memory: WebAssembly.Memory;
  directoryAddress(): number;
  buildPieces(pieces: number): void;
  beginUnigram(
    cells: number,
    rules: number,
    unknown: number,
    longest: number,
    unknownScore: number,
    largest: number,
    scores: number,
  ): void;
  endUnigram(): number;
}

/** The same values as `Rule` in `assembly/unigram.ts`. */
const rule = { floats: 1, fused: 2, bytes: 4, whole: 8 };
/** The same slots as `At` in `assembly/memory.ts`, in words. */
const at = { cells: 40, ids: 41, bytes: 42, scores: 47 };

/** Writes the tables; the pieces' text and starts must be in place already. Returns where the tables end. */
export function fillUnigram(exports: UnigramExports, model: KernelModel, tables: UnigramTables): number {
  const { pieces, steps } = model;
  const { scores, unknownScore, unknownId, bytes, as } = tables;
  if (as === 'huggingface') exports.buildPieces(pieces.length);
  const { cells, base, parent, piece } = buildDoubleArray(pieces);
  const rules =
    (as === 'sentencepiece' ? rule.floats : rule.fused) |
    (bytes === null ? 0 : rule.bytes) |
    (steps.length === 0 ? rule.whole : 0);
  const longest = pieces.reduce((most, bytes) => Math.max(most, bytes.length), 4);
  const largest = scores.reduce((most, score) => Math.max(most, Math.abs(score)), Math.abs(unknownScore));
  // Size of the score table: all tokens, and one more that means none. 0: sums do not go on from word to word.
  const table =
    as === 'sentencepiece' && steps.length > 0 ? model.ids.reduce((a, b) => Math.max(a, b), 0) + 2 : 0;
  exports.beginUnigram(cells, rules, unknownId, longest, unknownScore, largest, table);
  const { buffer } = exports.memory;
  const directory = new Uint32Array(buffer, exports.directoryAddress(), 64);
  const words = new Uint32Array(buffer, directory[at.cells], cells * 4);
  const doubles = new Float64Array(buffer, directory[at.cells], cells * 2);
  const ids = new Uint32Array(buffer, directory[at.ids], cells);
  for (let cell = 0; cell < cells; cell += 1) {
    const i = piece[cell]!;
    words[cell * 4] = base[cell]!;
    words[cell * 4 + 1] = parent[cell]!;
    doubles[cell * 2 + 1] = i < 0 ? Number.NaN : scores[i]!;
    if (i >= 0) ids[cell] = model.ids[i]!;
  }
  if (table > 0) {
    const sums = new Float32Array(buffer, directory[at.scores], table);
    model.ids.forEach((id, i) => {
      sums[id] = scores[i]!;
    });
  }
  if (bytes !== null) new Uint32Array(buffer, directory[at.bytes], 256).set(bytes);
  return exports.endUnigram();
}
