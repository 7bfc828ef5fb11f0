/** The scanner gives the same documents, ids, sources, bad records and counts as JSON.parse, for every input. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DocumentChunk, ReadCounts } from '../../src/nouns/documents.ts';
import type { FieldNames } from '../../src/nouns/recipe.ts';
import { readJsonl } from '../../src/read/formats/jsonl.ts';
import { discover } from '../../src/read/input/discover.ts';
import { jsonScan } from '../../src/read/json-scan/json-scan.ts';
import { createReadCounts } from '../../src/read/read.ts';
import { temporaryFolder } from '../support/folder.ts';
import { fuzz, fuzzTimeout } from '../support/fuzz.ts';
import { sourceOf } from './helpers.ts';

interface Outcome {
  readonly chunks: DocumentChunk[];
  readonly counts: ReadCounts;
  readonly error: string | null;
}

async function outcome(path: string, fields: FieldNames, plain: boolean): Promise<Outcome> {
  const counts = createReadCounts();
  const chunks: DocumentChunk[] = [];
  try {
    for (const unit of (await discover(sourceOf(path, { fields }))).units) {
      for await (const chunk of readJsonl(
        unit,
        { counts, chunkBytes: 500, hash: null, recordBytes: 1e9 },
        plain,
      )) {
        const text = Buffer.from(chunk.text).toString('hex');
        // Ids go into the store as UTF-8, which has no lone surrogates.
        const ids = chunk.ids.map((id) => id && Buffer.from(id).toString());
        chunks.push({ ...chunk, ids, text: text as unknown as Uint8Array });
      }
    }
  } catch (error) {
    return { chunks, counts, error: String(error) };
  }
  return { chunks, counts, error: null };
}

/** Pieces that JSON is made of; now and then one that it is not. */
const mostly = (right: fc.Arbitrary<string>, wrong: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof({ weight: 30, arbitrary: right }, { weight: 1, arbitrary: fc.constantFrom(...wrong) });

const spaces = mostly(fc.constantFrom('', '', '', ' ', '\t', '\r', ' \r '), ['\u00a0', '\f']);
const escapes = mostly(
  fc.constantFrom(
    ...[
      '\\n',
      '\\"',
      '\\\\',
      '\\/',
      '\\b',
      '\\f',
      '\\r',
      '\\t',
      '\\u0041',
      '\\u00e9',
      '\\u20AC',
      '\\ud83d\\ude00',
    ],
    ...[
      '\\ud83d',
      '\\ude00',
      '\\uD83D\\ud83d\\ude00',
      '\\ud83dx',
      '\\ud83d\\n',
      '\\u0000',
      '\\uffff',
      '\\ud83d\\u0041',
    ],
    ...['\u007f', '\ud800'],
  ),
  ['\\x41', '\\u12', '\\u12g4', '\\', '\\U0041', '\\u', '\u0000', '\u001f', '\t', '"'],
);
const plainText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ maxLength: 40 }),
  fc.constantFrom('a'.repeat(15), 'b'.repeat(16), 'c'.repeat(17), 'd'.repeat(600), 'é'.repeat(300), '😀'),
);
const string = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: plainText.map((text) => JSON.stringify(text).slice(1, -1)) },
      { weight: 1, arbitrary: escapes },
    ),
    { maxLength: 5 },
  )
  .map((parts) => `"${parts.join('')}"`);
const number = mostly(
  fc.oneof(
    fc.constantFrom(
      '0',
      '-0',
      '7',
      '-12',
      '1.50',
      '1e5',
      '1E+2',
      '-0.0',
      '9007199254740993',
      '1e400',
      '0e0',
      '-1e-0',
    ),
    fc.constantFrom('123456789012345', '1234567890123456', '12345678901234567890', '-123456789012345'),
    fc.integer().map(String),
    fc.double().map((value) => JSON.stringify(value)),
  ),
  ['01', '-01', '1.', '.5', '-', '+1', '1e', '1e+', '0x1', '1.e1', '--1'],
);
const literal = mostly(fc.constantFrom('true', 'false', 'null', 'NaN', 'Infinity', '-Infinity'), [
  'nul',
  'truex',
  'undefined',
  'NaNx',
  '-NaN',
  'Infinit',
  '+Infinity',
  'nan',
  'falsee',
  'fals',
  '',
]);
const keys = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('"text"', '"id"', '"from"', '"meta"', '"set"', '"0"') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('"te\\u0078t"', '"fr\\u006fm"', '"s\\u0065t"', '"meta.set"', '"texts"', '""'),
  },
  { weight: 1, arbitrary: mostly(fc.constantFrom('"length"', '"__proto__"', '"tex"'), ['text', "'text'"]) },
  { weight: 1, arbitrary: string },
);

const { value } = fc.letrec<{ value: string; object: string; array: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'json' },
    { weight: 6, arbitrary: string },
    { weight: 2, arbitrary: number },
    { weight: 1, arbitrary: literal },
    { weight: 3, arbitrary: tie('object') },
    { weight: 1, arbitrary: tie('array') },
  ),
  array: fc
    .array(fc.tuple(spaces, tie('value'), spaces), { maxLength: 3, depthIdentifier: 'json' })
    .map((items) => `[${items.map((item) => item.join('')).join(',')}]`),
  object: fc
    .array(fc.tuple(spaces, keys, spaces, spaces, tie('value'), spaces), {
      maxLength: 5,
      depthIdentifier: 'json',
    })
    .map(
      (items) => `{${items.map(([a, key, b, c, item, d]) => `${a}${key}${b}:${c}${item}${d}`).join(',')}}`,
    ),
}));

/** A record as people have them, with one thing or another that is not plain. */
const member = fc.oneof(
  { weight: 2, arbitrary: fc.oneof(string, number, literal).map((id) => `"id": ${id}`) },
  { weight: 2, arbitrary: fc.oneof(string, string, value).map((from) => `"from":${from}`) },
  { weight: 2, arbitrary: string.map((set) => `"meta":{"a":[1,{}],"set":${set}}`) },
  { weight: 1, arbitrary: value.map((meta) => `"meta":${meta}`) },
  { weight: 1, arbitrary: fc.tuple(keys, value).map((parts) => parts.join(':')) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '"meta":{}',
      '"meta":["s"]',
      '"meta":{"meta":{"set":"m"}}',
      '"meta.set":"whole"',
    ),
  },
);
const record = fc
  .tuple(
    fc.array(member, { maxLength: 4 }),
    fc.option(
      string.map((text) => `"text":${text}`),
      { freq: 10 },
    ),
    fc.array(member, { maxLength: 2 }),
  )
  .map(([before, text, after]) => `{${[...before, ...(text === null ? [] : [text]), ...after].join(', ')}}`);

const mutated = fc
  .tuple(
    record,
    fc.array(
      fc.tuple(fc.nat(), fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', '0', ' ', 'é', '')),
      {
        maxLength: 3,
      },
    ),
  )
  .map(([line, edits]) =>
    edits.reduce((text, [at, put]) => {
      const from = at % (text.length + 1);
      return text.slice(0, from) + put + text.slice(from + (at % 2));
    }, line),
  );

const line = fc.oneof(
  { weight: 5, arbitrary: record },
  { weight: 3, arbitrary: mutated },
  { weight: 2, arbitrary: value },
  { weight: 1, arbitrary: fc.tuple(spaces, record, spaces).map((parts) => parts.join('')) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      ' ',
      '\r',
      '{}',
      '[]',
      '\ufeff{"text":"a"}',
      `${'['.repeat(100)}${']'.repeat(100)}`,
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom(`{"text":"deep","x":${'['.repeat(70)}${']'.repeat(70)}}`) },
);

/** Now and then bytes that are not UTF-8. */
const bytes = fc
  .tuple(
    fc.array(line, { minLength: 1, maxLength: 6 }),
    fc.boolean(),
    fc.option(fc.tuple(fc.nat(), fc.integer({ min: 0x80, max: 0xff })), { freq: 5 }),
  )
  .map(([lines, ended, broken]) => {
    const content = Buffer.from(lines.join('\n') + (ended ? '\n' : ''));
    if (broken !== null && content.length > 0) content[broken[0] % content.length] = broken[1];
    return content;
  });

const fieldNames: fc.Arbitrary<FieldNames> = fc.record({
  text: fc.constantFrom('text', 'text', 'text', 'meta.text', 'id'),
  id: fc.constantFrom('id', 'id', 'text', 'meta.id', 'meta'),
  source: fc.constantFrom(null, null, 'from', 'meta.set', 'meta.meta.set', 'meta.0', 'text'),
});

describe('the scanner', () => {
  it(
    'reads any lines as JSON.parse does',
    async () => {
      const path = join(temporaryFolder(), 'a.jsonl');
      // The first records have the fields, so that their lack is a matter of single records.
      const first = '{"text":"t","id":"i","from":"f","meta":{"text":"t","set":"s","meta":{"set":"s"}}}\n';
      await fc.assert(
        fc.asyncProperty(bytes, fieldNames, fc.boolean(), async (content, fields, begins) => {
          writeFileSync(path, begins ? Buffer.concat([Buffer.from(first), content]) : content);
          expect(await outcome(path, fields, false)).toEqual(await outcome(path, fields, true));
        }),
        fuzz(800),
      );
    },
    fuzzTimeout(60_000),
  );

  it('leaves to JSON.parse what only looks like a document', async () => {
    const path = join(temporaryFolder(), 'a.jsonl');
    const numbers = [
      '01',
      '-01',
      '-',
      '1.',
      '.5',
      '1e',
      '1e+',
      '+1',
      '--1',
      '1_0',
      '0x1',
      '-Inf',
      'NaN1',
      'nan',
    ];
    const lines = [
      ...numbers.map((n) => `{"text":"a","n":${n}}`),
      ...['-0', '1e2', '1.0', '1234567890123456', '10000000000000000000000', 'NaN', '-Infinity'].map(
        (id) => `{"text":"a","id":${id}}`,
      ),
      ...['{"text":"a","meta":["s"]}', '{"text":"a","meta":{"0":"s"}}', '{"text":"a","meta":"s"}'],
      ...[
        '{"text":"a",}',
        '{"text":"a"}}',
        '{"text":"a"} x',
        '{"text":"a"',
        '{"text":"a',
        '{"text":"a\\',
        '{,}',
      ],
      ...[
        '{"text":"a" "b":1}',
        '{"text" "a"}',
        '{"text"}',
        "{'text':'a'}",
        '{"text":"a","x":[1,]}',
        '{"x":[,1]}',
      ],
    ];
    for (const name of ['id', 'meta.0', 'meta.length']) {
      const fields = { text: 'text', id: name, source: null };
      for (const line of lines) {
        writeFileSync(path, `{"text":"a","meta":{"0":"s","length":"t"}}\n${line}`);
        expect(await outcome(path, fields, false), line).toEqual(await outcome(path, fields, true));
      }
    }
  });

  it('takes what people have, and is not only a way to JSON.parse', () => {
    const lines = [
      '{"text":"big","id":-12345678901234567890.10,"meta":{"set":"s"}}',
      '{"text":"a\\n\\u00e9\\ud83d\\ude00 b","id":7,"meta":{"set":"s","n":[1.5e3,null,NaN,-Infinity,{"x":{}}]}}',
      '{ "id" : "x" , "meta" : {"set":"\\"q\\""} , "text" : "" }\r',
      '{"text":"first","meta":{"set":"s"},"text":"second","id":null}',
    ];
    const found: unknown[] = [];
    const scan = jsonScan({ text: 'text', id: 'id', source: 'meta.set' })!;
    scan.scan(Buffer.from(lines.join('\n')), {
      document: (text, lone, id, source) => found.push([Buffer.from(text).toString(), lone, id, source]),
      odd: (odd) => found.push(Buffer.from(odd).toString()),
    });
    expect(found).toEqual([
      ['big', 0, '-12345678901234567890.10', 's'],
      ['a\né😀 b', 0, '7', 's'],
      ['', 0, 'x', '"q"'],
      ['second', 0, null, 's'],
    ]);
  });

  it('takes more lines in a run than its table has, and lines that are longer than the one before', () => {
    const scan = jsonScan({ text: 'text', id: 'id', source: null })!;
    const texts: string[] = [];
    let odd = 0;
    const take = (lines: string) =>
      scan.scan(Buffer.from(lines), {
        document: (text) => texts.push(Buffer.from(text).toString()),
        odd: () => {
          odd += 1;
        },
      });
    const many = Array.from({ length: 5000 }, (_, i) => `t${i}`);
    take(many.map((text) => `{"text":"${text}"}\n`).join(''));
    expect(texts.splice(0)).toEqual(many);
    const long = 'long \\n'.repeat(500_000);
    take(`{"text":"${long}"}`);
    expect(texts.splice(0)).toEqual([long.replaceAll('\\n', '\n')]);
    take(`{"text":"${long}${long}"}\n`);
    expect([texts.length, odd]).toEqual([0, 1]);
  });
});
