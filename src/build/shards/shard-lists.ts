/** Runs the lists of tasks that write a build's shards: the tokens are gathered first if the store is large. */

import { idBytes } from '../../base/id-bytes.ts';
import { isUrl } from '../../base/is-url.ts';
import { noProgress, type TaskProgress } from '../../base/progress.ts';
import { type Executor, type Job, runJob } from '../../execute/executor.ts';
import { type SegmentEnds, segmentEnds } from '../../execute/gathered-tokens.ts';
import { dropOtherJob } from '../../execute/job-file.ts';
import { type ShardResult, shardsWritten } from '../../execute/shard-task.ts';
import type { DocumentsRecord } from '../../shard/format.ts';
import { makeFolder } from '../../storage/commit.ts';
import { flushPlaces } from '../../storage/open-place.ts';
import { join } from '../../storage/paths.ts';
import { notesFolder } from '../../storage/receipt.ts';
import { sweep } from '../../storage/temporary-files.ts';
import type { PlannedSet, StageOptions, TokenStore } from '../nouns.ts';
import { copyTokens } from '../store/copy-tokens.ts';
import { writeDocumentList } from './document-list.ts';

/** True if every shard of the list was written by an earlier run, which ended before its last step. */
export function isAllWritten({ folder, setting, inputs }: Job<'shard'>): boolean {
  return inputs.every((input) => shardsWritten(folder, setting, input) !== null);
}

/** @param tokens tokens of the store that are read */
export async function gatherTokens(
  job: Job<'gather'>,
  tokens: number,
  {
    executor,
    signal,
    progress = noProgress,
  }: Pick<StageOptions, 'signal' | 'progress'> & { readonly executor: Executor },
): Promise<SegmentEnds> {
  const { folder, setting, memory } = job;
  makeFolder(join(folder, setting.layout.folder));
  for (const place of [setting.layout.folder, `${setting.layout.folder}/${notesFolder}`])
    sweep(join(folder, place));
  dropOtherJob(job);
  progress.start('gather', tokens * idBytes(memory.store.dtype), 'B');
  const onProgress = ({ done, tokens }: TaskProgress) => progress.advance(done, tokens);
  const results = await runJob(executor, job, { signal, onProgress });
  progress.end();
  return segmentEnds(results.map(({ ends }) => ends));
}

/**
 * Lets the executor write the shards, and writes the lists of documents in this thread meanwhile.
 * @param listed the sets that get a list
 */
export async function writeRows(
  job: Job<'shard'>,
  store: TokenStore,
  listed: readonly PlannedSet[],
  {
    executor,
    useful,
    signal,
    progress,
  }: StageOptions & { readonly executor: Executor; readonly useful: number },
): Promise<{ results: (readonly ShardResult[])[]; lists: DocumentsRecord[] }> {
  const stop = new AbortController();
  const onProgress = ({ done, tokens }: TaskProgress) => progress?.advance(done, tokens);
  // What was removed must be gone before files of these names are written.
  await flushPlaces();
  const needsCopy = isUrl(store.folder) && job.memory.segments === null && !isAllWritten(job);
  const copy = needsCopy ? await copyTokens(store.folder, store.manifest) : null;
  const own = { ...job, memory: { ...job.memory, copied: copy?.folder ?? null } };
  const running = runJob(executor, own, { signal, onProgress }, useful);
  const listing = (async () => {
    const lists: DocumentsRecord[] = [];
    for (const { name, rows } of listed)
      lists.push(await writeDocumentList(store, rows, join(job.folder, name), stop.signal));
    return lists;
  })();
  // Avoid an unhandled rejection: the error is reported below, once all threads have stopped.
  listing.catch(() => {});
  try {
    return { results: await running, lists: await listing };
  } catch (error) {
    stop.abort();
    await listing.catch(() => {});
    throw error;
  } finally {
    copy?.remove();
  }
}
