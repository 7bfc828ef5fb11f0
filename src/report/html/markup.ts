/**
 * HTML in template strings. Inserted values are escaped unless they are markup, so a name from a recipe can never
 * become an element.
 */

export interface Markup {
  readonly markup: string;
}

type Part = Markup | string | number | null | readonly Part[];

export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { markup: strings.reduce((text, string, i) => text + shown(parts[i - 1] ?? null) + string) };
}

/** Marks text as markup. Use it only for text made in this folder, never for a user's text. */
export function trusted(markup: string): Markup {
  return { markup };
}

function shown(part: Part): string {
  if (part === null) return '';
  if (typeof part === 'string') return escaped(part);
  if (typeof part === 'number') return String(part);
  return 'markup' in part ? part.markup : part.map(shown).join('');
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
