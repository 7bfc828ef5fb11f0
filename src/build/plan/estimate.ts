/**
 * How long writing a plan's shards will take: its first rows are made and hashed as a build would, but not written, and
 * the rate is carried over to all of them. The disk is left out: a build waits for it only where it is slower than that.
 */
import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { writeShard } from '../../shard/writer.ts';
import { TokenReader } from '../../store/reader.ts';
import type { BuildPlan, TokenStore } from '../nouns.ts';

/** Bytes to measure with: some tens of milliseconds of work. */
const sampleBytes = 32 * 1024 * 1024;

export function estimateSeconds(plan: BuildPlan, { folder, manifest }: TokenStore, workers: number): number {
  const [set] = plan.sets;
  if (set === undefined) return 0;
  const { bosId, eosId } = manifest.tokenizer;
  const tokens = new TokenReader(folder, manifest, plan.table);
  const rows = Math.max(1, Math.min(set.rows.rows, Math.floor(sampleBytes / (set.bytes / set.rows.rows))));
  const hash = createHash('sha256');
  const options = { dtype: plan.dtype, provenance: true, bosId, eosId, padId: eosId ?? 0 };
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
