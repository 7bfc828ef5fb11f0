/**
 * Measures whole-process time and peak memory of each stage of a build, beside datatrove's tokenizer on the same files.
 *
 *   node bench/build.mjs CORPUS [--runs 3]     CORPUS: a folder of .jsonl or .jsonl.gz with a `text` field
 *
 * The peer runs if PEER_PYTHON names a Python that has datatrove (bench/python/peer_datatrove.py). Figures are medians
 * of the runs; every stage starts without earlier output, with the files in the page cache.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureCommand, plainCorpus } from './lib/commands.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const cli = join(here, '../dist/bin/longmix.js');
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '3' } },
});
if (positionals.length !== 1) {
  console.error('usage: node bench/build.mjs CORPUS [--runs 3]    (make bench CORPUS=folder)');
  process.exit(2);
}
const runs = Number(values.runs);
const work = mkdtempSync(join(tmpdir(), 'longmix-bench-'));
const usage = join(work, 'usage.json');
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

const files = plainCorpus(positionals[0], join(work, 'corpus'));
const inputBytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
const recipe = join(work, 'recipe.yaml');
const sources = files.map((file) => `  ${basename(file, '.jsonl')}: ${file}`).join('\n');
writeFileSync(
  recipe,
  `sources:\n${sources}\nsplit: { validation: 1% }
mix: { tokens: all, length: { threshold: 8192, scope: global, long_share: 70%, method: drop } }
sequences: { length: 8192 }\nseed: 17\n`,
);

const rows = [];
for (const workers of [1, 2]) {
  const out = join(work, `out-${workers}`);
  const stage =
    (command, ...more) =>
    () =>
      measureCommand(cli, [command, recipe, ...more, '--quiet', '--workers', String(workers)], usage);
  const fresh = () => rmSync(out, { recursive: true, force: true });
  const keepStore = () => {
    for (const name of ['train', 'validation']) rmSync(join(out, name), { recursive: true, force: true });
  };
  rows.push([`longmix build, all of it (${workers} w)`, repeat(fresh, stage('build', '--out', out))]);
  rows.push([
    `longmix tokenize (${workers} w)`,
    repeat(fresh, stage('tokenize', '--out', join(out, 'store'))),
  ]);
  rows.push([`longmix plan (${workers} w)`, repeat(() => {}, stage('plan', '--out', out))]);
  rows.push([`plan + pack + write shards (${workers} w)`, repeat(keepStore, stage('build', '--out', out))]);
}
const python = process.env.PEER_PYTHON;
if (python !== undefined) rows.push(...peer(python));

console.log(
  `${cpus()[0].model}, ${cpus().length} cores, Node ${process.version}; ${(inputBytes / 1e6).toFixed(1)} MB of JSON Lines`,
);
console.log(`\n| process | wall, s | MB/s of input | CPU, s | peak RSS, MB |\n|---|---|---|---|---|`);
for (const [name, { wallSeconds, cpuSeconds, maxRss }] of rows) {
  const cells = [
    wallSeconds.toFixed(2),
    (inputBytes / 1e6 / wallSeconds).toFixed(1),
    cpuSeconds?.toFixed(2) ?? '-',
  ];
  console.log(
    `| ${name} | ${cells.join(' | ')} | ${maxRss === undefined ? '-' : (maxRss / 1e6).toFixed(0)} |`,
  );
}

/** The run of median wall time. */
function repeat(before, run) {
  const results = [];
  for (let i = 0; i < runs; i += 1) {
    before();
    results.push(run());
  }
  return results.sort((a, b) => a.wallSeconds - b.wallSeconds)[Math.floor(runs / 2)];
}

/** datatrove reads, tokenizes and writes the same files: what `longmix tokenize` does. */
function peer(pythonPath) {
  const encoding = join(here, '../node_modules/@dqbd/tiktoken/encoders/cl100k_base.json');
  return [1, 2].map((workers) => {
    const run = () => {
      const args = [
        join(here, 'python/peer_datatrove.py'),
        encoding,
        join(work, 'corpus'),
        join(work, 'peer'),
      ];
      const { status, stdout, stderr } = spawnSync(
        pythonPath,
        [...args, `--workers=${workers}`, `--tasks=${files.length}`, '--glob=*.jsonl'],
        { encoding: 'utf8' },
      );
      if (status !== 0) throw new Error(`peer_datatrove.py exited with ${status}: ${stderr}`);
      const { wall_s: wallSeconds, rss_mb: rss } = JSON.parse(stdout.trim().split('\n').at(-1));
      return { wallSeconds, maxRss: rss * 1e6 };
    };
    return [`datatrove: read, tokenize, write (${workers} w)`, run()];
  });
}
