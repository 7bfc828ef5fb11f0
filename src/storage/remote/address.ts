/** Addresses and settings of remote places: how they are written and shown, and what is said of wrong ones. */
import { LongmixError } from '../../errors.ts';

/** The address without what may be secret: query, fragment, user and password. */
export function shownAddress(address: string): string {
  const [, scheme = '', user = '', rest = ''] =
    /^([a-z0-9+.-]+:\/\/)([^/]*@(?=[^/]))?(.*)$/is.exec(address) ?? [];
  if (scheme === '') return address;
  // In `hf://` an @ comes after the first part, and keys of buckets may have a question mark.
  if (/^http/i.test(scheme)) return scheme + rest.replace(/[?#].*$/s, '');
  return user === '' ? address : `${scheme}${rest}`;
}

/** An address on the hub without its commit: the stamp of a file there is a hash of its content. */
export function withoutCommit(address: string): string {
  return address.replace(/^(hf:\/\/datasets\/[^@]+)@[^/]+/i, '$1');
}

/**
 * A name below a folder that leads nowhere else: a server, or the way to it, may take `..` for the folder above.
 * @throws Error
 */
export function plainName(name: string): string {
  const isPlain = name.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
  if (!isPlain) throw new Error(`not a name of a file: ${JSON.stringify(name)}`);
  return name;
}

/** @param what is wrong with it */
export function badAddress(address: string, what: string): LongmixError {
  return new LongmixError('remote-address', `not an address that longmix reads: ${what}`, {
    where: shownAddress(address),
    cure: 'write s3://BUCKET/KEY, gs://BUCKET/KEY, az://CONTAINER/PATH, hf://datasets/NAME[@REV]/PATH or https://HOST/PATH',
  });
}

export function settingsError(where: string, message: string, cure: string): LongmixError {
  return new LongmixError('remote-settings', message, { where, cure });
}

/** What goes into a header. A line break comes from `export KEY=$(cat FILE)` of a file with several lines. */
export function checkHeader(text: string, what: string, where: string): void {
  if (/^[\x21-\x7e]+$/.test(text)) return;
  throw settingsError(
    where,
    `${what} has spaces, line breaks or other characters that no key has`,
    'set it again, without them',
  );
}

/** All but the unreserved characters of RFC 3986. */
export function encodePart(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

export function encodePath(path: string): string {
  return path.split('/').map(encodePart).join('/');
}

/** In the order that a signature wants. */
export function encodeQuery(query: Readonly<Record<string, string>>): string {
  const names = Object.keys(query).sort();
  return names.map((name) => `${encodePart(name)}=${encodePart(query[name]!)}`).join('&');
}
