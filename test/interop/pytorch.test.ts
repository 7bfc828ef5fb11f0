/**
 * The PyTorch sample (samples/trainers/pytorch/train.py) gives the same losses whichever way it gets the rows.
 * The test is skipped, with a message, if there is no Python with torch and pyarrow; LONGMIX_REQUIRE_TORCH=1 makes that
 * a failure. `scripts/torch-env.sh` installs both.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openShards } from '../../src/shard/reader.ts';
import { chatMessages, jsonLines, writeChatTokenizer } from '../support/chat-corpus.ts';
import { longmix, longmixOk, type Started, spawnLongmix, start, until } from '../support/command.ts';
import { build, writeCorpus } from './pytorch-corpus.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const script = join(root, 'samples/trainers/pytorch/train.py');
const python = findPython();

if (python === null) {
  const why = 'no python3 that can import torch and pyarrow (scripts/torch-env.sh makes one)';
  if (process.env.LONGMIX_REQUIRE_TORCH === '1') throw new Error(`test/interop/pytorch.test.ts: ${why}`);
  console.warn(`test/interop/pytorch.test.ts is SKIPPED: ${why}`);
}

// All that is started here inherits these. Sums have one order on one thread.
process.env.OMP_NUM_THREADS = '1';
process.env.GLOO_SOCKET_IFNAME = loopback();

const model = '--layers 2 --width 32 --heads 2 --warmup 2 --lr 0.01'.split(' ');
/** Torch takes its ports long after they were found free, so they may be in use by then: retry with other ports. */
const severalProcesses = { timeout: 60_000, retry: 2 };
const nineSteps = [...model, '--steps', '9'];
const fourRows = ['--rows-per-step', '4'];
/** That of `writeCorpus`. */
const vocabulary = ['--vocabulary', '257'];
/** Of the ways to get rows the first by day, all at night: a process with torch takes seconds to start. */
const byDay = <Way>(ways: readonly Way[]) =>
  process.env.LONGMIX_FUZZ === undefined ? ways.slice(0, 1) : ways;
const token = { LONGMIX_TOKEN: 'only-for-this-test' };

describe.skipIf(python === null)('the PyTorch sample', { timeout: 60_000 }, () => {
  let folder = '';
  let plain = '';
  let curriculum = '';
  let server: Started;
  let url = '';
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
    writeChatTokenizer(join(folder, 'model'));
    const chats = Array.from({ length: 60 }, (_, i) => ({ messages: chatMessages(i) }));
    writeFileSync(join(folder, 'chats.jsonl'), jsonLines(chats));
    const ofChats = [
      'tokenizer: model/',
      'sources: { chat: { path: chats.jsonl, messages: messages, template: chatml } }',
    ];
    await build(folder, 'chat', ['sequences: { length: 512 }', 'shards: { size: 2KB }'], ofChats);
    writeFileSync(join(folder, 'token'), token.LONGMIX_TOKEN);
    server = start(['serve', plain, '--port', '0', '--token-file', join(folder, 'token')]);
    url = await addressOf(server);
    expected = losses(await train([plain, ...nineSteps, ...fourRows]));
  }, 60_000);
  afterAll(async () => {
    server.child.kill();
    await server.finished;
    rmSync(folder, { recursive: true, force: true });
  });

  it('learns', () => {
    expect(expected).toHaveLength(9);
    expect(expected[0]).toBeCloseTo(Math.log(257), 0);
    expect(expected[8]).toBeLessThan(expected[0]! - 1);
  });

  it.each([
    { name: 'plain', widths: [64] },
    { name: 'curriculum', widths: [33, 129] },
    { name: 'chat', widths: [512] },
  ])('has the loss of every document alone: $name', async ({ name, widths }) => {
    const check = fileURLToPath(new URL('check_train.py', import.meta.url));
    const { stdout } = await finished(runPython([check, script, join(folder, name)]));
    const seen = JSON.parse(stdout) as Record<'batches' | 'documents' | 'padding' | 'learned', number>;
    const manifest = JSON.parse(readFileSync(join(folder, name, 'dataset_dict.json'), 'utf8')) as {
      splits: string[];
    };
    const ledgers = manifest.splits.map((set) => openShards(join(folder, name, set)).ledger);
    if (name === 'chat') {
      expect(seen.learned).toBeLessThan(ledgers[0]!.packedInstances / 2);
      expect(seen.learned).toBeGreaterThan(0);
    }
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

  it('is told by docs/trainers.md what follows from seq_lengths', async () => {
    const derive = documented('def derive(');
    const loop = documented('while sys.stdin');
    const print = 'print(json.dumps({name: value.int().tolist() for name, value in tensors.items()}))';
    const program = `import json\n${derive}\n${loop}            print(json.dumps(row), flush=True)\n            ${print}\n`;
    const seen = await lines(runPython(['-c', program]), [plain, ...fourRows, '--steps', '9']);
    expect(seen).toHaveLength(2 * 4 * 9);
    for (let i = 0; i < seen.length; i += 2) {
      const { input_ids: ids, seq_lengths: lengths, padding } = seen[i] as SeenRow;
      const derived = seen[i + 1] as Derived;
      const starts = lengths.map((_, d) => lengths.slice(0, d).reduce((a, b) => a + b, 0));
      const tokens = lengths.flatMap((length, d) =>
        Array.from({ length }, (_, at) => ({ d, at, token: starts[d]! + at })),
      );
      expect(derived.position_ids).toEqual(tokens.map(({ at }) => at));
      expect(derived.documents).toEqual(tokens.map(({ d }) => d));
      expect(derived.cu_seqlens).toEqual([...starts, 64]);
      expect(derived.labels).toEqual(
        tokens.map(({ at, token }) => (at === 0 || token >= 64 - padding ? -100 : ids[token])),
      );
      expect(derived.mask).toEqual(
        tokens.map((q) => tokens.map((k) => (q.d === k.d && k.token <= q.token ? 1 : 0))),
      );
    }
  });

  it('is told the same of all rows at once, and by the collates of Hugging Face and torchtitan', async () => {
    const collates = ['TrainingArguments', 'LongmixDataLoader'].map(
      (word) => /^def collate.*?\n(?=\S)/ms.exec(documented(word))![0],
    );
    const program = [
      'import sys, torch, pyarrow as pa',
      documented('def derive('),
      documented('def derive_rows'),
      ...collates.map((code, i) => code.replace('collate', `collate_${i}`)),
      `rows = pa.ipc.open_stream(sys.argv[1]).read_all().combine_chunks().to_batches()[0].slice(1, 7)`,
      'derived = [derive(r["input_ids"], r["seq_lengths"], r["padding"]) for r in rows.to_pylist()]',
      'of = lambda name: torch.stack([one[name] for one in derived])',
      'same = lambda a, b: (torch.as_tensor(a) == b).all() and torch.as_tensor(a).dtype == b.dtype',
      'at_once = derive_rows(*of_arrow(rows))',
      // Documents are counted through the batch here, and in each row there.
      'at_once["documents"] -= at_once["documents"][:, :1]',
      'assert all(same(at_once[name], of(name)) for name in ["position_ids", "documents", "labels"])',
      'lists = [{name: np.array(value) for name, value in row.items()} for row in rows.to_pylist()]',
      'ids = torch.tensor(rows.column("input_ids").to_pylist())',
      'plain = {"input_ids": ids, "position_ids": of("position_ids"), "labels": of("labels")}',
      'hugging = collate_0(lists)',
      'assert hugging.keys() == plain.keys() and all(same(hugging[name], plain[name]) for name in plain)',
      'inputs, labels = collate_1(lists)',
      'assert same(inputs["input"], ids[:, :-1]) and same(inputs["positions"], of("position_ids")[:, :-1])',
      'assert same(labels, of("labels")[:, 1:])',
      'print("equal")',
    ];
    const shard = readdirSync(join(plain, 'train')).find((name) => name.endsWith('.arrow'))!;
    const { stdout } = await finished(runPython(['-c', program.join('\n'), join(plain, 'train', shard)]));
    expect(stdout).toBe('equal\n');
  });

  it('has the same losses over HTTP', async () => {
    expect(losses(await train([url, ...nineSteps, ...fourRows], { env: token }))).toEqual(expected);
    await expect(train([url, ...nineSteps])).rejects.toThrow('HTTP Error 401');
  });

  it.each(
    byDay([
      { source: 'the files', args: () => [plain, ...fourRows] },
      { source: 'one pipe', args: () => ['-', ...vocabulary], input: () => [plain, ...fourRows] },
      { source: 'HTTP', args: () => [url, ...fourRows] },
    ]),
  )('has the losses of one process in two: $source', severalProcesses, async ({ args, input }) => {
    const ranks = await Promise.all(await twoProcesses([...args(), ...nineSteps], input?.()));
    expect(ranks[1]).toEqual([]);
    expect(ranks[0]).toHaveLength(9);
    // Sums in another order: 5 digits.
    for (const [step, loss] of losses(ranks[0]!).entries()) expect(loss).toBeCloseTo(expected[step]!, 4);
  });

  it.each(
    byDay([
      { source: 'the files', args: () => [plain, '--rows-per-step', '3'] },
      { source: 'one pipe', args: () => ['-', ...vocabulary], input: () => [plain, '--rows-per-step', '3'] },
    ]),
  )("refuses rows that two processes can't share: $source", severalProcesses, async ({ args, input }) => {
    const ranks = await Promise.allSettled(await twoProcesses([...args(), ...nineSteps], input?.()));
    // The other one may hear of the first one's end before.
    expect(ranks).toMatchObject([
      { reason: { message: expect.stringContaining("2 ranks can't share a step's 3 rows") } },
      { status: 'rejected' },
    ]);
  });

  it.each(
    byDay([
      { source: 'the files', args: () => [plain, ...fourRows] },
      // No source named: what is piped into torchrun, all of its processes have as their stdin, and the first reads it.
      { source: 'a pipe', args: () => vocabulary, input: () => [plain, ...fourRows] },
    ]),
  )('has the losses of one process under torchrun: $source', severalProcesses, async ({ args, input }) => {
    const all = [...(await torchrun(2)), script, ...args(), ...nineSteps];
    const seen = (await lines(runPython(all), input?.())) as Metrics[];
    expect(seen.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    for (const [step, loss] of losses(seen).entries()) expect(loss).toBeCloseTo(expected[step]!, 4);
  });

  it(
    'is told by `longmix train` all that a pipe does not say, alone and under torchrun',
    severalProcesses,
    async () => {
      for (const processes of [1, 2]) {
        const launcher = processes === 1 ? [] : await torchrun(processes);
        const out = mkdtempSync(join(folder, 'run-'));
        const flags = ['--out', out, '--steps', '9', ...fourRows, '--quiet'];
        const trainer = ['--trainer', 'command', '--', python!, ...launcher, script, ...model];
        await longmixOk(['train', plain, ...flags, ...trainer]);
        const seen = readFileSync(join(out, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
        const found = losses(seen.map((line) => JSON.parse(line) as Metrics));
        expect(found).toHaveLength(9);
        for (const [step, loss] of found.entries()) expect(loss).toBeCloseTo(expected[step]!, 4);
      }
    },
  );

  it(
    'writes a checkpoint on SIGTERM, under torchrun (and alone with LONGMIX_FUZZ), and --resume goes on from it',
    severalProcesses,
    async () => {
      for (const processes of process.env.LONGMIX_FUZZ === undefined ? [2] : [1, 2]) {
        const launcher = processes === 1 ? [] : await torchrun(processes);
        const out = mkdtempSync(join(folder, 'run-'));
        const flags = ['train', plain, '--out', out, ...fourRows, '--trainer', 'command', '--quiet'];
        const command = ['--', python!, ...launcher, script, ...model];
        // More steps than it can do before it is stopped.
        const { child, finished: ended } = start([...flags, '--steps', '100000', ...command]);
        const written = () => existsSync(join(out, 'metrics.jsonl')) && metricsOf(out).length > 2;
        await until('three steps', written);
        child.kill('SIGTERM');
        const { code, stderr } = await ended;
        expect({ code, stderr }).toMatchObject({ code: 143 });
        const done = metricsOf(out).length;
        expect(stderr).toContain(`its checkpoint has ${done.toLocaleString('en-US')} steps done`);
        expect(stderr).toContain('continue with the same command and --resume');
        const more = ['--steps', `${done + 2}`];
        await longmixOk([...flags, ...more, '--resume', '--', python!, script, ...model]);
        expect(metricsOf(out).map(({ step }) => step)).toEqual(Array.from({ length: done + 2 }, (_, i) => i));
        // Another run must not go over it.
        rmSync(join(out, 'metrics.jsonl'));
        const anew = await longmix([...flags, ...more, '--', python!, script, ...model]);
        expect(anew.stderr).toContain(`checkpoint.pt has ${done + 2} steps done: --resume, or move it away`);
      }
    },
  );

  it('says what it lacks from a pipe', async () => {
    await expect(train([...model], { input: [plain, ...fourRows] })).rejects.toThrow(
      "stdin doesn't say how long it is: give --steps, --vocabulary",
    );
  });

  it('goes on where it was stopped, from any of them', async () => {
    const checkpoint = (file: string) => ['--checkpoint', join(folder, file), '--checkpoint-every', '3'];
    const cut = [plain, ...fourRows, '--steps', '5'];
    const stopped = train(['-', ...vocabulary, ...nineSteps, ...checkpoint('cut.pt')], { input: cut });
    await expect(stopped).rejects.toThrow('the rows end before step 5');
    const sources: readonly (readonly [args: readonly string[], input?: readonly string[]])[] = [
      [[plain, ...fourRows]],
      [
        ['-', ...vocabulary],
        [plain, ...fourRows, '--start-step', '2'],
      ],
      [[url, ...fourRows]],
    ];
    for (const [i, [args, input]] of sources.entries()) {
      copyFileSync(join(folder, 'cut.pt'), join(folder, `${i}.pt`));
      const rest = await train([...args, ...nineSteps, ...checkpoint(`${i}.pt`)], {
        env: token,
        ...(input && { input }),
      });
      expect(rest.map(({ step }) => step)).toEqual([3, 4, 5, 6, 7, 8]);
      expect(losses(rest)).toEqual(expected.slice(3));
    }
  });
});

interface SeenRow {
  readonly input_ids: readonly number[];
  readonly seq_lengths: readonly number[];
  readonly padding: number;
}

interface Derived {
  readonly position_ids: readonly number[];
  readonly documents: readonly number[];
  readonly cu_seqlens: readonly number[];
  readonly labels: readonly number[];
  readonly mask: readonly (readonly number[])[];
}

interface Metrics {
  readonly step: number;
  readonly loss: number;
  readonly tokens_per_second: number;
  readonly data_wait: number;
}

/** What `longmix serve` says once it listens. */
async function addressOf({ child, finished: ended }: Started): Promise<string> {
  const said = new Promise<string>((resolve) => {
    let text = '';
    child.stderr!.on('data', (chunk: Buffer) => {
      text += chunk;
      const found = /is served at (http:\S+)/.exec(text);
      if (found !== null) resolve(found[1]!);
    });
  });
  const failed = ended.then(({ stderr }): never => {
    throw new Error(`longmix serve ended: ${stderr}`);
  });
  return Promise.race([said, failed]);
}

interface Setting {
  /** What `longmix pipe` is asked for; its output is the trainer's input. */
  readonly input?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

async function train(args: readonly string[], { input, env }: Setting = {}): Promise<Metrics[]> {
  return metricsIn(await lines(runPython([script, ...args], env), input));
}

/** Without what it says of checkpoints. */
function metricsIn(said: readonly unknown[]): Metrics[] {
  return (said as Metrics[]).filter(({ step }) => step !== undefined);
}

/** The sample as torchrun would start it: what both say. @param input of the first */
async function twoProcesses(
  args: readonly string[],
  input?: readonly string[],
): Promise<Promise<Metrics[]>[]> {
  const port = await freePort();
  return [0, 1].map((rank) =>
    train(args, {
      ...(rank === 0 && input !== undefined ? { input } : {}),
      env: {
        ...{ ...token, RANK: `${rank}`, WORLD_SIZE: '2' },
        ...{ MASTER_ADDR: '127.0.0.1', MASTER_PORT: `${port}` },
      },
    }),
  );
}

/** The JSON that it prints, fed by `longmix pipe` if there are arguments for that. */
async function lines(child: ChildProcess, input?: readonly string[]): Promise<unknown[]> {
  if (input !== undefined) {
    const pipe = spawnLongmix(['pipe', ...input]);
    pipe.stdout.pipe(child.stdin!);
    // A trainer that has its steps closes the pipe.
    child.stdin!.on('error', () => pipe.kill());
  }
  const { stdout } = await finished(child);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

function runPython(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(python!, args, { env: { ...process.env, ...env } });
}

/** @throws Error with what it said, if it did not end well */
async function finished(child: ChildProcess): Promise<{ readonly stdout: string }> {
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout!), text(child.stderr!), ended]);
  if (code !== 0) throw new Error(`${child.spawnargs.join(' ')}: exit ${code}\n${stderr}`);
  return { stdout };
}

function metricsOf(out: string): Metrics[] {
  const lines = readFileSync(join(out, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Metrics);
}

function losses(metrics: readonly Metrics[]): number[] {
  return metrics.map(({ loss }) => loss);
}

/**
 * Python's arguments for so many processes, as `torchrun` has them. `-r` and `-t`, which say of a tenth process that it
 * writes to a file, are there for PyTorch 1.13: with Python 3.11 it fails at its own default, that none does.
 */
async function torchrun(processes: number): Promise<string[]> {
  const place = ['--master_addr', '127.0.0.1', '--master_port', `${await freePort()}`];
  const fixed = ['-r', '9:1', '-t', '9:1'];
  return ['-m', 'torch.distributed.run', documentedFlag(), `${processes}`, ...place, ...fixed];
}

/** The Python in docs/trainers.md that has these words. */
function documented(words: string): string {
  const text = readFileSync(join(root, 'docs/trainers.md'), 'utf8');
  const blocks = Array.from(text.matchAll(/^```python\n(.*?)^```/gms), ([, code]) => code!);
  return blocks.find((code) => code.includes(words))!;
}

/** The flag for the number of processes in docs/trainers.md and the sample: PyTorch 1.13 knows one spelling only. */
function documentedFlag(): string {
  const texts = [join(root, 'docs/trainers.md'), script].map((file) => readFileSync(file, 'utf8'));
  const flags = texts.flatMap((text) =>
    Array.from(text.matchAll(/torchrun (--\S+) 2/g), ([, flag]) => flag!),
  );
  expect(flags.length).toBeGreaterThan(2);
  expect(new Set(flags).size).toBe(1);
  return flags[0]!;
}

/**
 * Torch's rendezvous needs a port number, and takes the port seconds later. So the port is below those that systems
 * assign by themselves (to other tests, meanwhile), and no connection may go out, or have gone out, from it.
 */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(16_000, 32_000);
    const server = createServer();
    const listening = new Promise<boolean>((resolve) => {
      server.once('listening', () => resolve(true)).once('error', () => resolve(false));
    });
    server.listen(port, '127.0.0.1');
    if (!(await listening)) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

/** Gloo takes the interface of the machine's name otherwise. */
function loopback(): string {
  const found = Object.entries(networkInterfaces()).find(([, addresses]) => addresses?.[0]?.internal);
  return found?.[0] ?? 'lo';
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
