/**
 * Opens a recipe's token store if it exists and was made from the same inputs; makes it if it does not exist.
 */

import { join } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { fingerprint } from '../../base/fingerprint.ts';
import { noProgress } from '../../base/progress.ts';
import { compact, counted } from '../../base/words.ts';
import { LongmixError } from '../../errors.ts';
import type { Crew, Job } from '../../execute/executor.ts';
import { dropOtherJob } from '../../execute/job-file.ts';
import { workerLimits } from '../../execute/memory.ts';
import { threads } from '../../execute/tasks.ts';
import type { TokenizeResult } from '../../execute/tokenize-task.ts';
import type { ReadUnit } from '../../nouns/documents.ts';
import type { Recipe, SourceSpec } from '../../nouns/recipe.ts';
import { refuseMissingProgram } from '../../read/extract/find-program.ts';
import { discover } from '../../read/input/discover.ts';
import { spoolStandardInput } from '../../read/input/spool.ts';
import { makeFolder, sweep, writeJson } from '../../storage/commit.ts';
import { exists } from '../../storage/files.ts';
import { withLock } from '../../storage/lock.ts';
import { notesFolder } from '../../storage/receipt.ts';
import { remoteSettings, useCache } from '../../storage/remote-settings.ts';
import {
  docsFile,
  type PartRecord,
  type StoreManifest,
  storeDtype,
  storeFile,
  storeFiles,
  storeFormat,
  storeVersion,
  tokensFile,
} from '../../store/format.ts';
import { openStore } from '../../store/reader.ts';
import type { TokenizerTables } from '../../tokenize/engine/load-tables.ts';
import { storeShortage } from '../disk-room.ts';
import type { StageOptions, StoreOptions, TokenStore } from '../nouns.ts';
import { claimFolder, refuseForeign, removeOwnFiles, tokenFolder } from '../ownership.ts';
import { idNotes } from './id-notes.ts';
import { fileNote, malformedNote, refuseBadRecords, retryNotes } from './input-faults.ts';
import { kindsNote } from './input-kinds.ts';
import { type PlannedPart, planParts, unitBytes } from './parts.ts';
import { recipeTables } from './recipe-tables.ts';
import {
  inputStamps,
  reading,
  refuseDamage,
  refuseMismatch,
  rememberFiles,
  rememberInputs,
} from './store-match.ts';
import { putBack, setAside } from './store-renewal.ts';
import { withTokenIds } from './token-ids.ts';
import { refuseUnfit } from './tokenizer-fit.ts';
import { noteTokenizer } from './tokenizer-note.ts';

/** The folder of the store of a recipe that is built into `out`. */
export function storeFolder(recipe: Recipe, out: string): string {
  return recipe.store ?? join(out, 'store');
}

/**
 * @param folder where the store is or will be
 * @param check throws if the tokenizer is unfit, before anything is tokenized; default: checks the needs of the rows
 * @throws LongmixError `store-mismatch` if the folder has a store of other inputs; `special-token-missing` |
 * `dtype-too-small`; whatever reading and writing throw
 */
export async function ensureStore(
  recipe: Recipe,
  folder: string,
  options: StoreOptions,
  check: (tokenizer: TokenizerTables['facts']) => void = (tokenizer) => refuseUnfit(recipe, tokenizer),
): Promise<TokenStore> {
  refuseForeign(folder, tokenFolder);
  const ensure = () => ensureUnlocked(recipe, folder, options, check);
  if (!recipe.sources.some(({ path }) => path === '-')) return await ensure();
  // Lock the folder first, because standard input is copied into it before anything else happens.
  makeFolder(folder);
  return await withLock(folder, ensure);
}

async function ensureUnlocked(
  recipe: Recipe,
  folder: string,
  options: StoreOptions,
  check: (tokenizer: TokenizerTables['facts']) => void,
): Promise<TokenStore> {
  const { fresh = false, keepUnchanged = false } = options;
  useCache(options.cache ?? null);
  const isThere = !fresh && exists(join(folder, storeFile));
  const units: ReadUnit[] = [];
  for (const source of recipe.sources) {
    if (source.command !== undefined && !isThere) refuseMissingProgram(source.name, source.command);
    const found = await discover(await atRest(source, folder, isThere, options.signal));
    units.push(...found.units);
    const note = isThere ? null : kindsNote(source, found.units, found.leftOut);
    if (note !== null) options.progress?.note(note);
  }
  const planned = await planParts(units);
  // Start threads now: they load their code while this thread loads the tokenizer.
  const { executor = threads(options.workers) } = options;
  const crew = executor.ready('tokenize', isThere ? 0 : planned.length);
  try {
    const tokenizer = await recipeTables(recipe);
    check(tokenizer.facts);
    const parts = withTokenIds(planned, tokenizer.facts);
    const isPadded = 'file' in recipe.tokenizer && recipe.tokenizer.pad !== undefined;
    const padId = isPadded ? tokenizer.facts.padId : null;
    if (isThere) {
      const manifest = await openSame(recipe, folder, parts, tokenizer.facts);
      const { documents, tokens } = manifest.totals;
      options.progress?.aside(
        `tokens reused: ${counted(documents, 'document')}, ${compact(tokens)} tokens (${manifest.tokenizer.name}) in ${folder}`,
      );
      return { folder, padId, manifest };
    }
    makeFolder(folder);
    const manifest = await withLock(folder, async () => {
      if (fresh) setAside(folder, keepUnchanged);
      // Another command may have made the store in the meantime.
      else if (exists(join(folder, storeFile))) return await openSame(recipe, folder, parts, tokenizer.facts);
      try {
        return await makeStore(recipe, folder, parts, tokenizer, { ...options, crew });
      } finally {
        putBack(folder);
      }
    });
    return { folder, padId, manifest };
  } finally {
    await crew.close();
  }
}

async function openSame(
  recipe: Recipe,
  folder: string,
  parts: readonly PlannedPart[],
  tokenizer: TokenizerTables['facts'],
): Promise<StoreManifest> {
  const manifest = openStore(folder);
  await refuseMismatch(folder, manifest, recipe, tokenizer, parts);
  refuseDamage(folder, manifest);
  noteTokenizer(folder, recipe.tokenizer);
  // Use the tokenizer's current ids for the rows: no token in the store depends on them.
  const { bosId, eosId, vocabularySize } = tokenizer;
  return { ...manifest, tokenizer: { ...manifest.tokenizer, bosId, eosId, vocabularySize } };
}

async function makeStore(
  recipe: Recipe,
  folder: string,
  parts: readonly PlannedPart[],
  { facts, shared, slow }: TokenizerTables,
  { crew, memory, signal, progress = noProgress }: StageOptions & { readonly crew: Crew<'tokenize'> },
): Promise<StoreManifest> {
  sweep(folder);
  sweep(join(folder, notesFolder));
  claimFolder(
    folder,
    parts.flatMap(({ part }) => [tokensFile(part), docsFile(part)]),
  );
  if (slow !== null) progress.note(slow);
  const units = parts.flatMap((part) => part.units);
  const stamps = parts.map((part) => inputStamps([part]));
  const text = units.reduce((bytes, unit) => bytes + unitBytes(unit), 0);
  const shortage = storeShortage(folder, text, storeDtype(facts.vocabularySize));
  if (shortage !== null) progress.note(shortage);
  progress.start('tokenize', text, 'B');
  const limits = memory === undefined ? null : workerLimits(memory, crew.count, shared);
  const job: Job<'tokenize'> = {
    stage: 'tokenize',
    folder,
    setting: { tokenizer: recipe.tokenizer, fingerprint: facts.fingerprint },
    inputs: parts.map((part, i) => ({ ...part, stamp: fingerprint(stamps[i]) })),
    memory: { shared, limits, remote: remoteSettings() },
    files: [],
  };
  dropOtherJob(job);
  const retries = new Map<string, number>();
  const results = await crew.run(job, {
    signal,
    onProgress({ done, tokens, retries: more = {} }) {
      for (const [where, count] of Object.entries(more))
        retries.set(where, (retries.get(where) ?? 0) + count);
      progress.advance(done, tokens);
    },
  });
  progress.end();
  for (const note of retryNotes(retries)) progress.note(note);
  refuseBadRecords(results, recipe, progress);
  for (const note of [malformedNote(results), fileNote(results)]) if (note !== null) progress.note(note);
  for (const note of await idNotes(recipe, units, new Set(results.flatMap(({ identified }) => identified))))
    progress.note(note);
  const manifest = storeManifest(recipe, facts, results);
  if (manifest.totals.tokens === 0) {
    throw new LongmixError('corpus-empty', 'the corpus has no text: every document is empty', {
      cure: 'check the paths, and `include` and `text` of the sources',
    });
  }
  removeOtherParts(folder, manifest);
  rememberInputs(folder, stamps.flat());
  rememberFiles(folder, manifest);
  noteTokenizer(folder, recipe.tokenizer);
  writeJson(join(folder, storeFile), manifest);
  return manifest;
}

/**
 * Copies standard input into the store's notes, so that it can be hashed, split and read again after an interruption.
 */
async function atRest(
  source: SourceSpec,
  folder: string,
  isThere: boolean,
  signal: AbortSignal | undefined,
): Promise<SourceSpec> {
  if (source.path !== '-') return source;
  const notes = join(folder, notesFolder);
  makeFolder(notes);
  const input = signal === undefined ? process.stdin : addAbortSignal(signal, process.stdin);
  return await spoolStandardInput(source, notes, input, isThere);
}

function storeManifest(
  recipe: Recipe,
  tokenizer: TokenizerTables['facts'],
  results: readonly TokenizeResult[],
): StoreManifest {
  const parts = results.map(({ part }) => part);
  // If the records of a source name their own sources, no document has the name of that source itself.
  const own = recipe.sources.filter(({ fields }) => fields.source === null).map((source) => source.name);
  const named = new Set(results.flatMap(({ sources }) => sources));
  for (const source of own) named.delete(source);
  const { name, vocabularySize, bosId, eosId } = tokenizer;
  const total = (pick: (part: PartRecord) => number) => parts.reduce((sum, part) => sum + pick(part), 0);
  return {
    format: storeFormat,
    version: storeVersion,
    fingerprint: fingerprint([storeVersion, tokenizer.fingerprint, recipe.sources.map(reading), parts]),
    tokenizer: {
      name,
      fingerprint: tokenizer.fingerprint,
      vocabularySize,
      bosId,
      eosId,
      specialTokens: 'text',
    },
    dtype: storeDtype(vocabularySize),
    reading: recipe.sources.map(reading),
    sources: [...own, ...[...named].sort()],
    totals: {
      documents: total((part) => part.documents),
      tokens: total((part) => part.tokens),
      textBytes: total((part) => part.textBytes),
      replaced: total((part) => part.replaced),
      badRecords: total((part) => part.badRecords),
    },
    parts,
  };
}

function removeOtherParts(folder: string, manifest: StoreManifest): void {
  const kept = new Set([...storeFiles(manifest).map(({ name }) => name), storeFile]);
  removeOwnFiles(folder, tokenFolder, [], (name) => kept.has(name));
}
