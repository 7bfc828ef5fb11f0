/**
 * Checks that a token store was made from the recipe's inputs, and that its files are unchanged. First compares sizes
 * and times with a local note beside the store, which is quick. If they differ, compares the bytes.
 */

import { join } from 'node:path';
import { isUrl } from '../../base/is-url.ts';
import { LongmixError } from '../../errors.ts';
import type { Recipe, SourceSpec } from '../../nouns/recipe.ts';
import { extractorOf } from '../../read/formats.ts';
import { hashInput } from '../../read/input/hash-input.ts';
import { makeFolder, writeJson } from '../../storage/commit.ts';
import { readJson, statOf } from '../../storage/files.ts';
import { notesFolder } from '../../storage/receipt.ts';
import { verifyFiles } from '../../storage/verify-files.ts';
import { type SourceReading, type StoreManifest, storeFiles } from '../../store/format.ts';
import type { TokenizerTables } from '../../tokenize/engine/load-tables.ts';
import type { PlannedPart } from './parts.ts';

/** How a source is read: the settings of the source that decide its documents, apart from the inputs themselves. */
export function reading({
  name,
  fields,
  join: joined,
  separator,
  encoding,
  quote,
  command,
  tokens,
}: SourceSpec): SourceReading {
  return {
    source: name,
    fields,
    ...(joined === 'directory' ? { separator } : {}),
    ...(encoding === null ? {} : { encoding }),
    ...(quote === 'auto' ? {} : { quote }),
    ...(command === undefined ? {} : { command }),
    ...(tokens === undefined ? {} : { tokens: tokens.dtype ?? true }),
  };
}

const inputsNote = `${notesFolder}/inputs.json`;

/** Size and times of every input, so that a later run can see that all inputs are the same without reading them. */
export function inputStamps(parts: readonly PlannedPart[]): readonly unknown[] {
  const files = parts.flatMap(({ units }) => units.flatMap((unit) => unit.files));
  return files.map(({ path, bytes, stamp }) => [path, bytes, stamp]);
}

export function rememberInputs(folder: string, stamps: readonly unknown[]): void {
  writeNote(folder, inputsNote, JSON.stringify(stamps));
}

const filesNote = `${notesFolder}/files.json`;

/** Size and times of the store's own files. */
function fileStamps(folder: string, manifest: StoreManifest): string {
  return JSON.stringify(storeFiles(manifest).map(({ name }) => [name, statOf(join(folder, name))?.stamp]));
}

export function rememberFiles(folder: string, manifest: StoreManifest): void {
  writeNote(folder, filesNote, fileStamps(folder, manifest));
}

/**
 * Checks the store's files. If any was written to (or copied) since the last check, all are read in full once. A
 * failing disk changes bytes without changing times; `verify --deep` finds that.
 * @throws LongmixError `store-damaged`
 */
export function refuseDamage(folder: string, manifest: StoreManifest): void {
  if (readNote(folder, filesNote) === fileStamps(folder, manifest)) return;
  const [fault] = verifyFiles(folder, storeFiles(manifest));
  if (fault !== undefined) {
    throw new LongmixError('store-damaged', fault, {
      cure: 'tokenize again what is damaged: the same command with --fresh',
      exitCode: 1,
    });
  }
  rememberFiles(folder, manifest);
}

/** Ignores a folder that can't be written, such as a store shared read-only: the next command then checks again. */
function writeNote(folder: string, note: string, content: string): void {
  try {
    makeFolder(join(folder, notesFolder));
    writeJson(join(folder, note), content);
  } catch (error) {
    if (!(error instanceof LongmixError)) throw error;
  }
}

/** null: the note does not exist, or is torn. */
function readNote(folder: string, note: string): string | null {
  try {
    return readJson(join(folder, note)) as string;
  } catch {
    return null;
  }
}

export async function refuseMismatch(
  folder: string,
  manifest: StoreManifest,
  recipe: Recipe,
  tokenizer: TokenizerTables['facts'],
  parts: readonly PlannedPart[],
): Promise<void> {
  const difference =
    tokenizerDifference(manifest, tokenizer) ??
    endsDifference(manifest, recipe, tokenizer) ??
    readingDifference(manifest, recipe) ??
    (await inputDifference(folder, manifest, parts));
  if (difference === null) return;
  throw new LongmixError(
    'store-mismatch',
    `the token store ${folder} was made from other inputs: ${difference}`,
    {
      cure:
        recipe.store === folder
          ? 'name another store (`store:` in the recipe); --fresh would replace a store that other recipes use'
          : 'tokenize again with --fresh, or name another store (`store:` in the recipe, or --out)',
    },
  );
}

function tokenizerDifference(manifest: StoreManifest, tokenizer: TokenizerTables['facts']): string | null {
  const { name, fingerprint: made } = manifest.tokenizer;
  if (made === tokenizer.fingerprint) return null;
  const of = (tokenizer: string, print: string) => `${tokenizer} (${print.slice(0, 8)})`;
  return `it was made with the tokenizer ${of(name, made)}, the recipe asks for ${of(tokenizer.name, tokenizer.fingerprint)}`;
}

/** In the form of a recipe: `text: body, id: id`. */
/** BOS and EOS are not in the documents of token ids, so such documents depend on them. */
function endsDifference(
  { tokenizer: { bosId, eosId } }: StoreManifest,
  { sources }: Recipe,
  tokenizer: TokenizerTables['facts'],
): string | null {
  if (!sources.some(({ tokens }) => tokens !== undefined)) return null;
  if (bosId === tokenizer.bosId && eosId === tokenizer.eosId) return null;
  return 'BOS or EOS, with which documents of token ids begin and end, has another id now';
}

function inWords({ fields, separator, encoding, quote, command }: SourceReading): string {
  const named = Object.entries({ ...fields, separator, encoding, quote, command }).filter(
    ([, name]) => name != null,
  );
  return named
    .map(([key, name]) => `${key}: ${Object.hasOwn(fields, key) ? name : JSON.stringify(name)}`)
    .join(', ');
}

function readingDifference(manifest: StoreManifest, recipe: Recipe): string | null {
  const then = new Map(manifest.reading.map((source) => [source.source, JSON.stringify(source)]));
  const changed = recipe.sources.find((source) => then.get(source.name) !== JSON.stringify(reading(source)));
  if (changed !== undefined) {
    const before = manifest.reading.find(({ source }) => source === changed.name);
    return before === undefined
      ? `it has no source "${changed.name}"`
      : `source "${changed.name}" was read with ${inWords(before)}, and is now read with ${inWords(reading(changed))}`;
  }
  const gone = manifest.reading.find(({ source }) => !recipe.sources.some(({ name }) => name === source));
  return gone === undefined ? null : `it has a source "${gone.source}", which the recipe does not list`;
}

/** The first difference between the store's inputs and the recipe's current inputs, in words. */
async function inputDifference(
  folder: string,
  manifest: StoreManifest,
  parts: readonly PlannedPart[],
): Promise<string | null> {
  const now = parts.flatMap(({ units }) => units);
  const then = manifest.parts.flatMap(({ inputs }) => inputs);
  const label = (input: { source: string; name: string; start: number }) =>
    `${input.name} of source "${input.source}"`;
  const keyOf = (source: string, name: string, start: number) => JSON.stringify([source, name, start]);
  const recorded = new Map(then.map((input) => [keyOf(input.source, input.name, input.start), input]));
  for (const unit of now) {
    const key = keyOf(unit.source.name, unit.name, unit.start);
    const input = recorded.get(key);
    if (input === undefined) return `${unit.name} of source "${unit.source.name}" is new`;
    if (input.end !== unit.end) return `${label(input)} has another size than before`;
    const { format } = unit.files[0]!;
    if (input.format !== format)
      return `${label(input)} was read as ${input.format}, and is now read as ${format}`;
    const extractor = extractorOf(unit);
    if (input.extractor !== extractor)
      return `the text of ${label(input)} was taken out by ${input.extractor ?? 'nothing'}, and is now taken out by ${extractor ?? 'nothing'}`;
    recorded.delete(key);
  }
  for (const input of recorded.values()) return `${label(input)} is gone`;
  if (now.some((unit, i) => unit.source.name !== then[i]!.source || unit.name !== then[i]!.name))
    return 'its sources are in another order';
  const stamps = inputStamps(parts);
  const noted = readNote(folder, inputsNote);
  if (noted === JSON.stringify(stamps)) return null;
  const known = notedStamps(noted);
  for (const [i, unit] of now.entries()) {
    // What lies elsewhere is not fetched only to be compared: it counts as the same where its size and its etag are, and
    // where no etag was noted (the store was copied, or made from files), where its size is.
    const far = unit.files.every(({ path }) => isUrl(path));
    if (far && unit.files.every(({ path, stamp }) => (known.get(path) ?? stamp) === stamp)) continue;
    if ((await hashInput(unit)) !== then[i]!.sha256) return `${label(then[i]!)} has changed`;
  }
  rememberInputs(folder, stamps);
  return null;
}

/** Stamps of the note by path. */
function notedStamps(note: string | null): ReadonlyMap<string, string> {
  try {
    const stamps = JSON.parse(note ?? '[]') as [path: string, bytes: number, stamp: string][];
    return new Map(stamps.map(([path, , stamp]) => [path, stamp]));
  } catch {
    return new Map();
  }
}
