/** A pattern that matches the text itself. Hyphens are not escaped: outside a class, the flag u forbids it. */
export function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
