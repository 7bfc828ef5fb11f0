/**
 * Whether `tokenizer: TEXT` names a file or a folder, or an encoding. A name with a slash inside is most often a model of the hub, which
 * is not downloaded: a path begins with a dot or a slash, or ends like a path.
 */
export function isTokenizerPath(text: string): boolean {
  return /^\.{0,2}[/\\]|^~|^[a-z]:[/\\]|[/\\]$|\.(json|model|tiktoken)$/i.test(text);
}
