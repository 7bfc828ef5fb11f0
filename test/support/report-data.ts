/** Data for full reports: hostile names, many sources, phases, several sets per phase, all drop reasons. */

import { type DropReason, dropReasons, type Ledger } from '../../src/nouns/ledger.ts';
import type { PlannedCell } from '../../src/nouns/mix.ts';
import type { ArmCurves, ArmData, ReportData, SetData } from '../../src/report/html/data.ts';

/**
 * Names that would do harm in HTML or SVG if they weren't escaped, then long and foreign ones, then more than there are
 * colours.
 */
export const hostileNames: readonly string[] = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  'a\' class="b" opacity="1" role=\'x\'',
  '</title></svg></style>&amp;',
  '日本語のとても長い名前のコーパス',
  'a-very-long-name-of-a-source-that-goes-on-and-on-and-does-not-end/for/a/while',
];

const threshold = 5000;
const edges = [0, 256, 1024, 4096, threshold, 8192, 65_536, 1_048_576];

/**
 * Cells of all sources and buckets, but for a few that have no documents; `k` makes the figures of one mix differ from
 * another's.
 */
function cellsOf(sources: readonly string[], k: number, rule: boolean): PlannedCell[] {
  return sources.flatMap((source, s) =>
    edges.flatMap((from, b): PlannedCell[] => {
      if ((s + b) % 5 === 4) return [];
      const tokens = 1_000_003 * (s + 1) + 70_001 * b;
      const long = rule && from >= threshold;
      const usable = tokens - 11 * b;
      const epochs = [0, 0.25, 0.75, 1, 1.5, 3, 5][(s + b + k) % 7]!;
      const redistributed = (b % 3) - 1 === 0 ? 0 : ((b % 3) - 1) * (1234 + s);
      const requested = usable * epochs - redistributed;
      const achieved = Math.round(usable * epochs);
      const documents = 100 + 10 * s + b;
      const taken = epochs === 0 ? 0 : documents - b;
      return [
        {
          source,
          bucket: { from, to: edges[b + 1] ?? null },
          documents,
          tokens,
          long,
          usable,
          requested,
          redistributed,
          epochs,
          taken,
          achieved,
        },
      ];
    }),
  );
}

/** `lost`: the reasons that it has. */
export function ledgerOf(width: number, lost: readonly DropReason[] = dropReasons): Ledger {
  const dropped = Object.fromEntries(
    dropReasons.map((reason, i) => [reason, lost.includes(reason) ? 100_003 * (i + 1) : 0]),
  ) as Record<DropReason, number>;
  const rows = 613;
  const [specialTokens, padding] = [2_711, 9_119];
  const packedInstances = rows * width - specialTokens - padding;
  const packedOnce = Math.round(packedInstances * 0.8);
  const read = packedOnce + Object.values(dropped).reduce((sum, tokens) => sum + tokens, 0);
  return {
    documents: 9_973,
    packedDocuments: 4_993,
    read,
    dropped,
    packedOnce,
    packedInstances,
    rows,
    width,
    rowTokens: rows * width,
    specialTokens,
    padding,
    cells: [],
  };
}

export function setOf(
  name: string,
  phase: string | null,
  width: number,
  more: Partial<SetData> = {},
): SetData {
  return {
    name,
    split: phase === null ? 'validation' : 'train',
    phase,
    width,
    ledger: ledgerOf(width, phase === null ? [] : dropReasons),
    quality: {
      fill: 0.98765,
      rowsOverConcat: 0.00123,
      fitting: 4_801,
      fittingCut: 7,
      pieces: 6_007,
      meanPieceLength: 1_447,
      meanContextLength: 2_903,
    },
    bytes: 31_415_926,
    piecesPerRow: [
      { from: 1, to: 1, rows: 400 },
      { from: 2, to: 2, rows: 0 },
      { from: 3, to: 4, rows: 213 },
    ],
    ...more,
  };
}

/** Three phases, the second with rows of several lengths. */
export function armOf(name: string, k: number, rule = true): ArmData {
  const sources = [...hostileNames, 'web', 'code', 'books'];
  return {
    name,
    recipe: {
      name,
      phases: [{ mix: { tokens: 1000 + k, length: rule ? { threshold } : null } }],
      sources: sources.map((source) => ({ name: source })),
      seed: 17,
    },
    warnings: [`${name}: a cell of <b>web</b> is repeated more than 4 times`],
    phases: ['warm', '<i>mid</i>', 'end'].map((phase, p) => ({
      name: phase,
      cells: cellsOf(sources, k + p, rule),
    })),
    ledger: {
      ...ledgerOf(
        43_008 + k,
        dropReasons.filter((reason) => reason !== 'elsewhere'),
      ),
      width: null,
    },
    sets: [
      setOf('train/1', 'warm', 4096),
      setOf('train/2-1024', '<i>mid</i>', 1024),
      setOf('train/2-2048', '<i>mid</i>', 2048),
      setOf('train/2-<u>4096</u>', '<i>mid</i>', 4096, { piecesPerRow: null }),
      setOf('train/3', 'end', 32_768),
      setOf('validation', null, 4096),
    ],
  };
}

/** One phase, one set a split. */
export function plainArm(name: string): ArmData {
  return {
    name,
    recipe: { name, seed: 17 },
    warnings: [],
    phases: [{ name: 'train', cells: cellsOf(['web', 'books'], 1, true) }],
    ledger: ledgerOf(8192),
    sets: [setOf('train', 'train', 8192), setOf('validation', null, 8192)],
  };
}

export function planReport(arm: ArmData): ReportData {
  return {
    title: arm.name,
    tokenizer: 'cl100k_base',
    seed: 17,
    corpora: [],
    arms: [arm],
    ablation: null,
    training: null,
  };
}

/** Falls with the tokens, and along the context; `k` sets arms apart by hundredths. */
export function curvesOf(name: string, k: number, steps = 400, buckets = 9): ArmCurves {
  const byPosition = Array.from({ length: buckets }, (_, b) => ({
    from: b === 0 ? 1 : 8 * 2 ** b,
    to: 16 * 2 ** b - 1,
    tokens: 200_001 - 20_000 * b,
    loss: 5.5 - 0.3 * b + 0.012 * k * (b - 3),
  }));
  return {
    name,
    losses: Array.from({ length: steps }, (_, i) => ({
      tokens: (i + 1) * 8192,
      loss: 3.5 + 0.1 * k + 7 * Math.exp(-i / 60) + 0.2 * Math.sin(i * 12.9898),
    })),
    validation: {
      ...{ loss: 4.4 + 0.01 * k, byPosition },
      bySource: ['books', '<web>'].map((source, s) => ({
        source,
        tokens: 1000 + s,
        loss: 4 + s + 0.017 * k,
      })),
    },
  };
}

export const ablationReport: ReportData = {
  title: 'ablation <of> 3 & "arms"',
  tokenizer: 'tokenizer<1>.json',
  seed: 4711,
  corpora: [],
  arms: [armOf('a <u>base</u>', 0), armOf('b', 1), armOf('c', 2, false)],
  ablation: {
    base: { 'mix.max_epochs': 4, 'mix.length': { threshold: '4Ki', keep_short: '20%' }, 'mix.shares': null },
    arms: [
      { name: 'a <u>base</u>', changes: {} },
      { name: 'b', changes: { 'mix.max_epochs': '<b>2</b>', 'mix.shares': { web: '60%', books: '40%' } } },
      { name: 'c', changes: { 'mix.length': null, 'mix.max_epochs': 4 } },
    ],
  },
  training: {
    trainer: './my <b>own</b>.js',
    tokens: 3_276_800,
    arms: [
      curvesOf('a <u>base</u>', 0),
      curvesOf('b', 1),
      // Shorter rows look back less far.
      curvesOf('c', 2, 400, 5),
    ],
  },
};

/** As many arms as there are lines for, and one more; one of them told nothing. */
export const manyCurvesReport: ReportData = {
  ...ablationReport,
  training: {
    trainer: 'tfjs',
    tokens: 65_536,
    arms: [
      ...Array.from({ length: 11 }, (_, i) => curvesOf(`arm-with-a-rather-long-name-${i}`, i, 8, 11)),
      { name: 'silent', losses: [], validation: null },
      curvesOf('beyond', 12, 8, 11),
    ],
  },
};

export const statsReport: ReportData = {
  title: 'corpus',
  tokenizer: 'gpt2',
  seed: null,
  corpora: [
    { name: 'out/<store>', cells: cellsOf([...hostileNames, 'web'], 0, false) },
    { name: 'empty', cells: [] },
  ],
  arms: [],
  ablation: null,
  training: null,
};
