/**
 * Finds what a source of the recipe has to read, in an order that depends only on the names. The units depend only on
 * the inputs, never on the machine or the number of workers.
 */
import picomatch from 'picomatch';
import { lastPart } from '../../base/address.ts';
import { isPointerSize } from '../../base/git-lfs.ts';
import { inLanes } from '../../base/in-lanes.ts';
import { isUrl } from '../../base/is-url.ts';
import { LongmixError } from '../../errors.ts';
import type { InputFile, ReadUnit } from '../../nouns/documents.ts';
import type { SourceSpec } from '../../nouns/recipe.ts';
import { checkAccess, readBytes } from '../../storage/files.ts';
import { orUnreadable } from '../../storage/unreadable.ts';
import type { WalkedFile } from '../../storage/walk.ts';
import { describeFormats, formatTable, hasFields, kindOf } from '../formats.ts';
import { refusePointer } from './file-blocks.ts';
import { localPlace, type Place } from './places.ts';

/**
 * A file that is not read, because its format is unknown, or because it has records, which joined text can't include.
 */
export interface LeftOut {
  readonly name: string;
  readonly why: 'format' | 'records';
}

export interface Discovered {
  readonly units: ReadUnit[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * The units of a source, sorted by name; each is a file or a joined document. Standard input must be spooled first
 * (`spool.ts`).
 * @throws LongmixError `source-missing` | `source-empty` | `source-format` | `input-unreadable` | `input-unfetched`, and
 * `remote-...` where its files lie elsewhere
 */
export async function discover(source: SourceSpec): Promise<Discovered> {
  if (source.path === '-') throw new Error('standard input is not spooled');
  const isRemote = isUrl(source.path);
  const found = isRemote ? await (await import('./remote-place.ts')).remotePlace(source) : localPlace(source);
  const discovered = await discoverIn(source, found);
  // Files elsewhere are asked for nothing but their listing: a pointer shows when it is read.
  if (!isRemote) for (const { files } of discovered.units) for (const file of files) refuseUnfit(file);
  return discovered;
}

/** The same, of a place that was found. */
export async function discoverIn(source: SourceSpec, place: Place): Promise<Discovered> {
  if (source.join === 'directory') checkJoin(source, place);
  const { files, leftOut } =
    place.file === null
      ? await filesBelow(source, place)
      : { files: [await singleFile(source, place.file)], leftOut: [] };
  const joined = source.join === 'directory';
  // A dataset of the hub is another address once it is pinned; a file that is named by itself is told by its path.
  const pinned = place.file === null ? source : { ...source, path: place.file.path };
  const units = joined ? joinDirectories(source, files) : files.map((file) => unitOf(pinned, file));
  return { units, leftOut };
}

interface FoundFiles {
  readonly files: readonly InputFile[];
  readonly leftOut: readonly LeftOut[];
}

async function singleFile(source: SourceSpec, found: WalkedFile): Promise<InputFile> {
  const kind = kindOf(found.name, source);
  if (kind === null) {
    if (holdsIds(found.name, source)) {
      throw new LongmixError('source-format', `source "${source.name}": ${source.path} holds token ids`, {
        cure: idsCure,
      });
    }
    throw new LongmixError('source-format', `source "${source.name}": unknown format: ${source.path}`, {
      cure:
        source.chat === undefined
          ? `set format: of the source, or rename the file; known are ${describeFormats()}`
          : chatCure,
    });
  }
  const file = { ...found, ...kind };
  const settled = await settle(source, file);
  // A file of settings that the recipe names by itself is a mistake, not text. Read it as records, which reports that.
  return settled.format === 'text' ? file : settled;
}

async function filesBelow(source: SourceSpec, { glob, walk }: Place): Promise<FoundFiles> {
  const selects = selector(source, glob);
  const patterns = [...source.include, glob ?? ''];
  const unknown = new Set<string>();
  const wanted = (name: string) => {
    if (!selects(name)) return false;
    if (kindOf(name, source) !== null) return true;
    unknown.add(name);
    return false;
  };
  const walked = await walk({
    hidden: patterns.some((pattern) => /(^|[/{,(])\.[^/.]/.test(pattern)),
    nodeModules: patterns.some((pattern) => pattern.includes('node_modules')),
    depth: depthOf(glob),
    wanted,
  });
  const all = await inLanes(walked, lanesOf(source.path), (file) => inputFile(source, file));
  const files = withoutNotes(all);
  const isKept = ({ format }: InputFile) => source.join === 'file' || !hasFields(format);
  const kept = files.filter(isKept);
  if (kept.length === 0) throw emptySource(source, unknown);
  const leftOut = [
    ...Array.from(unknown, (name): LeftOut => ({ name, why: 'format' })),
    ...files.filter((file) => !isKept(file)).map(({ name }): LeftOut => ({ name, why: 'records' })),
  ];
  return { files: kept, leftOut };
}

/** Leaves out the files that a format keeps beside its own, and that are not documents. */
function withoutNotes(files: readonly InputFile[]): readonly InputFile[] {
  const formats = new Set(files.map(({ format }) => format));
  const notes = new Set([...formats].flatMap((format) => formatTable[format].notes ?? []));
  if (notes.size === 0) return files;
  return files.filter(({ name, format }) => format !== 'text' || !notes.has(lastPart(name)));
}

/** Levels that a glob can match. The bound keeps `*.jsonl` from walking the whole tree below. */
function depthOf(glob: string | null): number {
  const bounded = glob !== null && !/\*\*|[{(]/.test(glob);
  return bounded ? glob.split('/').length : Number.POSITIVE_INFINITY;
}

async function inputFile(source: SourceSpec, file: WalkedFile): Promise<InputFile> {
  return await settle(source, { ...file, ...kindOf(file.name, source)! });
}

/** Looks into the file for those formats whose name alone does not decide how it is read. */
async function settle(source: SourceSpec, file: InputFile): Promise<InputFile> {
  const settled = source.format === null ? await formatTable[file.format].settle?.(source, file) : undefined;
  return settled === undefined ? file : { ...file, format: settled };
}

function selector(source: SourceSpec, glob: string | null): (name: string) => boolean {
  const inGlob = glob === null ? () => true : picomatch(glob);
  const included = source.include.length === 0 ? () => true : picomatch([...source.include]);
  const excluded = source.exclude.length === 0 ? () => false : picomatch([...source.exclude], { dot: true });
  return (name) => inGlob(name) && included(name) && !excluded(name);
}

function unitOf(source: SourceSpec, file: InputFile): ReadUnit {
  return { source, name: file.name, files: [file], start: 0, end: file.bytes, joined: false };
}

/** Of each unit what `splitUnit` makes of it. */
export async function splitUnits(units: readonly ReadUnit[], rangeBytes: number): Promise<ReadUnit[]> {
  const lanes = lanesOf(units.find(({ source }) => isUrl(source.path))?.source.path ?? '');
  return (await inLanes(units, lanes, (unit) => splitUnit(unit, rangeBytes))).flat();
}

/** Files that are looked into at once: a disk has nothing to wait for. */
function lanesOf(path: string): number {
  return isUrl(path) ? 32 : 1;
}

/** Splits a unit into ranges of about `rangeBytes`, if it is larger and its format can be read in ranges. */
async function splitUnit(unit: ReadUnit, rangeBytes: number): Promise<readonly ReadUnit[]> {
  const { format, bytes } = unit.files[0]!;
  const { ranges } = formatTable[format];
  if (ranges === undefined || unit.joined || bytes <= rangeBytes) return [unit];
  return (await ranges(unit, rangeBytes)).map((range) => ({ ...unit, ...range }));
}

function checkJoin(source: SourceSpec, { file }: Place): void {
  const records = source.format !== null && hasFields(source.format);
  if (!records && file === null) return;
  const what = records ? `format: ${source.format}` : 'a single file';
  throw new LongmixError(
    'source-format',
    `source "${source.name}": join: directory does not go with ${what}`,
    {
      cure: 'it joins the text files of directories; use join: file',
    },
  );
}

/** Makes one document per directory directly below the root, and one, named `.`, of the files in the root itself. */
function joinDirectories(source: SourceSpec, files: readonly InputFile[]): ReadUnit[] {
  const directories = new Map<string, InputFile[]>();
  for (const file of files) {
    const slash = file.name.indexOf('/');
    const name = slash < 0 ? '.' : file.name.slice(0, slash);
    const group = directories.get(name);
    if (group === undefined) directories.set(name, [file]);
    else group.push(file);
  }
  const names = [...directories.keys()].sort();
  return names.map((name) => {
    const group = directories.get(name)!;
    const end = group.reduce((sum, file) => sum + file.bytes, 0);
    return { source, name, files: group, start: 0, end, joined: true };
  });
}

function refuseUnfit(file: InputFile): void {
  orUnreadable(file.path, () => checkAccess(file.path, 'read'));
  if (isPointerSize(file.bytes)) refusePointer(file, readBytes(file.path));
}

function emptySource(source: SourceSpec, unknown: ReadonlySet<string>): LongmixError {
  const filters = [
    ...source.include.map((pattern) => `include ${pattern}`),
    ...source.exclude.map((pattern) => `exclude ${pattern}`),
  ];
  const looked = filters.length === 0 ? source.path : `${source.path} (${filters.join(', ')})`;
  const [example] = unknown;
  const others = example === undefined ? '' : `; ${unknown.size} files of unknown format, such as ${example}`;
  const areIds = example !== undefined && holdsIds(example, source);
  return new LongmixError('source-empty', `source "${source.name}": nothing to read in ${looked}${others}`, {
    cure: areIds
      ? idsCure
      : source.chat !== undefined
        ? chatCure
        : `check path:, include: and exclude:, or set format:; known are ${describeFormats()}`,
  });
}

/** Files of token ids that a source of text passes over. */
function holdsIds(name: string, source: SourceSpec): boolean {
  const kind = kindOf(name, { ...source, tokens: { dtype: null, tokenizer: null } });
  return source.tokens === undefined && kind !== null && formatTable[kind.format].tokens === 'always';
}

const idsCure =
  'for files of token ids, set tokens: true of the source in a recipe, and the tokenizer that made them';

const chatCure =
  'conversations are read from JSON Lines, JSON, Parquet or Arrow; check path:, include: and exclude:';
