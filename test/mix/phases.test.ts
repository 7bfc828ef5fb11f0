import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowWidth, usableTokens } from '../../src/base/sequence.ts';
import { cellNumbers, lengthBuckets, thresholdsOf } from '../../src/bucket/cells.ts';
import { type PhasePlan, planMix } from '../../src/mix/mix.ts';
import type { CellSpec, MixSpec, PhaseSpec, Recipe } from '../../src/nouns/recipe.ts';
import type { DocumentTable } from '../../src/nouns/tokens.ts';
import { fuzz } from '../support/fuzz.ts';
import { takesOf } from '../support/instances.ts';
import {
  everySource,
  mixes,
  mixSpec,
  sequenceSpec,
  sequenceSpecs,
  unlessInfeasible,
} from '../support/recipes.ts';
import { syntheticCorpus } from '../support/synthetic-corpus.ts';
import { corpora } from '../support/table.ts';
import { plainSample } from './plain-sampler.ts';

type Run = Pick<Recipe, 'phases' | 'phaseDocuments' | 'seed'>;
interface Case {
  readonly table: DocumentTable;
  readonly recipe: Run;
}

/** Up to two ranges a source, and a share for each. */
function cellSpecs(sources: readonly string[]): fc.Arbitrary<CellSpec[]> {
  const range = fc.record({
    source: fc.constantFrom(...sources),
    edges: fc.tuple(fc.nat(60), fc.integer({ min: 61, max: 400 })),
    upper: fc.boolean(),
    part: fc.integer({ min: 1, max: 9 }),
    maxEpochs: fc.option(fc.constantFrom(1, 3, 1000)),
  });
  return fc
    .uniqueArray(range, { minLength: 1, maxLength: 4, selector: ({ source, upper }) => `${source} ${upper}` })
    .map((ranges) => {
      const whole = ranges.reduce((sum, { part }) => sum + part, 0);
      return ranges.map(({ source, edges, upper, part, maxEpochs }) => ({
        source,
        from: upper ? 401 : edges[0],
        to: upper ? null : edges[1],
        share: part / whole,
        method: null,
        maxEpochs,
        packLength: null,
      }));
    });
}

const cases: fc.Arbitrary<Case> = corpora(120).chain(({ table }) => {
  const most = table.lengths.reduce((sum, length) => sum + length, 0);
  const mix = fc
    .record({
      mix: mixes(table.sources, Math.ceil(most / 3)),
      tokens: fc.integer({ min: 1, max: Math.max(1, most) }),
      cells: fc.option(cellSpecs(table.sources), { freq: 2 }),
      sharesOf: fc.constantFrom('tokens' as const, 'documents' as const),
      redistribute: fc.constantFrom('never' as const, 'within-source' as const, 'over-all' as const),
      method: fc.constantFrom('drop' as const, 'repeat' as const, 'mixed' as const),
    })
    .map(({ mix: base, cells, tokens, ...more }): MixSpec => {
      const own = base.tokens === 'all' ? tokens : base.tokens;
      const bands = cells === null ? {} : { shares: null, length: null, cells };
      return { ...base, ...more, ...bands, tokens: own };
    });
  return fc.record({
    table: fc.constant(table),
    recipe: fc.record({
      phases: fc.array(fc.tuple(mix, sequenceSpecs), { minLength: 1, maxLength: 3 }).chain((parts) =>
        fc.boolean().map((all): PhaseSpec[] =>
          parts.map(([own, sequences], p) => ({
            name: `phase ${p}`,
            share: 1 / parts.length,
            mix: all ? { ...own, tokens: 'all', maxEpochs: everySource(1000) } : own,
            sequences,
          })),
        ),
      ),
      phaseDocuments: fc.constantFrom('disjoint' as const, 'shared' as const),
      seed: fc.maxSafeNat(),
    }),
  });
});

function planOf({ table, recipe }: Case): PhasePlan[] {
  const buckets = lengthBuckets(null, thresholdsOf(recipe.phases));
  const cellOf = cellNumbers(table, buckets, table.lengths);
  return planMix(table, cellOf, buckets, new Uint8Array(table.count), recipe);
}

function forFeasible(runs: number, check: (plans: PhasePlan[], made: Case) => void): void {
  let feasible = 0;
  let all = 0;
  fc.assert(
    fc.property(cases, (made) => {
      all += 1;
      const plans = unlessInfeasible(() => planOf(made));
      if (plans === null) return;
      feasible += 1;
      check(plans, made);
    }),
    fuzz(runs),
  );
  expect(feasible / all).toBeGreaterThan(0.2);
}

/** Of each document: the tokens of every copy. */
function byDocument({ instances }: PhasePlan, table: DocumentTable): number[][] {
  const takes = Array.from({ length: table.count }, (): number[] => []);
  for (const [i, take] of takesOf(instances, table).entries()) takes[instances.document[i]!]!.push(take);
  return takes;
}

/** Document numbers of each planned cell. */
function documentsOf({ cells }: PhasePlan, table: DocumentTable): number[][] {
  return cells.map(({ source, bucket: { from, to } }) =>
    [...table.lengths.keys()].filter(
      (d) =>
        table.sources[table.source[d]!] === source &&
        table.lengths[d]! >= from &&
        (to === null || table.lengths[d]! < to),
    ),
  );
}

const poolsOf = <T>(plans: readonly T[], { phaseDocuments }: Run): T[][] =>
  phaseDocuments === 'disjoint' ? [[...plans]] : plans.map((plan) => [plan]);

const sumOf = <T>(items: readonly T[], value: (item: T) => number) =>
  items.reduce((sum, item) => sum + value(item), 0);

describe('planMix with phases', () => {
  it('takes what the plain sampler takes, document by document', () => {
    forFeasible(600, (plans, { table, recipe }) => {
      const numbered = plans.map((plan, p) => ({ plan, phase: recipe.phases[p]! }));
      for (const pool of poolsOf(numbered, recipe)) {
        const plain = plainSample(
          table,
          documentsOf(pool[0]!.plan, table),
          pool.map(({ plan, phase }) => ({
            sequences: phase.sequences,
            factors: plan.cells.map(({ epochs }) => epochs),
            long: plan.cells.map(({ long }) => long),
            from: plan.cells.map(({ bucket }) => bucket.from),
          })),
          recipe.seed,
        );
        for (const [i, { plan }] of pool.entries()) expect(byDocument(plan, table)).toEqual(plain[i]);
      }
    });
  });

  it('reports what it takes, and gives each document of disjoint phases to one', () => {
    forFeasible(300, (plans, { table, recipe }) => {
      for (const [p, plan] of plans.entries()) {
        expect(plan.name).toBe(recipe.phases[p]!.name);
        const takes = byDocument(plan, table);
        for (const [c, documents] of documentsOf(plan, table).entries()) {
          const cell = plan.cells[c]!;
          expect(cell.taken).toBe(documents.filter((d) => takes[d]!.length > 0).length);
          expect(cell.achieved).toBe(sumOf(documents, (d) => sumOf(takes[d]!, (take) => take)));
          expect(cell.epochs * cell.usable).toBeCloseTo(cell.requested + cell.redistributed, 3);
          expect(cell.usable).toBe(
            sumOf(documents, (d) => usableTokens(table.lengths[d]!, recipe.phases[p]!.sequences)),
          );
        }
      }
      if (recipe.phaseDocuments === 'shared') return;
      const seen = plans.map((plan) => new Set(plan.instances.document));
      const all = new Set(seen.flatMap((documents) => [...documents]));
      expect(all.size).toBe(sumOf(seen, ({ size }) => size));
    });
  });

  it('gives each phase its tokens, within half a document or row where documents are taken once', () => {
    forFeasible(500, (plans, { table, recipe }) => {
      for (const pool of poolsOf([...plans.keys()], recipe)) {
        const most = Math.max(
          ...plans[0]!.cells.map((_, c) => sumOf(pool, (p) => plans[p]!.cells[c]!.epochs)),
        );
        // Stretches are counted in the tokens that a phase may use; where those differ, what is left may be less.
        const usable = pool.map((p) => plans[p]!.cells.map((cell) => cell.usable).join());
        if (new Set(usable).size > 1) continue;
        for (const p of pool) {
          const { cells } = plans[p]!;
          const { sequences, mix } = recipe.phases[p]!;
          const asked = sumOf(cells, ({ requested }) => requested);
          const moved = sumOf(cells, ({ redistributed }) => redistributed);
          if (mix.tokens !== 'all' && asked > 0) expect(asked).toBeCloseTo(mix.tokens, 3);
          expect(moved).toBeCloseTo(0, 3);
          const longest = table.lengths.reduce(
            (a, length) => Math.max(a, usableTokens(length, sequences)),
            0,
          );
          const step = pool.length === 1 ? rowWidth(sequences) : Math.max(rowWidth(sequences), longest);
          // The last phase of a cell gets what the others leave of it.
          const edges = Math.max(1, pool.length - 1);
          const off = Math.abs(sumOf(cells, ({ achieved }) => achieved) - asked);
          expect(off).toBeLessThanOrEqual((step / 2) * edges * Math.max(1, Math.ceil(most)) + 1e-3);
        }
      }
    });
  });

  it('takes no cell above its cap in all phases together, and no document twice with drop', () => {
    forFeasible(400, (plans, { table, recipe }) => {
      for (const pool of poolsOf([...plans.keys()], recipe)) {
        const takes = pool.map((p) => byDocument(plans[p]!, table));
        for (const [c, documents] of documentsOf(plans[0]!, table).entries()) {
          const { source, bucket } = plans[0]!.cells[c]!;
          const bounds = pool
            .filter((p) => plans[p]!.cells[c]!.epochs > 0)
            .map((p) => {
              const { cells, method, maxEpochs } = recipe.phases[p]!.mix;
              const own = cells?.find(
                (cell) =>
                  cell.source === source && cell.from <= bucket.from && (cell.to ?? Infinity) > bucket.from,
              );
              return method === 'drop' ? 1 : (own?.maxEpochs ?? maxEpochs.otherwise);
            });
          if (bounds.length === 0) continue;
          const factor = sumOf(pool, (p) => plans[p]!.cells[c]!.epochs);
          expect(factor).toBeLessThanOrEqual(Math.min(...bounds) * (1 + 1e-8));
          for (const d of documents) {
            const copies = sumOf(takes, (ofPhase) => ofPhase[d]!.length);
            expect(copies).toBeLessThanOrEqual(Math.ceil(Math.min(...bounds)));
          }
        }
      }
    });
  });

  it('comes within a short document of the total, and one of threshold length of the long part, whatever the books are', () => {
    const table = syntheticCorpus(100_000);
    const length = { threshold: 4096, scope: 'global', rule: { kind: 'keep_short', rate: 0.3 } } as const;
    for (const mix of [mixSpec(), mixSpec({ length })]) {
      const phases = [0.2, 0.3, 0.5].map((share, p) => ({
        name: `${p}`,
        share,
        mix,
        sequences: sequenceSpec({ length: 2048 * 4 ** p }),
      }));
      for (const { cells } of planOf({ table, recipe: { phases, phaseDocuments: 'disjoint', seed: 5 } })) {
        const off = (which: (bucket: number) => boolean) =>
          Math.abs(sumOf(cells, (cell) => (which(cell.bucket.from) ? cell.achieved - cell.requested : 0)));
        expect(off(() => true)).toBeLessThan(256);
        expect(off((from) => from >= 4096)).toBeLessThan(8192);
      }
    }
  });
});
