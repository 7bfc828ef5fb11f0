/**
 * Plans the mix of every phase: which documents are taken and how often, cell by cell, and how near this comes to the
 * recipe.
 *
 * Cost: temporarily 6 bytes per document, and 4 more per document of the largest cell; the instances stay.
 */
import type { Bucket, CellNumbers, Instances, PlannedCell } from '../nouns/mix.ts';
import type { PhaseSpec, Recipe, SequenceSpec } from '../nouns/recipe.ts';
import type { DocumentGroups, DocumentTable } from '../nouns/tokens.ts';
import { nearInteger, type PhaseFactors, phaseFactors, poolsOf, sumCells } from './factors.ts';
import { type CellRooms, listInstances, listParts } from './instances.ts';
import { rowRoom, usableIn } from './room.ts';
import { type PhaseSample, samplePhases } from './sample.ts';
import { sampleGroups } from './sample-groups.ts';
import { type CellDocuments, groupByCell, type PhaseSupply, supplyOf } from './supply.ts';

export interface PhasePlan {
  readonly name: string;
  readonly instances: Instances;
  /** Cells that have documents, by source, then length. */
  readonly cells: readonly PlannedCell[];
}

/**
 * @param barred nonzero for the documents that the mix may not take: held out, or not eligible
 * @param weights per document, 0 or more (NaN: none); null: all documents of a cell are alike
 * @param together groups, which are taken whole for phases whose rows hold groups; null: there are none
 * @throws LongmixError `mix-infeasible`
 */
export function planMix(
  table: DocumentTable,
  cellOf: CellNumbers,
  buckets: readonly Bucket[],
  barred: Uint8Array,
  recipe: Pick<Recipe, 'phases' | 'phaseDocuments' | 'seed'>,
  weights: Float64Array | null = null,
  together: DocumentGroups | null = null,
): PhasePlan[] {
  const { phases, seed } = recipe;
  const groups = groupByCell(
    table,
    cellOf,
    buckets,
    weights === null ? barred : orWeightless(barred, weights),
  );
  const supplies = phases.map((phase) => groups.map((group) => supplyOf(group, table, phase)));
  const factors = phaseFactors(supplies, table.sources, recipe);

  const plans: PhasePlan[] = [];
  for (const pool of poolsOf(recipe)) {
    const demands = pool.map((p) => ({ supplies: supplies[p]!, factors: factors[p]!.given }));
    const whole = sumCells(demands.map((demand) => demand.factors)).map(nearInteger);
    let at = 0;
    const isGrouped = pool.some((p) => phases[p]!.sequences.packing === 'groups');
    const sampleWeights =
      weights === null
        ? null
        : {
            of: weights,
            most: factors[pool[0]!]!.caps.map(({ most }) => Math.ceil(Math.min(most, mostCopies))),
          };
    const samples =
      isGrouped && together !== null
        ? sampleGroups(demands, whole, groups, { table, groups: together, seed })
        : samplePhases(demands, whole, groups, table, seed, sampleWeights);
    for (const sample of samples) {
      const p = pool[at]!;
      at += 1;
      const rooms = cellRooms(phases[p]!, groups, supplies[p]!, table.sources.length * buckets.length);
      plans.push({
        name: phases[p]!.name,
        instances: listInstances(sample, table, cellOf, rooms),
        cells: planCells(groups, supplies[p]!, factors[p]!, sample, table.sources),
      });
    }
  }
  return plans;
}

/** Copies are counted in 16 bits. */
const mostCopies = 65_535;

/** Documents without a weight, or with none, are never taken. */
function orWeightless(barred: Uint8Array, weights: Float64Array): Uint8Array {
  return barred.map((bar, d) => (bar !== 0 || !(weights[d]! > 0) ? 1 : 0));
}

function planCells(
  groups: readonly CellDocuments[],
  supplies: readonly PhaseSupply[],
  { requested, given }: PhaseFactors,
  { taken, achieved }: PhaseSample,
  sources: readonly string[],
): PlannedCell[] {
  return groups.map(({ source, bucket, documents, tokens }, c) => {
    const { long, usable } = supplies[c]!;
    return {
      source: sources[source]!,
      bucket,
      long,
      documents: documents.length,
      tokens,
      usable,
      requested: requested[c]! * usable,
      redistributed: (given[c]! - requested[c]!) * usable,
      epochs: given[c]!,
      taken: taken[c]!,
      achieved: achieved[c]!,
    };
  });
}

function cellRooms(
  { mix, sequences }: PhaseSpec,
  groups: readonly CellDocuments[],
  supplies: readonly PhaseSupply[],
  cells: number,
): CellRooms {
  const inner = mix.cells?.some(({ packLength }) => packLength !== null) === true;
  const rooms = {
    longest: new Float64Array(cells),
    beyond: new Float64Array(cells),
    packLength: inner ? new Uint32Array(cells) : null,
    cuts: sequences.overlong !== 'fragment',
  };
  for (const [c, { cell }] of groups.entries()) {
    const { room, spec } = supplies[c]!;
    rooms.longest[cell] = room.longest;
    rooms.beyond[cell] = room.beyond;
    const own = mix.cells?.[spec]?.packLength ?? sequences.packLength ?? sequences.length;
    if (rooms.packLength !== null) rooms.packLength[cell] = own;
  }
  return rooms;
}

/**
 * Takes every document of the validation split once, without a mix, so that it measures all recipes alike.
 * @param excluded nonzero for the documents that aren't eligible
 */
export function takeHeldOut(
  table: DocumentTable,
  held: Uint8Array,
  excluded: Uint8Array,
  sequences: SequenceSpec,
): Instances {
  const { longest, beyond } = rowRoom(sequences, null);
  const usable = (d: number) =>
    held[d] !== 0 && excluded[d] === 0 ? usableIn(table.lengths[d]!, longest, beyond) : 0;
  let count = 0;
  for (let d = 0; d < table.count; d += 1) if (usable(d) > 0) count += 1;
  const document = new Uint32Array(count);
  for (let d = 0, i = 0; i < count; d += 1) {
    if (usable(d) === 0) continue;
    document[i] = d;
    i += 1;
  }
  const parts = listParts(
    document,
    table.lengths,
    sequences.overlong === 'fragment' ? null : usable,
    new Map(),
  );
  return { count, document, parts, mostCopies: 1, packLength: null };
}
