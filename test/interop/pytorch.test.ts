/**
 * The PyTorch sample (samples/trainers/pytorch/train.py): the same losses whichever way the rows come to it.
 * Skipped where no Python with torch and pyarrow is, and says so; LONGMIX_REQUIRE_TORCH=1 makes that a failure.
 * `scripts/torch-env.sh` installs what it takes.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { longmixOk, start } from '../support/command.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const script = join(root, 'samples/trainers/pytorch/train.py');
const python = findPython();

if (python === null) {
  const why = 'no python3 that can import torch and pyarrow (scripts/torch-env.sh makes one)';
  if (process.env.LONGMIX_REQUIRE_TORCH === '1') throw new Error(`test/interop/pytorch.test.ts: ${why}`);
  console.warn(`test/interop/pytorch.test.ts is SKIPPED: ${why}`);
}

const model = '--layers 2 --width 32 --heads 2 --warmup 2 --lr 0.01'.split(' ');
const nineSteps = [...model, '--steps', '9'];
const fourRows = ['--rows-per-step', '4'];
/** The byte-level vocabulary of `writeCorpus`. */
const vocabulary = ['--vocabulary', '257'];

describe.skipIf(python === null)('the PyTorch sample', { timeout: 60_000 }, () => {
  let folder = '';
  let plain = '';
  let curriculum = '';
  /** The run that others are held against: one process, from the files. */
  let expected: readonly number[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'longmix-pytorch-'));
    writeCorpus(folder);
    plain = await build(folder, 'plain', ['sequences: { length: 64 }', 'shards: { size: 2KB }']);
    curriculum = await build(folder, 'curriculum', [
      'tokens_per_step: 512',
      'sequences: { length: 64, plus_one: true }',
      'shards: { dtype: int32 }',
      'phases: { short: { tokens: 40%, sequences: { length: 32 } }, long: { tokens: 60%, sequences: { length: 128 } } }',
    ]);
    expected = losses(await train([plain, ...nineSteps, ...fourRows]));
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('learns', () => {
    expect(expected).toHaveLength(9);
    expect(expected[0]).toBeCloseTo(Math.log(257), 0);
    expect(expected[8]).toBeLessThan(expected[0]! - 1);
  });

  it.each([
    { name: 'plain', widths: [64] },
    { name: 'curriculum', widths: [33, 129] },
  ])('has the loss of every document alone: $name', async ({ name, widths }) => {
    const check = fileURLToPath(new URL('check_train.py', import.meta.url));
    const { stdout } = await finished(runPython([check, script, join(folder, name)]));
    const seen = JSON.parse(stdout) as Record<'batches' | 'documents' | 'padding', number>;
    expect(seen).toMatchObject({ widths });
    expect(seen.documents).toBeGreaterThan(3 * seen.batches);
    expect(seen.padding).toBeGreaterThan(0);
  });

  it('has the same losses from a pipe', async () => {
    const metrics = await train(['-', ...nineSteps, ...vocabulary], { input: [plain, ...fourRows] });
    expect(losses(metrics)).toEqual(expected);
    for (const { tokens_per_second, data_wait } of metrics) {
      expect(tokens_per_second).toBeGreaterThan(0);
      expect(data_wait).toBeGreaterThanOrEqual(0);
      expect(data_wait).toBeLessThan(1);
    }
  });

  it('goes through phases of two widths, from the files and from a pipe', async () => {
    const files = losses(await train([curriculum, ...model]));
    const { steps } = JSON.parse(readFileSync(join(curriculum, 'schedule.json'), 'utf8')) as {
      steps: number;
    };
    const pipe = await train(['-', ...model, ...vocabulary, '--steps', `${steps}`], { input: [curriculum] });
    expect(files).toHaveLength(steps);
    expect(losses(pipe)).toEqual(files);
  });

  it.each([
    { source: 'the files', args: () => [plain, ...fourRows], input: undefined },
    { source: 'one pipe', args: () => ['-', ...vocabulary], input: () => [plain, ...fourRows] },
  ])('has the losses of one process in two: $source', async ({ args, input }) => {
    const port = await freePort();
    const ranks = await Promise.all(
      [0, 1].map((rank) =>
        train([...args(), ...nineSteps], {
          ...(rank === 0 && input !== undefined ? { input: input() } : {}),
          env: { RANK: `${rank}`, WORLD_SIZE: '2', MASTER_ADDR: '127.0.0.1', MASTER_PORT: `${port}` },
        }),
      ),
    );
    expect(ranks[1]).toEqual([]);
    // Sums in another order: 5 digits.
    for (const [step, loss] of losses(ranks[0]!).entries()) expect(loss).toBeCloseTo(expected[step]!, 4);
  });

  it('goes on where it was stopped', async () => {
    const checkpoint = ['--checkpoint', join(folder, 'run.pt'), '--checkpoint-every', '3'];
    const args = [...nineSteps, ...vocabulary, ...checkpoint];
    const cut = train(['-', ...args], { input: [plain, ...fourRows, '--steps', '5'] });
    await expect(cut).rejects.toThrow('train.py: the rows end before step 5');
    const rest = await train([plain, ...args, ...fourRows]);
    expect(rest.map(({ step }) => step)).toEqual([3, 4, 5, 6, 7, 8]);
    expect(losses(rest)).toEqual(expected.slice(3));
  });
});

interface Metrics {
  readonly step: number;
  readonly loss: number;
  readonly tokens_per_second: number;
  readonly data_wait: number;
}

interface Setting {
  /** What `longmix pipe` is asked for; its output is the trainer's input. */
  readonly input?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

async function train(args: readonly string[], { input, env }: Setting = {}): Promise<Metrics[]> {
  const child = runPython([script, ...args], env);
  if (input !== undefined) {
    const pipe = start(['pipe', ...input]);
    pipe.child.stdout!.pipe(child.stdin!);
    // A trainer that has its steps closes the pipe.
    child.stdin!.on('error', () => pipe.child.kill());
  }
  const { stdout } = await finished(child);
  return stdout
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Metrics);
}

/** On one thread, so that sums have one order. */
function runPython(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(python!, args, { env: { ...process.env, OMP_NUM_THREADS: '1', ...env } });
}

/** @throws Error with what it said, if it did not end well */
async function finished(child: ChildProcess): Promise<{ readonly stdout: string }> {
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout!), text(child.stderr!), ended]);
  if (code !== 0) throw new Error(`${child.spawnargs.join(' ')}: exit ${code}\n${stderr}`);
  return { stdout };
}

function losses(metrics: readonly Metrics[]): number[] {
  return metrics.map(({ loss }) => loss);
}

/** Documents of very different lengths, and a vocabulary of the 256 bytes and an end of text: a small model is fast. */
function writeCorpus(folder: string): void {
  const isPrinted = (byte: number) => (byte > 32 && byte < 127) || (byte > 160 && byte < 256 && byte !== 173);
  let next = 256;
  const alphabet = Array.from({ length: 256 }, (_, byte) =>
    String.fromCodePoint(isPrinted(byte) ? byte : next++),
  );
  const end = { id: 256, content: '<|endoftext|>', special: true, normalized: false };
  const tokenizer = {
    added_tokens: [{ ...end, single_word: false, lstrip: false, rstrip: false }],
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: null,
    decoder: { type: 'ByteLevel' },
    model: { type: 'BPE', vocab: Object.fromEntries(alphabet.map((token, id) => [token, id])), merges: [] },
  };
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
  const documents = Array.from({ length: 200 }, (_, i) => {
    const lines = Array.from({ length: 1 + ((i * i) % 17) }, (_, line) => `${i + line} grey stones `);
    return `${JSON.stringify({ text: lines.join('').slice(i % 11) })}\n`;
  });
  writeFileSync(join(folder, 'docs.jsonl'), documents.join(''));
}

async function build(folder: string, name: string, lines: readonly string[]): Promise<string> {
  const recipe = join(folder, `${name}.yaml`);
  const head = ['tokenizer: { file: tokenizer.json }', 'sources: { notes: { path: docs.jsonl } }'];
  writeFileSync(recipe, [...head, ...lines].join('\n'));
  const out = join(folder, name);
  await longmixOk(['build', recipe, '--out', out, '--quiet']);
  return out;
}

/** Torch's rendezvous wants a number. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function findPython(): string | null {
  for (const candidate of [join(root, '.venv-torch/bin/python'), 'python3']) {
    if (candidate.includes('/') && !existsSync(candidate)) continue;
    try {
      execFileSync(candidate, ['-c', 'import torch, pyarrow'], { stdio: 'ignore' });
      return candidate;
    } catch {
      // Not there, or without the packages.
    }
  }
  return null;
}
