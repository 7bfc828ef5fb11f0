/**
 * Judges by the first MiB whether a file is text in the expected encoding. Most files that are not contain zeros, or
 * many wrong sequences and few right ones. A few wrong sequences in otherwise valid UTF-8 are replaced and counted. A
 * guess at the actual encoding appears only in the message, and is not used for reading: wrong text is worse than none.
 */
import { isUtf8 } from 'node:buffer';
import { countReplaced, decoderOf, markOf } from './decode.ts';
import { characterEnd } from './utf8.ts';

export const judgedBytes: number = 1024 * 1024;

/**
 * Says why these bytes, the beginning of a file or all of it, are not text in the encoding; null: they may be.
 * @param hasRecords the file has records, which may contain NUL
 * @param encoding null: UTF-8 by default. `utf-8`: the user asked for it, so any content is accepted
 */
export async function whyNotText(
  bytes: Uint8Array,
  encoding: string | null,
  hasRecords: boolean,
): Promise<string | null> {
  if (encoding === 'utf-8') return null;
  const mark = markOf(bytes)?.encoding ?? null;
  if (encoding === null) {
    if (mark !== null && mark !== 'utf-8') return notUtf8(mark, true);
    return await whyNotUtf8(bytes, hasRecords);
  }
  return mark === null ? whyNotEncoded(bytes, encoding, hasRecords) : null;
}

async function whyNotUtf8(bytes: Uint8Array, hasRecords: boolean): Promise<string | null> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const whole = bytes.subarray(0, characterEnd(bytes));
  const hasZeros = buffer.includes(0);
  if (!hasZeros && isUtf8(whole)) return stateful(buffer);
  if (hasZeros) {
    const wide = wideEncoding(bytes);
    if (wide !== null) return notUtf8(wide, true);
    if (hasRecords && isUtf8(whole)) return null;
    return `binary content (${binaryKind(buffer) ?? 'it has NUL bytes'}), not text`;
  }
  if (!isOtherThanUtf8(whole)) return null;
  const kind = binaryKind(buffer);
  if (kind !== null) return `binary content (${kind}), not text`;
  // Text of other scripts in UTF-16 has no runs of ASCII bytes.
  const wide = /[ -~]{8}/.test(buffer.toString('latin1')) ? null : wideEncoding(bytes);
  return notUtf8(wide ?? (await guess(buffer)), false);
}

/**
 * Whether a block in the middle of a file is not UTF-8: 100 zeros or more, or 100 wrong sequences and more than right.
 */
export function isForeignBlock(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (buffer.includes(0)) {
    let zeros = 0;
    for (const byte of bytes) if (byte === 0) zeros += 1;
    if (zeros >= 100) return true;
  }
  if (isUtf8(bytes)) return false;
  const { wrong, right } = sequences(bytes);
  return wrong >= 100 && wrong > right;
}

function notUtf8(encoding: string | null, isSure: boolean): string {
  if (encoding === null) return 'not UTF-8 (set encoding: of its source to what it is)';
  return `not UTF-8 but ${isSure ? '' : 'probably '}${encoding} (set encoding: ${encoding} for a source of such files)`;
}

function whyNotEncoded(bytes: Uint8Array, encoding: string, hasRecords: boolean): string | null {
  const whole = bytes.subarray(0, characterEnd(bytes));
  const isWide = /^utf-(16|32)/.test(encoding);
  if (isUtf8(whole) && (isWide ? bytes.length > 1 && !whole.includes(0) : sequences(whole).right >= 3))
    return `UTF-8, not ${encoding} as encoding: says (give such files a source of their own)`;
  const zeros = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(0);
  if (zeros && !isWide && !hasRecords) return 'binary content (it has NUL bytes), not text';
  const text = decoderOf(encoding)(bytes);
  const wrong = countReplaced(text);
  return wrong >= 3 && wrong * 100 > text.length ? `not ${encoding} as encoding: says` : null;
}

/**
 * `right`: the number of characters of more than one byte. `wrong`: the number of sequences that would become U+FFFD.
 */
function sequences(bytes: Uint8Array): { wrong: number; right: number } {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  let others = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x80 && (unit & 0xfc00) !== 0xdc00) others += 1;
  }
  // A U+FFFD that is in the input counts as right.
  const wrong = countReplaced(text) - intactMarks(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  return { wrong, right: others - wrong };
}

function intactMarks(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf('\ufffd'); at >= 0; at = bytes.indexOf('\ufffd', at + 3)) count += 1;
  return count;
}

/** Whether there are more wrong sequences than right ones, and too many to be strays. */
export function isOtherThanUtf8(bytes: Uint8Array): boolean {
  const { wrong, right } = sequences(bytes);
  if (wrong <= right) return false;
  if (wrong >= 3) return wrong * 10_000 >= bytes.length;
  return right === 0 && wrong * 100 >= bytes.length && hasForeignLetter(bytes);
}

/** Whether an accented letter of Latin-1 stands beside an ASCII letter. In a short text that is enough evidence. */
function hasForeignLetter(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  return /[a-z][\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00fd]|[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00fd][a-z]/i.test(
    text,
  );
}

/** Recognizes ISO-2022-JP, which is valid ASCII, by its escapes, which do not occur in other text. */
function stateful(bytes: Buffer): string | null {
  return bytes.includes('\x1b$B') || bytes.includes('\x1b$@') ? notUtf8('iso-2022-jp', false) : null;
}

/** Kinds of binary files, and their first bytes in hex. */
const magics: readonly (readonly [string, string])[] = [
  ['gzip data', '1f8b'],
  ['zstd data', '28b52ffd'],
  ['a zip archive', '504b0304'],
  ['a PDF', '255044462d'],
  ['Parquet', '50415231'],
  ['Arrow', '4152524f5731'],
  ['xz data', 'fd377a585a'],
  ['bzip2 data', '425a68'],
];

function binaryKind(bytes: Buffer): string | null {
  const head = bytes.toString('hex', 0, 8);
  return magics.find(([, magic]) => head.startsWith(magic))?.[0] ?? null;
}

const sampleBytes = 16 * 1024;

/** Recognizes UTF-16 or UTF-32 without a mark. In the wrong byte order, text has many scripts and no spaces. */
function wideEncoding(bytes: Uint8Array): string | null {
  const sample = bytes.subarray(0, sampleBytes);
  let best: { encoding: string; score: number } | null = null;
  for (const encoding of ['utf-32le', 'utf-32be', 'utf-16le', 'utf-16be']) {
    const score = wideScore(decoderOf(encoding)(sample));
    if (score > (best?.score ?? 0)) best = { encoding, score };
  }
  return best?.encoding ?? null;
}

/** How much a decoded sample looks like text of one script; 0: it is not the text of a language. */
function wideScore(text: string): number {
  const { length } = text;
  if (length < 2 || text.includes('\0') || text.includes('\ufffd')) return 0;
  const readable = text.match(/[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}\s]/gu)?.join('').length ?? 0;
  if (readable < 0.95 * length) return 0;
  const pages = new Map<number, number>();
  for (let at = 0; at < length; at += 1) {
    const page = text.charCodeAt(at) >> 8;
    // Count all pages of Han as one script.
    const script = page >= 0x4e && page < 0xa0 ? 0x4e : page;
    pages.set(script, (pages.get(script) ?? 0) + 1);
  }
  const latin = pages.get(0) ?? 0;
  const most = Math.max(...pages.values());
  const isHan = most === pages.get(0x4e);
  // Two things look like Han by mistake: Latin letters in the wrong byte order, whose low bytes are all zero, and bytes
  // of Shift-JIS, which never yield the punctuation of Han.
  if (isHan && !/[\u3000-\u30ff\uff00-\uffef]/.test(text)) return 0;
  if (isHan) {
    let even = 0;
    for (let at = 0; at < length; at += 1) if ((text.charCodeAt(at) & 0xff) === 0) even += 1;
    if (even > length / 4 || length < 8) return 0;
  }
  return (most + latin) / length >= 0.6 ? (most + 2 * latin) / length : 0;
}

async function guess(bytes: Buffer): Promise<string | null> {
  const { analyse } = (await import('chardet')).default;
  const { encodingOf } = await import('../../base/encodings.ts');
  const first = bytes.findIndex((byte) => byte >= 0x80);
  const start = Math.max(0, first - 200);
  for (const { name } of analyse(bytes.subarray(start, start + sampleBytes))) {
    const encoding = encodingOf(name);
    if (encoding !== null && !encoding.startsWith('utf-')) return encoding;
  }
  return 'windows-1252';
}
