/**
 * Two builds of longmix beside each other: whole commands, alternating, by processor time.
 *
 *   node bench/two-builds.mjs BEFORE CORPUS [--runs 9] [--times 6]
 *
 * BEFORE: a checkout of an earlier commit, built (`git worktree add`, `npm run build`); this checkout is the other one.
 * CORPUS: a folder of .jsonl or .jsonl.gz with a `text` field; `--times`: how often its files are repeated for the rows
 * with a larger corpus. The first run of each row is not counted. A figure is the processor time of the command and all its
 * threads: the best run of each build, and the ratio of the bests and of the medians (below 1: this one is quicker).
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '9' }, times: { type: 'string', default: '6' } },
});
const [before, corpus] = positionals;
if (before === undefined || corpus === undefined) {
  console.error('usage: node bench/two-builds.mjs BEFORE CORPUS [--runs 9] [--times 6]');
  process.exit(2);
}
const runs = Number(values.runs);
const builds = [resolve(before), fileURLToPath(new URL('..', import.meta.url))];
const work = mkdtempSync(join(tmpdir(), 'longmix-bench-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));
const usage = join(work, 'usage.json');
const preload = new URL('./report-usage.mjs', import.meta.url);

const small = recipeOf(1);
const large = recipeOf(Number(values.times));
const all = (out) => rmSync(out, { recursive: true, force: true });
const shards = (out) => {
  for (const set of ['train', 'validation']) all(join(out, set));
};
const build = (recipe, workers) => (out) => ['build', recipe, '--out', out, '--quiet', '--workers', workers];
const tokenize = (recipe, workers) => (out) => [
  ...['tokenize', recipe, '--out', join(out, 'store')],
  ...['--quiet', '--workers', workers],
];
const rows = [];
for (const workers of ['1', '2']) {
  const by = `${workers} worker${workers === '1' ? '' : 's'}`;
  rows.push([`build, ${by}`, build(small, workers), all]);
  rows.push([`plan + pack + write shards, ${by}`, build(small, workers), shards]);
  rows.push([`tokenize, ${by}`, tokenize(small, workers), all]);
  rows.push([`build, corpus x ${values.times}, ${by}`, build(large, workers), all]);
  rows.push([`tokenize, corpus x ${values.times}, ${by}`, tokenize(large, workers), all]);
}
rows.push(['plan', (out) => ['plan', small, '--out', out], () => {}]);

console.log(
  `${cpus()[0].model}, ${cpus().length} cores, Node ${process.version}, load ${loadavg()[0].toFixed(1)}; CPU seconds`,
);
console.log('\n| command | before | this | of the bests | of the medians |\n|---|---|---|---|---|');
for (const [name, command, ready] of rows) {
  const seconds = builds.map(() => []);
  for (let run = 0; run <= runs; run += 1) {
    for (const b of run % 2 === 0 ? [0, 1] : [1, 0]) {
      const out = join(work, `out-${b}`);
      ready(out);
      const taken = measure(builds[b], command(out));
      if (run > 0) seconds[b].push(taken);
    }
  }
  const [best, median] = [0, runs >> 1].map((at) => seconds.map((all) => all.sort((x, y) => x - y)[at]));
  const ratio = ([a, b]) => (b / a).toFixed(3);
  console.log(
    `| ${name} | ${best[0].toFixed(2)} | ${best[1].toFixed(2)} | ${ratio(best)} | ${ratio(median)} |`,
  );
}

function recipeOf(times) {
  const folder = join(work, `corpus-${times}`);
  mkdirSync(folder);
  const names = readdirSync(corpus).filter((name) => /\.jsonl(\.gz)?$/.test(name));
  const sources = names.sort().map((name) => {
    const bytes = readFileSync(join(corpus, name));
    const plain = name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
    const source = name.replace(/\.jsonl(\.gz)?$/, '');
    const path = join(folder, `${source}.jsonl`);
    for (let i = 0; i < times; i += 1) writeFileSync(path, plain, { flag: 'a' });
    return `  ${source}: ${path}\n`;
  });
  const recipe = join(work, `recipe-${times}.yaml`);
  writeFileSync(
    recipe,
    `sources:\n${sources.join('')}split: { validation: 1% }
mix: { tokens: all, length: { threshold: 8192, scope: global, long_share: 70%, method: drop } }
sequences: { length: 8192 }\nseed: 17\n`,
  );
  return recipe;
}

function measure(root, args) {
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'dist/bin/longmix.js'), ...args], {
    env: {
      ...process.env,
      LONGMIX_USAGE: usage,
      LONGMIX_CACHE: join(work, 'cache'),
      NODE_OPTIONS: `--import ${preload}`,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (status !== 0) throw new Error(`${args.join(' ')} exited with ${status}: ${stderr}`);
  return JSON.parse(readFileSync(usage, 'utf8')).cpuSeconds;
}
