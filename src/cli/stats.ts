/** `longmix stats`: the length cells of a token store, of a shard set, or of a recipe's corpus. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { countCells, lengthBuckets } from '../bucket/cells.ts';
import { cellsText } from '../report/cells-text.ts';
import { storeFolder } from '../run/build.ts';
import { ensureStore } from '../run/token-store.ts';
import { shardSetFolders } from '../run/verify.ts';
import { openShards } from '../shard/reader.ts';
import { storeFile } from '../store/format.ts';
import { loadDocuments, openStore } from '../store/reader.ts';
import type { Cell } from '../types.ts';
import { outFolder } from './folders.ts';
import { loadRecipe, type RunFlags, stageOptions } from './options.ts';

type Flags = RunFlags & { readonly out?: string; readonly json?: boolean };

export async function runStats(path: string, flags: Flags, signal: AbortSignal): Promise<void> {
  const parts = await statistics(path, flags, signal);
  const text =
    flags.json === true
      ? JSON.stringify(Object.fromEntries(parts), null, 2)
      : parts.map(([title, cells]) => `${title}\n\n${cellsText(cells)}`).join('\n\n');
  process.stdout.write(`${text}\n`);
}

async function statistics(path: string, flags: Flags, signal: AbortSignal): Promise<[string, Cell[]][]> {
  if (existsSync(join(path, storeFile))) return [[path, storeCells(path)]];
  const sets = shardSetFolders(path);
  if (sets.length > 0) {
    // What a shard set holds, copies counted.
    return sets.map((folder) => {
      const cells = openShards(folder).ledger.cells.filter((cell) => cell.packedDocuments > 0);
      return [
        folder,
        cells.map(({ source, bucket, packedDocuments, packedInstances }) => ({
          source,
          bucket,
          documents: packedDocuments,
          tokens: packedInstances,
        })),
      ];
    });
  }
  const recipe = loadRecipe(path);
  const folder = storeFolder(recipe, outFolder(recipe, flags.out));
  await ensureStore(recipe, folder, stageOptions(flags, signal));
  return [[folder, storeCells(folder)]];
}

function storeCells(folder: string): Cell[] {
  const table = loadDocuments(folder, openStore(folder));
  return countCells(table, lengthBuckets(null, []), table.lengths);
}
