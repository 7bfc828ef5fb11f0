/**
 * Tests recipes with several training sets: phases of a curriculum, and the lengths of a decomposed run. They read
 * every row back, and count documents, accounts and the schedule from the rows.
 */
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type BuildResult, build } from '../../src/build/build.ts';
import { verify } from '../../src/build/verify.ts';
import { dropReasons, type Ledger } from '../../src/nouns/ledger.ts';
import type { StepPlan } from '../../src/nouns/steps.ts';
import { parseRecipe } from '../../src/recipe/parse-recipe.ts';
import { longmixOk } from '../support/command.ts';
import { writeDiskCorpus, writeDiskRecipe } from '../support/disk-corpus.ts';
import { hashes, temporaryFolder } from '../support/folder.ts';
import { readSplit } from '../support/reconstruct.ts';

interface Built {
  readonly out: string;
  readonly result: BuildResult;
}

async function buildRecipe(written: object): Promise<Built> {
  const folder = temporaryFolder();
  writeDiskCorpus(folder);
  const path = writeDiskRecipe(folder, 'recipe', written);
  const out = join(folder, 'out');
  return { out, result: await build(parseRecipe(readFileSync(path, 'utf8'), path), out, { workers: 1 }) };
}

const namesOf = ({ result }: Built) => result.plan.sets.map(({ name }) => name);

/** Documents of a set, and how many of their tokens (special ones and copies too) stand in its rows. */
function documentsOf(out: string, name: string): Map<number, number> {
  const found = new Map<number, number>();
  for (const row of readSplit(out, name).rows) {
    for (const [i, length] of row.lengths.entries())
      found.set(row.docIds[i]!, (found.get(row.docIds[i]!) ?? 0) + length);
  }
  return found;
}

function droppedOf({ dropped }: Ledger): number {
  return dropReasons.reduce((sum, reason) => sum + (dropped[reason] ?? 0), 0);
}

const curriculum = {
  split: { validation: '10%' },
  mix: { method: 'drop' },
  sequences: { length: 128 },
  tokens_per_step: 1024,
  phases: {
    short: { tokens: '20%', sequences: { length: 64 } },
    long: { tokens: '80%', sequences: { length: 512 } },
  },
  seed: 3,
};

describe('phases', () => {
  it('are shard sets of their own rows, with disjoint documents and the tokens that were asked', async () => {
    const built = await buildRecipe(curriculum);
    const { out, result } = built;
    expect(namesOf(built)).toEqual(['train_short', 'train_long', 'validation']);
    expect(result.shardSets.map(({ width }) => width)).toEqual([64, 512, 128]);
    const [short, long, validation] = namesOf(built).map((name) => documentsOf(out, name));
    expect([...short!.keys()].filter((d) => long!.has(d) || validation!.has(d))).toEqual([]);
    expect([...long!.keys()].filter((d) => validation!.has(d))).toEqual([]);

    const [first, second] = result.plan.sets.map(({ ledger }) => ledger.packedInstances);
    const longest = Math.max(...result.plan.table.lengths);
    expect(Math.abs(first! - 0.2 * (first! + second!))).toBeLessThanOrEqual(longest);
    // All of the corpus's distinct documents are in one of the phases.
    const { train } = result.plan.ledgers;
    expect(train!.dropped.not_sampled).toBeLessThanOrEqual(longest);
    expect(train!.read).toBe(train!.packedOnce + droppedOf(train!));
    expect(train!.packedOnce).toBe(first! + second!);
    for (const { ledger } of result.plan.sets)
      expect(ledger.read).toBe(ledger.packedOnce + droppedOf(ledger));
    expect(result.plan.sets[0]!.ledger.dropped.elsewhere).toBe(second!);
    expect((await verify(out, true)).faults).toEqual([]);
  });

  it.skipIf(!existsSync('/proc/self/fd'))('leave no file of the store open', async () => {
    const { out } = await buildRecipe(curriculum);
    await verify(out, true);
    const open = readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/self/fd/${fd}`)];
      } catch {
        return []; // Closed since it was listed: the listing's own.
      }
    });
    expect(open.filter((path) => path.startsWith(out))).toEqual([]);
  });

  it('keep the tokens of a step, phase after phase', async () => {
    const built = await buildRecipe(curriculum);
    const plan = JSON.parse(readFileSync(join(built.out, 'schedule.json'), 'utf8')) as StepPlan;
    expect(plan.sets.map(({ rowsPerStep }) => rowsPerStep)).toEqual([16, 2]);
    for (const { rows, rowsPerStep, steps, rest } of plan.sets) {
      expect(steps).toBe(Math.floor(rows / rowsPerStep));
      expect(steps * rowsPerStep + rest).toBe(rows);
    }
    expect(plan.stretches.map(([set]) => set)).toEqual([0, 1]);
    expect(plan.steps).toBe(plan.sets.reduce((sum, { steps }) => sum + steps, 0));
  });

  it('may share documents', async () => {
    const { out } = await buildRecipe({ ...curriculum, mix: { tokens: 20_000 }, phase_documents: 'shared' });
    const short = documentsOf(out, 'train_short');
    const long = documentsOf(out, 'train_long');
    // The same keyed choice at two rates: one is part of the other, but for a document at each cell's edge.
    const common = [...short.keys()].filter((d) => long.has(d));
    expect(common.length).toBeGreaterThan(0.8 * short.size);
  });

  it('that ask for a token which the tokenizer has not are refused, as the whole recipe would be', async () => {
    const phases = { short: { tokens: '20%' }, long: { tokens: '80%', sequences: { bos: true } } };
    for (const [written, key] of [
      [{ ...curriculum, phases }, 'phases.long.sequences.bos'],
      [{ sequences: { bos: true } }, 'sequences.bos'],
    ] as const) {
      await expect(buildRecipe(written)).rejects.toMatchObject({
        ...{ code: 'special-token-missing', message: 'the tokenizer gpt2 has no BOS token' },
        cure: `set ${key}: false`,
      });
    }
  });

  it('give the same bytes for any number of workers', async () => {
    const folder = temporaryFolder();
    writeDiskCorpus(folder);
    const recipe = writeDiskRecipe(folder, 'recipe', curriculum);
    const made = await Promise.all(
      ['1', '2'].map(async (workers) => {
        const out = join(folder, workers);
        await longmixOk(['build', recipe, '--out', out, '--workers', workers, '--quiet']);
        return hashes(out);
      }),
    );
    expect(made[1]).toEqual(made[0]);
  });
});

const decomposed = {
  sequences: {
    length: 256,
    packing: 'decompose',
    decompose: { smallest: 32, odds: 'grow-p2', cycles: 2 },
  },
  tokens_per_step: 512,
};

describe('packing decompose', () => {
  it('gives a shard set a length, one piece a row, and a schedule that takes every whole step once', async () => {
    const built = await buildRecipe(decomposed);
    const { out, result } = built;
    expect(namesOf(built)).toEqual(['train.32', 'train.64', 'train.128', 'train.256']);
    const sequences = new Map<number, number>();
    for (const { name, rows } of result.plan.sets) {
      for (const row of readSplit(out, name).rows) {
        expect(row.lengths).toEqual([rows.width]);
        expect(row.padding).toBe(0);
      }
      for (const [d, tokens] of documentsOf(out, name)) sequences.set(d, (sequences.get(d) ?? 0) + tokens);
    }
    const { lengths } = result.plan.table;
    for (const [d, tokens] of sequences) expect(tokens).toBe(lengths[d]! + 1 - ((lengths[d]! + 1) % 32));
    expect((await verify(out, true)).faults).toEqual([]);

    const { sets, stretches, steps } = result.plan.steps!;
    const taken = sets.map((_, i) => stretches.filter(([set]) => set === i).reduce((n, [, m]) => n + m, 0));
    expect(taken).toEqual(sets.map(({ steps: of }) => of));
    expect(steps).toBe(taken.reduce((a, b) => a + b, 0));
    for (const { rows, rest, rowsPerStep } of sets)
      expect(rest, `${rows} rows`).toBeLessThan(2 * rowsPerStep);
    // Short rows come more often at first, so long ones are what is left at the end.
    expect(stretches.at(-1)![0]).toBe(3);
  });
});

describe('inner rows', () => {
  it('are packed by themselves and put end to end', async () => {
    const { out, result } = await buildRecipe({ sequences: { length: 512, pack_length: 128 } });
    expect(result.plan.sets[0]!.rows.width).toBe(512);
    for (const { lengths, ids } of readSplit(out, 'train').rows) {
      expect(ids.length).toBe(512);
      expect(Math.max(...lengths)).toBeLessThanOrEqual(128);
    }
    expect((await verify(out, true)).faults).toEqual([]);
  });
});
