/** Whole commands on a corpus: the corpus as plain files, and what a command's process used. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const preload = new URL('../report-usage.mjs', import.meta.url);

/** Copies the .jsonl and .jsonl.gz files of a folder to another, which it makes, uncompressed. @returns their paths */
export function plainCorpus(folder, into) {
  mkdirSync(into);
  const names = readdirSync(folder).filter((name) => /\.jsonl(\.gz)?$/.test(name));
  return names.sort().map((name) => {
    const bytes = readFileSync(join(folder, name));
    const path = join(into, name.replace(/\.gz$/, ''));
    writeFileSync(path, name.endsWith('.gz') ? gunzipSync(bytes) : bytes);
    return path;
  });
}

/**
 * Runs a command in Node, with all its threads.
 * @param usage path of a file for what it used
 * @returns wallSeconds, cpuSeconds, maxRss in bytes
 */
export function measureCommand(cli, args, usage) {
  // An empty LONGMIX_STORE: no build takes the tokens of the one beside it.
  const env = {
    ...process.env,
    LONGMIX_STORE: '',
    LONGMIX_USAGE: usage,
    NODE_OPTIONS: `--import ${preload}`,
  };
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [cli, ...args], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const wallSeconds = (performance.now() - started) / 1000;
  if (status !== 0) throw new Error(`${args.join(' ')} exited with ${status}: ${stderr}`);
  return { wallSeconds, ...JSON.parse(readFileSync(usage, 'utf8')) };
}
