/**
 * The PyTorch sample (samples/trainers/pytorch/train.py): the same losses whichever way the rows come to it.
 * Skipped where no Python with torch and pyarrow is, and says so; LONGMIX_REQUIRE_TORCH=1 makes that a failure.
 * `scripts/torch-env.sh` installs what it takes.
 */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const main = join(root, 'dist/cli/main.js');
const script = join(root, 'samples/trainers/pytorch/train.py');
const run = promisify(execFile);
const python = findPython();

if (python === null) {
  const why = 'no python3 that can import torch and pyarrow (scripts/torch-env.sh makes one)';
  if (process.env.LONGMIX_REQUIRE_TORCH === '1') throw new Error(`test/interop/pytorch: ${why}`);
  console.warn(`test/interop/pytorch.test.ts is SKIPPED: ${why}`);
}

const model = ['--width', '32', '--heads', '2', '--layers', '2', '--warmup', '2', '--lr', '0.01'];
const steps = 9;
const run9 = [...model, '--steps', `${steps}`, '--rows-per-step', '4'];
const piped = ['--rows-per-step', '4', '--steps', `${steps}`];

describe.skipIf(python === null)('train.py', () => {
  let folder = '';
  let plain = '';
  let curriculum = '';
  /** Losses of the run that all others are held against: one process, the files. */
  let expected: readonly number[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'longmix-pytorch-'));
    writeCorpus(folder);
    plain = await build(folder, 'plain', ['sequences: { length: 64, eos: true }', 'shards: { size: 2KB }']);
    curriculum = await build(folder, 'curriculum', [
      'tokens_per_step: 512',
      'sequences: { length: 64, plus_one: true }',
      'shards: { dtype: int32 }',
      'phases: { short: { tokens: 40%, sequences: { length: 32 } }, long: { tokens: 60%, sequences: { length: 128 } } }',
    ]);
    expected = losses(await train([plain, ...run9]));
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('learns', () => {
    expect(expected).toHaveLength(steps);
    expect(expected[0]).toBeCloseTo(Math.log(257), 1);
    expect(expected.at(-1)).toBeLessThan(expected[0]! - 1);
  });

  it('has the loss of every document alone, packed or not', async () => {
    for (const [out, widths] of [[plain, [64]], [curriculum, [33, 129]]] as const) {
      const { stdout } = await run(python!, [fileURLToPath(new URL('check_train.py', import.meta.url)), script, out]);
      const seen = JSON.parse(stdout) as { batches: number; documents: number; padding: number; widths: number[] };
      expect(seen.widths).toEqual(widths);
      expect(seen.batches).toBeGreaterThan(9);
      expect(seen.documents).toBeGreaterThan(seen.batches);
      if (out === plain) expect(seen.padding).toBeGreaterThan(0);
    }
  });

  it('has the same losses from a pipe', async () => {
    expect(losses(await trainPiped(plain, piped, run9))).toEqual(expected);
  });
});

interface Metrics {
  readonly step: number;
  readonly loss: number;
  readonly tokens_per_second: number;
  readonly data_wait: number;
}

/** Runs train.py, with a rank's variables or none. */
function train(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Metrics[]> {
  return finished(spawn(python!, [script, ...args], { env: { ...process.env, ...threads, ...env } }));
}

