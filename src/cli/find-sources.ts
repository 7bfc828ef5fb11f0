/**
 * What `longmix init` makes of a corpus: a source for each directory in it, and one for the files beside them. Without
 * directories, the records may name their sources, or a few files be one each. A directory of very many directories is
 * one source: shares over hundreds of names are nothing that a person would set.
 */
import { basename, join, relative, sep } from 'node:path';
import { LongmixError } from '../errors.ts';
import { discover } from '../read/discover.ts';
import { hasRecords } from '../read/formats.ts';
import { defaultRecipe } from '../recipe/default-recipe.ts';
import { unitBytes } from '../run/parts.ts';
import type { ReadUnit } from '../types.ts';
import { type FoundFields, findFields, findNamedSources, plainFields } from './find-fields.ts';
import { outputMark } from './folders.ts';

export interface FoundSource {
  readonly name: string;
  readonly path: string;
  readonly include: string | null;
  readonly exclude: readonly string[];
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

/** @throws LongmixError `source-empty`, or what `discover` throws */
export async function findSources(root: string, around: Surroundings): Promise<FoundSource[]> {
  const [whole] = defaultRecipe(root).sources;
  const outputs = new Map<string, boolean>();
  let { recipe } = around;
  const units = (await discover(whole!)).filter(({ files }) => {
    const { path } = files[0]!;
    if (recipe === null && around.isRecipe(path)) recipe = path;
    return path !== recipe && !isOutput(root, path, outputs);
  });
  if (units.length === 0) {
    throw new LongmixError('source-empty', `nothing to read in ${root} but what longmix wrote`, {
      cure: 'give the directory that the text is in',
    });
  }
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
      units.map((unit) => describe(stem(unit), unit.files[0]!.path, null, [], [unit], null)),
    );
  }
  // Apart even if there is one group: the output beside it must not be read by the next run.
  const apart = groups.size <= mostSources && (groups.size > 1 || around.outputBelow);
  if (!apart) {
    const name =
      units[0]!.files[0]!.path === root ? withoutExtensions(basename(root)) : basename(root) || 'corpus';
    const exclude = [...excludes(root, recipe), ...(around.outputBelow ? ['out/**'] : [])];
    return [await describe(name, root, null, exclude, units, named)];
  }
  const found: FoundSource[] = [];
  for (const [directory, mine] of groups) {
    const path = join(root, directory);
    const name = directory === '' ? nameBeside(groups, basename(root) || 'corpus') : directory;
    // `*` stops at the next `/`: only what lies directly in the directory.
    found.push(
      await describe(name, path, directory === '' ? '*' : null, excludes(path, recipe), mine, named),
    );
  }
  return found;
}

async function describe(
  name: string,
  path: string,
  include: string | null,
  exclude: readonly string[],
  units: readonly ReadUnit[],
  named: FoundSource['named'],
): Promise<FoundSource> {
  const files = new Set(units.flatMap((unit) => unit.files.map((file) => file.path)));
  const size = units.reduce((sum, unit) => sum + unitBytes(unit), 0);
  const fields = await fieldsOf(units);
  return { name, path, include, exclude, fields, named, files: files.size, bytes: size };
}

async function fieldsOf(units: readonly ReadUnit[]): Promise<FoundFields> {
  const records = units.find(hasFields);
  return records === undefined ? plainFields : await findFields(records);
}

function hasFields({ files }: ReadUnit): boolean {
  return hasRecords(files[0]!.format);
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
  if (recipe === null) return [];
  const below = relative(path, recipe).replaceAll(sep, '/');
  // Reading takes .yaml files for text. What is special in a glob is taken literally.
  return below === '' || below.startsWith('../') ? [] : [below.replace(/[\\*?[\]{}()!+@|,]/g, '\\$&')];
}

/** The files beside directories have the corpus's name, unless a directory has it. */
function nameBeside(groups: ReadonlyMap<string, unknown>, name: string): string {
  return groups.has(name) ? nameBeside(groups, `${name}-files`) : name;
}

function withoutExtensions(file: string): string {
  return file.replace(/\.(gz|zst|br)$/i, '').replace(/(?<=.)\.[A-Za-z]\w*$/, '');
}

/** Whether a file below the root lies in a folder that longmix wrote. */
function isOutput(root: string, path: string, known: Map<string, boolean>): boolean {
  const parts = relative(root, path).split(sep).slice(0, -1);
  return parts.some((_, depth) => {
    const folder = join(root, ...parts.slice(0, depth + 1));
    const before = known.get(folder);
    const is = before ?? outputMark(folder) !== null;
    known.set(folder, is);
    return is;
  });
}
