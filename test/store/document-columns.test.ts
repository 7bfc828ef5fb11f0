import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { FieldValue } from '../../src/nouns/documents.ts';
import { noText } from '../../src/nouns/tokens.ts';
import { numberIn, partColumns } from '../../src/store/document-columns.ts';
import { docsFile, type StoreManifest } from '../../src/store/format.ts';
import { loadColumns } from '../../src/store/read-columns.ts';
import { createPartWriter } from '../../src/store/writer.ts';
import { temporaryFolder } from '../support/folder.ts';
import { fuzz } from '../support/fuzz.ts';

const names = ['field:a', 'field:b'];

function indexOf(parts: readonly FieldValue[], isKept: boolean): Buffer {
  const docs: Uint8Array[] = [];
  const columns = partColumns(isKept ? { fields: ['a', 'b'] } : undefined);
  const sink = (into: Uint8Array[]) => ({ write: (bytes: Uint8Array) => void into.push(bytes.slice()) });
  const writer = createPartWriter(sink([]), sink(docs), 'uint16', columns);
  // Chunks of two documents, the second of which has no fields: as of a folder with files of text beside records.
  for (let at = 0; at < parts.length; at += 1) {
    writer.add(
      {
        ...{ tokens: new Uint32Array(1), lengths: Uint32Array.of(1), characters: Uint32Array.of(1) },
        ...{ keys: new Uint32Array(2), ids: [null], records: [1], sources: null, textBytes: 1 },
        ...(parts[at] === null ? {} : { fields: [[parts[at]!], [at]] }),
      },
      'web',
      'a.jsonl',
    );
  }
  writer.finish();
  return Buffer.concat(docs);
}

async function stored(parts: readonly (readonly FieldValue[])[], withColumns: readonly boolean[] = []) {
  const folder = temporaryFolder();
  const records = parts.map((values, p) => {
    writeFileSync(join(folder, docsFile(`part-${p}`)), indexOf(values, withColumns[p] ?? true));
    return { name: `part-${p}`, documents: values.length };
  });
  const documents = parts.flat().length;
  const manifest = { totals: { documents }, parts: records } as unknown as StoreManifest;
  return await loadColumns(folder, manifest, { numbers: names, texts: names });
}

const values: fc.Arbitrary<FieldValue> = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.string(),
  fc.constant(null),
  fc.constantFrom('1', '01', '1.50', '-0', '1e3', 'en', '', ' 7 ', '9007199254740993', 'NaN', 'Infinity'),
);

it('a field is read as the numbers and as the texts of its values, however its parts hold it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(values, { maxLength: 12 }), { minLength: 1, maxLength: 4 }),
      async (parts) => {
        const all = parts.flat();
        const { numbers, texts } = await stored(parts);
        const asNumber = (value: FieldValue) =>
          typeof value === 'string' ? numberIn(value) : (value ?? NaN);
        expect([...numbers.get('field:a')!]).toEqual(all.map((value) => asNumber(value)));
        const { values: distinct, index } = texts.get('field:a')!;
        expect(Array.from(index, (i) => (i === noText ? null : distinct[i]))).toEqual(
          all.map((value) => (value === null ? null : String(value))),
        );
        expect(new Set(distinct).size).toBe(distinct.length);
      },
    ),
    fuzz(100),
  );
});

it('documents of a part without the column have no value', async () => {
  const { numbers, texts } = await stored(
    [
      [1, 'x'],
      [2, 3],
    ],
    [true, false],
  );
  expect([...numbers.get('field:a')!]).toEqual([1, NaN, NaN, NaN]);
  expect([...texts.get('field:a')!.index]).toEqual([0, 1, noText, noText]);
});

it('numbers are float64 and texts a dictionary, and an index without columns is as it always was', () => {
  const types = (values: FieldValue[], isKept: boolean) =>
    tableFromIPC(indexOf(values, isKept)).schema.fields.map(({ name, type }) => `${name} ${type}`);
  expect(types([0.5, null], true).slice(-2)).toEqual(['field:a Float64', 'field:b Float64']);
  expect(types(['en', null], true).at(-2)).toBe('field:a Dictionary<Int32, Utf8>');
  expect(types(['en'], false).at(-1)).toBe('record Uint32');
});

it('a text is the number that it is written as', () => {
  expect(['3', ' +.5e1 ', '1.', '', '0x10', 'nan', '1e999', '1,5'].map(numberIn)).toEqual([
    ...[3, 5, 1],
    ...[NaN, NaN, NaN, NaN, NaN],
  ]);
});
