/** True for a URL such as `s3://bucket/corpus`, which is not on this machine. */
export function isUrl(path: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(path);
}

/** `S3://` and `s3://` are one place. What follows a scheme may have capitals that count. */
export function lowerScheme(address: string): string {
  return address.replace(/^[a-z][a-z0-9+.-]+:\/\//i, (scheme) => scheme.toLowerCase());
}
