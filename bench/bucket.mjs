/**
 * Whole builds to and from an S3 server on loopback (versitygw) beside the same builds on the disk, in turn. The server has
 * its part of the same cores, so by the clock this is a lower bound: its CPU has a column of its own. The shards of all ways are
 * compared by their manifests, which have the sha256 of every file.
 *
 *   scripts/s3-server.sh && npm run build && node bench/bucket.mjs CORPUS [--runs 3] [--workers 2]
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureCommand, plainCorpus } from './lib/commands.mjs';
import { startServer } from './lib/s3-server.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '3' }, workers: { type: 'string', default: '2' } },
});
const cli = fileURLToPath(new URL('../dist/bin/longmix.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'longmix-bench-bucket-'));
mkdirSync(join(folder, 'data'));
const server = await startServer(join(folder, 'data'), 'bench');
Object.assign(process.env, server.environment);
try {
  plainCorpus(positionals[0], join(folder, 'data/bench/corpus'));
  const corpus = join(folder, 'data/bench/corpus');
  const text = readdirSync(corpus).reduce((sum, name) => sum + statSync(join(corpus, name)).size, 0);
  const ways = {
    'files to files': [corpus, join(folder, 'out')],
    'files to the bucket': [corpus, 's3://bench/out'],
    'the bucket to the bucket': ['s3://bench/corpus', 's3://bench/out'],
    'the bucket to the bucket, gathered': ['s3://bench/corpus', 's3://bench/out', '--gather', 'always'],
  };
  const results = new Map(Object.keys(ways).map((way) => [way, []]));
  const shards = new Set();
  for (let run = 0; run < Number(values.runs); run += 1) {
    for (const [way, [from, out, ...flags]] of Object.entries(ways)) {
      const made = out.startsWith('s3://') ? join(folder, 'data/bench/out') : out;
      rmSync(made, { recursive: true, force: true });
      const before = cpuOf(server.pid);
      const args = ['build', from, '--out', out, '--tokenizer', 'gpt2', '--length', '2K', '--quiet'];
      const used = measureCommand(
        cli,
        [...args, '--workers', values.workers, ...flags],
        join(folder, 'usage'),
      );
      results.get(way).push({ ...used, server: cpuOf(server.pid) - before, load: loadavg()[0] });
      shards.add(JSON.stringify(JSON.parse(readFileSync(join(made, 'train/manifest.json'), 'utf8')).shards));
    }
  }
  if (shards.size !== 1) throw new Error('the shards differ');
  const least = (way, key) => Math.min(...results.get(way).map((one) => one[key]));
  const [first] = results.keys();
  console.log(
    `${(text / 1e6).toFixed(0)} MB of text, ${values.workers} workers; the best of ${values.runs} runs\n`,
  );
  console.log(
    '| from, to | s | rate, of files | CPU of longmix, s | of the server, s | RSS, MB | load |\n|---|---|---|---|---|---|---|',
  );
  for (const way of results.keys()) {
    const cells = [
      least(way, 'wallSeconds').toFixed(1),
      (least(first, 'wallSeconds') / least(way, 'wallSeconds')).toFixed(2),
      least(way, 'cpuSeconds').toFixed(1),
      least(way, 'server').toFixed(1),
      (least(way, 'maxRss') / 1e6).toFixed(0),
      least(way, 'load').toFixed(0),
    ];
    console.log(`| ${way} | ${cells.join(' | ')} |`);
  }
} finally {
  server.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** Seconds of CPU that a process has used (Linux). */
function cpuOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
