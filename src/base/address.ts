/**
 * Addresses of files elsewhere: a root, for which one client is made, and a name in it. Names of buckets are as the store has
 * them: nothing in `s3://bucket/a b#c` is escaped. A web address keeps its escapes.
 */

export interface Address {
  /** `s3://bucket`, `hf://datasets/org/name@revision`, `https://host`: without a slash at the end. */
  readonly root: string;
  /** Relative to the root, as it was written; '' is the root itself, and a `/` at the end is kept. */
  readonly name: string;
}

/** A revision may be a branch of the hub's own, such as refs/convert/parquet. */
const hub =
  /^(hf:\/\/datasets\/(?:[^/@]+\/[^/@]+|[^/@]+(?=@))(?:@(?:refs\/(?:convert|pr)\/[^/]+|[^/]+))?)(?:\/(.*))?$/is;
const others = /^([a-z][a-z0-9+.-]+:\/\/[^/]*)(?:\/(.*))?$/is;

/** Of whatever scheme: that it is one that is read is for `storage/remote.ts` to say. */
export function splitAddress(address: string): Address {
  const [, root = address, name = ''] = hub.exec(address) ?? others.exec(address) ?? [];
  return { root, name };
}

/** Has a server of files without lists: what follows is one file, and no glob. */
export function isWebAddress(address: string): boolean {
  return /^https?:\/\//i.test(address);
}

/** What a source at the address is named after: `s3://b/web/` is web, `hf://datasets/org/name@main` is name. */
export function addressName(address: string): string {
  const { root, name } = splitAddress(address);
  const path = name.replace(/\/+$/, '');
  return path === '' ? root.slice(root.lastIndexOf('/') + 1).replace(/@.*$/, '') : lastPart(path);
}

export function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A file or folder below one that is given by its address. */
export function below(address: string, name: string): string {
  const folder = address.replace(/\/+$/, '');
  return name === '' ? folder : `${folder}/${name}`;
}
