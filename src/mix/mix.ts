/**
 * The mix of the training split: which documents, how often, cell by cell, and how near that comes to the recipe.
 */
import type { Bucket, DocumentTable, Instances, PhaseSpec, PlannedCell, SequenceSpec } from '../types.ts';
import { isOverlong, rowWidth, usableTokens } from '../util/sequence.ts';
import { cellFactors } from './factors.ts';
import { sampleCells } from './sample.ts';

export interface MixPlan {
  readonly instances: Instances;
  /** Cells of the training split that have documents, by source, then length. */
  readonly cells: readonly PlannedCell[];
}

/**
 * @param cellOf cell number of every document: source * buckets.length + bucket
 * @param held 1 for the documents that the mix may not touch
 * @throws LongmixError `mix-infeasible`
 */
export function planMix(
  table: DocumentTable,
  cellOf: Uint32Array,
  buckets: readonly Bucket[],
  held: Uint8Array,
  { mix, sequences }: Pick<PhaseSpec, 'mix' | 'sequences'>,
  seed: number,
): MixPlan {
  const usable = (length: number) => usableTokens(length, sequences);
  const threshold = mix.length?.threshold ?? Number.POSITIVE_INFINITY;

  const groups = groupByCell(cellOf, held, table.sources.length * buckets.length);
  const supplies = [...groups].map(([cell, documents]) => {
    const bucket = buckets[cell % buckets.length]!;
    const source = Math.floor(cell / buckets.length);
    let tokens = 0;
    let usableSum = 0;
    for (const document of documents) {
      tokens += table.lengths[document]!;
      usableSum += usable(table.lengths[document]!);
    }
    return { source, bucket, documents, tokens, usable: usableSum, long: bucket.from >= threshold };
  });
  const factors = cellFactors(supplies, table.sources, mix);

  // Short before long: rounding that is carried along then leaves the long share as exact as the total.
  const order = [...supplies.keys()].sort(
    (a, b) => Number(supplies[a]!.long) - Number(supplies[b]!.long) || a - b,
  );
  const sample = sampleCells(
    order.map((i) => ({ documents: supplies[i]!.documents, factor: factors[i]! })),
    table,
    seed,
    usable,
    (length) =>
      sequences.overlong === 'fragment' && isOverlong(length, sequences)
        ? { first: rowWidth(sequences) - (sequences.bos ? 1 : 0), next: rowWidth(sequences) }
        : null,
  );
  const cells = supplies.map((supply, i): PlannedCell => {
    const at = order.indexOf(i);
    return {
      source: table.sources[supply.source]!,
      bucket: supply.bucket,
      long: supply.long,
      documents: supply.documents.length,
      tokens: supply.tokens,
      usable: supply.usable,
      requested: factors[i]! * supply.usable,
      redistributed: 0,
      epochs: factors[i]!,
      taken: sample.taken[at]!,
      achieved: sample.achieved[at]!,
    };
  });
  return { instances: sample.instances, cells };
}

/** Every document of the validation split once, unmixed: it measures all recipes alike. */
export function takeHeldOut(table: DocumentTable, held: Uint8Array, sequences: SequenceSpec): Instances {
  const documents: number[] = [];
  for (let d = 0; d < table.count; d += 1) {
    if (held[d] === 1 && usableTokens(table.lengths[d]!, sequences) > 0) documents.push(d);
  }
  return {
    count: documents.length,
    document: Uint32Array.from(documents),
    take: Uint32Array.from(documents, (d) => usableTokens(table.lengths[d]!, sequences)),
    window: new Uint16Array(documents.length),
    windows: 1,
    packLength: null,
  };
}

/** Document numbers of each cell that has any, both ascending. A document without tokens has nothing to give. */
function groupByCell(cellOf: Uint32Array, held: Uint8Array, cells: number): Map<number, Uint32Array> {
  const counts = new Uint32Array(cells);
  for (let d = 0; d < cellOf.length; d += 1) if (held[d] === 0) counts[cellOf[d]!]! += 1;
  const groups = new Map<number, Uint32Array>();
  for (let c = 0; c < cells; c += 1) if (counts[c]! > 0) groups.set(c, new Uint32Array(counts[c]!));
  counts.fill(0);
  for (let d = 0; d < cellOf.length; d += 1) {
    const c = cellOf[d]!;
    if (held[d] === 0) {
      groups.get(c)![counts[c]!] = d;
      counts[c]! += 1;
    }
  }
  return groups;
}
