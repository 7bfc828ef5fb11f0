/**
 * Reads WARC, the format of web archives (ISO 28500; https://iipc.github.io/warc-specifications/). A document is a
 * `response` (without its HTTP headers and codings), a `resource` or a `conversion` (Common Crawl's WET) that is HTML
 * or another kind of text. Other records, other kinds, statuses other than 2xx and pages without text are not
 * documents, and are not counted. A document's fields are `text`, `id` (WARC-Record-ID, as in datatrove), `url`
 * (WARC-Target-URI), `date`, and the record's headers by their names.
 *
 * A damaged record is a bad record, and reading continues at the next one. A `.warc.gz` has one gzip member per record,
 * as the standard advises. Members are inflated one by one, so damage stays local, and a file can be read in ranges.
 * Cost: a record's block is in memory, within the bounds below. (warcio.js: 30 packages, 9 MB, no ranges, stops at
 * damage.)
 */
import { isUtf8 } from 'node:buffer';
import type { DocumentChunk, ReadCounts, ReadUnit } from '../../nouns/documents.ts';
import { htmlText } from '../extract/html.ts';
import type { ReaderOptions } from '../format-spec.ts';
import { countReplaced, decoderOf, markOf } from '../input/decode.ts';
import { memberPieces, type Piece } from '../input/gzip-members.ts';
import { charsetOf, type Head, headEnd, headOf, tooLarge, withoutCodings } from '../input/http-message.ts';
import { judgedBytes, whyNotText } from '../input/judge-text.ts';
import { onlyFile, plainBlocks } from '../input/unit-blocks.ts';
import type { UnitHash } from '../input/unit-hash.ts';
import { repairUtf8 } from '../input/utf8.ts';
import { RecordReader, recordTooLarge } from './record-reader.ts';

const mebibyte = 1024 * 1024;
/** The longest head of a record or an HTTP message. */
const mostHeadBytes = 256 * 1024;
/** A page is in memory several times, so its bound is lower than that of plain text. */
const mostPageBytes = 32 * mebibyte;
const mostTextBytes = 256 * mebibyte;

export async function* readWarc(
  unit: ReadUnit,
  { counts, chunkBytes, hash, recordBytes }: ReaderOptions,
): AsyncGenerator<DocumentChunk> {
  const reader = new RecordReader(unit, counts, chunkBytes);
  const input = new Input(unit, hash);
  let record = 0;
  try {
    for (;;) {
      let found: RecordFields | string | null;
      let place = input.place;
      try {
        if (!(await input.atRecord())) break;
        place = input.place;
        found = await readRecord(input, unit, counts, recordBytes);
        await input.endRecord();
      } catch (error) {
        if (!(error instanceof Damage)) throw error;
        found = error.message;
        await input.toNextRecord();
      }
      record += 1;
      if (typeof found === 'string') reader.bad(record, `${found} (${place})`);
      else if (found !== null) reader.add(record, found);
      if (reader.ready) yield* reader.take();
    }
  } finally {
    await input.close();
  }
  counts.lines += record;
  yield* reader.end();
}

type RecordFields = Readonly<Record<string, unknown>>;

/** The bytes do not match the format, so the next record has to be searched for. */
class Damage extends Error {}

/** A document's fields; null: the record is not a document; a string: why it is a bad record. */
async function readRecord(
  input: Input,
  unit: ReadUnit,
  counts: ReadCounts,
  recordBytes: number,
): Promise<RecordFields | string | null> {
  const head = headOf(await input.head());
  const length = lengthOf(head);
  if (length === null) throw new Damage('no WARC record: its version or its Content-Length is missing');
  const type = head.get('warc-type');
  const isHttp = type === 'response' && /^application\/http\b/i.test(head.get('content-type') ?? '');
  // A crawler's notes about itself (wget's log, DNS lookups) are not pages.
  const isNote = /^(dns|metadata):/i.test(head.get('warc-target-uri') ?? '');
  if (isNote || !(isHttp || type === 'resource' || type === 'conversion')) return await input.skip(length);

  const start = await input.take(Math.min(length, mostHeadBytes));
  const httpEnd = isHttp ? headEnd(start) : 0;
  const http = isHttp && httpEnd > 0 ? headOf(start.subarray(0, httpEnd)) : null;
  const declared = (http ?? head).get('content-type') ?? '';
  const kind = kindOf(head.get('warc-identified-payload-type') ?? declared, start.subarray(httpEnd));
  const isPage = http === null ? !isHttp : /^HTTP\/\S+ 2\d\d\b/.test(http.get('') ?? '');
  if (kind === null || !isPage) return await input.skip(length - start.length);

  const most = kind === 'html' ? mostPageBytes : mostTextBytes;
  if (length > most) await input.skip(length - start.length);
  if (length > most) return tooLarge(length, most);
  if (length > recordBytes) throw recordTooLarge(`${onlyFile(unit).path} (${input.place})`, recordBytes);
  const block = Buffer.concat([start, await input.take(length - start.length)]).subarray(httpEnd);
  if (head.has('warc-segment-number')) return 'it comes in segments, which are not put together';
  const body = http === null ? block : withoutCodings(block, http, head.has('warc-truncated'), most);
  if (typeof body === 'string') return body;
  const text = await decoded(body, charsetOf(declared, kind, body), unit.source.encoding, counts);
  if (text === null) return (await whyNotText(body, unit.source.encoding, false)) ?? 'it is not text';
  const taken = kind === 'html' && unit.source.extract !== false ? htmlText(text) : text;
  if (!/\S/.test(taken)) return null;
  const named = {
    id: head.get('warc-record-id'),
    url: head.get('warc-target-uri'),
    date: head.get('warc-date'),
  };
  return { text: taken, ...named, ...head.written };
}

/** Bytes of the record's block; null: it is not a record. */
export function lengthOf(head: Head): number | null {
  const length = head.get('content-length') ?? '';
  return /^WARC\/\d\.\d+$/.test(head.get('') ?? '') && /^\d{1,15}$/.test(length) ? Number(length) : null;
}

function kindOf(type: string, start: Buffer): 'html' | 'text' | null {
  const name = type.split(';')[0]!.trim().toLowerCase();
  if (name === 'text/html' || name === 'application/xhtml+xml') return 'html';
  if (name !== '') return name.startsWith('text/') ? 'text' : null;
  return /<(!doctype html|html|head|body)[\s>]/i.test(start.toString('latin1', 0, 1024)) ? 'html' : null;
}

/**
 * Decodes a body; null: it is not text in its encoding. A body in UTF-8 is read as UTF-8 even if declared otherwise.
 */
async function decoded(
  body: Buffer,
  declared: string | null,
  encoding: string | null,
  counts: ReadCounts,
): Promise<string | null> {
  const mark = markOf(body);
  const bytes = body.subarray(mark?.bytes ?? 0);
  const isOwn = declared !== null && (/^(utf-(16|32)|iso-2022)/.test(declared) || !isUtf8(bytes));
  const used = mark?.encoding ?? (isOwn ? declared : encoding);
  if (used !== null && used !== 'utf-8') {
    if (
      used === encoding &&
      !isOwn &&
      (await whyNotText(bytes.subarray(0, judgedBytes), used, false)) !== null
    )
      return null;
    const decode = decoderOf(used);
    const text = `${decode(bytes)}${decode(null)}`;
    counts.replaced += countReplaced(text);
    return text;
  }
  if (used === null && (await whyNotText(bytes.subarray(0, judgedBytes), null, false)) !== null) return null;
  const utf8 = repairUtf8(bytes, counts);
  return Buffer.from(utf8.buffer, utf8.byteOffset, utf8.length).toString();
}

/** Where another record begins behind one. */
export const recordMark: Buffer = Buffer.from('\r\n\r\nWARC/');

export function isBeginning(content: Buffer): boolean {
  return content.toString('latin1', 0, 5) === 'WARC/';
}

/** Reads bytes on demand. Broken data acts as the end of the input, until `toNextRecord` is called. */
class Input {
  readonly #pieces: AsyncGenerator<Piece>;
  readonly #isPlain: boolean;
  #held: Piece[] = [];
  #bytes = 0;
  #broken: Piece | null = null;

  constructor(unit: ReadUnit, hash: UnitHash | null) {
    this.#isPlain = onlyFile(unit).compression !== 'gzip';
    this.#pieces = this.#isPlain
      ? plainPieces(unit, hash)
      : memberPieces(onlyFile(unit), unit.start, unit.end, hash, isBeginning);
  }

  /** The place of the next byte, for messages. */
  get place(): string {
    const at = (this.#held[0] ?? this.#broken)?.at ?? 0;
    return this.#isPlain ? `at byte ${at}` : `in the gzip member at byte ${at}`;
  }

  /** Moves to the next record; false: the input has ended. @throws Damage */
  async atRecord(): Promise<boolean> {
    while ((await this.#has(1)) && (this.#first() === 0x0d || this.#first() === 0x0a)) this.#drop(1);
    if (!(await this.#has(1)) && this.#broken === null) return false;
    if ((await this.#has(5)) && isBeginning(this.#peek(5))) return true;
    throw new Damage(this.#bytes > 0 ? 'no WARC record' : this.#broken!.broken!);
  }

  /** Checks that another record or the end of the input follows. @throws Damage */
  async endRecord(): Promise<void> {
    while ((await this.#has(1)) && (this.#first() === 0x0d || this.#first() === 0x0a)) this.#drop(1);
    const isWhole = !(await this.#has(1)) || ((await this.#has(5)) && isBeginning(this.#peek(5)));
    if (!isWhole) throw new Damage('the record does not end where its Content-Length says');
  }

  /** Takes the lines up to the first empty one. */
  async head(): Promise<Buffer> {
    for (let bytes = 1024; ; bytes *= 2) {
      const hasMore = await this.#has(bytes);
      const end = headEnd(this.#peek(Math.min(bytes, this.#bytes)));
      if (end > 0) return await this.take(end);
      if (!hasMore) throw this.#ended();
      if (bytes > mostHeadBytes) throw new Damage('no WARC record: its header does not end');
    }
  }

  async take(bytes: number): Promise<Buffer> {
    if (!(await this.#has(bytes))) throw this.#ended();
    const taken = this.#peek(bytes);
    this.#drop(bytes);
    return taken;
  }

  async skip(bytes: number): Promise<null> {
    for (let left = bytes; left > 0; ) {
      if (!(await this.#has(1))) throw this.#ended();
      const part = Math.min(left, this.#bytes);
      this.#drop(part);
      left -= part;
    }
    return null;
  }

  /** After damage, moves to the next member, or to bytes that look like the beginning of a record. */
  async toNextRecord(): Promise<void> {
    while (this.#broken === null) {
      const hasMore = await this.#has(this.#bytes + 1);
      const at = this.#peek(this.#bytes).indexOf(recordMark);
      this.#drop(at >= 0 ? at + 4 : Math.max(0, this.#bytes - recordMark.length));
      if (at >= 0) return;
      if (!hasMore) break;
    }
    this.#drop(this.#bytes);
    this.#broken = null;
  }

  async close(): Promise<void> {
    await this.#pieces.return(undefined);
  }

  async #has(bytes: number): Promise<boolean> {
    while (this.#bytes < bytes && this.#broken === null) {
      const { value, done } = await this.#pieces.next();
      if (done) return false;
      if (value.broken !== undefined) this.#broken = value;
      else if (value.bytes.length > 0) this.#held.push(value);
      this.#bytes += value.bytes.length;
    }
    return this.#bytes >= bytes;
  }

  #first(): number {
    return this.#held[0]!.bytes[0]!;
  }

  /** The next `bytes` bytes, which must be held already. */
  #peek(bytes: number): Buffer {
    const [first] = this.#held;
    if (first !== undefined && first.bytes.length >= bytes)
      return Buffer.from(first.bytes.buffer, first.bytes.byteOffset, bytes);
    const parts: Uint8Array[] = [];
    for (let i = 0, sum = 0; sum < bytes; i += 1) {
      parts.push(this.#held[i]!.bytes.subarray(0, bytes - sum));
      sum += parts[i]!.length;
    }
    return Buffer.concat(parts);
  }

  #drop(bytes: number): void {
    this.#bytes -= bytes;
    let left = bytes;
    while (left > 0) {
      const { bytes: first, at } = this.#held[0]!;
      if (first.length > left)
        this.#held[0] = { bytes: first.subarray(left), at: this.#isPlain ? at + left : at };
      else this.#held.shift();
      left -= Math.min(left, first.length);
    }
  }

  #ended(): Damage {
    return new Damage(this.#broken?.broken ?? 'the file ends within the record');
  }
}

async function* plainPieces(unit: ReadUnit, hash: UnitHash | null): AsyncGenerator<Piece> {
  let at = unit.start;
  for await (const bytes of plainBlocks(onlyFile(unit), unit.start, unit.end, hash, false)) {
    yield { bytes, at };
    at += bytes.length;
  }
}
