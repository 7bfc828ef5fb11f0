/**
 * Checks that `--memory` bounds the memory. Tokenizes text whose words never repeat, so that every cache fills, as many
 * records and as one document, and text without spaces; prints the largest RSS of each process. Exits with 1 if a
 * process exceeds its bound.
 *
 *   node bench/memory.mjs [--mb 1000]     size of each corpus, which is in a temporary folder during the run
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const cli = fileURLToPath(new URL('../dist/bin/longmix.js', import.meta.url));
const preload = new URL('./report-usage.mjs', import.meta.url);
const { values } = parseArgs({ options: { mb: { type: 'string', default: '1000' } } });
const bytes = Number(values.mb) * 1e6;
const work = mkdtempSync(join(tmpdir(), 'longmix-memory-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

const corpora = [
  ['records of new words', 'words.jsonl', (text) => `${JSON.stringify({ text })}\n`, latinWord],
  ['one document of new words', 'words.txt', (text) => text, latinWord],
  ['one document without spaces', 'chinese.txt', (text) => text, chineseWord],
];
const bounds = [
  ['512MB', 1],
  ['1GB', 2],
];

console.log('| corpus | --memory | workers | largest RSS, MB | wall, s | MB/s |\n|---|---|---|---|---|---|');
let state = 0;
for (const [title, name, record, word] of corpora) {
  state = 17;
  const path = join(work, name);
  write(path, record, word);
  for (const [bound, workers] of bounds) {
    const { maxRss, seconds } = run(path, bound, workers);
    const limit = Number.parseInt(bound, 10) * (bound.endsWith('GB') ? 1e9 : 1e6);
    if (maxRss > limit) process.exitCode = 1;
    const rate = (bytes / 1e6 / seconds).toFixed(1);
    console.log(
      `| ${title} | ${bound} | ${workers} | ${(maxRss / 1e6).toFixed(0)} | ${seconds.toFixed(1)} | ${rate} |`,
    );
  }
  rmSync(path);
}

function write(path, record, word) {
  const file = openSync(path, 'w');
  for (let done = 0; done < bytes; ) {
    let text = '';
    while (text.length < 4000) text += word();
    done += writeSync(file, record(text));
  }
  closeSync(file);
}

/** Numerical Recipes' linear congruential generator: the same text every time. */
function random(below) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

function latinWord() {
  let word = '';
  for (let letters = 6 + random(8); letters > 0; letters -= 1) word += String.fromCharCode(0x61 + random(26));
  return `${word} `;
}

function chineseWord() {
  let word = '';
  for (let letters = 5 + random(20); letters > 0; letters -= 1)
    word += String.fromCharCode(0x4e00 + random(8000));
  return `${word}\u3002`;
}

function run(path, memory, workers) {
  const out = join(work, 'store');
  rmSync(out, { recursive: true, force: true });
  const usage = join(work, 'usage.json');
  writeFileSync(usage, '');
  const args = ['tokenize', path, '--out', out, '--quiet', '--memory', memory, '--workers', String(workers)];
  const env = { ...process.env, LONGMIX_USAGE: usage, NODE_OPTIONS: `--import ${preload}` };
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [cli, ...args], { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`longmix ${args.join(' ')} exited with ${status}: ${stderr}`);
  return {
    maxRss: JSON.parse(readFileSync(usage, 'utf8')).maxRss,
    seconds: (performance.now() - started) / 1000,
  };
}
