/**
 * Writes the cells of a Jupyter notebook as Markdown, in order: text unchanged, code in fences with its language.
 * Outputs are left out, because they are mostly pictures and numbers. (nbconvert writes the same, with outputs.)
 */
import { BadFile } from './bad-file.ts';

type Json = Readonly<Record<string, unknown>>;

/** @throws BadFile */
export function notebookText(json: string): string {
  let notebook: unknown;
  try {
    notebook = JSON.parse(json);
  } catch (cause) {
    throw new BadFile(`not a notebook: ${(cause as Error).message.slice(0, 200)}`);
  }
  const cells = cellsOf(notebook);
  if (cells === null) throw new BadFile('not a notebook: it has no cells');
  const language = languageOf(notebook as Json);
  const texts = cells.filter(isRecord).map((cell) => cellText(cell, language));
  return texts.filter((text) => text !== '').join('\n\n');
}

/** The cells of a notebook of format 4, or of format 3, which has them in worksheets. null: it has no cells. */
function cellsOf(notebook: unknown): readonly unknown[] | null {
  if (!isRecord(notebook)) return null;
  if (Array.isArray(notebook.cells)) return notebook.cells;
  if (!Array.isArray(notebook.worksheets)) return null;
  return notebook.worksheets.flatMap((sheet) =>
    isRecord(sheet) && Array.isArray(sheet.cells) ? sheet.cells : [],
  );
}

function cellText(cell: Json, language: string): string {
  const source = sourceOf(cell.source ?? cell.input).trimEnd();
  if (source.trim() === '') return '';
  if (cell.cell_type === 'heading') return `${'#'.repeat(Math.min(6, Number(cell.level) || 1))} ${source}`;
  if (cell.cell_type !== 'code') return source;
  const longest = (source.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  const fence = '`'.repeat(longest + 1);
  return `${fence}${typeof cell.language === 'string' ? cell.language : language}\n${source}\n${fence}`;
}

function sourceOf(source: unknown): string {
  if (typeof source === 'string') return source;
  return Array.isArray(source) ? source.filter((line) => typeof line === 'string').join('') : '';
}

function languageOf({ metadata }: Json): string {
  if (!isRecord(metadata)) return 'python';
  const { kernelspec, language_info: info } = metadata;
  const named = [isRecord(info) ? info.name : null, isRecord(kernelspec) ? kernelspec.language : null];
  return (
    named.find((name): name is string => typeof name === 'string' && /^[\w+#.-]{1,40}$/.test(name)) ??
    'python'
  );
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
