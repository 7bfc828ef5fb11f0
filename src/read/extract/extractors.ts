/** What text is taken out with, format by format. */
import type { InputFile } from '../../nouns/documents.ts';
import type { Format } from '../../nouns/recipe.ts';

/**
 * What decides the text that comes out: a token store has it in its record, and is refused where it is another now. The
 * number counts our rules' changes; the library's version is pinned in package.json.
 */
const extractors: Partial<Readonly<Record<Format, string>>> = {
  html: 'html 1, htmlparser2 12.0.0',
  ipynb: 'ipynb 1',
  epub: 'epub 1, htmlparser2 12.0.0',
};

/** Of the files of a unit; undefined: they are read as they are. */
export function extractorOf(files: readonly InputFile[]): string | undefined {
  const names = new Set(files.map(({ format }) => extractors[format]).filter((name) => name !== undefined));
  return names.size === 0 ? undefined : [...names].sort().join('; ');
}
