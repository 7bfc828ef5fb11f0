/**
 * Writes shards of a token store that is several times as large as the memory it may use: directly, document by
 * document in the rows' random order, and through gathered files. Needs root and cgroup v1's memory controller, whose
 * limit counts the page cache.
 *
 *   node bench/gather.mjs [--mib 384] [--times 1,2,4,8] [--folder DIR]
 *
 * Each pass is a process of its own in a new control group of `--mib`, with one worker; before it, the store's pages are
 * dropped from the page cache (`dd oflag=nocache`), because pages that another group has read would cost it nothing.
 * The first line is without a limit and with the store in the page cache: the rate in memory. Documents are as long as in
 * the corpus of the other benches (some 1,300 tokens, log-normal), ids have 32 bits, rows 8,192 tokens (concat, which
 * fills them). MB/s count the bytes of the store, and the time includes planning and the sync of all files. `read`: what
 * the process got from the disk (`read_bytes` of /proc/self/io) per byte of the store; `of the store`: what it asked
 * the store for, per byte. All files of a size are removed before the next.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gatherSizes, planGather } from '../dist/build/shards/gather-plan.js';
import { gatherJob, planShards, shardJob, withSegments } from '../dist/build/shards/shard-job.js';
import { runJob } from '../dist/execute/executor.js';
import { segmentEnds } from '../dist/execute/gathered-tokens.js';
import { threads } from '../dist/execute/tasks.js';
import { packRows } from '../dist/pack/rows.js';
import { tokensFile } from '../dist/store/format.js';
import { createDocumentTable } from '../dist/store/reader.js';
import { TokenReader } from '../dist/store/token-reader.js';

const { values } = parseArgs({
  options: {
    mib: { type: 'string', default: '384' },
    times: { type: 'string', default: '1,2,4,8' },
    folder: { type: 'string', default: tmpdir() },
    pass: { type: 'string' },
    bytes: { type: 'string' },
  },
});
const limit = Number(values.mib) * 2 ** 20;
const partBytes = 64 * 2 ** 20;
const shardBytes = 64 * 2 ** 20;
if (values.pass === undefined) measure();
else console.log(JSON.stringify(await pass(values.pass, values.folder, Number(values.bytes))));

function measure() {
  const work = mkdtempSync(join(values.folder, 'longmix-gather-'));
  process.on('exit', () => rmSync(work, { recursive: true, force: true }));
  console.log(
    '| store / memory | way | s | MB/s | of in memory | read | of the store | load |\n|---|---|---|---|---|---|---|---|',
  );
  let inMemory = 0;
  const line = (times, way, { seconds, bytes, read, asked }) => {
    const rate = bytes / 1e6 / seconds;
    if (inMemory === 0) inMemory = rate;
    const numbers = [
      seconds.toFixed(1),
      rate.toFixed(0),
      (rate / inMemory).toFixed(2),
      (read / bytes).toFixed(2),
    ];
    console.log(
      `| ${times} | ${way} | ${numbers.join(' | ')} | ${(asked / bytes).toFixed(2)} | ${loadavg()[0].toFixed(1)} |`,
    );
  };
  for (const [i, times] of values.times.split(',').map(Number).entries()) {
    const bytes = times * limit;
    writeStore(work, tableOf(bytes));
    if (i === 0) {
      for (const name of readdirSync(work)) readFileSync(join(work, name));
      line('in memory', 'direct', child(work, 'direct', bytes, false));
      for (const name of readdirSync(work)) readFileSync(join(work, name));
      line('in memory', 'gather', child(work, 'gather', bytes, false));
    }
    const direct = child(work, 'direct', bytes, true);
    line(times, 'direct', direct);
    const gathered = child(work, 'gather', bytes, true);
    line(times, 'gather', gathered);
    if (direct.sha256 !== gathered.sha256) throw new Error('the shards differ');
    for (const name of readdirSync(work)) rmSync(join(work, name));
  }
}

/** Runs a pass in a process of its own. */
function child(work, way, bytes, isLimited) {
  const group = `/sys/fs/cgroup/memory/longmix-bench-${process.pid}`;
  const args = [
    fileURLToPath(import.meta.url),
    '--pass',
    way,
    '--folder',
    work,
    '--bytes',
    String(bytes),
    '--mib',
    values.mib,
  ];
  try {
    if (isLimited) {
      for (const name of readdirSync(work))
        spawnSync('dd', [`of=${join(work, name)}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0'], {
          stdio: 'ignore',
        });
      mkdirSync(group);
      writeFileSync(join(group, 'memory.limit_in_bytes'), String(limit));
    }
    const enter = isLimited ? `echo $$ > ${group}/cgroup.procs && ` : '';
    const { status, stdout, stderr } = spawnSync(
      'bash',
      ['-c', `${enter}exec "$0" "$@"`, process.execPath, ...args],
      { encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`${way} ended with ${status}: ${stderr}`);
    return JSON.parse(stdout);
  } finally {
    if (isLimited) rmdirSync(group);
  }
}

async function pass(way, work, bytes) {
  const table = tableOf(bytes);
  const plan = planOf(table);
  const manifest = {
    fingerprint: 'store',
    dtype: 'uint32',
    parts: partsOf(table),
    tokenizer: { bosId: null, eosId: 100_257 },
  };
  const tokens = table.lengths.reduce((sum, length) => sum + length, 0);
  const store = { folder: work, manifest: { ...manifest, totals: { tokens } }, padId: null };
  let asked = 0;
  const { copy } = TokenReader.prototype;
  TokenReader.prototype.copy = function (...given) {
    asked += 4 * given[2];
    return copy.apply(this, given);
  };
  const out = mkdtempSync(join(work, '..', 'longmix-gather-out-'));
  try {
    const before = diskReads();
    const began = performance.now();
    const shards = plan.sets.map(({ rows }) => planShards(rows, plan.dtype, shardBytes));
    const run = (job) => runJob(threads(1), job, {});
    let written;
    if (way === 'direct')
      written = await run(shardJob(plan, shards, store, { out, provenance: false, gather: null }));
    else {
      const memory = 0.8 * limit;
      const sizes = gatherSizes(plan, store, shardBytes, { memory, workers: 1 });
      const gather = planGather(plan, store, shards, { ...sizes, provenance: false });
      const results = await run(gatherJob(plan, gather, store, out));
      const job = shardJob(plan, shards, store, { out, provenance: false, gather });
      written = await run(withSegments(job, segmentEnds(results.map(({ ends }) => ends))));
    }
    const seconds = (performance.now() - began) / 1000;
    const hash = createHash('sha256');
    for (const { record } of written.flat()) hash.update(record.sha256);
    return { seconds, bytes: 4 * tokens, read: diskReads() - before, asked, sha256: hash.digest('hex') };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function diskReads() {
  return Number(/read_bytes: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))[1]);
}

/** Documents of together about so many bytes of tokens, the same every time. */
function tableOf(bytes) {
  const lengths = [];
  let state = 17;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 1) / 2 ** 32;
  };
  for (let tokens = 0; tokens < bytes / 4; tokens += lengths.at(-1)) {
    const normal = Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
    lengths.push(Math.min(300_000, Math.max(20, Math.round(800 * Math.exp(normal)))));
  }
  const starts = [0];
  let part = 0;
  for (const [d, length] of lengths.entries()) {
    if (part > partBytes) starts.push(d);
    part = (part > partBytes ? 0 : part) + 4 * length;
  }
  const table = createDocumentTable(lengths.length, ['made'], starts.length);
  table.lengths.set(lengths);
  table.partStarts.set([...starts, lengths.length]);
  for (let d = 0; d < lengths.length; d += 1) {
    table.keysLow[d] = Math.imul(d, 0x9e3779b1);
    table.keysHigh[d] = d;
  }
  return table;
}

function planOf(table) {
  const document = Uint32Array.from(table.lengths, (_, d) => d);
  const none = new Uint32Array();
  const instances = {
    count: table.count,
    document,
    parts: { copy: none, take: none },
    mostCopies: 1,
    packLength: null,
  };
  const sequences = {
    length: 8192,
    packing: 'concat',
    overlong: 'fragment',
    tails: 'carry',
    bos: false,
    eos: true,
  };
  const [rows] = packRows(
    instances,
    table,
    { ...sequences, plusOne: false, packLength: null, decompose: null },
    17,
  );
  return { fingerprint: 'plan', table, sets: [{ name: 'train', rows }], dtype: 'int32' };
}

function partsOf({ partStarts }) {
  return Array.from({ length: partStarts.length - 1 }, (_, i) => ({
    name: `part-${String(i).padStart(5, '0')}`,
  }));
}

function writeStore(folder, table) {
  let state = 1;
  for (const [part, { name }] of partsOf(table).entries()) {
    const file = openSync(join(folder, tokensFile(name)), 'w');
    const lengths = table.lengths.subarray(table.partStarts[part], table.partStarts[part + 1]);
    const ids = new Uint32Array(lengths.reduce((sum, length) => sum + length, 0));
    for (let i = 0; i < ids.length; i += 1) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      ids[i] = state % 100_000;
    }
    for (let done = 0; done < ids.byteLength; ) done += writeSync(file, ids, done);
    closeSync(file);
  }
}
