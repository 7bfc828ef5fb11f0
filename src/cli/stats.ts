/** `longmix stats`: the length cells of a token store, of a shard set, or of a recipe's corpus. */
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { countCells, lengthBuckets } from '../bucket/cells.ts';
import { cellsText } from '../report/cells-text.ts';
import type { CorpusData } from '../report/html/data.ts';
import { ensureStore, storeFolder } from '../run/token-store.ts';
import { shardSetFolders } from '../run/verify.ts';
import { openShards } from '../shard/reader.ts';
import { storeFile } from '../store/format.ts';
import { loadDocuments, openStore } from '../store/reader.ts';
import { outFolder } from './folders.ts';
import { loadRecipe, type RunFlags, refuseRecipeFlags, stageOptions } from './options.ts';
import { writeReport } from './report-data.ts';

type Flags = RunFlags & {
  readonly out?: string;
  readonly html?: string;
  readonly json?: boolean;
  readonly all?: boolean;
};

interface Statistics {
  readonly tokenizer: string;
  readonly corpora: readonly CorpusData[];
}

export async function runStats(path: string, flags: Flags, signal: AbortSignal): Promise<void> {
  const { tokenizer, corpora } = await statistics(path, flags, signal);
  const title = basename(resolve(path)).replace(/\.ya?ml$/, '');
  const none = { arms: [], ablation: null, training: null };
  await writeReport(flags, { title, tokenizer, seed: null, corpora, ...none });
  const text =
    flags.json === true
      ? JSON.stringify(Object.fromEntries(corpora.map(({ name, cells }) => [name, cells])), null, 2)
      : corpora.map(({ name, cells }) => `${name}\n\n${cellsText(cells, flags.all)}`).join('\n\n');
  process.stdout.write(`${text}\n`);
}

async function statistics(path: string, flags: Flags, signal: AbortSignal): Promise<Statistics> {
  const isStore = existsSync(join(path, storeFile));
  const sets = isStore ? [] : shardSetFolders(path);
  if (isStore || sets.length > 0) refuseRecipeFlags(flags, path);
  if (isStore) return ofStore(path);
  if (sets.length > 0) return ofShards(sets);
  const recipe = await loadRecipe(path, flags);
  const folder = storeFolder(recipe, outFolder(recipe, flags.out));
  // Lengths need no BOS and no EOS.
  await ensureStore(recipe, folder, stageOptions(flags, signal), () => {});
  return ofStore(folder);
}

function ofStore(folder: string): Statistics {
  const manifest = openStore(folder);
  const table = loadDocuments(folder, manifest);
  const cells = countCells(table, lengthBuckets(null, []), table.lengths);
  return { tokenizer: manifest.tokenizer.name, corpora: [{ name: folder, cells }] };
}

/** What shard sets hold, copies counted. */
function ofShards(sets: readonly string[]): Statistics {
  const manifests = sets.map(openShards);
  return {
    tokenizer: manifests[0]!.tokenizer.name,
    corpora: manifests.map(({ ledger }, i) => ({
      name: sets[i]!,
      cells: ledger.cells
        .filter((cell) => cell.packedDocuments > 0)
        .map(({ source, bucket, packedDocuments, packedInstances }) => {
          return { source, bucket, documents: packedDocuments, tokens: packedInstances };
        }),
    })),
  };
}
