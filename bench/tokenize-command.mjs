/**
 * Measures `longmix tokenize` as whole processes, and where their time goes.
 *
 *   node bench/tokenize-command.mjs CORPUS [--runs 5] [--times 10]
 *
 * CORPUS: a folder of .jsonl or .jsonl.gz with a `text` field. First the command runs with one worker and with two,
 * alternating, with files in the page cache and a new --out each time: on the corpus, on `--times` copies of it under
 * other names, and on the corpus compressed by gzip and zstd (if these commands are installed). It shows the best run
 * of each, and its CPU time. Then it measures the CPU time of each part of the work alone, in one thread, on the same
 * files.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readJsonl } from '../dist/read/formats/jsonl.js';
import { fileBlocks } from '../dist/read/input/file-blocks.js';
import { jsonScan } from '../dist/read/json-scan/json-scan.js';
import { createReadCounts } from '../dist/read/read.js';
import { createPartWriter } from '../dist/store/writer.js';
import { createDigest } from '../dist/tokenize/digest/digest.js';
import { openShared } from '../dist/tokenize/engine/kernel-tokenizer.js';
import { loadTables } from '../dist/tokenize/engine/load-tables.js';
import { loadTokenizer } from '../dist/tokenize/load.js';
import { measureCommand, plainCorpus } from './lib/commands.mjs';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '5' }, times: { type: 'string', default: '10' } },
});
if (positionals.length !== 1) {
  console.error('usage: node bench/tokenize-command.mjs CORPUS [--runs 5] [--times 10]');
  process.exit(2);
}
const runs = Number(values.runs);
const work = fs.mkdtempSync(join(tmpdir(), 'longmix-bench-'));
process.on('exit', () => fs.rmSync(work, { recursive: true, force: true }));
const cli = fileURLToPath(new URL('../dist/bin/longmix.js', import.meta.url));
process.env.LONGMIX_CACHE = join(work, 'cache');

const files = plainCorpus(positionals[0], join(work, 'corpus'));
const inputBytes = files.reduce((sum, file) => sum + fs.statSync(file).size, 0);
const load = () => loadavg()[0].toFixed(1);
console.log(
  `${cpus()[0].model}, ${cpus().length} cores, Node ${process.version}, load ${load()}; ` +
    `${(inputBytes / 1e6).toFixed(1)} MB of JSON Lines; best of ${runs} alternating runs\n`,
);

// ---------------------------------------------------------------- whole processes

const corpora = [
  ['corpus', join(work, 'corpus')],
  [
    `corpus x ${values.times}`,
    copies('times', (file, folder) => repeatFile(file, folder, Number(values.times))),
  ],
  ['.jsonl.gz', copies('gzip', compress('gzip', ['-kc'], '.gz'))],
  ['.jsonl.zst', copies('zstd', compress('zstd', ['-qc'], '.zst'))],
].filter(([, folder]) => folder !== null);

console.log('| input | workers | wall, s | MB/s of plain input | CPU, s | peak RSS, MB | two over one |');
console.log('|---|---|---|---|---|---|---|');
for (const [name, folder] of corpora) {
  const bytes = inputBytes * (name.includes('x') ? Number(values.times) : 1);
  const best = { 1: null, 2: null };
  for (let i = 0; i < runs; i += 1) {
    for (const workers of [1, 2]) {
      const run = measure(folder, workers);
      if (best[workers] === null || run.wallSeconds < best[workers].wallSeconds) best[workers] = run;
    }
  }
  for (const workers of [1, 2]) {
    const { wallSeconds: wall, cpuSeconds, maxRss } = best[workers];
    const ratio = workers === 2 ? `${(best[1].wallSeconds / wall).toFixed(2)} x` : '';
    const cells = [wall.toFixed(2), (bytes / 1e6 / wall).toFixed(1), cpuSeconds.toFixed(2)];
    console.log(`| ${name} | ${workers} | ${cells.join(' | ')} | ${(maxRss / 1e6).toFixed(0)} | ${ratio} |`);
  }
}
console.log(`\nload ${load()} at the end`);

// ---------------------------------------------------------------- parts

const unit = (path) => {
  const [name, bytes] = [basename(path), fs.statSync(path).size];
  return {
    source: { name: 'a', fields: { text: 'text', id: 'id', source: null }, encoding: null },
    ...{ name, joined: false, start: 0, end: bytes },
    files: [{ path, name, bytes, stamp: '', format: 'jsonl', compression: 'none' }],
  };
};
const blocks = files.map(unit).flatMap(({ files: [file], end }) => [...fileBlocks(file, 0, end, false)]);
const chunks = [];
const read = async (plain, take) => {
  for (const file of files) {
    const options = { counts: createReadCounts(), chunkBytes: 2 ** 20, hash: null, recordBytes: Infinity };
    for await (const chunk of readJsonl(unit(file), options, plain)) take(chunk);
  }
};
await read(false, (chunk) => chunks.push({ ...chunk, text: Uint8Array.from(chunk.text) }));
const textBytes = chunks.reduce((sum, { text }) => sum + text.length, 0);
const { shared } = await loadTables({ encoding: 'cl100k_base' });
const digest = createDigest();
const encoded = [];
const lines = await wholeLines();
const scan = jsonScan({ text: 'text', id: 'id', source: null });
const sink = { write() {} };
const rows = [];

empty(join(work, 'empty'));
const idle = await best(3, () => {
  measure(join(work, 'empty'), 1);
});
rows.push(['the command on one short record, tables kept (a process of its own; wall)', idle.wall]);
const bare = await best(3, () => {
  spawnSync(process.execPath, ['-e', '0']);
});
rows.push(['  of that, Node alone (wall)', bare.wall]);
rows.push(['tables: made', (await best(2, () => loadTokenizer({ encoding: 'cl100k_base' }))).cpu]);
rows.push([
  'tables: read from an earlier process',
  (await best(3, () => loadTables({ encoding: 'cl100k_base' }))).cpu,
]);
rows.push(['tables: opened in a thread', (await best(3, () => openShared(shared))).cpu]);
rows.push(['read: files to blocks', (await best(3, () => readAll())).cpu]);
rows.push(['sha256 of the input', (await best(3, () => sha256(blocks))).cpu]);
rows.push(['JSON: fields out of the bytes, UTF-8 checked', (await best(3, () => scanAll())).cpu]);
rows.push(['  read, JSON and chunks, all of it', (await best(3, () => read(false, () => {}))).cpu]);
rows.push(['  the same with JSON.parse', (await best(3, () => read(true, () => {}))).cpu]);
rows.push(['xxHash64 and characters', (await best(3, () => digestAll())).cpu]);
rows.push(['encode, first pass', (await best(2, async () => encodeAll(await openShared(shared)))).cpu]);
const warm = await openShared(shared);
encodeAll(warm);
rows.push(['  encode, warm', (await best(2, () => encodeAll(warm))).cpu]);
collect(warm);
rows.push([
  'sha256 of the tokens',
  (await best(3, () => sha256(encoded.map(({ tokens }) => bytesOf(tokens))))).cpu,
]);
rows.push(['index: columns and Arrow', (await best(3, () => writeIndex())).cpu]);
rows.push(['write: tokens to files, without waiting (CPU)', (await best(3, () => writeTokens(false))).cpu]);
const synced = await best(3, () => writeTokens(true));
const unsynced = await best(3, () => writeTokens(false));
rows.push(['fsync of one file of all tokens (wall, not CPU)', synced.wall - unsynced.wall]);

console.log(`\n| part, one thread | CPU, ms | ms a MB of input |\n|---|---|---|`);
for (const [name, ms] of rows) {
  console.log(`| ${name} | ${ms.toFixed(0)} | ${(ms / (inputBytes / 1e6)).toFixed(2)} |`);
}
console.log(`\n${(textBytes / 1e6).toFixed(1)} MB of text`);

function readAll() {
  for (const file of files) for (const _ of fileBlocks(unit(file).files[0], 0, fs.statSync(file).size, true));
}

function sha256(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** Runs of lines, as the splitter makes them. */
async function wholeLines() {
  const { LineSplitter } = await import('../dist/read/formats/line-splitter.js');
  const splitter = new LineSplitter(2 ** 29);
  return blocks.flatMap((block) => [...splitter.push(block)]);
}

function scanAll() {
  let documents = 0;
  for (const run of lines) scan.scan(run, { document: () => (documents += 1), odd: () => {} });
  return documents;
}

function digestAll() {
  for (const { text, ends, open } of chunks) digest.add(text, ends, open);
}

function encodeAll(tokenizer) {
  for (const { text, ends } of chunks) tokenizer.encode(text, ends);
}

function collect(tokenizer) {
  for (const { text, ends, ids, records } of chunks) {
    const { tokens, lengths } = tokenizer.encode(text, ends);
    const keys = new Uint32Array(2 * ends.length);
    const characters = new Uint32Array(ends.length);
    const documents = { lengths: Uint32Array.from(lengths), keys, characters, ids, records, sources: null };
    encoded.push({ ...documents, tokens: Uint32Array.from(tokens), textBytes: text.length });
  }
}

function bytesOf(tokens) {
  return new Uint8Array(tokens.buffer, tokens.byteOffset, tokens.byteLength);
}

function writeIndex() {
  const writer = createPartWriter(sink, sink, 'uint32');
  for (const documents of encoded) writer.add(documents, 'a', 'file');
  writer.finish();
}

function writeTokens(synced) {
  const file = fs.openSync(join(work, 'tokens'), 'w');
  for (const { tokens } of encoded) fs.writeSync(file, bytesOf(tokens));
  if (synced) fs.fsyncSync(file);
  fs.closeSync(file);
}

/** The best of some runs, in ms. */
async function best(count, act) {
  const found = { cpu: Infinity, wall: Infinity };
  for (let i = 0; i < count; i += 1) {
    const started = performance.now();
    const before = process.cpuUsage();
    await act();
    const { user, system } = process.cpuUsage(before);
    found.cpu = Math.min(found.cpu, (user + system) / 1000);
    found.wall = Math.min(found.wall, performance.now() - started);
  }
  return found;
}

// ---------------------------------------------------------------- corpora and processes

/** null: the command is not there. */
function copies(name, copy) {
  const folder = join(work, name);
  fs.mkdirSync(folder);
  try {
    for (const file of files) copy(file, folder);
    return folder;
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return null;
  }
}

function repeatFile(file, folder, times) {
  for (let i = 0; i < times; i += 1) fs.copyFileSync(file, join(folder, `${i}-${basename(file)}`));
}

function compress(command, args, suffix) {
  return (file, folder) => {
    const bytes = execFileSync(command, [...args, file], { maxBuffer: 2 ** 30 });
    fs.writeFileSync(join(folder, basename(file) + suffix), bytes);
  };
}

function empty(folder) {
  fs.mkdirSync(folder);
  fs.writeFileSync(join(folder, 'a.jsonl'), '{"text":"a few words"}\n');
}

function measure(folder, workers) {
  const out = join(work, 'out');
  fs.rmSync(out, { recursive: true, force: true });
  const args = ['tokenize', folder, '--out', out, '--quiet', '--workers', String(workers)];
  return measureCommand(cli, args, join(work, 'usage.json'));
}
