/**
 * What the runs that `mix.without` names have read, from the shards that they were trained on. Only the shard sets are
 * needed: their rows say which documents they hold, `documents.parquet` has the documents' keys, and `schedule.json` says
 * which rows a step takes. The rows of a step are found as the feed finds them.
 *
 * Of the shards only the columns beside the token ids are read, about a hundredth of their bytes. `documents.parquet` is
 * checked against its hash, and every row against its own lengths; `longmix verify` checks the rest.
 */

import { isUrl } from '../../base/is-url.ts';
import { LongmixError, reworded } from '../../errors.ts';
import { piecesOf } from '../../feed/rows/row-pieces.ts';
import { rowsRead } from '../../feed/rows/rows-read.ts';
import { type FeedSet, type FeedSets, openSets } from '../../feed/rows/sets.ts';
import { documentSet } from '../../mix/document-set.ts';
import type { EarlierRun, Recipe } from '../../nouns/recipe.ts';
import { type DocumentKeys, readDocumentKeys } from '../../shard/documents-file.ts';
import { documentsFile } from '../../shard/format.ts';
import { scheduleFile } from '../../steps/schedule-file.ts';
import { followSteps } from '../../steps/step-rows.ts';
import { exists } from '../../storage/files.ts';
import { join, relative, resolve, sep } from '../../storage/paths.ts';
import { verifyFiles } from '../../storage/verify-files.ts';
import { loadTable } from '../../store/reader.ts';
import { ablationFile } from '../ablation-file.ts';
import type { EarlierRead, EarlierReads } from '../nouns.ts';
import { lastReplaced } from '../shards/replaced-shards.ts';
import { openStoreOf } from '../verify.ts';
import { readCoverage, unknownLength } from './read-coverage.ts';
import { runKey } from './run-key.ts';

/**
 * What the earlier runs of all these recipes have read. Memory: 16 bytes per document that was read; while it works, 32 per
 * document of an earlier store.
 * @param out where the recipes are built
 * @throws LongmixError `remote-unsupported` | `without-output` | `without-steps` | `without-untraced` | `shards-missing` | `shards-damaged` |
 *   `shards-version` | `schedule-damaged` | `build-mixed` | `rows-per-step-invalid`
 */
export async function loadEarlier(recipes: readonly Recipe[], out: string): Promise<EarlierReads> {
  const runs = new Map(recipes.flatMap(({ without = [] }) => without.map((run) => [runKey(run), run])));
  for (const { path } of runs.values()) {
    await refuseAddress(path);
    refuseOutput(path, out);
  }
  const reads = new Map<string, EarlierRead>();
  for (const [key, run] of runs) reads.set(key, await ofWithout(() => readOf(run)));
  return reads;
}

async function refuseAddress(path: string): Promise<void> {
  if (!isUrl(path)) return;
  const { shownAddress } = await import('../../storage/remote/address.ts');
  throw new LongmixError('remote-unsupported', `mix.without reads folders of this machine only`, {
    where: shownAddress(path),
    cure: 'copy the shard sets and schedule.json of the earlier build here, say with `aws s3 sync`, and name that folder; its token store is not needed',
  });
}

/** A build that leaves out what it holds itself would be another one after it was built. */
function refuseOutput(path: string, out: string): void {
  const below = relative(resolve(out), path);
  if (below === '..' || below.startsWith(`..${sep}`) || resolve(below) === below) return;
  throw new LongmixError('without-output', `mix.without: ${path} is in the folder that is built, ${out}`, {
    cure: 'build into another folder with --out, and keep the earlier one as it is',
  });
}

/** The error of an earlier build, with the key that names it. */
async function ofWithout<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LongmixError) || error.message.startsWith('mix.without')) throw error;
    throw reworded(error, { message: `mix.without: ${error.message}` });
  }
}

async function readOf(run: EarlierRun): Promise<EarlierRead> {
  const { path, steps: done, rowsPerStep } = run;
  refuseAblation(path);
  refuseMisspelt(path);
  const opened = openSets(path);
  const read = rowsOf(run, opened);
  try {
    const lists = new Map<FeedSet, DocumentKeys>();
    for (const [s, set] of opened.sets.entries()) if (read[s]! > 0) lists.set(set, await keysOf(set));
    const { name, fingerprint, tokenizer } = opened.sets[0]!.manifest;
    const replaced = lastReplaced(path) ?? lastReplaced(join(path, '..'));
    return {
      ...{ name, fingerprint, steps: done, rowsPerStep },
      sets: opened.sets.map((set, s) => ({ name: set.name, read: read[s]!, rows: set.manifest.rows })),
      ...(replaced === null ? {} : { replaced }),
      tokenizer: tokenizer.fingerprint,
      documents: readDocuments(opened, read, lists),
    };
  } finally {
    for (const { files } of opened.sets) files.close();
  }
}

function refuseAblation(path: string): void {
  if (!exists(join(path, ablationFile))) return;
  throw new LongmixError('shards-missing', `mix.without: ${path} is an ablation, which has several builds`, {
    cure: `name the arm that was trained, such as ${join(path, 'ARM')}`,
  });
}

/** Steps that were written so that they became a part of the path. */
function refuseMisspelt(path: string): void {
  const [, folder, steps] = /^(.+)@([^/\\@]*)$/.exec(path) ?? [];
  if (folder === undefined || exists(path)) return;
  const isInMap = /^\d+$/.test(steps!);
  throw new LongmixError('without-steps', `mix.without: ${path} is not there`, {
    cure: isInMap
      ? `in a map, steps have a key of their own: { build: ${folder}, steps: ${steps} }`
      : 'if the part after @ is meant as steps, write them in digits: out/earlier@1200',
  });
}

/** How many rows of each set were read. */
function rowsOf({ path, steps: done, rowsPerStep }: EarlierRun, opened: FeedSets): number[] {
  const isSetOfBuild = opened.schedule === null && exists(join(path, '..', scheduleFile));
  if (done !== null && isSetOfBuild && rowsPerStep === null) {
    throw new LongmixError(
      'without-steps',
      `mix.without: step ${done} of ${path}: it is one shard set of a build, and a step is one of the whole build`,
      { cure: `name the build: ${join(path, '..')}@${done}` },
    );
  }
  if (done !== null && opened.schedule === null && rowsPerStep === null) {
    throw new LongmixError(
      'without-steps',
      `mix.without: step ${done} of ${path}: its recipe has no tokens_per_step, so its trainer chose the rows of a step`,
      { cure: 'say how many rows a step had, over all ranks: { build: FOLDER, steps: N, rows_per_step: N }' },
    );
  }
  const steps = followSteps(opened, rowsPerStep ?? undefined);
  if (done !== null && steps.count === 0) {
    throw new LongmixError('without-steps', `mix.without: ${path} has not one whole step`, {
      cure: 'leave the steps out, and all of its rows count as read',
    });
  }
  return rowsRead(opened, steps, done);
}

/** The keys of the documents of a set: from its own list, else from the token store, if that is still there. */
async function keysOf({ folder, manifest }: FeedSet): Promise<DocumentKeys> {
  if (!manifest.provenance) {
    throw untraced(
      folder,
      'was built with `shards: { provenance: false }`, and does not say which documents its rows hold',
      'build it again with provenance, into another folder: equal inputs give equal rows',
    );
  }
  if (manifest.documents != null) {
    const [fault] = await verifyFiles(folder, [manifest.documents]);
    if (fault !== undefined) {
      throw new LongmixError('shards-damaged', fault, {
        cure: 'longmix verify lists what is damaged; copy the folder again, or build it again with --fresh',
        exitCode: 1,
      });
    }
    const listed = await readDocumentKeys(join(folder, documentsFile));
    if (listed !== null) return listed;
  }
  const store = await openStoreOf(folder, manifest);
  if (store === null) {
    throw untraced(
      folder,
      'was built by an earlier version of longmix, without the keys of its documents, and its token store is gone',
      `put the token store back (${manifest.store.path} from there), or build it again with --fresh: equal inputs give equal rows`,
    );
  }
  const { count, lengths, keysLow, keysHigh } = await loadTable(store.path, store.store);
  return { count, lengths, keysLow, keysHigh, documents: Uint32Array.from({ length: count }, (_, d) => d) };
}

function untraced(folder: string, what: string, cure: string): LongmixError {
  return new LongmixError('without-untraced', `mix.without: ${folder} ${what}`, { cure });
}

/** Rows that are looked at together. */
const rowsAtOnce = 65_536;

/** @param lists the keys of each set of which rows were read */
function readDocuments(
  { sets }: FeedSets,
  read: readonly number[],
  lists: ReadonlyMap<FeedSet, DocumentKeys>,
): EarlierRead['documents'] {
  const table = byNumber([...lists.values()]);
  const coverage = readCoverage(table.lengths, copiesIn(table));
  for (const [s, set] of sets.entries()) {
    const { name, manifest, files } = set;
    const bos = manifest.sequences.bos && manifest.bosId !== null;
    for (let first = 0; first < read[s]!; first += rowsAtOnce) {
      const count = Math.min(rowsAtOnce, read[s]! - first);
      for (const run of files.runs(Uint32Array.from({ length: count }, (_, i) => first + i))) {
        const unknown = coverage.add(piecesOf(set, run), bos);
        if (unknown === null) continue;
        throw new LongmixError(
          'shards-damaged',
          `shard set ${name}: its rows hold document ${unknown}, which ${documentsFile} does not list`,
          { cure: 'longmix verify lists what is damaged; build again with --fresh', exitCode: 1 },
        );
      }
    }
  }
  const { isRead, tokens } = coverage.finish();
  const numbers = new Uint32Array(isRead.reduce((sum, one) => sum + one, 0));
  for (let d = 0, i = 0; i < numbers.length; d += 1) {
    if (isRead[d] === 0) continue;
    numbers[i] = d;
    i += 1;
  }
  return {
    count: numbers.length,
    keysLow: numbers.map((d) => table.keysLow[d]!),
    keysHigh: numbers.map((d) => table.keysHigh[d]!),
    lengths: numbers.map((d) => table.lengths[d]!),
    unread: numbers.map((d) => table.lengths[d]! - tokens[d]!),
  };
}

/** Of each document the first with the same text. */
function copiesIn(table: Omit<DocumentKeys, 'documents'>): Uint32Array {
  const set = documentSet(table);
  const copyOf = new Uint32Array(table.count);
  for (let d = 0; d < table.count; d += 1) if (table.lengths[d] !== unknownLength) copyOf[d] = set.add(d);
  return copyOf;
}

/** Documents of all sets by their numbers, which are those of the one store that the sets were made from. */
function byNumber(lists: readonly DocumentKeys[]): Omit<DocumentKeys, 'documents'> {
  const count = lists.reduce((most, { documents }) => Math.max(most, (documents.at(-1) ?? -1) + 1), 0);
  const numbers = () => new Uint32Array(count);
  const table = {
    count,
    lengths: numbers().fill(unknownLength),
    keysLow: numbers(),
    keysHigh: numbers(),
  };
  for (const { documents, lengths, keysLow, keysHigh } of lists) {
    for (let i = 0; i < documents.length; i += 1) {
      const d = documents[i]!;
      table.lengths[d] = lengths[i]!;
      table.keysLow[d] = keysLow[i]!;
      table.keysHigh[d] = keysHigh[i]!;
    }
  }
  return table;
}
