/** Writes found sources as lines of a recipe. */
import { relative, sep } from 'node:path';
import { isUrl } from '../base/is-url.ts';
import { bytes, counted } from '../base/words.ts';
import type { FoundSource } from './find-sources.ts';

/** @param base folder of the recipe */
export function sourceText(source: FoundSource, base: string): string {
  return `${problemText(source)}  ${scalar(source.name)}: ${settingsText(source, base)}   # ${sizeText(source)}`;
}

/** Returns a line to put above a source that needs fixing, else an empty string. */
export function problemText({ fields: { problem } }: FoundSource): string {
  return problem === null ? '' : `  # fix this source: ${problem}\n`;
}

/** @param more settings to add to the found ones, such as `join: directory` */
export function settingsText(source: FoundSource, base: string, more: readonly string[] = []): string {
  const { path, include, exclude, fields, named, join } = source;
  const settings = [
    `path: ${scalar(isUrl(path) ? path : localPath(path, base))}`,
    ...(fields.text === 'text' ? [] : [`text: ${scalar(fields.text)}`]),
    ...(fields.id === null ? [] : [`id: ${scalar(fields.id)}`]),
    ...(named === null ? [] : [`source: ${scalar(named.field)}`]),
    ...(join === null ? [] : [`join: ${join}`]),
    ...(include === null ? [] : [`include: ${globs(include)}`]),
    ...(exclude.length === 0 ? [] : [`exclude: [${exclude.map(scalar).join(', ')}]`]),
    ...more.filter((setting) => join === null || !setting.startsWith('join:')),
  ];
  return `{ ${settings.join(', ')} }`;
}

function localPath(path: string, base: string): string {
  const shown = relative(base, path).replaceAll(sep, '/') || '.';
  return /^\.{0,2}\/|^\.\.?$/.test(shown) ? shown : `./${shown}`;
}

function globs(include: string | readonly string[]): string {
  return typeof include === 'string' ? scalar(include) : `[${include.map(scalar).join(', ')}]`;
}

export function sizeText({ files, bytes: size }: FoundSource): string {
  return `${counted(files, 'file')}, about ${bytes(size)}`;
}

/** Words that YAML 1.1 or 1.2 doesn't read as text. */
const yamlWords = /^(true|false|yes|no|on|off|y|n|null|~|\.inf|\.nan)$/i;

/** Writes text plainly if every YAML parser reads it as text, else quoted as in JSON, whose strings are valid YAML. */
export function scalar(text: string): string {
  return /^[A-Za-z_./][\w./-]*$/.test(text) && !yamlWords.test(text) ? text : JSON.stringify(text);
}
