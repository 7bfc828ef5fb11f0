/**
 * `longmix stats`: shows the length cells and document lengths of a token store, a shard set, or a recipe's corpus. A
 * recipe's cells are those of its plan: `documents.buckets`, `documents.length` and the thresholds determine them.
 */

import { isUrl } from '../base/is-url.ts';
import { countCells, lengthBuckets, measuredLengths, thresholdsOf } from '../bucket/cells.ts';
import { outFolder } from '../build/folders.ts';
import { type DocumentLengths, lengthsOfShards, lengthsOfStore } from '../build/store/document-lengths.ts';
import { storePlace } from '../build/store/store-place.ts';
import { ensureStore } from '../build/store/token-store.ts';
import { shardSetFolders } from '../build/verify.ts';
import type { Recipe } from '../nouns/recipe.ts';
import { cellsText } from '../report/cells-text.ts';
import type { CorpusData } from '../report/html/data.ts';
import { lengthsText } from '../report/lengths-text.ts';
import { openShards } from '../shard/reader.ts';
import { exists } from '../storage/files.ts';
import { openPlace } from '../storage/open-place.ts';
import { basename, join, resolve } from '../storage/paths.ts';
import { type StoreManifest, storeFile } from '../store/format.ts';
import { loadCharacters, loadTable, openStore } from '../store/reader.ts';
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
  readonly corpora: readonly MeasuredCorpus[];
}

interface MeasuredCorpus extends CorpusData {
  /** null: the shards have no list of documents. */
  readonly lengths: DocumentLengths | null;
  /** The unit that the buckets measure, if it isn't tokens. */
  readonly measure: string | null;
}

export async function runStats(path: string, flags: Flags, signal: AbortSignal): Promise<void> {
  const { tokenizer, corpora } = await statistics(path, flags, signal);
  const title = basename(resolve(path)).replace(/\.ya?ml$/, '');
  const none = { arms: [], ablation: null, training: null };
  await writeReport(flags, { title, tokenizer, seed: null, corpora, ...none });
  const text =
    flags.json === true
      ? JSON.stringify(
          {
            ...Object.fromEntries(corpora.map(({ name, cells }) => [name, cells])),
            lengths: Object.fromEntries(corpora.map(({ name, lengths }) => [name, lengths])),
          },
          null,
          2,
        )
      : corpora.map((corpus) => corpusText(corpus, flags.all)).join('\n\n');
  process.stdout.write(`${text}\n`);
}

function corpusText({ name, cells, lengths, measure }: MeasuredCorpus, all = false): string {
  const parts = [name, cellsText(cells, all)];
  if (measure !== null) parts.push(`(lengths in this table are ${measure})`);
  return [...parts, ...(lengths === null ? [] : [lengthsText(lengths)])].join('\n\n');
}

async function statistics(path: string, flags: Flags, signal: AbortSignal): Promise<Statistics> {
  if (isUrl(path)) await openPlace(path);
  const isStore = exists(join(path, storeFile));
  const sets = isStore ? [] : shardSetFolders(path);
  if (isStore || sets.length > 0) refuseRecipeFlags(flags, path);
  if (isStore) return await ofStore(path, openStore(path), null);
  if (sets.length > 0) return await ofShards(sets);
  const recipe = await loadRecipe(path, flags);
  const place = storePlace(recipe, await outFolder(recipe, flags.out));
  // Lengths don't need BOS and EOS, so don't check that the tokenizer has them.
  const { folder, manifest } = await ensureStore(recipe, place, stageOptions(flags, signal), () => {});
  return await ofStore(folder, manifest, recipe);
}

async function ofStore(folder: string, manifest: StoreManifest, recipe: Recipe | null): Promise<Statistics> {
  const table = await loadTable(folder, manifest);
  const characters = await loadCharacters(folder, manifest);
  const { buckets = null, charactersPerToken = null } = recipe?.documents ?? {};
  const edges = lengthBuckets(buckets, recipe === null ? [] : thresholdsOf(recipe.phases));
  const cells = countCells(table, edges, measuredLengths(table, characters, charactersPerToken));
  const lengths = await lengthsOfStore(folder, manifest, table, characters);
  const measure =
    charactersPerToken === null ? null : `characters / ${charactersPerToken}, as documents.length says`;
  return { tokenizer: manifest.tokenizer.name, corpora: [{ name: folder, cells, lengths, measure }] };
}

/** Counts the content of shard sets, with every copy. */
async function ofShards(sets: readonly string[]): Promise<Statistics> {
  const manifests = sets.map(openShards);
  const lengths = await Promise.all(manifests.map((manifest, i) => lengthsOfShards(sets[i]!, manifest)));
  return {
    tokenizer: manifests[0]!.tokenizer.name,
    corpora: manifests.map(({ ledger }, i) => ({
      ...{ name: sets[i]!, lengths: lengths[i]!, measure: null },
      cells: ledger.cells
        .filter((cell) => cell.packedDocuments > 0)
        .map(({ source, bucket, packedDocuments, packedInstances }) => {
          return { source, bucket, documents: packedDocuments, tokens: packedInstances };
        }),
    })),
  };
}
