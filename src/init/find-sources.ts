/**
 * Finds the sources of a corpus for `longmix init`: one source per directory in it, and one for the files beside the
 * directories. Without directories, the records may name their sources, or a few files may be one source each. A
 * directory of very many directories is one source, because nobody would set shares for hundreds of names.
 */

import { basename, join, relative, sep } from 'node:path';
import { addressName, below } from '../base/address.ts';
import { isUrl } from '../base/is-url.ts';
import { outputMark } from '../build/folders.ts';
import { kindsOf } from '../build/store/input-kinds.ts';
import { unitBytes } from '../build/store/parts.ts';
import { LongmixError } from '../errors.ts';
import type { ReadUnit } from '../nouns/documents.ts';
import { hasFields as formatHasFields, isSourceCode, withoutCompression } from '../read/formats.ts';
import { discover } from '../read/input/discover.ts';
import { defaultRecipe } from '../recipe/default-recipe.ts';
import { exists } from '../storage/files.ts';
import { type FoundFields, findFields, findNamedSources, plainFields } from './find-fields.ts';

export interface FoundSource {
  readonly name: string;
  readonly path: string;
  readonly include: string | readonly string[] | null;
  readonly exclude: readonly string[];
  /** 'directory' if the directories are repositories: each becomes one document. */
  readonly join: 'directory' | null;
  readonly fields: FoundFields;
  /** If a field of the records names their source: the field, and the names. */
  readonly named: { readonly field: string; readonly names: readonly string[] } | null;
  readonly files: number;
  readonly bytes: number;
}

export interface Surroundings {
  /** True if the recipe is in the corpus, so that the output will be, too. */
  readonly outputBelow: boolean;
  /** Path of the future recipe; null: unknown. */
  readonly recipe: string | null;
  /** True if this file is the recipe that is being written, for a recipe whose path is unknown. */
  readonly isRecipe: (path: string) => boolean;
  /** True if sources must be named by folders and files; then records are not searched for source names. */
  readonly byPath: boolean;
}

const mostSources = 40;
const mostFileSources = 12;

export interface Found {
  readonly sources: readonly FoundSource[];
  /** How files are treated that are not simply read, one clause per kind. */
  readonly kinds: readonly string[];
}

/** @throws LongmixError `source-empty`, or the errors of `discover` */
export async function findSources(root: string, around: Surroundings): Promise<Found> {
  const [whole] = defaultRecipe(root).sources;
  const outputs = new Map<string, boolean>();
  let { recipe } = around;
  const { units: all, leftOut } = await discover(whole!);
  const units = all.filter(({ files }) => {
    const { path } = files[0]!;
    if (recipe === null && around.isRecipe(path)) recipe = path;
    return path !== recipe && !isOutput(root, path, outputs);
  });
  if (units.length === 0) {
    throw new LongmixError('source-empty', `nothing to read in ${root} but what longmix wrote`, {
      cure: 'give the directory that the text is in',
    });
  }
  const mine = leftOut.filter(({ name }) => !isOutput(root, inside(root, name), outputs));
  const kinds = kindsOf(whole!, units, mine);
  const names = new Set([...units, ...leftOut].map(({ name }) => name));
  return { sources: await sourcesOf(root, units, recipe, around, marksIn(root, names)), kinds };
}

/** A folder or file of the corpus, which may lie elsewhere. */
function inside(root: string, name: string): string {
  return isUrl(root) ? below(root, name) : join(root, name);
}

function nameOf(root: string): string {
  return isUrl(root) ? addressName(root) : basename(root);
}

async function sourcesOf(
  root: string,
  units: readonly ReadUnit[],
  recipe: string | null,
  around: Surroundings,
  marked: Marked,
): Promise<FoundSource[]> {
  const groups = new Map<string, ReadUnit[]>();
  for (const unit of units) {
    const slash = unit.name.indexOf('/');
    const directory = slash < 0 ? '' : unit.name.slice(0, slash);
    const group = groups.get(directory);
    if (group === undefined) groups.set(directory, [unit]);
    else group.push(unit);
  }
  const named = around.byPath || groups.size > 1 ? null : await namedSources(units);
  if (named === null && groups.size === 1 && isFlat(groups) && areSources(units)) {
    return await Promise.all(
      units.map((unit) => {
        const path = inside(root, unit.name);
        return describe({ name: stem(unit), path, include: null, exclude: [], named: null }, [unit]);
      }),
    );
  }
  // If the output will be in the corpus, list even a single group by itself, so that the next run doesn't read the
  // output.
  const apart = groups.size <= mostSources && (groups.size > 1 || around.outputBelow);
  if (!apart) {
    const [first] = units[0]!.files;
    // What the hub pins to a commit has another path.
    const isFile =
      first!.path === root || (isUrl(root) && first!.name === nameOf(root) && units.length === 1);
    const name = isFile ? withoutExtensions(nameOf(root)) : nameOf(root) || 'corpus';
    const exclude = [...excludes(root, recipe), ...(around.outputBelow ? ['out/**'] : [])];
    return [await describe({ name, path: root, include: null, exclude, named }, units)];
  }
  const found: FoundSource[] = [];
  const repositories = marked('') ? [] : [...groups.keys()].filter((name) => name !== '' && marked(name));
  if (repositories.length > 0) {
    const all = repositories.length === groups.size;
    const include = all ? null : repositories.map((name) => `${literal(name)}/**`);
    const name = repositories.length === 1 ? repositories[0]! : nameBeside(groups, 'repositories');
    const joined = repositories.flatMap((directory) => groups.get(directory)!);
    const made = await describe(
      { name, path: root, include, exclude: excludes(root, recipe), named: null },
      joined,
    );
    found.push({ ...made, join: 'directory' });
  }
  for (const [directory, mine] of groups) {
    if (repositories.includes(directory)) continue;
    const path = inside(root, directory);
    const name = directory === '' ? nameBeside(groups, nameOf(root) || 'corpus') : directory;
    // `*` doesn't match `/`, so it matches only files directly in the directory.
    const made = await describe(
      { name, path, include: directory === '' ? '*' : null, exclude: excludes(path, recipe), named },
      mine,
    );
    const isJoined = directory !== '' && holdsRepositories(directory, mine, marked);
    found.push({ ...made, join: isJoined ? 'directory' : null });
  }
  return found;
}

type Selected = Pick<FoundSource, 'name' | 'path' | 'include' | 'exclude' | 'named'>;

async function describe(selected: Selected, units: readonly ReadUnit[]): Promise<FoundSource> {
  const files = new Set(units.flatMap((unit) => unit.files.map((file) => file.path)));
  const size = units.reduce((sum, unit) => sum + unitBytes(unit), 0);
  const fields = await fieldsOf(units);
  return { ...selected, join: null, fields, files: files.size, bytes: size };
}

async function fieldsOf(units: readonly ReadUnit[]): Promise<FoundFields> {
  const records = units.find(hasFields);
  return records === undefined ? plainFields : await findFields(records);
}

function hasFields({ files }: ReadUnit): boolean {
  return formatHasFields(files[0]!.format);
}

/** All files must have records, because text files can't name sources, and one rule applies to a whole source. */
async function namedSources(units: readonly ReadUnit[]): Promise<FoundSource['named']> {
  return units.every(hasFields) ? await findNamedSources(units, await fieldsOf(units), mostSources) : null;
}

function isFlat(groups: ReadonlyMap<string, unknown>): boolean {
  return groups.has('');
}

/** True for a few files of records in one format, whose names differ by more than a shard number. */
function areSources(units: readonly ReadUnit[]): boolean {
  const formats = new Set(units.map(({ files }) => files[0]!.format));
  const names = new Set(units.map((unit) => stem(unit).replace(/\d+/g, '')));
  return (
    units.length > 1 &&
    units.length <= mostFileSources &&
    formats.size === 1 &&
    hasFields(units[0]!) &&
    names.size === units.length
  );
}

function stem({ files }: ReadUnit): string {
  return withoutExtensions(basename(files[0]!.path));
}

function excludes(path: string, recipe: string | null): string[] {
  if (recipe === null || isUrl(path)) return [];
  const below = relative(path, recipe).replaceAll(sep, '/');
  // Readers treat .yaml files as text, so the recipe must be excluded.
  return below === '' || below.startsWith('../') ? [] : [literal(below)];
}

/** Returns a glob that matches exactly this path. */
function literal(path: string): string {
  return path.replace(/[\\*?[\]{}()!+@|,]/g, '\\$&');
}

const marks: readonly string[] =
  '.git .hg package.json pyproject.toml setup.py Cargo.toml go.mod pom.xml build.gradle build.gradle.kts Gemfile composer.json CMakeLists.txt Package.swift mix.exs'.split(
    ' ',
  );

/** True if a folder, by its name below the corpus, has a file that marks it as a repository or a package. */
type Marked = (folder: string) => boolean;

/** @param names of files that were found; hidden ones are not listed, and of a bucket nothing else is known */
function marksIn(root: string, names: ReadonlySet<string>): Marked {
  if (!isUrl(root)) return (folder) => marks.some((name) => exists(join(root, folder, name)));
  return (folder) => marks.some((name) => names.has(folder === '' ? name : `${folder}/${name}`));
}

const manySources = 10;

/** True if most files of a directory are in repositories, recognized by marks or by many source code files. */
function holdsRepositories(directory: string, units: readonly ReadUnit[], marked: Marked): boolean {
  if (marked(directory)) return false;
  const children = new Map<string, ReadUnit[]>();
  for (const unit of units) {
    const [child, ...rest] = unit.name.slice(directory.length + 1).split('/');
    if (rest.length > 0) children.set(child!, [...(children.get(child!) ?? []), unit]);
  }
  const isRepository = ([name, inside]: readonly [string, readonly ReadUnit[]]): boolean => {
    const isMarked = marked(`${directory}/${name}`);
    if (inside.some(hasFields)) return isMarked;
    const code = inside.filter((unit) => isSourceCode(unit.name)).length;
    return isMarked || (code >= manySources && 2 * code >= inside.length);
  };
  const inRepositories = [...children]
    .filter(isRepository)
    .reduce((sum, [, inside]) => sum + inside.length, 0);
  return 2 * inRepositories > units.length;
}

/** Names the source of the files beside directories: the corpus's name, unless a directory has that name. */
function nameBeside(groups: ReadonlyMap<string, unknown>, name: string): string {
  return groups.has(name) ? nameBeside(groups, `${name}-files`) : name;
}

function withoutExtensions(file: string): string {
  return withoutCompression(file).replace(/(?<=.)\.[A-Za-z]\w*$/, '');
}

/** True if a file below the root is in a folder that longmix wrote. */
function isOutput(root: string, path: string, known: Map<string, boolean>): boolean {
  // Of a bucket nothing is read but the listing.
  if (isUrl(root)) return false;
  const parts = relative(root, path).split(sep).slice(0, -1);
  return parts.some((_, depth) => {
    const folder = join(root, ...parts.slice(0, depth + 1));
    const before = known.get(folder);
    const is = before ?? outputMark(folder) !== null;
    known.set(folder, is);
    return is;
  });
}
