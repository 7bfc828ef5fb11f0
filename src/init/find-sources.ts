/**
 * What `longmix init` makes of a corpus: a source for each directory in it, and one for the files beside them. Without
 * directories, the records may name their sources, or a few files be one each. A directory of very many directories is
 * one source: shares over hundreds of names are nothing that a person would set.
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
  /** Directories that are repositories: a document each. */
  readonly join: 'directory' | null;
  readonly fields: FoundFields;
  /** Where a field of the records names their source: the field, and names in it. */
  readonly named: { readonly field: string; readonly names: readonly string[] } | null;
  readonly files: number;
  readonly bytes: number;
}

export interface Surroundings {
  /** The recipe stands in the corpus, and so will the output. */
  readonly outputBelow: boolean;
  /** Where the recipe will be; null: unknown. */
  readonly recipe: string | null;
  /** Is this file the recipe in the making, where its path is unknown? */
  readonly isRecipe: (path: string) => boolean;
  /** Sources must go by the names of folders and files: what is in the records is not looked at. */
  readonly byPath: boolean;
}

const mostSources = 40;
const mostFileSources = 12;

export interface Found {
  readonly sources: readonly FoundSource[];
  /** What is done with files that are not simply read, a clause each. */
  readonly kinds: readonly string[];
}

/** @throws LongmixError `source-empty`, or what `discover` throws */
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
  // Apart even if there is one group: the output beside it must not be read by the next run.
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
    // `*` stops at the next `/`: only what lies directly in the directory.
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

/** Every file must have records that name theirs: of a text file none does, and all of a source goes by one rule. */
async function namedSources(units: readonly ReadUnit[]): Promise<FoundSource['named']> {
  return units.every(hasFields) ? await findNamedSources(units, await fieldsOf(units), mostSources) : null;
}

function isFlat(groups: ReadonlyMap<string, unknown>): boolean {
  return groups.has('');
}

/** A handful of files of records, of one format, whose names differ in more than the number of a shard. */
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
  // Reading takes .yaml files for text.
  return below === '' || below.startsWith('../') ? [] : [literal(below)];
}

/** A glob of this path and no other. */
function literal(path: string): string {
  return path.replace(/[\\*?[\]{}()!+@|,]/g, '\\$&');
}

const marks: readonly string[] =
  '.git .hg package.json pyproject.toml setup.py Cargo.toml go.mod pom.xml build.gradle build.gradle.kts Gemfile composer.json CMakeLists.txt Package.swift mix.exs'.split(
    ' ',
  );

/** Whether a folder, by its name below the corpus, says that it is a repository or a package. */
type Marked = (folder: string) => boolean;

/** @param names of files that were found; hidden ones are not listed, and of a bucket nothing else is known */
function marksIn(root: string, names: ReadonlySet<string>): Marked {
  if (!isUrl(root)) return (folder) => marks.some((name) => exists(join(root, folder, name)));
  return (folder) => marks.some((name) => names.has(folder === '' ? name : `${folder}/${name}`));
}

const manySources = 10;

/** Whether most of a directory's files are in repositories, told by their marks or by many files of source code. */
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

/** The files beside directories have the corpus's name, unless a directory has it. */
function nameBeside(groups: ReadonlyMap<string, unknown>, name: string): string {
  return groups.has(name) ? nameBeside(groups, `${name}-files`) : name;
}

function withoutExtensions(file: string): string {
  return withoutCompression(file).replace(/(?<=.)\.[A-Za-z]\w*$/, '');
}

/** Whether a file below the root lies in a folder that longmix wrote. */
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
