/** Addresses of remote places: how they are shown, and what is said of wrong ones. */
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

/** @param what is wrong with it */
export function badAddress(address: string, what: string): LongmixError {
  return new LongmixError('remote-address', `not an address that longmix reads: ${what}`, {
    where: shownAddress(address),
    cure: 'write s3://BUCKET/KEY, gs://BUCKET/KEY, hf://datasets/NAME[@REV]/PATH or https://HOST/PATH',
  });
}
