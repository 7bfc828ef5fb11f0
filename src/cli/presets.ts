/**
 * The published recipes in pipelines/, and how one becomes a user's: found sources take the place of the preset's where
 * the names say that they are the same. Who plays a role that is left is asked in a comment, never guessed: a share that
 * was published for books is nobody else's.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { isMap, isNode, isScalar, type Pair, parseDocument } from 'yaml';
import { LongmixError } from '../errors.ts';
import { didYouMean, nearest } from '../recipe/nearest.ts';
import { parseRecipe } from '../recipe/parse-recipe.ts';
import { packageRoot } from '../util/package-root.ts';
import type { FoundSource } from './find-sources.ts';
import { problemText, scalar, settingsText, sizeText, sourceText } from './source-text.ts';

const folder = new URL('pipelines/', packageRoot);
/** It reads samples/, which are no part of the package. */
const notPresets: readonly string[] = ['sample.yaml'];

export function presetNames(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml') && !notPresets.includes(file))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

/** A line for each: its name, and what its first comment says. */
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
  return readFileSync(new URL(`${name}.yaml`, folder), 'utf8');
}

/** A preset as the user's recipe. */
export interface Filled {
  /** From its first comment on. */
  readonly text: string;
  /** Sources that the preset gives a role, and that nothing was found for. */
  readonly open: readonly string[];
}

/** @param base folder of the recipe that it becomes */
export function fillPreset(text: string, found: readonly FoundSource[], base: string): Filled {
  const slots = slotsOf(text);
  if (!hasRoles(text)) return { text: withoutModeline(anySources(text, slots, found, base)), open: [] };
  const cast = castOf(slots, found);
  const left = found.filter((source) => ![...cast.values()].includes(source));
  const edits = slots.flatMap((slot): Edit[] => {
    const source = cast.get(slot.name);
    if (source === undefined) return [above(slot, openRole(slot, left))];
    const value = `${settingsText(source, base, slot.settings)}   # ${sizeText(source)}`;
    return [above(slot, problemText(source)), { at: slot.start, end: slot.end, text: value }];
  });
  const open = slots.filter(({ name }) => !cast.has(name)).map(({ name }) => name);
  return {
    text: withoutModeline(applied(text, [above(slots[0]!, unplacedText(left, base)), ...edits])),
    open,
  };
}

interface Edit {
  readonly at: number;
  readonly end: number;
  readonly text: string;
}

/** A source of the preset, by offsets of its text. */
interface Slot {
  readonly name: string;
  /** Where its line begins. */
  readonly line: number;
  /** Its value. */
  readonly start: number;
  readonly end: number;
  /** What it says but the path. */
  readonly settings: readonly string[];
}

/** Whether anything names the sources; where nothing does, any will do. */
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

/** Who plays which role, by name: case, hyphens and the like don't count. One role and one source need no name. */
function castOf(slots: readonly Slot[], found: readonly FoundSource[]): Map<string, FoundSource> {
  if (slots.length === 1 && found.length === 1) return new Map([[slots[0]!.name, found[0]!]]);
  const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  const cast = new Map<string, FoundSource>();
  for (const { name } of slots) {
    const source =
      found.find((one) => one.name === name) ?? found.find((one) => plain(one.name) === plain(name));
    if (source !== undefined && ![...cast.values()].includes(source)) cast.set(name, source);
  }
  return cast;
}

function openRole({ name }: Slot, left: readonly FoundSource[]): string {
  const close = nearest(
    name,
    left.map((source) => source.name),
  );
  const perhaps = close === null ? '' : ` (is it ${close}?)`;
  return `  # mend: nothing here is named ${name}${perhaps}: give its path, or take ${name} out wherever it is named below\n`;
}

function unplacedText(left: readonly FoundSource[], base: string): string {
  if (left.length === 0) return '';
  const lines = left.map(
    (source) => `  #   ${scalar(source.name)}: ${settingsText(source, base)}   # ${sizeText(source)}\n`,
  );
  return `  # Found, with no role in this preset: give one by its path below, or a share of its own in the mix.\n${lines.join('')}`;
}

/** All that was found, in place of the preset's sources, whose comments stay above. */
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
  return applied(text, edits);
}

/** Lines above a source's. */
function above({ line }: Slot, text: string): Edit {
  return { at: line, end: line, text };
}

/** In the order of the text; none overlap. */
function applied(text: string, edits: readonly Edit[]): string {
  let at = 0;
  const parts: string[] = [];
  for (const edit of edits) {
    parts.push(text.slice(at, edit.at), edit.text);
    at = edit.end;
  }
  return parts.join('') + text.slice(at);
}

function withoutModeline(text: string): string {
  return text.replace(/^# yaml-language-server: .*\n/, '');
}

function summary(text: string): string {
  return withoutModeline(text).split('\n', 1)[0]!.replace(/^# /, '');
}
