/**
 * The arithmetic of published recipes, on synthetic corpora with SlimPajama's published medians: plans give the numbers
 * that the papers print.
 */
import { describe, expect, it } from 'vitest';
import { cellNumbers, lengthBuckets, thresholdsOf } from '../../src/bucket/cells.ts';
import { type PhasePlan, planMix } from '../../src/mix/mix.ts';
import type { PlannedCell } from '../../src/nouns/mix.ts';
import type { CellSpec, MixSpec, PhaseSpec } from '../../src/nouns/recipe.ts';
import type { DocumentTable } from '../../src/nouns/tokens.ts';
import { oddsOf } from '../../src/recipe/to-mix.ts';
import { takesOf } from '../support/instances.ts';
import { everySource, mixSpec, sequenceSpec } from '../support/recipes.ts';
import { slimPajama, syntheticCorpus } from '../support/synthetic-corpus.ts';

const fu = 'Fu et al. 2024 (arXiv 2402.10171)';
const proLong = 'ProLong (Gao et al. 2024, arXiv 2410.02660)';

function planOf(table: DocumentTable, phases: readonly PhaseSpec[], barred?: Uint8Array): PhasePlan[] {
  const buckets = lengthBuckets(null, thresholdsOf(phases));
  const cellOf = cellNumbers(table, buckets, table.lengths);
  return planMix(table, cellOf, buckets, barred ?? new Uint8Array(table.count), {
    phases,
    phaseDocuments: 'disjoint',
    seed: 1,
  });
}

function only(mix: MixSpec, length = 4096): PhaseSpec[] {
  return [{ name: 'train', share: 1, mix, sequences: sequenceSpec({ length }) }];
}

function achieved(cells: readonly PlannedCell[], which: (cell: PlannedCell) => boolean = () => true): number {
  return cells.reduce((sum, cell) => (which(cell) ? sum + cell.achieved : sum), 0);
}

describe('the synthetic corpus', () => {
  const table = syntheticCorpus(100_000);

  it('has the medians of the sources of SlimPajama', () => {
    for (const [s, { name, median }] of slimPajama.entries()) {
      const lengths = table.lengths.filter((_, d) => table.source[d] === s).sort();
      expect([name, Math.abs(lengths[lengths.length >> 1]! / median - 1) < 0.01]).toEqual([name, true]);
    }
  });

  it('has about the documents above 4K, 8K, 16K and 32K of SlimPajama: 11.3, 7.4, 4.9, 3.2 %', () => {
    const above = [4096, 8192, 16_384, 32_768].map(
      (length) => table.lengths.filter((tokens) => tokens >= length).length / table.count,
    );
    expect(above.map((share) => Number((100 * share).toFixed(1)))).toEqual([12.1, 7.4, 4.9, 3.4]);
  });
});

describe(`${fu}, per-source length upsampling`, () => {
  const sources = slimPajama.filter(({ median }) => median < 4096);
  const table = syntheticCorpus(120_000, sources);
  const barred = barToLongShare(table, 4096, 0.3);

  /** In percent: asked of every source, and achieved there within a row, and over all. */
  function expectLongShare(cells: readonly PlannedCell[], share: string): void {
    const sum = (name: string | null, of: (cell: PlannedCell) => number) =>
      cells.reduce((all, cell) => (name === null || cell.source === name ? all + of(cell) : all), 0);
    for (const name of [null, ...sources.map((source) => source.name)]) {
      const asked =
        sum(name, ({ long, requested }) => (long ? requested : 0)) / sum(name, ({ requested }) => requested);
      expect([name, (100 * asked).toFixed(1)]).toEqual([name, share]);
      const off = sum(name, ({ long, ...cell }) => (long ? cell.achieved : 0) - asked * cell.achieved);
      expect(Math.abs(off)).toBeLessThanOrEqual(4096);
    }
  }

  it.each([
    { rate: 0.1, share: 81.1, from: 'its README' },
    { rate: 0.2, share: 68.2, from: 'its code' },
    { rate: 0.184, share: 70.0, from: 'what 70 % needs' },
  ])(
    'section 3: p = .30 and r = $rate ($from) give a long share of $share % in every source, without a repeat',
    ({ rate, share }) => {
      const length = { threshold: 4096, scope: 'per-source', rule: { kind: 'keep_short', rate } } as const;
      const [{ cells, instances }] = planOf(table, only(mixSpec({ length })), barred) as [PhasePlan];
      expectLongShare(cells, share.toFixed(1));
      expect(new Set(instances.document).size).toBe(instances.count);
      for (const { long, taken, documents } of cells) if (long) expect(taken).toBe(documents);
      // The mix of the sources is the original one.
      const whole = achieved(cells);
      const before = cells.reduce((sum, cell) => sum + cell.tokens, 0);
      for (const { name } of sources) {
        const was =
          cells.reduce((sum, { source, tokens }) => (source === name ? sum + tokens : sum), 0) / before;
        expect(achieved(cells, ({ source }) => source === name) / whole).toBeCloseTo(was, 3);
      }
    },
  );

  it('30 % to 70 % by repeat: a long document is taken 5.44 times as often as a short one', () => {
    const length = {
      threshold: 4096,
      scope: 'per-source',
      rule: { kind: 'long_share', share: 0.7 },
    } as const;
    const mix = mixSpec({ length, method: 'repeat', maxEpochs: everySource(6) });
    const [{ cells, instances }] = planOf(table, only(mix), barred) as [PhasePlan];
    expectLongShare(cells, '70.0');
    for (const { name } of sources) {
      const epochs = (long: boolean) =>
        cells.find((cell) => cell.source === name && cell.long === long)!.epochs;
      expect([name, (epochs(true) / epochs(false)).toFixed(2)]).toEqual([name, '5.44']);
    }
    expect(new Set(instances.document).size).toBe(barred.filter((bar) => bar === 0).length);
  });
});

describe(`${fu}, source upsampling of its code`, () => {
  it('ArXiv, books and GitHub at .60 each, normalised: 22.5 % each, CC 20.0, C4 10.0, Wikipedia 1.3, StackExchange 1.2', () => {
    const table = syntheticCorpus(100_000);
    const written = {
      ...{ c4: 0.26609933, cc: 0.53374772, stackexchange: 0.03169647, wikipedia: 0.03402128 },
      ...{ github: 0.6, arxiv: 0.6, books: 0.6 },
    };
    const whole = Object.values(written).reduce((sum, share) => sum + share, 0);
    const shares = new Map(Object.entries(written).map(([name, share]) => [name, share / whole]));
    const [{ cells }] = planOf(table, only(mixSpec({ shares }))) as [PhasePlan];
    const all = achieved(cells);
    const found = slimPajama.map(({ name }) => [
      name,
      ((100 * achieved(cells, ({ source }) => source === name)) / all).toFixed(1),
    ]);
    expect(Object.fromEntries(found)).toEqual({
      ...{ c4: '10.0', cc: '20.0', stackexchange: '1.2', wikipedia: '1.3' },
      ...{ github: '22.5', arxiv: '22.5', books: '22.5' },
    });
  });
});

describe(`${proLong}`, () => {
  const Ki = 1024;
  // ShortMix's parts have the lengths of SlimPajama's sources; long code and textbooks have those of books.
  const median = (name: string) => slimPajama.find((source) => source.name === name)!;
  const like = (name: string, kin: string, documents: number) => ({ ...median(kin), name, documents });
  const shortMix = {
    'fineweb-edu': 27,
    fineweb: 27,
    wikipedia: 11,
    stackexchange: 11,
    tulu: 8,
    openwebmath: 8,
    arxiv: 8,
  };
  const kin = {
    ...{ 'fineweb-edu': 'cc', fineweb: 'c4', wikipedia: 'wikipedia', stackexchange: 'stackexchange' },
    ...{ tulu: 'c4', openwebmath: 'cc', arxiv: 'arxiv' },
  } as const;
  const table = syntheticCorpus(150_000, [
    ...(['code', 'books', 'textbooks'] as const).map((name) => like(name, 'books', 0.02)),
    ...Object.keys(shortMix).map((name) => like(name, kin[name as 'tulu'], 0.134)),
  ]);
  const range = (
    source: string,
    percent: number,
    from: number,
    to: number | null = null,
    packLength: number | null = null,
  ) =>
    ({
      source,
      from,
      to,
      share: percent / 100,
      method: null,
      maxEpochs: null,
      packLength,
    }) satisfies CellSpec;
  const short = (packLength: number | null) =>
    Object.entries(shortMix).map(([name, percent]) => range(name, 0.37 * percent, 0, null, packLength));
  const tokens = 20_000_000;

  /** Share of each range, in percent of what is taken. */
  function sharesOf(
    cells: readonly CellSpec[],
    length: number,
  ): { found: number[]; asked: number[]; plan: PhasePlan } {
    const [plan] = planOf(table, only(mixSpec({ cells, tokens }), length)) as [PhasePlan];
    expect(Math.abs(achieved(plan.cells) - tokens)).toBeLessThanOrEqual(length / 2);
    const found = cells.map(({ source, from, to }) =>
      achieved(
        plan.cells,
        (cell) => cell.source === source && cell.bucket.from >= from && cell.bucket.from < (to ?? Infinity),
      ),
    );
    // Nothing of what is in no cell.
    expect(found.reduce((sum, part) => sum + part, 0)).toBe(achieved(plan.cells));
    return { found: found.map((part) => part / tokens), asked: cells.map(({ share }) => share), plan };
  }

  it('table 4, 64K: 30 % code, 30 % books, 3 % textbooks of 64K tokens and more, 37 % ShortMix in its parts', () => {
    const cells = [
      range('code', 30, 64 * Ki),
      range('books', 30, 64 * Ki),
      range('textbooks', 3, 64 * Ki),
      ...short(null),
    ];
    const { found, asked, plan } = sharesOf(cells, 64 * Ki);
    for (const [i, share] of found.entries())
      expect(Math.abs(share - asked[i]!)).toBeLessThan((64 * Ki) / tokens);
    expect(plan.instances.packLength).toBeNull();
  });

  it('512K: code 15 + 15 %, books 5 + 25 %, textbooks 3 % of documents of 512K and of 64K, which are packed in rows of 64K', () => {
    const inner = 64 * Ki;
    const cells = [
      ...[range('code', 15, 512 * Ki), range('books', 5, 512 * Ki), range('textbooks', 3, 512 * Ki)],
      ...[range('code', 15, inner, 512 * Ki, inner), range('books', 25, inner, 512 * Ki, inner)],
      ...short(inner),
    ];
    const { found, asked, plan } = sharesOf(cells, 512 * Ki);
    for (const [i, share] of found.entries())
      expect(Math.abs(share - asked[i]!)).toBeLessThan((512 * Ki) / tokens);
    const { document, packLength } = plan.instances;
    const take = takesOf(plan.instances, table);
    const long = new Set(['code', 'books', 'textbooks']);
    for (const [i, d] of document.entries()) {
      const whole = long.has(table.sources[table.source[d]!]!) && table.lengths[d]! >= 512 * Ki;
      if (packLength![i] !== (whole ? 512 * Ki : inner))
        expect.fail(`document ${d}: rows of ${packLength![i]}`);
      // A document that is taken in part ends with a row of its own.
      if (take[i] !== table.lengths[d]) expect(take[i]! % packLength![i]!).toBe(0);
    }
  });
});

describe('Dataset Decomposition (Pouransari et al. 2024, arXiv 2405.13226), table 3', () => {
  it('Grow-P2 takes 32:16:8:4:2:1 of the lengths 2^8 to 2^13, Grow-Linear 6:5:4:3:2:1', () => {
    expect(oddsOf('grow-linear', 6)).toEqual([6, 5, 4, 3, 2, 1]);
    const odds = oddsOf('grow-p2', 6);
    expect(odds).toEqual([32, 16, 8, 4, 2, 1]);
    // Tokens of a step are constant, so the odds are shares of tokens.
    const table = syntheticCorpus(
      100_000,
      slimPajama.filter(({ name }) => name === 'cc'),
    );
    const cells = odds.map((part, i): CellSpec => {
      const from = 2 ** (8 + i);
      return {
        source: 'cc',
        from,
        to: 2 * from,
        share: part / 63,
        method: null,
        maxEpochs: null,
        packLength: null,
      };
    });
    const [plan] = planOf(table, only(mixSpec({ cells }), 8192)) as [PhasePlan];
    const all = achieved(plan.cells);
    expect(all).toBeGreaterThan(1_000_000);
    for (const [i, part] of odds.entries()) {
      const tokens = achieved(plan.cells, ({ bucket }) => bucket.from === 2 ** (8 + i));
      expect(Math.abs(tokens - (all * part) / 63)).toBeLessThanOrEqual(8192);
    }
  });
});

describe('Llama 2 Long (Xiong et al. 2023, arXiv 2309.16039), curriculum of the 7B model', () => {
  const table = syntheticCorpus(
    100_000,
    slimPajama.filter(({ name }) => name !== 'books'),
  );
  // 100,000 steps of 4 Mi tokens.
  const trained = 100_000 * 2 ** 22;

  /** Narayanan et al. 2021 (arXiv 2104.04473) without recomputation and vocabulary: 72 l h^2 (1 + c / 6h) a token. */
  function flops(length: number): number {
    const [layers, hidden] = [32, 4096];
    return 72 * layers * hidden ** 2 * (1 + length / (6 * hidden));
  }

  it.each([
    { early: 0, published: '3.783' },
    { early: 0.2, published: '3.405' },
    { early: 0.4, published: '3.026' },
    { early: 0.8, published: '2.270' },
  ])('table of FLOPs: 4K to 32K at $early of the tokens costs $published e22', ({ early, published }) => {
    const phases = [
      { length: 4096, share: early },
      { length: 32_768, share: 1 - early },
    ]
      .filter(({ share }) => share > 0)
      .map(({ length, share }) => ({
        name: `${length}`,
        share,
        mix: mixSpec(),
        sequences: sequenceSpec({ length }),
      }));
    const plans = planOf(table, phases);
    const cost = (tokensOf: (cell: PlannedCell) => number) => {
      const tokens = plans.map(({ cells }) => cells.reduce((sum, cell) => sum + tokensOf(cell), 0));
      const all = tokens.reduce((sum, part) => sum + part, 0);
      return tokens.reduce(
        (sum, part, p) => sum + (part / all) * trained * flops(phases[p]!.sequences.length),
        0,
      );
    };
    expect((cost(({ requested }) => requested) / 1e22).toFixed(3)).toBe(published);
    expect(cost((cell) => cell.achieved) / cost(({ requested }) => requested)).toBeCloseTo(1, 3);
    // Every document once, in one phase.
    expect(plans.reduce((sum, { instances }) => sum + instances.count, 0)).toBe(table.count);
    expect(new Set(plans.flatMap(({ instances }) => [...instances.document])).size).toBe(table.count);
  });
});

/** Bars as few documents of each source as make its long share exactly that: long ones first, then short ones. */
function barToLongShare(table: DocumentTable, threshold: number, share: number): Uint8Array {
  const barred = new Uint8Array(table.count);
  for (const source of table.sources.keys()) {
    const documents = [...table.lengths.keys()].filter((d) => table.source[d] === source);
    let long = 0;
    let all = 0;
    for (const d of documents) {
      all += table.lengths[d]!;
      if (table.lengths[d]! >= threshold) long += table.lengths[d]!;
    }
    for (const d of documents) {
      const length = table.lengths[d]!;
      if (length < threshold || long <= share * all) continue;
      barred[d] = 1;
      long -= length;
      all -= length;
    }
    for (const d of documents) {
      if (table.lengths[d]! >= threshold || long >= share * all) continue;
      barred[d] = 1;
      all -= table.lengths[d]!;
    }
  }
  return barred;
}
