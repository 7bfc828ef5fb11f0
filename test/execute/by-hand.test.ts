/** A build by lists of tasks, in this process: same bytes as by threads; a task with a receipt is done. Needs dist/. */
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type BuildResult, build } from '../../src/build/build.ts';
import type { GatherMode } from '../../src/build/nouns.ts';
import { byHand } from '../../src/execute/by-hand.ts';
import { TasksLeft } from '../../src/execute/executor.ts';
import { runWorker } from '../../src/execute/worker.ts';
import { parseRecipe } from '../../src/recipe/parse-recipe.ts';
import { writeDiskCorpus, writeDiskRecipe } from '../support/disk-corpus.ts';
import { hashes, temporaryFolder } from '../support/folder.ts';

const bounds = { workers: 1, memory: 4e9 };

function place(keys: object) {
  const folder = temporaryFolder();
  writeDiskCorpus(folder);
  const recipeOf = (more: object = {}) => {
    const path = writeDiskRecipe(folder, 'mix', { ...keys, ...more });
    return parseRecipe(readFileSync(path, 'utf8'), path);
  };
  const out = join(folder, 'hand');
  const step = (more?: object, gather?: GatherMode): Promise<BuildResult | TasksLeft> =>
    build(recipeOf(more), out, { workers: 1, executor: byHand, gather }).catch((error) => {
      if (error instanceof TasksLeft) return error;
      throw error;
    });
  return { folder, out, recipeOf, step };
}

/** Tasks of a list, and what was said of each. */
async function work({ job }: TasksLeft, tasks: readonly number[], workers = 1): Promise<string[]> {
  const said: string[] = [];
  const onTask = (task: number, words: string) => said.push(`${task}: ${words}`);
  await runWorker(job, () => tasks, { ...bounds, workers, onTask });
  return said;
}

async function left(step: Promise<BuildResult | TasksLeft>): Promise<TasksLeft> {
  const result = await step;
  expect(result).toBeInstanceOf(TasksLeft);
  return result as TasksLeft;
}

describe('a build by hand', () => {
  it.each([
    ['rows of one length', { sequences: { length: 64 }, split: { validation: '10%' } }],
    [
      'phases, documents that repeat, and rows of several lengths',
      {
        tokens_per_step: 1024,
        split: { validation: '10%' },
        phases: {
          one: { tokens: '50%', sequences: { length: 128, packing: 'decompose' } },
          two: { tokens: '50%', sequences: { length: 64 }, mix: { method: 'repeat', max_epochs: 3 } },
        },
        mix: { tokens: '60K', max_epochs: 3, method: 'repeat' },
      },
    ],
  ])('of %s has the bytes of a build by threads', async (_, keys) => {
    const { folder, out, recipeOf, step } = place({ shards: { size: '16KB' }, ...keys });
    const whole = await build(recipeOf(), join(folder, 'threads'), { workers: 1 });
    const stages: string[] = [];
    for (let list = await step(); list instanceof TasksLeft; list = await step()) {
      stages.push(list.stage);
      const [first, ...others] = list.left;
      expect(await work(list, [first!])).toHaveLength(1);
      expect((await left(step())).left).toEqual(others);
      // Backwards, and one that is done.
      expect((await work(list, [...list.left].reverse()))[0]).toBe(`${first}: was done`);
    }
    expect(stages).toEqual(['tokenize', 'shard']);
    expect(hashes(out)).toEqual(hashes(join(folder, 'threads')));
    expect(whole.shardSets.length).toBeGreaterThan(1);
    expect((await step()) as BuildResult).toMatchObject({ written: false });
  });

  it('of a store that does not fit in memory has a third list, and the same bytes', async () => {
    const keys = { sequences: { length: 64 }, split: { validation: '10%' }, shards: { size: '20KB' } };
    const { folder, out, recipeOf, step } = place({ ...keys, mix: { method: 'repeat', max_epochs: 3 } });
    await build(recipeOf(), join(folder, 'threads'), { workers: 1, gather: 'never' });
    const stages: string[] = [];
    const next = () => step({}, 'always');
    for (let list = await next(); list instanceof TasksLeft; list = await next()) {
      stages.push(list.stage);
      expect(list.left.length).toBeGreaterThan(3);
      const [first, ...others] = list.left;
      await work(list, [first!]);
      expect((await left(next())).left).toEqual(others);
      if (list.stage === 'shard') {
        // A worker that lost the gathered tokens says so, and they are gathered again.
        const notes = join(out, '.longmix');
        const gathered = join(notes, readdirSync(notes).find((name) => name.startsWith('gather-'))!);
        rmSync(join(gathered, 'stretch-00001.tokens'));
        await expect(work(list, others)).rejects.toMatchObject({ code: 'gather-damaged', exitCode: 1 });
        const again = await left(next());
        expect(again).toMatchObject({ stage: 'gather', left: [1] });
        await work(again, [1]);
        await left(next());
      }
      expect((await work(list, [...list.left].reverse()))[0]).toBe(`${first}: was done`);
      if (list.stage === 'gather') expect((await work(list, [0]))[0]).toBe('0: was done');
    }
    expect(stages).toEqual(['tokenize', 'gather', 'shard']);
    expect(hashes(out)).toEqual(hashes(join(folder, 'threads')));
    expect(readdirSync(join(out, '.longmix'))).toEqual(['jobs', 'logs']);
    // A late worker.
    const job = join(out, '.longmix/jobs/gather.jsonl');
    expect(await work({ job } as TasksLeft, [2])).toEqual(['2: was done']);
    // Without gathering, the list would only mislead.
    rmSync(join(out, 'train'), { recursive: true });
    await left(step());
    expect(existsSync(job)).toBe(false);
  });

  it('has a task left again whose input has changed, but not one that was touched only', async () => {
    const { folder, step } = place({ sequences: { length: 64 } });
    const list = await left(step());
    await work(list, list.left);
    utimesSync(join(folder, 'mixed.jsonl'), 1, 1);
    expect((await left(step())).stage).toBe('shard');
    appendFileSync(join(folder, 'mixed.jsonl'), '\n{"text":"one more","from":"m0"}\n');
    const changed = await left(step());
    expect([changed.stage, changed.left]).toEqual(['tokenize', [0]]);
    await work(changed, changed.left);
    expect((await left(step())).stage).toBe('shard');
  });

  it('refuses to run tasks of a list that another took the place of', async () => {
    const { out, recipeOf, step } = place({ sequences: { length: 64 } });
    const list = await left(step());
    await work(list, list.left);
    const shards = await left(step());
    // Another recipe, built by threads into the same folder.
    await build(recipeOf({ sequences: { length: 32 } }), out, { workers: 1 });
    await expect(work(shards, [0])).rejects.toMatchObject({ code: 'job-missing', exitCode: 2 });
    rmSync(join(out, 'train'), { recursive: true });
  });

  it('lets a worker that comes late know that all is done', async () => {
    const { out, step } = place({ sequences: { length: 64 } });
    const tokenize = await left(step());
    await work(tokenize, tokenize.left);
    const shard = await left(step());
    await work(shard, shard.left);
    await step();
    const before = hashes(out);
    expect(await work(tokenize, [0])).toEqual(['0: was done']);
    expect(await work(shard, [0])).toEqual(['0: was done']);
    expect(hashes(out)).toEqual(before);
  });
});
