/** Runs of the tfjs trainer and of modules: what they learn, and that a resumed run equals an uninterrupted one. */
import { AsyncResource } from 'node:async_hooks';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { loadTrainer } from '../../src/train/load-trainer.ts';
import { type RunOptions, type RunResult, train } from '../../src/train/train.ts';
import { quietLine } from '../../src/train/train-line.ts';
import type { Trainer } from '../../src/train/trainer.ts';
import { loadTfjs } from '../../trainers/tfjs/backend.ts';
import tfjsTrainer from '../../trainers/tfjs/tfjs-trainer.ts';
import { builtFolder } from '../support/feed.ts';
import { trainingBuild } from './training-build.ts';

const folder = mkdtempSync(join(tmpdir(), 'longmix-train-'));
let build: string;
beforeAll(async () => {
  build = await trainingBuild(folder);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const settings = { layers: '1', width: '16', heads: '2', lr: '0.02', warmup: '2' };

function optionsOf(out: string, more: Partial<RunOptions> = {}): RunOptions {
  return {
    ...{ folder: build, out: join(folder, out), name: 'tfjs', settings, steps: 8 },
    ...{ feed: { rowsPerStep: 8 }, resume: false, startStep: null, saveEvery: 3 },
    ...{ signal: new AbortController().signal, line: quietLine({ write: () => true }) },
    ...more,
  };
}

interface Line {
  readonly step: number;
  readonly loss?: number;
  readonly validation?: {
    readonly loss: number;
    readonly byPosition: readonly { readonly tokens: number }[];
  };
}

/** Lines of metrics.jsonl without times. */
function metricsOf(out: string): Line[] {
  const lines = readFileSync(join(folder, out, 'metrics.jsonl'), 'utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line) => {
    const { seconds: _, dataSeconds: _data, ...rest } = JSON.parse(line) as Line & Record<string, unknown>;
    return rest as unknown as Line;
  });
}

/** A trainer that does something when it has done so many steps. */
function withAct(trainer: Trainer, steps: number, act: () => void): Trainer {
  let left = steps;
  return {
    ...trainer,
    async step(batch) {
      const metrics = await trainer.step(batch);
      left -= 1;
      if (left === 0) act();
      return metrics;
    },
  };
}

describe('tfjs', () => {
  let whole: RunResult;
  beforeAll(async () => {
    whole = await train(tfjsTrainer(), optionsOf('whole'));
  });

  it('learns', () => {
    const losses = metricsOf('whole').flatMap(({ loss }) => loss ?? []);
    expect(losses.length).toBe(8);
    expect(losses[0]!).toBeGreaterThan(3);
    expect(losses.at(-1)!).toBeLessThan(losses[0]! - 1);
    expect(whole.loss).toBe(losses.at(-1));
    expect(whole.step).toBe(8);
  });

  it('tells the loss of the validation set by position', () => {
    const { validation } = metricsOf('whole').at(-1)!;
    expect(validation!.loss).toBeGreaterThan(0);
    expect(validation!.byPosition.length).toBeGreaterThan(1);
    expect(whole.final).toEqual({ validation });
  });

  const checkpoint = (out: string) => readFileSync(join(folder, out, 'step-00000008', 'model.safetensors'));

  it('interrupted and resumed, gives the very losses and weights of an unbroken run', async () => {
    const abort = new AbortController();
    const stopped = withAct(tfjsTrainer(), 5, () => abort.abort('SIGINT'));
    await expect(train(stopped, optionsOf('stopped', { signal: abort.signal }))).rejects.toBe('SIGINT');
    expect(metricsOf('stopped').map(({ step }) => step)).toEqual([0, 1, 2, 3, 4]);
    await train(tfjsTrainer(), optionsOf('stopped', { resume: true }));
    expect(metricsOf('stopped')).toEqual(metricsOf('whole'));
    expect(checkpoint('stopped').equals(checkpoint('whole'))).toBe(true);
  });

  it('killed between checkpoints, does the lost steps again and keeps no line twice', async () => {
    const dying = withAct(tfjsTrainer(), 5, () => {
      throw new Error('power cut');
    });
    await expect(train(dying, optionsOf('killed'))).rejects.toThrow('power cut');
    // The line of a step that was cut short while it was written.
    writeFileSync(join(folder, 'killed', 'metrics.jsonl'), '{"step":4,"lo', { flag: 'a' });
    mkdirSync(join(folder, 'killed', 'step-00000006'));
    await train(tfjsTrainer(), optionsOf('killed', { resume: true }));
    expect(metricsOf('killed')).toEqual(metricsOf('whole'));
    expect(checkpoint('killed').equals(checkpoint('whole'))).toBe(true);
    expect(readdirSync(join(folder, 'killed')).sort()).toEqual(['metrics.jsonl', 'step-00000008']);
  });

  it('cuts rows and updates more often, and learns more of the same rows', async () => {
    const cut = { ...settings, context: '16', updates: '4' };
    await train(tfjsTrainer(), optionsOf('cut', { settings: cut }));
    const [often, once] = ['cut', 'whole'].map((out) => metricsOf(out)[7]!.loss!);
    expect(often).toBeLessThan(once!);
    // What a cut separates is not looked back on.
    expect(metricsOf('cut').at(-1)!.validation!.byPosition.length).toBe(1);
  });

  it('lets signals come through within a step', async () => {
    const trainer = tfjsTrainer();
    const turned: boolean[] = [];
    const watched: Trainer = {
      ...trainer,
      async step(batch) {
        let hasTurned = false;
        setImmediate(() => {
          hasTurned = true;
        });
        const metrics = await trainer.step(batch);
        turned.push(hasTurned);
        return metrics;
      },
    };
    await train(watched, optionsOf('watched', { steps: 2 }));
    expect(turned).toEqual([true, true]);
  });

  it.each([
    { what: 'seed', more: { feed: { rowsPerStep: 8, seed: 4 } } },
    { what: 'rowsPerStep', more: { feed: { rowsPerStep: 4 } } },
    { what: 'settings', more: { settings: { ...settings, ropeBase: '500000' } } },
    { what: 'the shard sets', more: { set: 'validation' } },
  ])('does not resume with another $what', async ({ what, more: { set = 'train', ...more } }) => {
    const options = { resume: true, folder: join(build, set), ...more };
    const run = train(tfjsTrainer(), optionsOf('whole', options));
    await expect(run).rejects.toMatchObject({
      code: 'checkpoint-mismatch',
      message: expect.stringContaining(what),
    });
  });

  it('does not write over a run', async () => {
    await expect(train(tfjsTrainer(), optionsOf('whole'))).rejects.toMatchObject({ code: 'run-exists' });
  });

  it.each([
    ['model.safetensors', 5000],
    ['position.json', 20],
  ])('does not resume from a %s that ends too early', async (file, bytes) => {
    await train(tfjsTrainer(), optionsOf(`torn-${file}`, { steps: 1 }));
    truncateSync(join(folder, `torn-${file}`, 'step-00000001', file), bytes);
    const run = train(tfjsTrainer(), optionsOf(`torn-${file}`, { steps: 1, resume: true }));
    await expect(run).rejects.toMatchObject({ code: 'checkpoint-damaged' });
  });

  it('does not resume from a position.json of null', async () => {
    await train(tfjsTrainer(), optionsOf('null', { steps: 1 }));
    writeFileSync(join(folder, 'null', 'step-00000001', 'position.json'), 'null\n');
    const run = train(tfjsTrainer(), optionsOf('null', { steps: 1, resume: true }));
    await expect(run).rejects.toMatchObject({ code: 'checkpoint-damaged' });
  });

  it('does not resume what is not there', async () => {
    const run = train(tfjsTrainer(), optionsOf('nothing', { resume: true }));
    await expect(run).rejects.toMatchObject({ code: 'resume-nothing' });
    expect(existsSync(join(folder, 'nothing'))).toBe(false);
  });

  it.each([
    [{ depth: '3' }, /no setting "depth"/],
    [{ layers: '0' }, /--set layers: found "0"/],
    [{ layers: '1.5' }, /--set layers: found "1.5"/],
    [{ lr: 'high' }, /--set lr: found "high"/],
    [{ width: '12', heads: '4' }, /width 12 can't be shared by 4 heads/],
  ])('refuses %j', async (typed: Record<string, string>, says) => {
    const run = train(tfjsTrainer(), optionsOf('refused', { settings: typed }));
    await expect(run).rejects.toMatchObject({
      code: 'trainer-setting',
      message: expect.stringMatching(says),
    });
  });

  it.each([
    [[], '@tensorflow/tfjs,'],
    [['@tensorflow/tfjs'], '@tensorflow/tfjs-backend-wasm'],
  ])('with only %j installed, says what is missing', async (installed: string[], missing) => {
    const load = async (name: string) => (installed.includes(name) ? {} : null);
    const run = train(
      tfjsTrainer(() => loadTfjs(load)),
      optionsOf('missing'),
    );
    await expect(run).rejects.toMatchObject({
      code: 'peer-missing',
      message: expect.stringContaining(missing),
      cure: expect.stringContaining('npm install'),
    });
  });

  it('takes tfjs-node where it is', async () => {
    let ready = false;
    const native = { ready: async () => (ready = true) };
    expect(await loadTfjs(async (name) => (name === '@tensorflow/tfjs-node' ? native : null))).toBe(native);
    expect(ready).toBe(true);
  });
});

describe('a module', () => {
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  /** The example in the documentation of the interface. */
  function example(): string {
    const source = readFileSync(
      fileURLToPath(new URL('../../src/train/trainer.ts', import.meta.url)),
      'utf8',
    );
    const start = source.indexOf('// counts.js');
    const lines = source.slice(start, source.indexOf('*/')).split('\n');
    return lines.map((line) => line.replace(/^ \* {0,3}/, '')).join('\n');
  }

  it('runs as the example says, learns, and goes on where it was', async () => {
    const path = write('counts.mjs', example());
    const options = (out: string) => optionsOf(out, { name: path, settings: { smoothing: '0.5' } });
    await train(await loadTrainer(path), options('counts'));
    const losses = metricsOf('counts').map(({ loss }) => loss!);
    expect(losses.length).toBe(8);
    expect(losses[7]!).toBeLessThan(losses[0]! - 1);

    const abort = new AbortController();
    const stopped = withAct(await loadTrainer(path), 4, () => abort.abort('SIGTERM'));
    await expect(train(stopped, { ...options('again'), signal: abort.signal })).rejects.toBe('SIGTERM');
    await train(await loadTrainer(path), { ...options('again'), resume: true });
    expect(metricsOf('again')).toEqual(metricsOf('counts'));
  });

  it('is trained on phases of 64 and 96 with the rows per step that they need', async () => {
    const odd = await builtFolder(mkdtempSync(join(folder, 'odd-')), 'odd');
    const options = optionsOf('odd', { folder: odd, feed: { rowsPerStep: 2 }, steps: null });
    let sets: readonly string[] = [];
    const seen = new Set<string>();
    const trainer: Trainer = {
      start(context) {
        sets = context.sets;
      },
      step({ set, rows }) {
        seen.add(`${set} ${rows.length}`);
        return undefined;
      },
    };
    await train(trainer, options);
    expect([...seen]).toEqual(['train_short 3', 'train_long 2']);
    expect(sets).toEqual(['train_short', 'train_long'].map((name) => join(odd, name)));
  });

  it('whose loss is no number has lines of JSON all the same, and the user is told once', async () => {
    const said: string[] = [];
    const options = optionsOf('diverged', {
      line: { show() {}, log: (message) => said.push(message) },
      steps: 4,
    });
    const losses = [1, Number.POSITIVE_INFINITY, Number.NaN, Number.NaN];
    const { loss } = await train({ step: ({ step }) => ({ loss: losses[step]! }) }, options);
    expect(loss).toBeNaN();
    expect(metricsOf('diverged').map((line) => line.loss)).toEqual([1, null, null, null]);
    expect(said).toEqual([expect.stringContaining('the loss is Infinity from this step on')]);
  });

  it('whose metrics have names of ours loses no line when it goes on', async () => {
    const trainer: Trainer = {
      step: ({ step }) => ({ step: step + 1, epoch: 'x', set: 'x', tokens: -1, seconds: -1, mine: step }),
      finish: () => ({ step: -1, mine: 'end' }),
      save() {},
      restore() {},
    };
    const line = (step: number) => ({ step, epoch: 0, set: 'train', mine: step, tokens: 8 * 64 });
    await train(trainer, optionsOf('names', { steps: 3 }));
    expect(metricsOf('names')).toEqual([line(0), line(1), line(2), { step: 3, mine: 'end' }]);
    await train(trainer, optionsOf('names', { steps: 4, resume: true }));
    expect(metricsOf('names')).toEqual([line(0), line(1), line(2), line(3), { step: 4, mine: 'end' }]);
  });

  it('may be an object, begin anywhere, and end a run by itself', async () => {
    const path = write(
      'object.mjs',
      "let n = 0; export default { step: ({ epoch, step }) => ((n += 1) > 2 ? 'done' : { at: [epoch, step] }) };",
    );
    const options = optionsOf('object', { name: path, feed: { rowsPerStep: 2 }, steps: 400, startStep: 1 });
    const behind = train(await loadTrainer(path), {
      ...options,
      out: join(folder, 'behind'),
      startStep: 400,
    });
    await expect(behind).rejects.toMatchObject({ code: 'step-missing' });
    expect(existsSync(join(folder, 'behind'))).toBe(false);
    const { step } = await train(await loadTrainer(path), options);
    expect(step).toBe(3);
    expect(metricsOf('object')).toMatchObject([{ at: [0, 1] }, { at: [0, 2] }]);
  });

  it('has its folder for itself while it runs', async () => {
    let second: Promise<RunResult> | undefined;
    // Not as a part of the run: what that starts may write there.
    const elsewhere = AsyncResource.bind(() => train({ step() {} }, optionsOf('both', { startStep: 0 })));
    const trainer: Trainer = {
      step() {
        second ??= elsewhere();
        return second.then(
          () => undefined,
          () => undefined,
        );
      },
    };
    await train(trainer, optionsOf('both', { steps: 1 }));
    await expect(second).rejects.toMatchObject({ code: 'folder-busy' });
  });

  test.each([
    ['no-such.mjs', null, 'trainer-unknown', /no trainer ".*no-such.mjs"/],
    ['syntax.mjs', 'export default {', 'trainer-broken', /cannot be loaded/],
    ['throws.mjs', "export default () => { throw new Error('no GPU'); }", 'trainer-broken', /no GPU/],
    ['nothing.mjs', 'export const step = () => {};', 'trainer-invalid', /does not make a trainer/],
    ['shape.mjs', 'export default { step() {}, save: 3 };', 'trainer-invalid', /does not make a trainer/],
  ])('%s is refused', async (name, text, code, says) => {
    const path = text === null ? join(folder, name) : write(name, text);
    await expect(loadTrainer(path)).rejects.toMatchObject({ code, message: expect.stringMatching(says) });
  });
});
