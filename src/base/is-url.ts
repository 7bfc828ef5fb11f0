/** True for a URL such as `s3://bucket/corpus`, which is not on this machine. */
export function isUrl(path: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(path);
}
