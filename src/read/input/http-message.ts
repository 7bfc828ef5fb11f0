/**
 * Reads heads of named fields, which HTTP messages (RFC 9112) and records of web archives have, and decodes the body of
 * a message. Archives hold messages as the server sent them, or decoded but with the original headers. So a body that
 * does not look encoded is taken unchanged.
 */
import { isUtf8 } from 'node:buffer';
import * as zlib from 'node:zlib';
import { encodingOf } from '../../base/encodings.ts';

export interface Head extends ReadonlyMap<string, string> {
  /** Fields by their names as written, not in lower case. */
  readonly written: Readonly<Record<string, string>>;
}

/** The fields of a record or an HTTP message, by name in lower case. The name `''` has the first line. */
export function headOf(bytes: Buffer): Head {
  // A line that begins with a space or tab continues the previous line.
  const [first = '', ...lines] = bytes
    .toString()
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/);
  const written: Record<string, string> = Object.create(null);
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) written[line.slice(0, colon).trim()] ??= line.slice(colon + 1).trim();
  }
  const fields = Object.entries(written).map(([name, value]) => [name.toLowerCase(), value] as const);
  return Object.assign(new Map([...fields, ['', first]]), { written });
}

/** One past the empty line that ends a head; 0: there is no such line. */
export function headEnd(bytes: Buffer): number {
  const ends = ['\r\n\r\n', '\n\n'].map((mark) => [bytes.indexOf(mark), mark.length] as const);
  const [found] = ends.filter(([at]) => at >= 0).sort(([a], [b]) => a - b);
  return found === undefined ? 0 : found[0] + found[1];
}

export function tooLarge(bytes: number, most: number): string {
  return `it has ${Math.floor(bytes / 1e6)} MB; text is taken out of at most ${Math.floor(most / 1e6)} MB`;
}

/** Removes the transfer and content codings of a body, if it still has them. A string says why that is impossible. */
export function withoutCodings(
  block: Buffer,
  http: Head,
  isTruncated: boolean,
  most: number,
): Buffer | string {
  const isChunked = /\bchunked\b/i.test(http.get('transfer-encoding') ?? '');
  const body = (isChunked ? dechunked(block) : null) ?? block;
  const coding = (http.get('content-encoding') ?? 'identity').trim().toLowerCase();
  const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH } = zlib.constants;
  const options = { maxOutputLength: most, ...(isTruncated ? { finishFlush: Z_SYNC_FLUSH } : {}) };
  try {
    if (coding === 'br') {
      const end = isTruncated ? { finishFlush: BROTLI_OPERATION_FLUSH } : {};
      return zlib.brotliDecompressSync(body, { maxOutputLength: most, ...end });
    }
    // Some crawlers decode bodies but keep the original headers.
    if (/^(x-)?gzip$/.test(coding))
      return body[0] === 0x1f && body[1] === 0x8b ? zlib.gunzipSync(body, options) : body;
    if (coding === 'deflate' && body.length > 1 && body.readUInt16BE(0) % 31 === 0)
      return zlib.inflateSync(body, options);
    return coding === 'deflate' ? zlib.inflateRawSync(body, options) : body;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return tooLarge(most + 1, most);
    return isUtf8(body) ? body : `its Content-Encoding, ${coding}, is damaged: ${(error as Error).message}`;
  }
}

/** Joins the chunks of a body; null: it is not in chunks, because a crawler has joined them already. */
function dechunked(block: Buffer): Buffer | null {
  const parts: Buffer[] = [];
  for (let at = 0; at < block.length; ) {
    const end = block.indexOf('\r\n', at);
    const size = /^([\da-f]{1,8})[ \t]*(;.*)?$/i.exec(block.toString('latin1', at, end))?.[1];
    if (end < 0 || size === undefined) return at === 0 ? null : Buffer.concat(parts);
    const from = end + 2;
    const bytes = Number.parseInt(size, 16);
    if (bytes === 0) break;
    parts.push(block.subarray(from, from + bytes));
    at = from + bytes + 2;
  }
  return Buffer.concat(parts);
}

export function charsetOf(type: string, kind: 'html' | 'text', body: Buffer): string | null {
  const start = kind === 'html' ? body.toString('latin1', 0, 1024) : '';
  const found =
    /charset\s*=\s*["']?([\w.:-]+)/i.exec(type) ??
    /<meta\s[^>]*?charset\s*=\s*["']?\s*([\w.:-]+)/i.exec(start) ??
    /^\s*<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)/i.exec(start);
  return found === null ? null : encodingOf(found[1]!);
}
