/**
 * Unicode normalization as Hugging Face's tokenizers does it: by Unicode 9.0, the version of its table. Newer Nodes know
 * newer characters; what Unicode 9.0 had not assigned had no decomposition, combined with nothing and stopped reordering
 * (combining class 0), so the text is normalized piece by piece between such characters. For all others any later
 * version gives the same, by Unicode's stability policy.
 */
import type { Normalization } from '../model.ts';
import { classSource, unassignedInUnicode9 } from '../unicode/unicode.ts';

let inert: RegExp | undefined;

export function normalize(text: string, form: Normalization): string {
  inert ??= new RegExp(`(${classSource(unassignedInUnicode9())}+)`, 'u');
  // With one capturing group, split() gives texts between at even indices and the inert runs at odd ones.
  const parts = text.split(inert);
  return parts.map((part, i) => (i % 2 === 0 ? part.normalize(form) : part)).join('');
}
