/**
 * A recipe's token store: opened if it is there and made of the same inputs, made otherwise.
 */
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { LongmixError } from '../errors.ts';
import { discover } from '../read/discover.ts';
import { hashInput } from '../read/hash-input.ts';
import { spoolStandardInput } from '../read/spool.ts';
import { verifyFiles } from '../shard/verify-files.ts';
import {
  type PartRecord,
  type SourceReading,
  type StoreManifest,
  storeDtype,
  storeFile,
  storeFormat,
  storeVersion,
} from '../store/format.ts';
import { openStore } from '../store/reader.ts';
import { loadTables, type TokenizerTables } from '../tokenize/load-tables.ts';
import type { ReadUnit, Recipe, SourceSpec } from '../types.ts';
import { makeFolder, sweep, writeJson } from './commit.ts';
import { idNotes } from './id-notes.ts';
import { malformedNote, refuseBadRecords } from './input-faults.ts';
import { withLock } from './lock.ts';
import { workerLimits } from './memory.ts';
import { planParts, unitBytes } from './parts.ts';
import { noProgress, type Progress } from './progress.ts';
import { fingerprint, notesFolder } from './receipt.ts';
import { startWorkers, type Workers } from './tasks.ts';
import type { TokenizeInput, TokenizeResult } from './tokenize-task.ts';
import { refuseUnfit } from './tokenizer-fit.ts';
import { noteTokenizer } from './tokenizer-note.ts';

export interface StageOptions {
  readonly workers: number;
  /** Bound of the whole process's memory, in bytes; none where it is not given. */
  readonly memory?: number;
  /** Replace what an earlier run left, once there is nothing more to refuse. Of tokens: 'changed', what is not intact. */
  readonly fresh?: boolean | 'changed';
  readonly signal?: AbortSignal | undefined;
  readonly progress?: Progress | undefined;
}

export interface TokenStore {
  readonly folder: string;
  readonly manifest: StoreManifest;
}

/** The store of a recipe that is built into `out`. */
export function storeFolder(recipe: Recipe, out: string): string {
  return recipe.store ?? join(out, 'store');
}

/**
 * @param folder where the store is or shall be
 * @param check what refuses a tokenizer before anything is tokenized; default: what the recipe's rows need
 * @throws LongmixError `store-mismatch` if there is a store of something else; `special-token-missing` | `dtype-too-small`;
 * whatever reading and writing throw
 */
export async function ensureStore(
  recipe: Recipe,
  folder: string,
  options: StageOptions,
  check: (tokenizer: TokenizerTables['facts']) => void = (tokenizer) => refuseUnfit(recipe, tokenizer),
): Promise<TokenStore> {
  const ensure = () => ensureUnlocked(recipe, folder, options, check);
  if (!recipe.sources.some(({ path }) => path === '-')) return await ensure();
  // Standard input is put into the folder before anything is known of it.
  makeFolder(folder);
  return await withLock(folder, ensure);
}

async function ensureUnlocked(
  recipe: Recipe,
  folder: string,
  options: StageOptions,
  check: (tokenizer: TokenizerTables['facts']) => void,
): Promise<TokenStore> {
  const units: ReadUnit[] = [];
  for (const source of recipe.sources)
    units.push(...(await discover(await atRest(source, folder, options.signal))));
  const parts = planParts(units);
  const { fresh = false } = options;
  const isThere = fresh === false && existsSync(join(folder, storeFile));
  // Threads load their code while this one gets the tokenizer.
  const workers = startWorkers('tokenize', isThere ? 1 : Math.min(options.workers, parts.length));
  try {
    const tokenizer = await loadTables(recipe.tokenizer);
    check(tokenizer.facts);
    if (isThere) return { folder, manifest: openSame(recipe, folder, parts, tokenizer.facts) };
    makeFolder(folder);
    const manifest = await withLock(folder, async () => {
      if (fresh !== false) clearStore(folder, units, fresh);
      // Another command may have made it in the meantime.
      else if (existsSync(join(folder, storeFile))) return openSame(recipe, folder, parts, tokenizer.facts);
      return await makeStore(recipe, folder, parts, tokenizer, workers, options);
    });
    return { folder, manifest };
  } finally {
    await workers.close();
  }
}

function openSame(
  recipe: Recipe,
  folder: string,
  parts: readonly TokenizeInput[],
  tokenizer: TokenizerTables['facts'],
): StoreManifest {
  const manifest = openStore(folder);
  refuseMismatch(folder, manifest, recipe, tokenizer, parts);
  noteTokenizer(folder, recipe.tokenizer);
  return manifest;
}

async function makeStore(
  recipe: Recipe,
  folder: string,
  parts: readonly TokenizeInput[],
  { facts, shared, slow }: TokenizerTables,
  workers: Workers<'tokenize'>,
  { memory, signal, progress = noProgress }: StageOptions,
): Promise<StoreManifest> {
  sweep(folder);
  sweep(join(folder, notesFolder));
  if (slow !== null) progress.note(slow);
  const units = parts.flatMap((part) => part.units);
  progress.start(
    'tokenize',
    units.reduce((bytes, unit) => bytes + unitBytes(unit), 0),
    'B',
  );
  const limits = memory === undefined ? null : workerLimits(memory, workers.count, shared);
  const results = await workers.run({ tokenizer: recipe.tokenizer, shared, folder, limits }, parts, {
    signal,
    onProgress: ({ done, tokens }) => progress.advance(done, tokens),
  });
  progress.end();
  refuseBadRecords(results, recipe, progress);
  const malformed = malformedNote(results);
  if (malformed !== null) progress.note(malformed);
  for (const note of await idNotes(recipe, units, new Set(results.flatMap(({ identified }) => identified))))
    progress.note(note);
  const manifest = storeManifest(recipe, facts, results);
  if (manifest.totals.tokens === 0) {
    throw new LongmixError('corpus-empty', 'the corpus has no text: every document is empty', {
      cure: 'check the paths, and `include` and `text` of the sources',
    });
  }
  removeOtherParts(folder, manifest.parts);
  rememberInputs(folder, parts);
  noteTokenizer(folder, recipe.tokenizer);
  writeJson(join(folder, storeFile), manifest);
  return manifest;
}

/** Standard input lies in the store's notes, so that it can be hashed, split and read again after an interruption. */
async function atRest(
  source: SourceSpec,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<SourceSpec> {
  if (source.path !== '-') return source;
  const notes = join(folder, notesFolder);
  makeFolder(notes);
  const input = signal === undefined ? process.stdin : addAbortSignal(signal, process.stdin);
  return await spoolStandardInput(source, notes, input);
}

function storeManifest(
  recipe: Recipe,
  tokenizer: TokenizerTables['facts'],
  results: readonly TokenizeResult[],
): StoreManifest {
  const parts = results.map(({ part }) => part);
  // A source whose records name theirs has no documents of its own name.
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

/** How a source is read: what of its spec decides the documents, apart from the inputs themselves. */
function reading({ name, fields, join: joined, separator }: SourceSpec): SourceReading {
  return { source: name, fields, ...(joined === 'directory' ? { separator } : {}) };
}

// ---------------------------------------------------------------- is it the same corpus?

const inputsNote = `${notesFolder}/inputs.json`;

/** Size and time of every input, so that a later run need not read them all to know that they are the same. */
function inputStamps(parts: readonly TokenizeInput[]): string {
  const files = parts.flatMap(({ units }) => units.flatMap((unit) => unit.files));
  return JSON.stringify(files.map(({ path, bytes }) => [path, bytes, statSync(path).mtimeMs]));
}

function rememberInputs(folder: string, parts: readonly TokenizeInput[]): void {
  makeFolder(join(folder, notesFolder));
  writeJson(join(folder, inputsNote), inputStamps(parts));
}

function refuseMismatch(
  folder: string,
  manifest: StoreManifest,
  recipe: Recipe,
  tokenizer: TokenizerTables['facts'],
  parts: readonly TokenizeInput[],
): void {
  const difference =
    tokenizerDifference(manifest, tokenizer) ??
    readingDifference(manifest, recipe) ??
    inputDifference(folder, manifest, parts);
  if (difference === null) return;
  throw new LongmixError('store-mismatch', `the token store ${folder} is of something else: ${difference}`, {
    cure:
      recipe.store === folder
        ? 'name another store (`store:` in the recipe); --fresh would replace what other recipes that name this one use'
        : 'tokenize again with --fresh, or name another store (`store:` in the recipe, or --out)',
  });
}

function tokenizerDifference(manifest: StoreManifest, tokenizer: TokenizerTables['facts']): string | null {
  const { name, fingerprint: made } = manifest.tokenizer;
  if (made === tokenizer.fingerprint) return null;
  const of = (tokenizer: string, print: string) => `${tokenizer} (${print.slice(0, 8)})`;
  return `it was made with the tokenizer ${of(name, made)}, the recipe asks for ${of(tokenizer.name, tokenizer.fingerprint)}`;
}

function readingDifference(manifest: StoreManifest, recipe: Recipe): string | null {
  const then = new Map(manifest.reading.map((source) => [source.source, JSON.stringify(source)]));
  const changed = recipe.sources.find((source) => then.get(source.name) !== JSON.stringify(reading(source)));
  if (changed !== undefined) {
    return then.has(changed.name)
      ? `source "${changed.name}" was read with ${then.get(changed.name)!}, now it is ${JSON.stringify(reading(changed))}`
      : `it has no source "${changed.name}"`;
  }
  const gone = manifest.reading.find(({ source }) => !recipe.sources.some(({ name }) => name === source));
  return gone === undefined ? null : `it has a source "${gone.source}" that the recipe has not`;
}

/** The first difference between what a store was made of and what the recipe names now, in words. */
function inputDifference(
  folder: string,
  manifest: StoreManifest,
  parts: readonly TokenizeInput[],
): string | null {
  const now = parts.flatMap(({ units }) => units);
  const then = manifest.parts.flatMap(({ inputs }) => inputs);
  const label = (input: { source: string; name: string; start: number }) =>
    `${input.name} of source "${input.source}"`;
  const keyOf = (source: string, name: string, start: number) => JSON.stringify([source, name, start]);
  const recorded = new Map(then.map((input) => [keyOf(input.source, input.name, input.start), input]));
  for (const unit of now) {
    const input = recorded.get(keyOf(unit.source.name, unit.name, unit.start));
    if (input === undefined) return `${unit.name} of source "${unit.source.name}" is new`;
    if (input.end !== unit.end) return `${label(input)} has changed its size`;
    recorded.delete(keyOf(unit.source.name, unit.name, unit.start));
  }
  for (const input of recorded.values()) return `${label(input)} is gone`;
  if (stampsUnchanged(folder, parts)) return null;
  for (const [i, unit] of now.entries()) {
    if (hashInput(unit) !== then[i]!.sha256) return `${label(then[i]!)} has changed`;
  }
  rememberInputs(folder, parts);
  return null;
}

function stampsUnchanged(folder: string, parts: readonly TokenizeInput[]): boolean {
  try {
    return JSON.parse(readFileSync(join(folder, inputsNote), 'utf8')) === inputStamps(parts);
  } catch {
    return false;
  }
}

/**
 * Has a store made again. 'changed' keeps the parts if all are intact: those whose inputs and tokenizer are still the
 * same are not tokenized again then, so that another mix of the same corpus costs no tokenizing.
 *
 * Removes what longmix wrote into the folder, and nothing else; not what `units` are read from (standard input).
 */
function clearStore(folder: string, units: readonly ReadUnit[], fresh: true | 'changed'): void {
  const keepsParts = fresh === 'changed' && isIntact(folder);
  rmSync(join(folder, storeFile), { force: true });
  if (keepsParts) return;
  const read = new Set(units.flatMap(({ files }) => files.map(({ path }) => path)));
  const notes = join(folder, notesFolder);
  for (const name of existsSync(notes) ? readdirSync(notes) : [])
    if (!read.has(join(notes, name))) rmSync(join(notes, name), { recursive: true });
  removeOtherParts(folder, []);
}

function removeOtherParts(folder: string, parts: readonly PartRecord[]): void {
  const kept = new Set(parts.flatMap(({ files }) => files.map(({ name }) => name)));
  for (const name of readdirSync(folder)) {
    if (/^part-\d{5,}\.(tokens|docs\.arrow)$/.test(name) && !kept.has(name)) rmSync(join(folder, name));
  }
}

/** Also of a store that was never finished: receipts know what there is of it. */
function isIntact(folder: string): boolean {
  if (!existsSync(join(folder, storeFile))) return true;
  try {
    const files = openStore(folder).parts.flatMap((part) => part.files);
    return verifyFiles(folder, files).length === 0;
  } catch {
    // Damaged, or of another version: nothing of it can be trusted.
    return false;
  }
}
