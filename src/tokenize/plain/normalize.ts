/**
 * Unicode normalization by Unicode 9.0, the version of the table in Hugging Face's tokenizers. Newer versions of Node
 * know newer characters. A character that Unicode 9.0 had not assigned had no decomposition, combined with nothing and
 * stopped reordering (combining class 0), so the text between such characters is normalized piece by piece. For all
 * other characters, later versions give the same result, by Unicode's stability policy.
 */
import type { Normalization } from '../model.ts';
import { classSource, unassignedInUnicode9 } from '../unicode/unicode.ts';

let inert: RegExp | undefined;

export function normalize(text: string, form: Normalization): string {
  inert ??= new RegExp(`(${classSource(unassignedInUnicode9())}+)`, 'u');
  // With one capturing group, split() returns the texts between the inert runs at even indices, and the runs at odd
  // ones.
  const parts = text.split(inert);
  return parts.map((part, i) => (i % 2 === 0 ? part.normalize(form) : part)).join('');
}
