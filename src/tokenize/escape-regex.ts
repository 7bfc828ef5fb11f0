/** What matches the text itself. A hyphen stays as it is: outside of a class, the flag u allows no escape before one. */
export function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
