/**
 * The published recipes in pipelines/ (presets), and how one becomes a user's recipe: found sources replace the
 * preset's sources if their names match. A role (a source of the preset) without a match is removed, and a found source
 * without a role is listed in a comment. So the recipe runs with the sources that exist, and says what was changed.
 */

import { dirname, sep } from 'node:path';
import { isMap, isNode, isScalar, type Pair, parseDocument } from 'yaml';
import { isUrl } from '../base/is-url.ts';
import { didYouMean, nearest } from '../base/nearest.ts';
import { packageRoot } from '../base/package-root.ts';
import { LongmixError } from '../errors.ts';
import { parseRecipe } from '../recipe/parse-recipe.ts';
import { listFolder, readText, statOf } from '../storage/files.ts';
import type { FoundSource } from './find-sources.ts';
import { applyEdits, withoutRoles } from './preset-roles.ts';
import { problemText, scalar, settingsText, sizeText, sourceText } from './source-text.ts';

const folder = new URL('pipelines/', packageRoot);
/** sample.yaml reads samples/, which is not part of the package. */
const notPresets: readonly string[] = ['sample.yaml'];

export function presetNames(): string[] {
  return listFolder(folder)
    .filter((file) => file.endsWith('.yaml') && !notPresets.includes(file))
    .map((file) => file.slice(0, -'.yaml'.length));
}

/** Returns a line per preset: its name, and its first comment. */
export function presetList(): string {
  const names = presetNames();
  const width = Math.max(...names.map((name) => name.length));
  return names.map((name) => `${name.padEnd(width)}  ${summary(presetText(name))}\n`).join('');
}

/** @throws LongmixError `preset-unknown` */
export function presetText(name: string): string {
  const names = presetNames();
  if (!names.includes(name)) {
    throw new LongmixError(
      'preset-unknown',
      `there is no preset ${JSON.stringify(name)}${didYouMean(nearest(name, names))}`,
      {
        cure: `the presets are ${names.join(', ')}; longmix init --presets says what each is`,
      },
    );
  }
  return readText(new URL(`${name}.yaml`, folder));
}

/** A preset turned into the user's recipe. */
export interface Filled {
  /** The recipe's text, from its first comment on. */
  readonly text: string;
  /** The changes to the preset, for the user, as clauses. */
  readonly changes: readonly string[];
}

/** @param base folder of the new recipe */
export function fillPreset(preset: string, found: readonly FoundSource[], base: string): Filled {
  const { text, change } = withTokens(preset, found);
  const filled = withSources(text, found, base);
  return { text: withoutModeline(filled.text), changes: [...filled.changes, ...change] };
}

function withSources(text: string, found: readonly FoundSource[], base: string): Filled {
  const slots = slotsOf(text);
  if (!hasRoles(text)) return { text: anySources(text, slots, found, base), changes: [] };
  const cast = castOf(slots, found);
  const gone = slots.filter(({ name }) => !cast.has(name)).map(({ name }) => name);
  if (cast.size === 0) {
    // No source matches any role: mix the corpus as it is, by the preset's other rules.
    return {
      text: withoutRoles(anySources(text, slots, found, base), new Set(gone)),
      changes: [
        `no source is named ${gone.join(', ')}: the preset's shares for them are left out, and the sources keep their own weights`,
      ],
    };
  }
  const playing = new Set(cast.values());
  const left = found.filter((source) => !playing.has(source));
  const edits = slots.flatMap((slot): Edit[] => {
    const source = cast.get(slot.name);
    if (source === undefined)
      return [
        above(slot, `  # not here: ${slot.name}${hintOf(slot, left)}\n`),
        { at: slot.line, end: lineEnd(text, slot.end), text: '' },
      ];
    const value = `${settingsText(source, base, slot.settings)}   # ${sizeText(source)}`;
    return [above(slot, problemText(source)), { at: slot.start, end: slot.end, text: value }];
  });
  const renamed = [...cast]
    .filter(([role, source]) => source.name !== role)
    .map(([role, source]) => `${source.name} is its ${role}`);
  return {
    text: withoutRoles(
      applyEdits(text, [above(slots[0]!, unplacedText(left, base)), ...edits]),
      new Set(gone),
    ),
    changes: [
      ...renamed,
      ...(gone.length === 0
        ? []
        : [
            `left out, because no source has that name: ${gone.join(', ')} (the shares of the others keep their proportions)`,
          ]),
      ...(left.length === 0
        ? []
        : [`not read, because the preset has no such source: ${left.map(({ name }) => name).join(', ')}`]),
    ],
  };
}

/** Bytes of text per token, roughly: enough to see that a corpus is far too small. */
const bytesPerToken = 3;

/** If the corpus lacks the published number of tokens, which would be refused, takes all that the rules allow. */
function withTokens(
  text: string,
  found: readonly FoundSource[],
): { readonly text: string; readonly change: readonly string[] } {
  const tokens = parseRecipe(text, 'preset.yaml').phases.reduce(
    (sum, { mix }) => sum + (mix.tokens === 'all' ? 0 : mix.tokens),
    0,
  );
  const bytes = found.reduce((sum, source) => sum + source.bytes, 0);
  const line = /^( {2}tokens: )([^\s#]+)( *)(?=#|$)/m;
  const written = line.exec(text)?.[2];
  if (written === undefined || written === 'all' || bytes / bytesPerToken >= tokens)
    return { text, change: [] };
  return {
    text: text.replace(
      line,
      (_, key: string, amount: string, space: string) =>
        `${key}${'all'.padEnd(amount.length + space.length)}# instead of ${amount}, which is more than the corpus has; `,
    ),
    change: [`tokens: all instead of ${written}, which is more than the corpus has`],
  };
}

interface Edit {
  readonly at: number;
  readonly end: number;
  readonly text: string;
}

/** A source of the preset, with its offsets in the text. */
interface Slot {
  readonly name: string;
  /** Offset of its line. */
  readonly line: number;
  /** Range of its value. */
  readonly start: number;
  readonly end: number;
  /** Its settings other than the path. */
  readonly settings: readonly string[];
}

/** True if any key of the preset names its sources. If none does, the preset works with any sources. */
function hasRoles(text: string): boolean {
  const { phases, documents } = parseRecipe(text, 'preset.yaml');
  const bySource = [documents.minTokens, documents.maxTokens, ...phases.map(({ mix }) => mix.maxEpochs)];
  return (
    phases.some(({ mix }) => mix.shares !== null || mix.cells !== null) ||
    bySource.some(({ of }) => of.size > 0)
  );
}

function slotsOf(text: string): Slot[] {
  const sources = parseDocument(text).get('sources');
  return isMap(sources) ? sources.items.map((pair) => slotOf(text, pair)) : [];
}

function slotOf(text: string, { key, value }: Pair): Slot {
  const [from = 0] = isNode(key) ? (key.range ?? []) : [];
  const [start = 0, end = 0] = isNode(value) ? (value.range ?? []) : [];
  const settings = isMap(value)
    ? value.items.filter((item) => String(item.key) !== 'path').map((item) => `${item.key}: ${item.value}`)
    : [];
  const name = isScalar(key) ? String(key.value) : '';
  return { name, line: text.lastIndexOf('\n', from) + 1, start, end, settings };
}

/** Groups of names for one kind of text: a paper's Common Crawl may be a user's folder `web`. */
const kinds: readonly (readonly string[])[] = [
  ['commoncrawl', 'cc', 'web', 'webpages', 'fineweb', 'finewebedu', 'c4'],
  ['github', 'code', 'repos', 'repositories', 'thestack', 'stack', 'starcoder'],
  ['book', 'gutenberg', 'pg19', 'novels'],
  ['textbook'],
  ['arxiv', 'paper', 'pdf', 'articles'],
  ['wikipedia', 'wiki'],
  ['stackexchange', 'qa', 'stackoverflow', 'forum'],
  ['openwebmath', 'math'],
];

/** Normalizes a name: case, hyphens and a plural are ignored. */
function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
    .replace(/(?<=..)s$/, '');
}

function kindOf(name: string): number {
  return kinds.findIndex((names) => names.some((one) => plain(one) === plain(name)));
}

/**
 * Matches found sources to roles: by name first, then by kind, each source once. A single role needs no matching name.
 */
function castOf(slots: readonly Slot[], found: readonly FoundSource[]): Map<string, FoundSource> {
  const whole = slots.length === 1 ? wholeOf(slots[0]!.name, found) : null;
  if (whole !== null) return new Map([[slots[0]!.name, whole]]);
  const cast = new Map<string, FoundSource>();
  const rules: readonly ((role: string, name: string) => boolean)[] = [
    (role, name) => role === name,
    (role, name) => plain(role) === plain(name),
    (role, name) => kindOf(role) >= 0 && kindOf(role) === kindOf(name),
  ];
  for (const fits of rules) {
    for (const { name } of slots) {
      const playing = new Set(cast.values());
      const source = found.find((one) => !playing.has(one) && fits(name, one.name));
      if (!cast.has(name) && source !== undefined) cast.set(name, source);
    }
  }
  return cast;
}

/** Joins all found sources into one, if they can be read in the same way; null if they can't. */
function wholeOf(name: string, found: readonly FoundSource[]): FoundSource | null {
  const [first, ...others] = found;
  if (others.length === 0) return first!;
  const path = commonFolder(found.map((source) => source.path));
  const isAlike = found.every(
    ({ fields, exclude, named }) =>
      fields.text === first!.fields.text &&
      fields.id === first!.fields.id &&
      exclude.length === 0 &&
      named === null,
  );
  if (!isAlike || path === null) return null;
  const sum = (pick: (source: FoundSource) => number) =>
    found.reduce((total, source) => total + pick(source), 0);
  return {
    ...first!,
    name,
    path,
    include: null,
    files: sum(({ files }) => files),
    bytes: sum(({ bytes }) => bytes),
  };
}

/** null: a source is a file, so the folder may contain other files. */
function commonFolder(paths: readonly string[]): string | null {
  if (paths.some((path) => isUrl(path) || statOf(path)?.kind !== 'folder')) return null;
  const shortest = paths.reduce((a, b) => (b.length < a.length ? b : a));
  const inAll = (folder: string) => paths.every((path) => path === folder || path.startsWith(folder + sep));
  return inAll(shortest) ? shortest : inAll(dirname(shortest)) ? dirname(shortest) : null;
}

function hintOf({ name }: Slot, left: readonly FoundSource[]): string {
  const close = nearest(
    name,
    left.map((source) => source.name),
  );
  return close === null ? '' : ` (is it ${close}?)`;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end + 1;
}

function unplacedText(left: readonly FoundSource[], base: string): string {
  if (left.length === 0) return '';
  const lines = left.map(
    (source) => `  #   ${scalar(source.name)}: ${settingsText(source, base)}   # ${sizeText(source)}\n`,
  );
  return `  # Found, with no role in this preset: give one by its path below, or a share of its own in the mix.\n${lines.join('')}`;
}

/** Replaces the preset's sources by all found sources, and keeps the comments above them. */
function anySources(
  text: string,
  slots: readonly Slot[],
  found: readonly FoundSource[],
  base: string,
): string {
  const edits = slots.map(({ line, end }, i): Edit => {
    const lineEnd = text.indexOf('\n', end);
    const comment = text.slice(end, lineEnd).trim();
    const lines = i === slots.length - 1 ? found.map((source) => sourceText(source, base)) : [];
    const all = [...(comment === '' ? [] : [`  ${comment}`]), ...lines];
    return { at: line, end: lineEnd + 1, text: all.map((one) => `${one}\n`).join('') };
  });
  return applyEdits(text, edits);
}

/** Inserts lines above a source. */
function above({ line }: Slot, text: string): Edit {
  return { at: line, end: line, text };
}

function withoutModeline(text: string): string {
  return text.replace(/^# yaml-language-server: .*\n/, '');
}

function summary(text: string): string {
  return withoutModeline(text).split('\n', 1)[0]!.replace(/^# /, '');
}
