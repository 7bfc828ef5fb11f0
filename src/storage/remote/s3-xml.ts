/**
 * Reads the few answers of S3 that are XML. They have only elements and text, without comments, CDATA or entity
 * declarations, so text never contains a bare `<`. Any other XML is refused.
 */
import { Passing } from './retry.ts';

export interface ListedObject {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
}

export interface ListPage {
  readonly objects: readonly ListedObject[];
  /** Where the next page begins; null: this is the last one. */
  readonly next: string | null;
}

/** @throws Passing for what is not a whole list */
export function parseList(xml: string): ListPage {
  const root = elements(plain(xml), 'ListBucketResult')[0];
  if (root === undefined || !/<\/ListBucketResult>\s*$/.test(xml))
    throw new Passing('the answer is not a list of objects');
  const encoded = textOf(root, 'EncodingType') === 'url';
  const objects = elements(root, 'Contents').map((object) => {
    const [key, size, etag] = ['Key', 'Size', 'ETag'].map((name) => textOf(object, name));
    if (key === null || size === null || !/^\d+$/.test(size!))
      throw new Passing('a list with an object that has no key or size');
    return { key: encoded ? decodeKey(key!) : key!, size: Number(size), etag: etag ?? '' };
  });
  const count = textOf(root, 'KeyCount');
  if (count !== null && Number(count) !== objects.length + elements(root, 'CommonPrefixes').length)
    throw new Passing('a list of another length than it says');
  if (textOf(root, 'IsTruncated') !== 'true') return { objects, next: null };
  const next = textOf(root, 'NextContinuationToken');
  if (next === null) throw new Passing('a list that goes on, and does not say where');
  return { objects, next };
}

export interface ListedUpload {
  readonly key: string;
  readonly id: string;
  /** In ms since 1970. */
  readonly begun: number;
}

export interface UploadPage {
  readonly uploads: readonly ListedUpload[];
  /** Where the next page begins; null: this is the last one. */
  readonly next: { readonly key: string; readonly id: string } | null;
}

/** Uploads in parts that are not finished. @throws Passing for what is not a whole list */
export function parseUploads(xml: string): UploadPage {
  const root = elements(plain(xml), 'ListMultipartUploadsResult')[0];
  if (root === undefined) throw new Passing('the answer is not a list of uploads');
  const encoded = textOf(root, 'EncodingType') === 'url';
  const keyOf = (text: string) => (encoded ? decodeKey(text) : text);
  const uploads = elements(root, 'Upload').map((upload) => {
    const [key, id, begun] = ['Key', 'UploadId', 'Initiated'].map((name) => textOf(upload, name) ?? '');
    return { key: keyOf(key!), id: id!, begun: Date.parse(begun!) };
  });
  if (textOf(root, 'IsTruncated') !== 'true') return { uploads, next: null };
  const [key, id] = ['NextKeyMarker', 'NextUploadIdMarker'].map((name) => textOf(root, name));
  if (key == null) throw new Passing('a list that goes on, and does not say where');
  return { uploads, next: { key: keyOf(key), id: id ?? '' } };
}

export interface S3Problem {
  readonly code: string;
  readonly message: string;
  /** Where the bucket is, in errors about that. */
  readonly region: string | null;
}

/** null: not an error of S3. */
export function parseError(xml: string): S3Problem | null {
  const root = /<Error(?:\s[^>]*)?>(.*)<\/Error>/s.exec(xml)?.[1];
  if (root === undefined) return null;
  return {
    code: textOf(root, 'Code') ?? '',
    message: textOf(root, 'Message') ?? '',
    region: textOf(root, 'Region'),
  };
}

/** @throws Passing */
export function parseUploadId(xml: string): string {
  const id = textOf(plain(xml), 'UploadId');
  if (id === null || id === '') throw new Passing('the answer has no number of an upload');
  return id;
}

export function completion(etags: readonly string[]): string {
  const parts = etags.map(
    (etag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${escaped(etag)}</ETag></Part>`,
  );
  return `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts.join('')}</CompleteMultipartUpload>`;
}

function plain(xml: string): string {
  if (/<!/.test(xml)) throw new Passing('an answer in XML that S3 does not use');
  return xml;
}

/** What is inside of the elements of a name; they are not nested in S3's answers. @throws Passing if one has no end */
function elements(xml: string, name: string): string[] {
  const whole = new RegExp(`<${name}(?:\\s[^>]*)?>(.*?)</${name}>`, 'gs');
  const found = Array.from(xml.matchAll(whole), ([, inside]) => inside!);
  const begun = xml.match(new RegExp(`<${name}[\\s>]`, 'g'))?.length ?? 0;
  if (begun !== found.length) throw new Passing('an answer in XML that is not whole');
  return found;
}

/** Of the first element of a name; null: there is none. */
function textOf(xml: string, name: string): string | null {
  const text = new RegExp(`<${name}(?:\\s[^>]*)?>([^<]*)</${name}>`).exec(xml)?.[1];
  if (text !== undefined) return unescaped(text);
  return new RegExp(`<${name}\\s*/>`).test(xml) ? '' : null;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return entities[name] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** As a form encodes it: a space is a plus. */
function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    throw new Passing('a list with a key that is not encoded as it says');
  }
}
