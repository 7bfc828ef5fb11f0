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
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureCommand, plainCorpus } from './lib/commands.mjs';

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
process.env.LONGMIX_CACHE = join(work, 'cache');

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
      const taken = measureCommand(join(builds[b], 'dist/bin/longmix.js'), command(out), usage).cpuSeconds;
      if (run > 0) seconds[b].push(taken);
    }
  }
  const [best, median] = [0, runs >> 1].map((at) => seconds.map((all) => all.sort((x, y) => x - y)[at]));
  const ratio = ([a, b]) => (b / a).toFixed(3);
  console.log(
    `| ${name} | ${best[0].toFixed(2)} | ${best[1].toFixed(2)} | ${ratio(best)} | ${ratio(median)} |`,
  );
}

/** The corpus's files, each repeated so often, in a recipe. */
function recipeOf(times) {
  const sources = plainCorpus(corpus, join(work, `corpus-${times}`)).map((path) => {
    const plain = readFileSync(path);
    for (let i = 1; i < times; i += 1) writeFileSync(path, plain, { flag: 'a' });
    return `  ${basename(path, '.jsonl')}: ${path}\n`;
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
