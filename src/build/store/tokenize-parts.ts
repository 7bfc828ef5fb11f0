/** Tokenizes the parts that a store lacks. */

import { noProgress } from '../../base/progress.ts';
import type { Crew, Job } from '../../execute/executor.ts';
import { workerLimits } from '../../execute/memory.ts';
import type { PartSetting, TokenizeResult } from '../../execute/part-notes.ts';
import type { TokenizerSpec } from '../../nouns/recipe.ts';
import { sweepUploads } from '../../storage/open-place.ts';
import { join } from '../../storage/paths.ts';
import { notesFolder } from '../../storage/receipt.ts';
import { remoteSettings } from '../../storage/remote-settings.ts';
import { sweep } from '../../storage/temporary-files.ts';
import type { TokenizerTables } from '../../tokenize/engine/load-tables.ts';
import { storeShortage } from '../disk-room.ts';
import type { StageOptions } from '../nouns.ts';
import { isTaskFile } from '../ownership.ts';
import type { FoundChats } from './conversations.ts';
import type { PlannedPart } from './find-parts.ts';
import { retryNotes } from './input-faults.ts';
import { textBytes } from './parts.ts';

export interface TokenizeWork {
  readonly folder: string;
  readonly spec: TokenizerSpec;
  readonly setting: PartSetting;
  readonly tables: TokenizerTables;
  readonly chats: Omit<FoundChats, 'sources'>;
  /** In the order of the corpus. */
  readonly parts: readonly PlannedPart[];
  readonly crew: Crew<'tokenize'>;
}

const waitingMs = 5000;

/** @returns in the order of the parts */
export async function tokenizeParts(
  { folder, spec, setting, tables: { shared, slow }, chats, parts, crew }: TokenizeWork,
  { memory, signal, progress = noProgress }: StageOptions,
): Promise<TokenizeResult[]> {
  sweep(folder);
  await sweepUploads(folder, isTaskFile);
  sweep(join(folder, notesFolder));
  if (slow !== null) progress.note(slow);
  const text = textBytes(parts.flatMap(({ units }) => units));
  const shortage = storeShortage(folder, text, setting.dtype);
  if (shortage !== null) progress.note(shortage);
  progress.start('tokenize', text, 'B');
  const job: Job<'tokenize'> = {
    stage: 'tokenize',
    folder,
    isOneOfSeveral: true,
    setting: { tokenizer: spec, ...setting, ...(chats.forms === null ? {} : { chats: chats.forms }) },
    inputs: parts.map(({ units, stamps }) => ({ units, stamps })),
    memory: {
      shared,
      limits: memory === undefined ? null : workerLimits(memory, crew.count, shared),
      remote: remoteSettings(),
      tokenBytes: chats.tokenBytes,
    },
    files: [],
  };
  const retries = new Map<string, number>();
  let told = 0;
  const results = await crew.run(job, {
    signal,
    onProgress({ done, tokens, retries: more = {}, waiting }) {
      // All workers wait for the same server.
      if (waiting !== undefined && Date.now() - told > waitingMs) {
        told = Date.now();
        progress.aside(waiting);
      }
      for (const [where, count] of Object.entries(more))
        retries.set(where, (retries.get(where) ?? 0) + count);
      progress.advance(done, tokens);
    },
  });
  progress.end();
  for (const note of retryNotes(retries)) progress.note(note);
  return results;
}
