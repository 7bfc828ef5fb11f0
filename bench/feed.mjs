/**
 * Measures reading rows from shards in the page cache to arrays: in the process, over a pipe, over HTTP, and with other
 * libraries over the same shards.
 *
 *   PYTHON=... node bench/feed.mjs SHARDS [--runs 5] [--rows 64]     SHARDS: a shard set of some 1,000 rows or more
 *
 * PYTHON (default .venv-torch/bin/python): a Python with pyarrow, and, for the peers, datasets and torch. The methods
 * take turns in every run; a figure is the best of its runs, because other work on the machine can only make it worse.
 * `CPU` is the processor time of all processes of a method per GB of ids.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openFeed } from '../dist/index.js';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const cli = at('../dist/bin/longmix.js');
const script = at('python/feed.py');
const python = process.env.PYTHON ?? at('../.venv-torch/bin/python');
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '5' }, rows: { type: 'string', default: '64' } },
});
const [shards] = positionals;
if (positionals.length !== 1) {
  console.error('usage: node bench/feed.mjs SHARDS [--runs 5] [--rows 64]');
  process.exit(2);
}
const runs = Number(values.runs);
const rowsPerStep = Number(values.rows);
const feed = openFeed(shards, { rowsPerStep });
const { rows, width } = feed.manifest.sets[0];
const epochBytes = rows * width * (feed.manifest.dtype === 'uint16' ? 2 : 4);
/** Long enough for a second or so. */
const epochs = Math.max(1, Math.round(1e9 / epochBytes));
const steps = epochs * feed.epochSteps;

const ways = {
  'feed.batch, epoch 0 (in order)': () => inProcess(0, false),
  'feed.batch, epoch 0, memory reused': () => inProcess(0, true),
  'feed.batch, epoch 1 (shuffled)': () => inProcess(1, false),
  'feed.batch, epoch 1, memory reused': () => inProcess(1, true),
  'longmix pipe to pyarrow': piped,
  'longmix serve to pyarrow': served,
  'datasets, with_format("numpy")': () => peer('datasets'),
  'datasets, shuffled': () => peer('shuffled'),
  'torch DataLoader over datasets': () => peer('loader'),
};

const best = new Map();
for (let run = 0; run < runs; run += 1) {
  for (const [name, way] of Object.entries(ways)) {
    const found = await way();
    if (found === null) continue;
    const before = best.get(name) ?? { rate: 0, cpu: Number.POSITIVE_INFINITY };
    best.set(name, { rate: Math.max(before.rate, found.rate), cpu: Math.min(before.cpu, found.cpu) });
  }
}
console.log(`${rows} rows of ${width} ${feed.manifest.dtype}, ${rowsPerStep} rows a step, best of ${runs}\n`);
console.log('| way | MB/s | CPU, s a GB |\n|---|---|---|');
for (const [name, { rate, cpu }] of best) console.log(`| ${name} | ${rate.toFixed(0)} | ${cpu.toFixed(2)} |`);

function inProcess(epoch, reuse) {
  let memory;
  let bytes = 0;
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  for (let round = 0; round < epochs; round += 1) {
    for (let step = 0; step < feed.epochSteps; step += 1) {
      const { inputIds } = feed.batch({ epoch, step }, 0, 1, memory);
      bytes += inputIds.byteLength;
      if (reuse) memory = inputIds.buffer;
    }
  }
  return rated(bytes, (performance.now() - start) / 1000, seconds(process.cpuUsage(cpu)));
}

async function piped() {
  const flags = ['--rows-per-step', String(rowsPerStep), '--steps', String(steps)];
  // A shell's pipe: one that Node makes between its children is a socket.
  const line = `exec 3>&1; TIMEFORMAT='%U %S'; time "$0" "$@" | "$PYTHON" "$SCRIPT" pipe >&3`;
  const child = spawn('bash', ['-c', line, process.execPath, cli, 'pipe', shards, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PYTHON: python, SCRIPT: script },
  });
  const [out, times] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const { bytes, seconds: time } = JSON.parse(out);
  // Both processes, starting included.
  const cpu = times
    .trim()
    .split(' ')
    .reduce((sum, part) => sum + Number(part), 0);
  return rated(bytes, time, cpu);
}

async function served() {
  const server = spawn(
    process.execPath,
    [cli, 'serve', shards, '--port', '0', '--rows-per-step', String(rowsPerStep)],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let said = '';
  for await (const chunk of server.stderr) {
    said += chunk;
    if (said.includes('\n')) break;
  }
  const [, address] = /served at (\S+)/.exec(said);
  const { bytes, seconds: time, cpu } = await read('serve', `${address}/v1/stream?steps=${steps}`);
  const own = cpuSeconds(server.pid);
  server.kill('SIGTERM');
  await once(server, 'exit');
  return rated(bytes, time, cpu + own);
}

/** Of a process, so far; Linux only. */
function cpuSeconds(pid) {
  if (process.platform !== 'linux') return Number.NaN;
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  // Ticks of 10 ms, user and system.
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function peer(kind) {
  const found = await read(kind, shards, String(rowsPerStep)).catch(() => null);
  if (found === null) return null;
  return rated(found.bytes, found.seconds, found.cpu);
}

async function read(...args) {
  const child = spawn(python, [script, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  const out = await text(child.stdout);
  return JSON.parse(out);
}

async function text(stream) {
  let all = '';
  for await (const chunk of stream) all += chunk;
  return all;
}

function rated(bytes, time, cpu) {
  return { rate: bytes / time / 1e6, cpu: cpu / (bytes / 1e9) };
}

function seconds({ user, system }) {
  return (user + system) / 1e6;
}
