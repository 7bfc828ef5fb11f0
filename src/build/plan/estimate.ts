/**
 * Estimates how long it takes to write a plan's shards. Makes and hashes the first rows as a build would, without
 * writing them, and extrapolates the rate to all rows. Ignores the disk: a build waits for it only if it is slower than
 * that rate.
 */
import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { isUrl } from '../../base/is-url.ts';
import { writeShard } from '../../shard/writer.ts';
import { TokenReader } from '../../store/token-reader.ts';
import type { BuildPlan, TokenStore } from '../nouns.ts';
import { shardOptions } from '../shards/shard-job.ts';

/** Bytes to measure with; they take some tens of milliseconds. */
const sampleBytes = 32 * 1024 * 1024;

/** null: the store is in a bucket, and its tokens are not fetched only to say this. */
export function estimateSeconds(plan: BuildPlan, store: TokenStore, workers: number): number | null {
  const { folder, manifest } = store;
  if (isUrl(folder)) return null;
  const [set] = plan.sets;
  if (set === undefined) return 0;
  const tokens = new TokenReader(folder, manifest, plan.table);
  const rows = Math.max(1, Math.min(set.rows.rows, Math.floor(sampleBytes / (set.bytes / set.rows.rows))));
  const hash = createHash('sha256');
  const options = shardOptions(store, plan, true);
  const started = performance.now();
  try {
    const sample = { plan: set.rows, table: plan.table, firstRow: 0, endRow: rows };
    writeShard(sample, tokens, options, { write: (bytes) => void hash.update(bytes) });
  } finally {
    tokens.close();
  }
  const seconds = (performance.now() - started) / 1000;
  const all = plan.sets.reduce((sum, { bytes }) => sum + bytes, 0);
  return (seconds * all) / ((rows * set.bytes) / set.rows.rows) / workers;
}
