/**
 * Sketches of a store's documents (`near/`), by which near copies are found. Each part has a file of them beside its
 * tokens, made the first time that a recipe asks for near copies. A part never changes under its name, so neither does its
 * file; a corpus that grew needs only those of its new parts.
 *
 * They are made in one thread: it reads some hundred MB of text per second, as tokens, which is more than several threads
 * tokenize. A damaged file is made again.
 */
import { setImmediate } from 'node:timers/promises';
import { idBytes } from '../../base/id-bytes.ts';
import { isUrl } from '../../base/is-url.ts';
import { noProgress } from '../../base/progress.ts';
import { LongmixError } from '../../errors.ts';
import { nearClusters } from '../../near/clusters.ts';
import { bands, createSketcher, type Sketches, signatureWords, sketchVersion } from '../../near/sketch.ts';
import type { Recipe } from '../../nouns/recipe.ts';
import type { DocumentTable } from '../../nouns/tokens.ts';
import { DamagedColumns, openColumns, writeColumns } from '../../storage/columns-file.ts';
import { exists, listFolder } from '../../storage/files.ts';
import { localStorage } from '../../storage/local.ts';
import { join } from '../../storage/paths.ts';
import { type PartRecord, type StoreManifest, sketchFile, tokensFile } from '../../store/format.ts';
import { loadTable } from '../../store/reader.ts';
import { sumOf } from '../../store/view.ts';
import type { NearCopies, StageOptions, TokenStore } from '../nouns.ts';
import type { StorePlace } from './store-place.ts';

const format = 'longmix-sketches';
const blockBytes = 4 * 1024 * 1024;

type Part = Pick<PartRecord, 'name' | 'documents'>;

/**
 * Call this where a store is not yet there: else its corpus would be tokenized and uploaded before the refusal.
 * @throws LongmixError `remote-unsupported` if a recipe asks for near copies, and the store will be in a bucket
 */
export function refuseFarSketches(
  { root }: Pick<StorePlace, 'root'>,
  recipes: readonly Pick<Recipe, 'documents'>[],
): void {
  if (similaritiesOf(recipes).length > 0) refuseBucket(root);
}

/** Makes the sketches that the store lacks, if one of the recipes asks for near copies. */
export async function sketchStore(
  { folder, manifest }: TokenStore,
  recipes: readonly Pick<Recipe, 'documents'>[],
  { progress = noProgress, signal }: Pick<StageOptions, 'progress' | 'signal'>,
): Promise<void> {
  const missing = similaritiesOf(recipes).length === 0 ? [] : missingParts(folder, manifest);
  if (missing.length === 0) return;
  const bytes = missing.reduce((sum, part) => sum + part.tokens * idBytes(manifest.dtype), 0);
  refuseBucket(folder);
  progress.start('look for near copies', bytes, 'B');
  const table = await loadTable(folder, { ...manifest, parts: missing, totals: sumOf(missing) });
  for (const done of sketchParts(folder, manifest, missing, lengthsOf(missing, table))) {
    progress.advance(done, done / idBytes(manifest.dtype));
    await setImmediate();
    signal?.throwIfAborted();
  }
  progress.end();
}

/**
 * The near copies of a store's documents, for every similarity that the recipes name; null: none asks for them. Makes the
 * sketches that are missing. Memory: 132 bytes per document, and 20 while it works.
 */
export function loadNear(
  { folder, manifest }: TokenStore,
  table: DocumentTable,
  recipes: readonly Pick<Recipe, 'documents'>[],
): NearCopies | null {
  const similarities = similaritiesOf(recipes);
  if (similarities.length === 0) return null;
  refuseBucket(folder);
  const { parts } = manifest;
  const { count, lengths } = table;
  const ofPart = lengthsOf(parts, table);
  for (const _ of sketchParts(folder, manifest, missingParts(folder, manifest), ofPart));
  const files = parts.map((part) => openColumns(pathOf(folder, part)));
  /** Fills `into` with numbers of a column of each part, `each` numbers per document, end to end. */
  const copy = (name: string, from: (part: Part) => number, each: number, into: Uint32Array): void => {
    let at = 0;
    for (const [p, part] of parts.entries()) {
      const own = into.subarray(at, at + part.documents * each);
      at += own.length;
      try {
        files[p]!.copy(name, from(part), own);
      } catch (error) {
        if (!(error instanceof DamagedColumns)) throw error;
        for (const _ of sketchParts(folder, manifest, [part], ofPart));
        files[p]!.close();
        files[p] = openColumns(pathOf(folder, part));
        files[p].copy(name, from(part), own);
      }
    }
  };
  try {
    const signatures = new Uint32Array(new SharedArrayBuffer(4 * signatureWords * count));
    copy('signatures', () => 0, signatureWords, signatures);
    const keys = new Uint32Array(count);
    const band = (number: number): Uint32Array => {
      copy('bands', (part) => number * part.documents, 1, keys);
      return keys;
    };
    const sketches = { documents: count, signatures, band };
    const clusters = similarities.map(
      (similarity) => [similarity, nearClusters(sketches, lengths, similarity)] as const,
    );
    return { signatures, clusters: new Map(clusters) };
  } finally {
    for (const file of files) file.close();
  }
}

/** One sentence for each file of sketches that is there and damaged. */
export function damagedSketches(folder: string, parts: readonly Part[]): string[] {
  if (isUrl(folder)) return [];
  return parts.flatMap((part) => {
    const path = pathOf(folder, part);
    if (!exists(path)) return [];
    const fault = faultOf(path, part, true);
    return fault === null ? [] : [`${path}: ${fault}; remove it: it is made again when a recipe needs it`];
  });
}

/** Names of the files of sketches in a store, of whatever parts. */
export function sketchesIn(folder: string): string[] {
  return listFolder(folder).filter((name) => name.endsWith('.sketch') && isSketch(join(folder, name)));
}

function isSketch(path: string): boolean {
  try {
    const file = openColumns(path);
    file.close();
    return (file.about as { format?: unknown } | null)?.format === format;
  } catch {
    return false;
  }
}

function similaritiesOf(recipes: readonly Pick<Recipe, 'documents'>[]): number[] {
  return [...new Set(recipes.flatMap(({ documents }) => documents.nearDuplicates?.similarity ?? []))];
}

function missingParts(folder: string, { parts }: StoreManifest): PartRecord[] {
  return parts.filter(
    (part) => !exists(pathOf(folder, part)) || faultOf(pathOf(folder, part), part, false) !== null,
  );
}

/** What is wrong with a file; null: nothing. @param deep read all of it, not only its header */
function faultOf(path: string, part: Part, deep: boolean): string | null {
  try {
    const file = openColumns(path);
    try {
      const about = file.about as Partial<ReturnType<typeof aboutOf>> | null;
      if (about?.format !== format || about.version !== sketchVersion || about.part !== part.name)
        return 'it holds no sketches of this part by this version of longmix';
      for (const [name, each] of [
        ['bands', bands],
        ['signatures', signatureWords],
      ] as const) {
        if (file.length(name) !== each * part.documents) return `its column ${name} has another length`;
        if (deep) file.copy(name, 0, new Uint32Array(each * part.documents));
      }
      return null;
    } finally {
      file.close();
    }
  } catch (error) {
    if (error instanceof DamagedColumns) return error.message;
    throw error;
  }
}

/** Yields the bytes of tokens of each step. */
function* sketchParts(
  folder: string,
  manifest: StoreManifest,
  parts: readonly PartRecord[],
  lengths: ReadonlyMap<string, Uint32Array>,
): Generator<number> {
  for (const part of parts) {
    const sketches = yield* sketchPart(folder, manifest, part, lengths.get(part.name)!);
    const { signatures } = sketches;
    writeColumns(pathOf(folder, part), aboutOf(part), { bands: sketches.bands, signatures });
  }
}

/** Tokens of each document of a part, by the part's name. @param table of these parts */
function lengthsOf(
  parts: readonly Part[],
  { lengths, partStarts }: Pick<DocumentTable, 'lengths' | 'partStarts'>,
): ReadonlyMap<string, Uint32Array> {
  return new Map(
    parts.map(({ name }, p) => [name, lengths.subarray(partStarts[p], partStarts[p + 1])] as const),
  );
}

/** @throws LongmixError `remote-unsupported` if the store is in a bucket */
function refuseBucket(folder: string): void {
  if (!isUrl(folder)) return;
  throw new LongmixError('remote-unsupported', 'documents.near_duplicates needs a token store in a folder', {
    where: folder,
    cure: 'give the recipe a `store` on this machine; the shards may go to the bucket',
  });
}

function aboutOf({ name }: Part) {
  return { format, version: sketchVersion, part: name };
}

function* sketchPart(
  folder: string,
  { dtype }: StoreManifest,
  { name }: Part,
  lengths: Uint32Array,
): Generator<number, Sketches> {
  const sketcher = createSketcher(lengths.length);
  const file = localStorage(folder).open(tokensFile(name));
  try {
    const width = idBytes(dtype);
    const block = new Uint8Array(Math.min(blockBytes, file.size));
    let document = 0;
    let left = lengths[0] ?? 0;
    for (let at = 0; at < file.size; at += block.length) {
      const bytes = block.subarray(0, Math.min(block.length, file.size - at));
      file.read(at, bytes);
      const ids = width === 2 ? new Uint16Array(bytes.buffer) : new Uint32Array(bytes.buffer);
      const count = bytes.length / width;
      for (let from = 0; from < count && document < lengths.length; ) {
        const taken = Math.min(left, count - from);
        sketcher.add(ids.subarray(from, from + taken));
        from += taken;
        left -= taken;
        while (left === 0 && document < lengths.length) {
          sketcher.end();
          document += 1;
          left = lengths[document] ?? 0;
        }
      }
      yield bytes.length;
    }
    // Documents of a part without tokens.
    for (; document < lengths.length; document += 1) sketcher.end();
    return sketcher.finish();
  } finally {
    file.close();
  }
}

function pathOf(folder: string, { name }: Part): string {
  return join(folder, sketchFile(name));
}
