/**
 * One shard: rows [first, end) of a plan, written and committed. The plan and the table of documents are in shared
 * memory; tokens come from the store.
 */
import type { StageRun } from '../build/nouns.ts';
import type { RowPlan } from '../nouns/rows.ts';
import type { DocumentTable } from '../nouns/tokens.ts';
import type { ShardCounts, ShardRecord } from '../shard/format.ts';
import { type ShardOptions, writeShard } from '../shard/writer.ts';
import { localStorage } from '../storage/local.ts';
import { findReceipt, fingerprint, leaveReceipt } from '../storage/receipt.ts';
import { type TokenFiles, TokenReader } from '../store/reader.ts';

export interface ShardSetting {
  readonly store: TokenFiles & { readonly folder: string };
  readonly table: DocumentTable;
  readonly plan: RowPlan;
  readonly options: ShardOptions;
  /** The shard set's folder, and the fingerprint of what makes it. */
  readonly folder: string;
  readonly fingerprint: string;
}

export interface ShardInput {
  readonly name: string;
  readonly firstRow: number;
  readonly endRow: number;
}

export interface ShardResult {
  readonly record: ShardRecord;
  readonly counts: ShardCounts;
}

export async function setUpShard(setting: ShardSetting): Promise<StageRun<ShardInput, ShardResult>> {
  const { store, table, plan, options, folder } = setting;
  const tokens = new TokenReader(store.folder, store, table);
  return async ({ name, firstRow, endRow }, report) => {
    const rows = endRow - firstRow;
    const made = fingerprint([setting.fingerprint, name, firstRow, endRow]);
    let result = findReceipt<ShardResult>(folder, name, made);
    if (result === null) {
      const file = localStorage(folder).create(name);
      try {
        const { batches, counts } = writeShard(plan, firstRow, endRow, table, tokens, options, file);
        result = { record: { ...file.commit(), rows, batches }, counts };
        leaveReceipt(folder, name, made, [result.record], result);
      } catch (error) {
        file.abort();
        throw error;
      } finally {
        // In the main thread they would stay open, set after set.
        tokens.close();
      }
    }
    report({ done: rows, tokens: rows * plan.width });
    return { committed: Promise.resolve(result) };
  };
}
