/**
 * Recognizes Git LFS pointer files, which stand in for large files that were not fetched: a few lines of text, which
 * would otherwise become a document. Format: specification of Git LFS (docs/spec.md of git-lfs), less than 1024 bytes
 * with this first line.
 */
const firstLine = Buffer.from('version https://git-lfs.github.com/spec/v1\n');

export function isPointerSize(bytes: number): boolean {
  return bytes > firstLine.length && bytes < 1024;
}

export function isPointer(content: Uint8Array): boolean {
  return isPointerSize(content.length) && firstLine.compare(content, 0, firstLine.length) === 0;
}

export const pointerFound = 'a Git LFS pointer: the file itself was not fetched';
export const pointerCure = 'fetch it: run git lfs pull in its clone';
