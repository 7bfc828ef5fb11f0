/**
 * A recipe's token store: what is there of its corpus is found, what is missing is tokenized, and the store's record says
 * how the recipe's sources are now. Nothing is removed: parts of what the corpus was stay until `longmix store prune`.
 *
 * Only the moments in which the record is read and replaced are locked, so several commands may add to a store at once.
 * Parts have names of their own, and two commands that make the same part make the same bytes.
 */

import { isUrl } from '../../base/is-url.ts';
import { noProgress, type Progress } from '../../base/progress.ts';
import { compact, counted } from '../../base/words.ts';
import { LongmixError } from '../../errors.ts';
import { type Crew, type Executor, TasksLeft } from '../../execute/executor.ts';
import type { PartSetting, TokenizeResult } from '../../execute/part-notes.ts';
import { threads } from '../../execute/tasks.ts';
import type { ReadUnit } from '../../nouns/documents.ts';
import type { Recipe } from '../../nouns/recipe.ts';
import { refuseMissingProgram } from '../../read/extract/find-program.ts';
import { hashInput } from '../../read/input/hash-input.ts';
import { readyCacheFolder } from '../../storage/cache-folder.ts';
import { makeFolder } from '../../storage/commit.ts';
import { exists } from '../../storage/files.ts';
import { withBriefLock, withLock } from '../../storage/lock.ts';
import { flushPlaces, openPlace, refuseUnwritable } from '../../storage/open-place.ts';
import { join } from '../../storage/paths.ts';
import { useCache } from '../../storage/remote-settings.ts';
import {
  type StoreManifest,
  storeDtype,
  storeFile,
  storeFiles,
  type TokenizerRecord,
} from '../../store/format.ts';
import { storedSources, storeManifest, viewOf } from '../../store/view.ts';
import type { TokenizerTables } from '../../tokenize/engine/load-tables.ts';
import type { StageOptions, StoreOptions, TokenStore } from '../nouns.ts';
import { claimFolder, refuseForeign, tokenFolder } from '../ownership.ts';
import { borrowParts } from './borrow-parts.ts';
import { type FoundChats, withConversations } from './conversations.ts';
import { type CorpusChange, changeInWords, corpusChange, type SourceNow } from './corpus-change.ts';
import { fimSources } from './fim-sources.ts';
import { type FoundSource, findCorpus } from './find-corpus.ts';
import { type FoundPart, type PlannedPart, partsIn, receiptOf } from './find-parts.ts';
import { forgetParts } from './forget-parts.ts';
import { idNotes } from './id-notes.ts';
import { fileNote, malformedNote, refuseBadRecords } from './input-faults.ts';
import { kindsNote } from './input-kinds.ts';
import { recipeTables } from './recipe-tables.ts';
import { isElsewhere } from './source-places.ts';
import { refuseDamage, rememberFiles, sameReading } from './store-match.ts';
import { fixedPlace, type StorePlace, storesBeside } from './store-place.ts';
import { readRecord, recordSources } from './store-record.ts';
import { doneWithParts, keepForJob, useStore } from './store-uses.ts';
import { withTokenIds } from './token-ids.ts';
import { type TokenizeWork, tokenizeParts } from './tokenize-parts.ts';
import { refuseUnfit } from './tokenizer-fit.ts';
import { noteTokenizer } from './tokenizer-note.ts';
import { refuseUnknownFields, withHeldColumns } from './wanted-columns.ts';

/**
 * @param place the store's folder, or how it is found (`storePlace`)
 * @param check what refuses a tokenizer before anything is tokenized; default: what the recipe's rows need
 * @throws LongmixError `store-damaged` | `folder-busy` | `folder-foreign` | `bad-records` | `corpus-empty` |
 * `special-token-missing` | `dtype-too-small`; whatever reading and writing throw
 */
export async function ensureStore(
  asked: Recipe,
  place: string | StorePlace,
  options: StoreOptions,
  check: (tokenizer: TokenizerTables['facts']) => void = (tokenizer) => refuseUnfit(asked, tokenizer),
): Promise<TokenStore> {
  const at = typeof place === 'string' ? fixedPlace(place) : place;
  const early = at.byTokenizer ? await recipeTables(asked) : null;
  const folder = at.folderFor(early?.facts.fingerprint ?? '');
  refuseUnwritable(folder);
  await openPlace(folder);
  refuseForeign(folder, tokenFolder);
  if (options.cache !== undefined && asked.sources.some(({ path }) => isUrl(path)))
    readyCacheFolder(options.cache.folder);
  useCache(options.cache ?? null);
  const ensure = async () => {
    const isThere = options.fresh !== true && exists(join(folder, storeFile));
    const recipe = withHeldColumns(asked, options.fresh === true ? null : folder);
    const corpus = await findCorpus(recipe, folder, isThere, options.signal);
    // Threads load their code while this one gets the tokenizer.
    const { executor = threads(options.workers) } = options;
    const crew = executor.ready('tokenize', isThere ? 0 : partsOf(corpus).length);
    try {
      const tables = early ?? (await recipeTables(recipe));
      check(tables.facts);
      const fim = await fimSources(recipe);
      const { sources, ...chats } = await withConversations(recipe, withTokenIds(corpus, tables.facts));
      const work = await lookUp({ recipe, folder, place: at, options, tables, sources, chats });
      const manifest = (await reuse(work)) ?? (await complete(work, executor, crew));
      noteTokenizer(folder, recipe.tokenizer);
      const isPadded = 'file' in recipe.tokenizer && recipe.tokenizer.pad !== undefined;
      return {
        folder,
        manifest,
        padId: isPadded ? tables.facts.padId : null,
        ...(fim === null ? {} : { fim }),
      };
    } finally {
      await crew.close();
    }
  };
  if (!asked.sources.some(({ path }) => path === '-')) {
    try {
      return await ensure();
    } finally {
      await flushPlaces();
    }
  }
  if (isUrl(folder)) {
    throw new LongmixError('remote-unsupported', 'standard input needs a token store on this machine', {
      where: folder,
      cure: 'write the text to a file and give that; or name a folder with --store (--out of longmix tokenize)',
    });
  }
  // Standard input is put into the folder before anything is known of it.
  makeFolder(folder);
  return await withLock(folder, ensure);
}

interface StoreTask {
  readonly recipe: Recipe;
  readonly folder: string;
  readonly place: StorePlace;
  readonly options: StoreOptions;
  readonly tables: TokenizerTables;
  /** The recipe's, in its order, as they are now. */
  readonly sources: readonly FoundSource[];
  readonly chats: Omit<FoundChats, 'sources'>;
}

/** What the store has of it. */
interface StoreWork extends StoreTask {
  readonly tokenizer: TokenizerRecord;
  readonly setting: PartSetting;
  /** Of the store, as it was found; null: it has none of this tokenizer. */
  readonly record: StoreManifest | null;
  /** Why there is a record that serves nothing; null: there is none, or it serves. */
  readonly why: string | null;
  readonly found: ReadonlyMap<PlannedPart, FoundPart>;
  /** `hashInput`, which hashes no unit twice. */
  readonly hashOf: (unit: ReadUnit) => Promise<string>;
}

function remembered(hash: (unit: ReadUnit) => Promise<string>): StoreWork['hashOf'] {
  const known = new Map<ReadUnit, string>();
  return async (unit) => {
    const one = known.get(unit) ?? (await hash(unit));
    known.set(unit, one);
    return one;
  };
}

async function lookUp(task: StoreTask): Promise<StoreWork> {
  const { folder, options, tables, sources } = task;
  const tokenizer = tokenizerRecord(tables.facts);
  const setting = { fingerprint: tokenizer.fingerprint, dtype: storeDtype(tokenizer.vocabularySize) };
  makeFolder(folder);
  const held = await withBriefLock(folder, () => {
    useStore(folder);
    return readRecord(folder, tokenizer, setting.dtype, options.fresh === true);
  });
  const wanted = partsOf(sources);
  const record =
    options.fresh === true ? await forgetParts(folder, setting, wanted, held.record, options) : held.record;
  const hashOf = remembered(hashInput);
  const own = partsIn(folder, record, setting, true, hashOf);
  const found = new Map<PlannedPart, FoundPart>();
  for (const planned of wanted) {
    const part = await own.find(planned);
    if (part !== null) found.set(planned, part);
  }
  return { ...task, tokenizer, setting, record: held.record, why: held.why, found, hashOf };
}

/** The recipe's view of the store where nothing is to be done, or nothing shall be; else null. */
async function reuse(work: StoreWork): Promise<StoreManifest | null> {
  const { recipe, folder, options, tokenizer, record, sources, found } = work;
  const { asItWas = false, fresh = false, progress = noProgress } = options;
  const names = recipe.sources.map(({ name }) => name);
  const view = record === null ? null : viewOf(record, names);
  const wanted = partsOf(sources);
  if (view === null || (fresh && found.size < wanted.length)) return null;
  const isCurrent =
    sources.every(({ reading }, s) => JSON.stringify(reading) === JSON.stringify(view.reading[s])) &&
    wanted.length === view.parts.length &&
    wanted.every((planned, i) => found.get(planned)?.part.name === view.parts[i]!.name);
  // What is all there costs nothing to use, so it is not left as it was.
  const mayStay =
    asItWas &&
    found.size < wanted.length &&
    sources.every(({ reading }, s) => sameReading(reading, view.reading[s]!)) &&
    !recipe.sources.some((source) => isElsewhere(folder, source));
  if (!isCurrent && !mayStay) return null;
  await refuseDamage(folder, view);
  const { documents, tokens } = view.totals;
  if (isCurrent) {
    progress.aside(
      `tokens reused: ${counted(documents, 'document')}, ${compact(tokens)} tokens (${tokenizer.name}) in ${folder}`,
    );
  } else {
    progress.note(
      `${changeInWords(await changeOf(work))}\n  this plan is of the corpus as it was tokenized last; build and tokenize bring it up to date`,
    );
  }
  return { ...view, tokenizer };
}

async function changeOf({ folder, sources, record, found, hashOf }: StoreWork): Promise<CorpusChange> {
  const before = record === null ? new Map() : storedSources(record);
  const recorded = new Set(record?.parts.map(({ name }) => name));
  const now = sources.map(({ reading, parts }): SourceNow => {
    return {
      ...{ reading, parts },
      missing: parts.filter((planned) => !found.has(planned)),
      unrecorded: parts.filter((planned) => !recorded.has(found.get(planned)?.part.name ?? '')),
    };
  });
  return await corpusChange(now, before, ({ name }) => receiptOf(folder, name), hashOf);
}

/** Borrows and makes what is missing, and records how the sources are now. Gives the recipe's view. */
async function complete(work: StoreWork, executor: Executor, crew: Crew<'tokenize'>): Promise<StoreManifest> {
  const { recipe, folder, place, options, tables, setting, sources, chats, record, why } = work;
  const { fresh = false, progress = noProgress } = options;
  const held = new Set(record?.reading.map(({ source }) => source));
  if (why !== null) progress.note(`${folder} is made again, because ${why}`);
  else if (!fresh && sources.some(({ reading }) => held.has(reading.source))) {
    progress.note(changeInWords(await changeOf(work)));
  }
  claimFolder(folder, []);

  const found = new Map(work.found);
  const missing = () => partsOf(sources).filter((planned) => !found.has(planned));
  if (!fresh && missing().length > 0) {
    const borrowed = await borrowParts(folder, setting, missing(), storesBeside(place, folder));
    for (const [planned, part] of borrowed.parts) found.set(planned, part);
    if (borrowed.parts.size > 0)
      progress.note(
        `${counted(borrowed.parts.size, 'part')} of the tokens taken from ${borrowed.from.join(', ')}`,
      );
  }

  const left = missing();
  for (const { spec, units, leftOut, parts } of sources) {
    if (parts.every((planned) => found.has(planned))) continue;
    if (spec.command !== undefined) refuseMissingProgram(spec.name, spec.command);
    const note = held.has(spec.name) ? null : kindsNote(spec, units, leftOut);
    if (note !== null) progress.note(note);
    await refuseUnknownFields(recipe, spec, units);
  }
  if (left.length > 0) {
    // All that the record lacks, so that a list of tasks stays the same while one after the other is done.
    const parts = partsOf(sources).filter((planned) => found.get(planned)?.result !== null);
    const results = await runParts(
      { folder, spec: recipe.tokenizer, setting, tables, chats, parts },
      options,
      executor,
      crew,
    );
    for (const [i, result] of results.entries()) found.set(parts[i]!, { part: result.part, result });
  }
  return await recordFound(work, found, progress);
}

async function runParts(
  work: Omit<TokenizeWork, 'crew'>,
  options: StageOptions,
  executor: Executor,
  waiting: Crew<'tokenize'>,
): Promise<TokenizeResult[]> {
  // Those who wait are too few where a store was there.
  const isEnough = waiting.count >= Math.min(options.workers, work.parts.length);
  const crew = isEnough ? waiting : executor.ready('tokenize', work.parts.length);
  try {
    return await tokenizeParts({ ...work, crew }, options);
  } catch (error) {
    if (error instanceof TasksLeft) keepForJob(work.folder, error.job);
    throw error;
  } finally {
    if (crew !== waiting) await crew.close();
  }
}

async function recordFound(
  { recipe, folder, options, tokenizer, setting, sources, record }: StoreWork,
  found: ReadonlyMap<PlannedPart, FoundPart>,
  progress: Progress,
): Promise<StoreManifest> {
  const stored = sources.map(({ reading, parts }) => {
    return { reading, parts: parts.map((planned) => found.get(planned)!.part) };
  });
  const view = storeManifest({ tokenizer, dtype: setting.dtype, sources: stored });
  const results = partsOf(sources).flatMap((planned) => found.get(planned)!.result ?? []);
  refuseBadRecords(view, results, recipe, progress);
  for (const note of [malformedNote(results), fileNote(results)]) if (note !== null) progress.note(note);
  const held = new Set(record?.reading.map(({ source }) => source));
  const identified = new Set(results.flatMap((result) => result.identified));
  for (const note of await idNotes(
    sources.filter(({ spec }) => !held.has(spec.name)),
    identified,
  ))
    progress.note(note);
  if (view.totals.tokens === 0) {
    const { documents, badRecords } = view.totals;
    const why =
      documents > 0 || badRecords === 0 ? 'every document is empty' : `all records are bad (${badRecords})`;
    throw new LongmixError('corpus-empty', `the corpus has no tokens: ${why}`, {
      cure: 'check the paths, and `include`, `text` and `tokens` of the sources',
    });
  }
  // What was just made is as it was written; what was there is so by the store's notes, or is read.
  const there = partsOf(sources).map((planned) => found.get(planned)!);
  await refuseDamage(folder, {
    parts: there.filter(({ result }) => result === null).map(({ part }) => part),
  });
  rememberFiles(folder, storeFiles({ parts: results.map(({ part }) => part) }));
  const content = { tokenizer, dtype: setting.dtype, sources: stored };
  await recordSources(folder, content, recipe.sources, options.fresh === true);
  doneWithParts(folder);
  return view;
}

function partsOf(sources: readonly FoundSource[]): PlannedPart[] {
  return sources.flatMap(({ parts }) => parts);
}

function tokenizerRecord({
  name,
  fingerprint,
  vocabularySize,
  bosId,
  eosId,
}: TokenizerTables['facts']): TokenizerRecord {
  return { name, fingerprint, vocabularySize, bosId, eosId, specialTokens: 'text' };
}
