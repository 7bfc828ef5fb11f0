/**
 * Paths of this machine, and addresses of buckets that are taken as paths: `join('s3://bucket/out', 'train')`. Code that
 * writes or reads an output or a token store names its files with these functions, so that either may be given. `node:path`
 * makes `s3:/bucket` of an address.
 */
import path from 'node:path';
import { isUrl, lowerScheme } from '../base/is-url.ts';

export const basename: (path: string, suffix?: string) => string = path.basename;
export const sep: string = path.sep;

export function join(first: string, ...more: string[]): string {
  return isUrl(first) ? inBucket(first, more) : path.join(first, ...more);
}

/** The last that is an address or an absolute path counts, and what follows it. */
export function resolve(...parts: string[]): string {
  const last = parts.findLastIndex((part) => isUrl(part) || path.isAbsolute(part));
  return last >= 0 && isUrl(parts[last]!)
    ? inBucket(parts[last]!, parts.slice(last + 1))
    : path.resolve(...parts);
}

export function dirname(file: string): string {
  return isUrl(file) ? inBucket(file, ['..']) : path.dirname(file);
}

/** Returns `to` itself if no relative path leads there: from one bucket to another, or between a bucket and this machine. */
export function relative(from: string, to: string): string {
  if (!isUrl(from) && !isUrl(to)) return path.relative(from, to);
  const [a, b] = [rootOf(from), rootOf(to)];
  if (a === null || b === null || a.root !== b.root) return to;
  return path.posix.relative(`/${a.below}`, `/${b.below}`);
}

export function isAbsolute(file: string): boolean {
  return isUrl(file) || path.isAbsolute(file);
}

interface Address {
  /** `s3://bucket` */
  readonly root: string;
  readonly below: string;
}

function rootOf(address: string): Address | null {
  const [, root, below = ''] = /^([a-z][a-z0-9+.-]+:\/\/[^/]*)\/*(.*)$/is.exec(address) ?? [];
  return root === undefined ? null : { root: lowerScheme(root), below };
}

/** A way up ends at the bucket. */
function inBucket(address: string, more: readonly string[]): string {
  const { root, below } = rootOf(address)!;
  const inside = path.posix
    .join('/', below, ...more.map((part) => part.replaceAll('\\', '/')))
    .replace(/\/$/, '');
  return `${root}${inside}`;
}
