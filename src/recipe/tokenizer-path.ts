/**
 * Whether `tokenizer: TEXT` names a file or a folder, not an encoding. A name with a slash inside is usually a model of
 * the hub, which is not downloaded. So a path must begin with a dot, a slash, `~` or a drive, or end like a path.
 */
export function isTokenizerPath(text: string): boolean {
  return /^\.{0,2}[/\\]|^~|^[a-z]:[/\\]|[/\\]$|\.(json|model|tiktoken)$/i.test(text);
}
