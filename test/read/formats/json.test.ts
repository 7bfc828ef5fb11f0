/** The shapes of records in .json files, and the extensions to JSON that Python writes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonItems } from '../../../src/read/formats/json-items.ts';
import { JsonOutline } from '../../../src/read/formats/json-outline.ts';
import { parseJson, parseWithDigits } from '../../../src/read/formats/parse-json.ts';
import { fuzz } from '../../support/fuzz.ts';
import { errorOf, readSource, sourceOf, temporaryFolder } from '../helpers.ts';

function fileWith(name: string, content: string): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

const pretty = (value: unknown) => JSON.stringify(value, null, 2);
const content = { text: 'content', id: 'id', source: null };

describe('records in a .json file', () => {
  const two = [
    { id: 1, text: 'a "{[' },
    { id: 2, text: 'b]}' },
  ];
  test.each([
    ['an array', JSON.stringify(two)],
    ['an array, pretty-printed, with a byte-order mark', `\ufeff${pretty(two)}\n`],
    ['objects in a row', two.map(pretty).join('\n')],
    ['objects in a row, pretty-printed, with commas', two.map(pretty).join(',\n')],
    ['objects on one line', two.map((one) => JSON.stringify(one)).join('')],
    ['an array in an object', pretty({ version: '1.0', tags: ['x'], data: two, more: { text: [1] } })],
    ['rows in an object', JSON.stringify({ columns: [{ name: 'id' }], rows: two })],
    ['JSON Lines', two.map((one) => JSON.stringify(one)).join('\r\n')],
    ['JSON Lines with blank lines and commas', two.map((one) => ` ${JSON.stringify(one)} ,`).join('\n\n')],
  ])('%s', async (_, text) => {
    const root = temporaryFolder();
    writeFileSync(join(root, 'a.json'), text);
    // The same whether the file is named, or found in a directory.
    for (const path of [root, join(root, 'a.json')]) {
      const { documents, counts } = await readSource(sourceOf(path));
      expect(documents.map(({ text: read, id }) => [read, id])).toEqual([
        ['a "{[', '1'],
        ['b]}', '2'],
      ]);
      expect(counts.badRecords).toBe(0);
    }
  });

  test('one object is a record where it has the text, pretty-printed or not', async () => {
    const root = temporaryFolder();
    writeFileSync(join(root, 'a.json'), pretty({ title: 't', content: 'the text' }));
    writeFileSync(join(root, 'b.json'), JSON.stringify({ content: 'one line' }));
    const { documents } = await readSource(sourceOf(root, { fields: content }));
    expect(documents.map(({ text }) => text)).toEqual(['the text', 'one line']);
    const nested = { text: 'a.b', id: 'id', source: null };
    writeFileSync(join(root, 'a.json'), pretty({ a: { b: 'deep' } }));
    const named = sourceOf(join(root, 'a.json'), { fields: nested });
    expect((await readSource(named)).documents[0]!.text).toBe('deep');
  });

  test('one object without the text is source text, or a bad record where the recipe names the field', async () => {
    const root = temporaryFolder();
    const settings = pretty({ name: 'settings', scripts: { text: 'x' } });
    writeFileSync(join(root, 'a.json'), settings);
    writeFileSync(join(root, 'b.json'), '{"content": "a record", "text": "x"}');
    expect((await readSource(sourceOf(root, { exclude: ['b.json'] }))).documents[0]!.text).toBe(settings);
    const { documents, counts } = await readSource(sourceOf(root, { fields: content }));
    expect(documents.map(({ text }) => text)).toEqual(['a record']);
    expect(counts.badSamples.map(({ reason }) => reason)).toEqual([
      'no field "content"; it has "name", "scripts"',
    ]);
    const named = await errorOf(readSource(sourceOf(join(root, 'a.json'))));
    expect(named).toMatchObject({ code: 'field-missing', names: ['name', 'scripts'] });
  });

  test('strings: each of an array is a text, and so is one that is the file', async () => {
    const array = fileWith('a.json', '["one \\n", "two", {"text": "three"}, 4]');
    const { documents, counts } = await readSource(sourceOf(array));
    expect(documents.map(({ text, record }) => [text, record])).toEqual([
      ['one \n', 1],
      ['two', 2],
      ['three', 3],
    ]);
    expect(counts.badSamples.map(({ record }) => record)).toEqual([4]);
    const single = fileWith('b.json', ' "only \\u00e9"\n');
    expect((await readSource(sourceOf(single))).documents.map(({ text }) => text)).toEqual(['only é']);
  });

  test('several arrays of records in one object are refused with their keys', async () => {
    const path = fileWith('a.json', JSON.stringify({ train: [{ text: 'a' }], test: [{ text: 'b' }] }));
    const error = await errorOf(readSource(sourceOf(path)));
    expect(error).toMatchObject({ code: 'input-corrupt', where: path });
    expect(error.message).toContain('"train", "test"');
  });

  test.each([
    '[{"text":"a"},',
    '[{"text":"a"}',
    '[{"text":"a"}]]',
    '[{"text":"a"},]',
    '[,{"text":"a"}]',
    '[{"text":"a"} {"text":"b"}]',
    '{"text":"a"}{"text":',
    '{"text":"a"} 5',
    '{"data":[{"text":"a"}',
    '5',
  ])('%s is an error', async (text) => {
    const path = fileWith('a.json', text);
    expect(await errorOf(readSource(sourceOf(path)))).toMatchObject({ code: 'input-corrupt', where: path });
  });

  test('a file cut anywhere is an error, or what came before a record that is whole', async () => {
    const files = [JSON.stringify(two), pretty({ data: two }), two.map(pretty).join('\n')];
    for (const whole of files) {
      for (let length = 1; length < whole.trimEnd().length; length += 1) {
        const path = fileWith('a.json', whole.slice(0, length));
        const outcome = await readSource(sourceOf(path)).catch((error: { code: string }) => error.code);
        if (typeof outcome === 'string') expect(['input-corrupt', 'field-missing']).toContain(outcome);
        else expect(outcome.documents.map(({ text }) => text)).toEqual(['a "{[']);
      }
    }
  });
});

describe('NaN and Infinity', () => {
  const lines = ['{"text":"a","score":NaN}', '{"x":[-Infinity,{"y":Infinity}],"text":"NaN Infinity"}'];

  test('in other fields are read, as Python reads them', async () => {
    for (const [name, text] of [
      ['a.jsonl', lines.join('\n')],
      ['a.json', `[${lines.join(', ')}]`],
    ] as const) {
      const { documents, counts } = await readSource(sourceOf(fileWith(name, text)));
      expect(documents.map((one) => one.text)).toEqual(['a', 'NaN Infinity']);
      expect(counts.badRecords).toBe(0);
    }
  });

  test('are no text, and nothing like them is read', async () => {
    const bad = ['{"text":NaN}', '{"text":"a","n":nan}', '{"text":"a","n":-NaN}', '{"text":"a","n":NaN1}'];
    const { documents, counts } = await readSource(sourceOf(fileWith('a.jsonl', bad.join('\n'))));
    expect([documents, counts.badRecords]).toEqual([[], 4]);
  });

  test('any JSON value is what JSON.parse takes, and numbers keep their digits', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJson(text)).toEqual(JSON.parse(text));
        const digits = JSON.stringify(JSON.parse(text), (_, value) =>
          typeof value === 'number' ? String(value) : value,
        );
        const again = parseWithDigits(JSON.stringify(JSON.parse(text)));
        expect(JSON.stringify(again)).toBe(digits);
      }),
      fuzz(500),
    );
  });
});

test('items and the outline do not depend on the blocks', () => {
  const record = fc.record({ text: fc.string(), n: fc.json() });
  const files = fc
    .array(record, { minLength: 1, maxLength: 4 })
    .chain((records) =>
      fc.tuple(
        fc.constant(records),
        fc.constantFrom(
          { inArray: true, text: JSON.stringify(records) },
          { inArray: true, text: pretty(records) },
          { inArray: false, text: records.map(pretty).join('\n') },
        ),
        fc.integer({ min: 1, max: 7 }),
      ),
    );
  fc.assert(
    fc.property(files, ([records, { inArray, text }, size]) => {
      const bytes = Buffer.from(text);
      const items = new JsonItems(inArray);
      const found: unknown[] = [];
      const wrapped = Buffer.from(`{"a": "[", "data": ${JSON.stringify(records)}, "z": {}}`);
      const outline = new JsonOutline();
      for (let at = 0; at < bytes.length; at += size)
        for (const item of items.push(bytes.subarray(at, at + size)))
          found.push(JSON.parse(Buffer.from(item).toString()));
      items.end();
      for (let at = 0; at < wrapped.length; at += size) outline.push(wrapped.subarray(at, at + size));
      expect(found).toEqual(JSON.parse(JSON.stringify(records)));
      const data = outline.members.find(({ key }) => key === 'data')!;
      expect(outline.members.map(({ key, kind }) => key + kind)).toEqual(['a"', 'data[', 'z{']);
      expect(wrapped.toString('utf8', data.start, data.end).trim()).toBe(JSON.stringify(records));
      expect(data.first).toEqual(JSON.parse(JSON.stringify(records[0])));
    }),
    fuzz(300),
  );
});

test('JSON Lines with other line ends and separators of lines inside strings', async () => {
  const path = fileWith(
    'a.jsonl',
    '\ufeff{"text":"a\u2028b"}\r\n\r\n{"text":"c\u0085d"}\r\n   \n{"text":"e"},\n',
  );
  const { documents, counts } = await readSource(sourceOf(path));
  expect(documents.map(({ text, record }) => [text, record])).toEqual([
    ['a\u2028b', 1],
    ['c\u0085d', 3],
    ['e', 5],
  ]);
  expect(counts.badRecords).toBe(0);
});

test('a directory of records and settings keeps the settings as text', async () => {
  const root = temporaryFolder();
  mkdirSync(join(root, 'src'));
  writeFileSync(join(root, 'src', 'package.json'), '{\n  "name": "x",\n  "files": [{"path": "a"}]\n}\n');
  writeFileSync(join(root, 'records.json'), pretty({ data: [{ text: 'a' }] }));
  const { documents } = await readSource(sourceOf(root));
  expect(documents.map(({ text }) => text)).toEqual(['a', expect.stringContaining('"files"')]);
});
