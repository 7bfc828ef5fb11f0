import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { discover } from '../../../src/read/input/discover.ts';
import { createUnitHash, hashInput } from '../../../src/read/input/hash-input.ts';
import { createReadCounts, read } from '../../../src/read/read.ts';
import { errorOf, readSource, sourceOf, splitUnits, temporaryFolder } from '../helpers.ts';
import { zstdFrames } from '../zstd-frames.ts';

/** A record as ISO 28500 has it. */
function record(type: string, headers: Record<string, string>, block: string | Buffer): Buffer {
  const body = Buffer.from(block as string);
  const lines = Object.entries({ 'WARC-Type': type, 'Content-Length': `${body.length}`, ...headers });
  const head = ['WARC/1.0', ...lines.map(([name, value]) => `${name}: ${value}`)].join('\r\n');
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`), body, Buffer.from('\r\n\r\n')]);
}

function response(
  body: string | Buffer,
  headers: Record<string, string> = {},
  status = '200 OK',
  more = {},
): Buffer {
  const lines = Object.entries({ 'Content-Type': 'text/html', ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  const http = Buffer.from(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n`);
  const block = Buffer.concat([http, Buffer.from(body as string)]);
  return record('response', { 'Content-Type': 'application/http; msgtype=response', ...more }, block);
}

const text = (content: string, more = {}) =>
  record('conversion', { 'Content-Type': 'text/plain', ...more }, content);
const byMember = (records: readonly Buffer[]) => Buffer.concat(records.map((one) => gzipSync(one)));

function fileWith(content: Uint8Array, name = 'a.warc'): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

async function textsOf(content: Uint8Array, name = 'a.warc', more = {}): Promise<string[]> {
  const { documents, counts } = await readSource(sourceOf(fileWith(content, name), more));
  expect(counts.badSamples).toEqual([]);
  return documents.map((document) => document.text);
}

test('what warcio wrote is read: HTML taken out, codings taken off, text as it is, other records left', async () => {
  const path = join(import.meta.dirname, '../golden/warcio.warc.gz');
  const { documents, counts } = await readSource(sourceOf(path));
  const id = (n: number) => `<urn:uuid:00000000-0000-0000-0000-00000000000${n}>`;
  expect(documents.map(({ text, id, record }) => [record, id, text])).toEqual([
    [2, id(1), '# Größe\n\none'],
    [3, id(2), '# Größe\n\ntwo'],
    [4, id(3), '# Größe\n\ncafé'],
    [8, id(7), 'plain\ntext'],
    [9, id(8), 'Größe, as WET has it'],
  ]);
  expect(counts).toMatchObject({ badRecords: 0, replaced: 0, lines: 9 });
  const byAddress = await readSource(
    sourceOf(path, { fields: { text: 'text', id: 'url', source: 'WARC-Type' } }),
  );
  expect(byAddress.documents.map(({ id, source }) => [id, source])[4]).toEqual([
    'http://example.com/8',
    'conversion',
  ]);
  const raw = await readSource(sourceOf(path, { extract: false }));
  expect(raw.documents[0]!.text).toContain('<nav>menu</nav>');
});

describe('records', () => {
  test('are read plain, by gzip member, in one member, and in zstd', async () => {
    const records = [text('a'), text('b'), text('c')];
    const whole = Buffer.concat(records);
    for (const [content, name] of [
      [whole, 'a.warc'],
      [byMember(records), 'a.warc.gz'],
      [gzipSync(whole), 'a.warc.wet.gz'],
      [zstdFrames(whole), 'a.wet.zst'],
    ] as const)
      expect(await textsOf(content, name)).toEqual(['a', 'b', 'c']);
  });

  test('of a crawler about itself, revisits, partial contents and pages without text are not documents', async () => {
    const others = [
      record(
        'resource',
        { 'Content-Type': 'text/plain', 'WARC-Target-URI': 'metadata://gnu.org/wget.log' },
        'log',
      ),
      record('response', { 'Content-Type': 'text/dns', 'WARC-Target-URI': 'dns:a.org' }, 'a.org A 1.2.3.4'),
      record('revisit', { 'Content-Type': 'application/http' }, 'HTTP/1.1 200 OK\r\n\r\n'),
      response('moved', {}, '301 Moved'),
      response('<html><body><nav>x</nav></body></html>', { 'Content-Type': 'image/svg+xml' }),
      response('<script>1</script>'),
      text('kept'),
    ];
    expect(await textsOf(Buffer.concat(others))).toEqual(['kept']);
  });

  test('say what they are: the type that was identified goes before the one that was sent', async () => {
    const plain = response('<p>one', {}, '200 OK', { 'WARC-Identified-Payload-Type': 'text/plain' });
    expect(await textsOf(plain)).toEqual(['<p>one']);
    const unnamed = record(
      'response',
      { 'Content-Type': 'application/http' },
      'HTTP/1.1 200 OK\r\n\r\n<html><p>two',
    );
    expect(await textsOf(unnamed)).toEqual(['two']);
  });

  test('of another field for the text are told', async () => {
    const error = await errorOf(
      readSource(sourceOf(fileWith(text('a')), { fields: { text: 'body', id: 'id', source: null } })),
    );
    expect(error.code).toBe('field-missing');
    expect(error.message).toContain('"text", "id", "url", "date", "WARC-Type"');
  });
});

describe('bodies', () => {
  test.each([
    ['gzip', gzipSync('<p>a')],
    ['br', brotliCompressSync('<p>a')],
    ['deflate', deflateRawSync('<p>a')],
    // The headers as they came, over a body that the crawler decoded.
    ['gzip', Buffer.from('<p>a')],
    ['br', Buffer.from('<p>a')],
  ])('come without their Content-Encoding: %s', async (coding, body) => {
    expect(await textsOf(response(body, { 'Content-Encoding': coding }))).toEqual(['a']);
  });

  test('are put together from chunks, where they are in chunks', async () => {
    const headers = { 'Transfer-Encoding': 'chunked' };
    expect(await textsOf(response('4;x=y\r\n<p>a\r\n1\r\nb\r\n0\r\n\r\n', headers))).toEqual(['ab']);
    expect(await textsOf(response('<p>a', headers))).toEqual(['a']);
  });

  test('are in the charset of the header, of the page, or UTF-8', async () => {
    const latin = Buffer.from('<p>caf\xe9', 'latin1');
    expect(await textsOf(response(latin, { 'Content-Type': 'text/html; charset=latin1' }))).toEqual(['café']);
    const meta = Buffer.from('<meta charset="windows-1251"><p>\xcf\xf0\xe8', 'latin1');
    expect(await textsOf(response(meta))).toEqual(['При']);
    // UTF-8 that is said to be another.
    expect(await textsOf(response('<p>café', { 'Content-Type': 'text/html; charset=latin1' }))).toEqual([
      'café',
    ]);
    expect(await textsOf(response(Buffer.from('\ufeff<p>a', 'utf16le')))).toEqual(['a']);
    const { counts } = await readSource(
      sourceOf(fileWith(response(Buffer.from('<p>caf\xe9 cr\xe8me br\xfbl\xe9e', 'latin1')))),
    );
    expect(counts.badSamples[0]!.reason).toMatch(/^not UTF-8 but probably .* \(at byte 0\)$/);
  });
});

describe('damage', () => {
  const records = Array.from({ length: 6 }, (_, i) => text(`document ${i} `.repeat(30)));

  test('in a gzip member costs its record, with its place', async () => {
    const members = records.map((one) => gzipSync(one));
    members[2]![40]! ^= 0xff;
    const { documents, counts } = await readSource(sourceOf(fileWith(Buffer.concat(members), 'a.warc.gz')));
    expect(documents.map(({ record }) => record)).toEqual([1, 2, 4, 5, 6]);
    const at = members[0]!.length + members[1]!.length;
    expect(counts.badSamples).toEqual([
      expect.objectContaining({
        record: 3,
        reason: expect.stringMatching(`damaged.*\\(in the gzip member at byte ${at}\\)`),
      }),
    ]);
  });

  test('in a plain file costs its record: a wrong length, a header that is none', async () => {
    const wrong = Buffer.from(records[1]!.toString().replace(/Content-Length: \d+/, 'Content-Length: 20'));
    const none = Buffer.from(records[3]!.toString().replace('Content-Length', 'Content-Size'));
    const { documents, counts } = await readSource(
      sourceOf(fileWith(Buffer.concat([records[0]!, wrong, records[2]!, none, records[4]!]))),
    );
    expect(documents.map(({ text }) => text.slice(0, 10))).toEqual([
      'document 0',
      'document 2',
      'document 4',
    ]);
    expect(counts.badSamples.map(({ record, reason }) => [record, reason])).toEqual([
      [2, `the record does not end where its Content-Length says (at byte ${records[0]!.length})`],
      [4, expect.stringContaining('Content-Length is missing')],
    ]);
  });

  test('at the end is told; what is not WARC at all is one bad record', async () => {
    const cut = byMember(records).subarray(0, -30);
    const short = await readSource(sourceOf(fileWith(cut, 'a.warc.gz')));
    expect([short.documents.length, short.counts.badSamples[0]!.reason]).toEqual([
      5,
      expect.stringContaining('cut short'),
    ]);
    const plain = await readSource(sourceOf(fileWith(Buffer.concat(records).subarray(0, -30))));
    expect([plain.documents.length, plain.counts.badSamples[0]!.reason]).toEqual([
      5,
      expect.stringContaining('ends within'),
    ]);
    for (const name of ['a.warc', 'a.warc.gz'])
      expect((await readSource(sourceOf(fileWith(Buffer.alloc(5000, 'x'), name)))).counts.badRecords).toBe(1);
  });
});

describe('ranges', () => {
  const contents = fc.array(
    fc.oneof(fc.constant(''), fc.string({ maxLength: 300 }), fc.constant('x\r\n\r\nWARC/1.0\r\n')),
    {
      minLength: 1,
      maxLength: 25,
    },
  );

  test.each([['a.warc'], ['a.warc.gz']])(
    'of any size give the documents of the whole file: %s',
    async (name) => {
      const path = fileWith(Buffer.alloc(0), name);
      await fc.assert(
        fc.asyncProperty(
          contents,
          fc.integer({ min: 1, max: 900 }),
          fc.option(fc.nat(), { nil: null }),
          async (all, rangeBytes, hurt) => {
            const records = all.map((content) => text(content));
            const file = Buffer.from(name.endsWith('gz') ? byMember(records) : Buffer.concat(records));
            // Damage inside a member; in plain text nothing would notice it.
            if (hurt !== null && name.endsWith('gz')) file[hurt % file.length]! ^= 0x55;
            writeFileSync(path, file);
            const split = await readSource(sourceOf(path), { rangeBytes });
            const whole = await readSource(sourceOf(path));
            expect(split.documents).toEqual(whole.documents);
            expect(split.counts.badRecords).toBe(whole.counts.badRecords);
            if (hurt === null)
              expect(whole.documents.map((one) => one.text)).toEqual(
                all.filter((content) => /\S/.test(content)),
              );
          },
        ),
        { numRuns: 40 },
      );
    },
  );

  test("begin at the file's own members, not at those of an archive inside a record", async () => {
    const inner = Array.from({ length: 60 }, (_, i) => text(`inner ${i} ${noise(i, 4000)}`));
    const archive = record('resource', { 'Content-Type': 'application/gzip' }, byMember(inner));
    // Stored as it is, as deflate does with what it can't pack.
    const members = [gzipSync(archive, { level: 0 }), ...[0, 1, 2].map((i) => gzipSync(text(`outer ${i}`)))];
    const path = fileWith(Buffer.concat(members), 'a.warc.gz');
    const units = await splitUnits((await discover(sourceOf(path))).units, 1000);
    expect(units[0]!.end).toBe(members[0]!.length);
    const { documents } = await readSource(sourceOf(path), { rangeBytes: 1000 });
    expect(documents.map((one) => one.text)).toEqual(['outer 0', 'outer 1', 'outer 2']);
  });

  test('have the hash of their bytes', async () => {
    const path = fileWith(byMember(Array.from({ length: 9 }, (_, i) => text(`document ${i}`))), 'a.warc.gz');
    const units = await splitUnits((await discover(sourceOf(path))).units, 300);
    expect(units.length).toBeGreaterThan(2);
    for (const unit of units) {
      const hash = createUnitHash(unit);
      for await (const _ of read(unit, createReadCounts(), { hash }));
      expect(await hash.digest()).toBe(await hashInput(unit));
    }
  });
});

test('a member that is too large to be inflated at once comes as a stream, and others after it', async () => {
  const video = record('resource', { 'Content-Type': 'video/mp4' }, Buffer.alloc(66 * 1024 * 1024));
  const members = [video, text('a'), text('b')].map((one) => gzipSync(one, { level: 1 }));
  expect(await textsOf(Buffer.concat(members), 'a.warc.gz')).toEqual(['a', 'b']);
});

/** Letters that don't pack well. */
function noise(seed: number, length: number): string {
  let state = seed + 1;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return String.fromCharCode(33 + ((state >>> 25) % 90));
  }).join('');
}
