import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LineRun, LineSplitter } from '../../../src/read/formats/line-splitter.ts';
import { discover } from '../../../src/read/input/discover.ts';
import { linesOf } from '../../../src/read/json-scan/json-scan.ts';
import { errorOf, readSource, sourceOf, splitUnits, temporaryFolder } from '../helpers.ts';

function fileWith(content: string | Uint8Array): string {
  const path = join(temporaryFolder(), 'a.jsonl');
  writeFileSync(path, content);
  return path;
}

/** Ends of the ranges of a file: the least runs of whole lines of at least so many bytes. */
function rangeEnds(file: Buffer, rangeBytes: number): number[] {
  const ends: number[] = [];
  for (const [at, byte] of file.entries()) {
    const isEnd = at + 1 < file.length && byte === 0x0a && at + 1 - (ends.at(-1) ?? 0) >= rangeBytes;
    if (isEnd) ends.push(at + 1);
  }
  return [...ends, file.length];
}

describe('ranges', () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }).map((text) => JSON.stringify({ text })),
    fc.constantFrom('', '  ', '{"text": 1}', '{"text":', '[]', '{"text":"\r"}'),
  );
  const lines = fc.tuple(fc.array(line, { maxLength: 30 }), fc.constantFrom('\n', '\r\n'), fc.boolean());

  test('any range size gives the documents, record numbers and bad records of the whole file', async () => {
    const path = fileWith('');
    await fc.assert(
      fc.asyncProperty(
        lines,
        fc.integer({ min: 1, max: 200 }),
        async ([content, newline, ended], rangeBytes) => {
          // The first record has the field, so that no range can speak for the file.
          const whole = ['{"text":"first"}', ...content].join(newline) + (ended ? newline : '');
          writeFileSync(path, whole);
          const units = await splitUnits((await discover(sourceOf(path))).units, rangeBytes);
          expect(units.map(({ end }) => end)).toEqual(rangeEnds(Buffer.from(whole), rangeBytes));
          const end = units.reduce((at, unit) => {
            expect(unit.start).toBe(at);
            return unit.end;
          }, 0);
          expect(end).toBe(Buffer.byteLength(whole));
          const split = await readSource(sourceOf(path), { rangeBytes });
          const unsplit = await readSource(sourceOf(path), { rangeBytes: 1e9 });
          expect(split.documents).toEqual(unsplit.documents);
          expect(split.counts).toEqual(unsplit.counts);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('a large file is split into about as many ranges as it has range sizes', async () => {
    const path = fileWith('{"text":"0123456789"}\n'.repeat(1000));
    const units = await splitUnits((await discover(sourceOf(path))).units, 2200);
    expect(units.length).toBe(10);
  });
});

describe('records', () => {
  test('blank lines are no records but count as lines; a line without an end is read', async () => {
    const path = fileWith('\ufeff{"text":"a"}\r\n\n \t\r\n{"text":"b","id":7}');
    const { documents, counts } = await readSource(sourceOf(path));
    expect(documents).toEqual([
      { text: 'a', id: null, record: 1, source: null },
      { text: 'b', id: '7', record: 4, source: null },
    ]);
    expect(counts.badRecords).toBe(0);
  });

  test('an empty text is a document', async () => {
    const { documents, counts } = await readSource(
      sourceOf(fileWith('{"text":""}\n{"text":"b"}\n{"text":""}')),
    );
    expect(documents.map(({ text }) => text)).toEqual(['', 'b', '']);
    expect(counts.documents).toBe(3);
  });

  test('bad records are skipped, counted, and told by line and reason', async () => {
    const path = fileWith(
      '{"text":"ok"}\n{"text":\n[1]\n{"body":"x"}\n{"text":null}\n{"text":5}\n"str"\n{"text":"cut',
    );
    const { documents, counts } = await readSource(sourceOf(path));
    expect(documents.map(({ text }) => text)).toEqual(['ok']);
    expect(counts.badRecords).toBe(7);
    expect(counts.badSamples.map(({ record }) => record)).toEqual([2, 3, 4, 5, 6, 7, 8]);
    expect(counts.badSamples[0]).toEqual({
      file: path,
      start: 0,
      record: 2,
      reason: expect.stringContaining('not JSON'),
    });
    expect(counts.badSamples.slice(1, 5).map(({ reason }) => reason)).toEqual([
      'not an object but an array',
      'no field "text"',
      '"text" is not a string but null',
      '"text" is not a string but of type number',
    ]);
  });

  test('samples of bad records are bounded', async () => {
    const { counts } = await readSource(sourceOf(fileWith(`{"text":"ok"}\n${'x\n'.repeat(50)}`)));
    expect([counts.badRecords, counts.badSamples.length]).toEqual([50, 20]);
  });

  test('lone surrogates are replaced and counted, pairs are kept', async () => {
    const path = fileWith('{"text":"a\\ud800b\\ud83d\\ude00\\udc00"}');
    const { documents, counts } = await readSource(sourceOf(path));
    expect(documents[0]!.text).toBe('a\ufffdb😀\ufffd');
    expect(counts.replaced).toBe(2);
  });

  test('a field may be a path, unless a field has that very name', async () => {
    const fields = { text: 'body.text', id: 'meta.url', source: 'meta.set' };
    const path = fileWith(
      '{"body":{"text":"a"},"meta":{"url":"u","set":"s1"}}\n{"body.text":"b","body":{"text":"no"},"meta":{"set":"s2"}}\n{"body":{"text":"c"},"meta":{}}',
    );
    const { documents, counts } = await readSource(sourceOf(path, { fields }));
    expect(documents).toEqual([
      { text: 'a', id: 'u', record: 1, source: 's1' },
      { text: 'b', id: null, record: 2, source: 's2' },
    ]);
    expect(counts.badSamples).toEqual([{ file: path, start: 0, record: 3, reason: 'no field "meta.set"' }]);
  });

  test('long documents are cut into open chunks and keep their id', async () => {
    const text = '長い'.repeat(1000);
    const path = fileWith(
      `{"text":"a","id":"x"}\n${JSON.stringify({ text, id: 'long' })}\n{"text":"b","id":"y"}`,
    );
    const { documents, chunks } = await readSource(sourceOf(path), { chunkBytes: 1000 });
    expect(documents.map(({ id }) => id)).toEqual(['x', 'long', 'y']);
    expect(documents[1]!.text).toBe(text);
    expect(Math.max(...chunks.map((chunk) => chunk.text.length))).toBeLessThanOrEqual(1000);
  });
});

describe('a wrong field name', () => {
  test('is an error after 20 records that lack it, which names the fields that there are', async () => {
    const path = fileWith('{"content":"a","url":"u"}\n'.repeat(20) + '{"text":"late"}\n'.repeat(5));
    const error = await errorOf(readSource(sourceOf(path)));
    expect(error).toMatchObject({ code: 'field-missing', where: path, exitCode: 2 });
    expect(error.message).toContain('"text"');
    expect(error.message).toContain('"content", "url"');
    expect(error.cure).toContain('text: NAME');
  });

  test('is an error in a file of one record', async () => {
    expect((await errorOf(readSource(sourceOf(fileWith('{"body":"a"}'))))).code).toBe('field-missing');
  });

  test('of the source, too', async () => {
    const fields = { text: 'text', id: 'id', source: 'set' };
    const lines = (count: number) => `{"text":"a","origin":"o"}\n`.repeat(count);
    for (const path of [fileWith(lines(1)), fileWith(lines(20) + '{"text":"b","set":"s"}\n'.repeat(5))]) {
      const error = await errorOf(readSource(sourceOf(path, { fields })));
      expect(error).toMatchObject({ code: 'field-missing', where: path, exitCode: 2 });
      expect(error.message).toBe('no field "set"; the records have "text", "origin"');
      expect(error.cure).toContain('source: NAME');
    }
    const late = fileWith(`${lines(19)}{"text":"b","set":"s"}\n${lines(20)}`);
    const { documents, counts } = await readSource(sourceOf(late, { fields }));
    expect([documents.length, counts.badRecords]).toEqual([1, 39]);
  });

  test('is no error where one of the first 20 records has it', async () => {
    const path = fileWith(`${'{"body":"a"}\n'.repeat(19)}{"text":"here"}\n`);
    const { documents, counts } = await readSource(sourceOf(path));
    expect([documents.length, counts.badRecords]).toEqual([1, 19]);
  });
});

test('a line that is too long is dropped, whatever blocks it comes in, and the next one is read', () => {
  const bytes = Buffer.from('ab\nabcdefghij\n\ncd\nef');
  // A line inside a block is never too long: blocks are far smaller than the longest line.
  for (let size = 1; size <= 6; size += 1) {
    const splitter = new LineSplitter(6);
    const lines: (string | null)[] = [];
    const take = (runs: Iterable<LineRun>) => {
      for (const run of runs) {
        if (run === null) lines.push(null);
        else for (const line of linesOf(run)) lines.push(Buffer.from(line).toString());
      }
    };
    for (let at = 0; at < bytes.length; at += size) take(splitter.push(bytes.subarray(at, at + size)));
    take(splitter.end());
    expect(lines).toEqual(['ab', null, '', 'cd', 'ef']);
    expect([...splitter.end()]).toEqual([]);
  }
});
