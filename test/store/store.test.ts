import { existsSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Dictionary, Int32, tableFromIPC, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sink } from '../../src/nouns/files.ts';
import {
  docsFile,
  type PartRecord,
  type StoreDtype,
  type StoreManifest,
  storeDtype,
  storeFile,
  storeFormat,
  storeVersion,
  tokensFile,
} from '../../src/store/format.ts';
import { documentOrigins, loadCharacters, loadDocuments, openStore } from '../../src/store/reader.ts';
import { TokenReader } from '../../src/store/token-reader.ts';
import { createPartWriter } from '../../src/store/writer.ts';
import { errorOf } from '../support/error-of.ts';
import { temporaryFolder } from '../support/folder.ts';
import { fuzz } from '../support/fuzz.ts';

interface StoredDocument {
  readonly tokens: readonly number[];
  readonly characters: number;
  readonly key: readonly [low: number, high: number];
  readonly id: string | null;
  readonly record: number;
  readonly source: string;
}

/** Documents of one origin, in chunks as the encoder gives them; `split` begins a chunk inside a document. */
interface StoredInput {
  readonly origin: string;
  readonly documents: readonly StoredDocument[];
  readonly chunk: number;
  readonly named: boolean;
}

type StoredPart = readonly StoredInput[];

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('ü/日本.txt', '', 'a'));

const whole = { format: 'text', start: 0, end: 1, lines: 0, sha256: '' } as const;

function documentsOf(dtype: StoreDtype): fc.Arbitrary<StoredDocument> {
  const largest = dtype === 'uint16' ? 65_535 : 200_000;
  return fc.record({
    tokens: fc.array(fc.oneof(fc.nat(largest), fc.constantFrom(0, largest)), { maxLength: 30 }),
    characters: u32,
    key: fc.tuple(u32, u32),
    id: fc.option(text, { freq: 2 }),
    record: u32,
    source: fc.constantFrom('web', 'books', 'ü'),
  });
}

function partsOf(dtype: StoreDtype): fc.Arbitrary<StoredPart[]> {
  const input = fc.record({
    origin: text,
    documents: fc.array(documentsOf(dtype), { maxLength: 12 }),
    chunk: fc.integer({ min: 1, max: 5 }),
    named: fc.boolean(),
  });
  return fc.array(fc.array(input, { maxLength: 3 }), { minLength: 1, maxLength: 4 });
}

function memorySink(): Sink & { bytes(): Buffer } {
  const chunks: Uint8Array[] = [];
  // A sink may not keep what it is given: the writer reuses it.
  return { write: (bytes) => chunks.push(Uint8Array.from(bytes)), bytes: () => Buffer.concat(chunks) };
}

const tokenizer = {
  name: 'test',
  fingerprint: 'f',
  vocabularySize: 1,
  bosId: null,
  eosId: null,
  specialTokens: 'text' as const,
};

function writePart(
  part: StoredPart,
  dtype: StoreDtype,
): { tokens: Buffer; docs: Buffer; record: PartRecord } {
  const tokens = memorySink();
  const docs = memorySink();
  const writer = createPartWriter(tokens, docs, dtype);
  for (const { origin, documents, chunk, named } of part) {
    for (let first = 0; first < documents.length; first += chunk) {
      const some = documents.slice(first, first + chunk);
      writer.add(
        {
          tokens: Uint32Array.from(some.flatMap((document) => document.tokens)),
          lengths: Uint32Array.from(some, (document) => document.tokens.length),
          characters: Uint32Array.from(some, ({ characters }) => characters),
          keys: Uint32Array.from(some.flatMap(({ key }) => key)),
          ids: some.map(({ id }) => id),
          records: some.map(({ record }) => record),
          sources: named ? some.map(({ source }) => source) : null,
          textBytes: 7,
        },
        'web',
        origin,
      );
    }
  }
  const { sources, ...held } = writer.finish();
  expect(new Set(sources)).toEqual(new Set(flat([part]).map(({ source }) => source)));
  const inputs = part.map(({ origin }) => {
    return { source: 'web', name: Buffer.from(origin).toString(), ...whole };
  });
  const record = { name: '', ...held, replaced: 0, badRecords: 0, files: [], inputs };
  return { tokens: tokens.bytes(), docs: docs.bytes(), record };
}

/** Documents in the order of the store, with the source that they shall have. */
function flat(parts: readonly StoredPart[]): (StoredDocument & { origin: string })[] {
  return parts
    .flat()
    .flatMap(({ documents, origin, named }) =>
      documents.map((document) => ({ ...document, origin, source: named ? document.source : 'web' })),
    );
}

function writeStore(folder: string, parts: readonly StoredPart[], dtype: StoreDtype): StoreManifest {
  const records = parts.map((part, p) => {
    const name = `part-${p}`;
    const { tokens, docs, record } = writePart(part, dtype);
    writeFileSync(join(folder, tokensFile(name)), tokens);
    writeFileSync(join(folder, docsFile(name)), docs);
    return { ...record, name };
  });
  const total = (pick: (part: PartRecord) => number) => records.reduce((sum, part) => sum + pick(part), 0);
  const manifest: StoreManifest = {
    ...{ format: storeFormat, version: storeVersion, fingerprint: 'f', tokenizer, dtype, reading: [] },
    sources: ['books', 'web', 'ü'],
    parts: records,
    totals: {
      documents: total((part) => part.documents),
      tokens: total((part) => part.tokens),
      textBytes: total((part) => part.textBytes),
      ...{ replaced: 0, badRecords: 0 },
    },
  };
  writeFileSync(join(folder, storeFile), JSON.stringify(manifest));
  return manifest;
}

const aDocument = (tokens: number[], id: string | null = null): StoredDocument => ({
  ...{ tokens, id, characters: 7, record: 1, source: 'web' },
  key: [1, 2],
});
const anInput = (documents: StoredDocument[]): StoredInput => ({
  ...{ origin: 'a.txt', documents, chunk: 2, named: false },
});

describe.each(['uint16', 'uint32'] as const)('a token store of %s', (dtype) => {
  it('gives back what was written, document by document', async () => {
    const folder = temporaryFolder();
    await fc.assert(
      fc.asyncProperty(partsOf(dtype), async (parts) => {
        const written = flat(parts);
        writeStore(folder, parts, dtype);
        const manifest = openStore(folder);
        const table = loadDocuments(folder, manifest);
        expect(table.count).toBe(written.length);
        expect([...table.lengths]).toEqual(written.map(({ tokens }) => tokens.length));
        expect([...(await loadCharacters(folder, manifest))]).toEqual(
          written.map(({ characters }) => characters),
        );
        expect([...table.keysLow]).toEqual(written.map(({ key }) => key[0]));
        expect([...table.keysHigh]).toEqual(written.map(({ key }) => key[1]));
        expect(Array.from(table.source, (s) => table.sources[s])).toEqual(
          written.map(({ source }) => source),
        );
        const starts = [0];
        for (const part of parts) starts.push(starts.at(-1)! + flat([part]).length);
        expect([...table.partStarts]).toEqual(starts);
        const numbers = [...written.keys()];
        // Strings as they come out of UTF-8: a lone surrogate can't be held.
        const plain = (string: string | null) => (string === null ? null : Buffer.from(string).toString());
        expect(await documentOrigins(folder, manifest, numbers)).toEqual(
          written.map(({ source, id, origin, record }) => {
            return { source, id: plain(id), origin: plain(origin), record };
          }),
        );
      }),
      fuzz(40),
    );
  });

  it('copies any slice of any document, in any order, to either kind of ids', () => {
    const folder = temporaryFolder();
    const asked = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat(5)), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(partsOf(dtype), asked, fc.boolean(), (parts, requests, wide) => {
        const written = flat(parts);
        if (written.length === 0) return;
        const manifest = writeStore(folder, parts, dtype);
        const reader = new TokenReader(folder, manifest, loadDocuments(folder, manifest));
        for (const [d, a, b, at] of requests) {
          const document = d % written.length;
          const { tokens } = written[document]!;
          const start = a % (tokens.length + 1);
          const length = b % (tokens.length - start + 1);
          const ids = wide || dtype === 'uint32' ? Int32Array : Uint16Array;
          const out = new ids(at + length + 2).fill(9);
          reader.copy(document, start, length, out, at);
          const around = Array.from({ length: at }, () => 9);
          expect([...out]).toEqual([...around, ...tokens.slice(start, start + length), 9, 9]);
        }
        reader.close();
      }),
      fuzz(40),
    );
  });

  it('has tokens end to end, little-endian', () => {
    const documents = [aDocument([1, 2, 258]), aDocument([]), aDocument([65_535])];
    const { tokens } = writePart([anInput(documents)], dtype);
    const expected = dtype === 'uint16' ? '01000200' + '0201ffff' : '0100000002000000' + '02010000ffff0000';
    expect(tokens.toString('hex')).toBe(expected);
  });
});

describe('the index of a part', () => {
  it('is the same bytes whatever the process wrote before', () => {
    const part = [anInput([aDocument([1], 'x'), aDocument([2, 3])])];
    const first = writePart(part, 'uint16').docs;
    // Arrow counts the dictionaries that it makes without an id.
    for (let i = 0; i < 3; i += 1) {
      const names = vectorFromArray(['a', 'b', 'a'], new Dictionary(new Utf8(), new Int32()));
      tableToIPC(tableFromIPC(writePart(part, 'uint32').docs));
      expect(names.length).toBe(3);
    }
    expect(writePart(part, 'uint16').docs.equals(first)).toBe(true);
  });

  it('may be of no documents at all', async () => {
    const folder = temporaryFolder();
    const manifest = writeStore(folder, [[], [anInput([aDocument([5, 6])])], [anInput([])]], 'uint16');
    const table = loadDocuments(folder, manifest);
    expect([...table.partStarts]).toEqual([0, 0, 1, 1]);
    const reader = new TokenReader(folder, manifest, table);
    const out = new Uint16Array(2);
    reader.copy(0, 0, 2, out, 0);
    reader.close();
    expect([...out]).toEqual([5, 6]);
    expect((await documentOrigins(folder, manifest, [0]))[0]!.origin).toBe('a.txt');
  });

  it('has records by their lines in the file, though a part numbers its own', async () => {
    const folder = temporaryFolder();
    const at = (record: number) => ({ ...aDocument([1]), record });
    const parts = [[anInput([at(2)])], [anInput([at(1), at(3)])], [anInput([at(1), at(0)])]];
    const manifest = writeStore(folder, parts, 'uint16');
    // Another source reads the same file, as one piece.
    const pieces = [
      { ...whole, source: 'other', name: 'a.txt', end: 90, lines: 1000 },
      ...[0, 1, 2].map((i) => {
        return { ...whole, source: 'web', name: 'a.txt', start: 30 * i, end: 30 * i + 30, lines: 10 ** i };
      }),
    ];
    const cut = {
      ...manifest,
      parts: manifest.parts.map((part, i) => ({ ...part, inputs: [pieces[i + 1]!] })),
    };
    const all = { ...cut, parts: [...cut.parts, { ...cut.parts[0]!, documents: 0, inputs: [pieces[0]!] }] };
    const origins = await documentOrigins(folder, all, [0, 1, 2, 3, 4]);
    expect(origins.map(({ record }) => record)).toEqual([2, 2, 4, 12, 0]);
  });

  it('reads more parts than a process may have open files', () => {
    const folder = temporaryFolder();
    const parts = Array.from({ length: 600 }, (_, p) => [anInput([aDocument([p])])]);
    const manifest = writeStore(folder, parts, 'uint16');
    const reader = new TokenReader(folder, manifest, loadDocuments(folder, manifest));
    const out = new Uint16Array(1);
    for (let round = 0; round < 2; round += 1) {
      for (let d = 0; d < parts.length; d += 1) {
        reader.copy(d, 0, 1, out, 0);
        expect(out[0]).toBe(d);
      }
    }
    // Linux lists what a process has open.
    if (existsSync('/proc/self/fd')) expect(readdirSync('/proc/self/fd').length).toBeLessThan(400);
    reader.close();
  });
});

describe('a damaged store', () => {
  const damages: [string, (folder: string) => void][] = [
    ['store.json is cut off', (folder) => truncateSync(join(folder, storeFile), 40)],
    ['the index is cut off', (folder) => truncateSync(join(folder, 'part-0.docs.arrow'), 100)],
    ['the index is empty', (folder) => truncateSync(join(folder, 'part-0.docs.arrow'), 0)],
    ['the index is something else', (folder) => writeFileSync(join(folder, 'part-0.docs.arrow'), 'tokens')],
    [
      'the index is of other documents',
      (folder) => {
        const other = [anInput([aDocument([1]), aDocument([2])])];
        writeFileSync(join(folder, 'part-0.docs.arrow'), writePart(other, 'uint16').docs);
      },
    ],
    [
      'the index has other lengths',
      (folder) => {
        const other = [anInput([aDocument([1]), aDocument([2]), aDocument([3])])];
        writeFileSync(join(folder, 'part-0.docs.arrow'), writePart(other, 'uint16').docs);
      },
    ],
    ['the tokens are cut off', (folder) => truncateSync(join(folder, 'part-0.tokens'), 7)],
  ];

  it.each(damages)('is an error that names the file: %s', (_, damage) => {
    const folder = temporaryFolder();
    writeStore(folder, [[anInput([aDocument([1, 2]), aDocument([3]), aDocument([4, 5])])]], 'uint16');
    damage(folder);
    const error = errorOf(() => {
      const manifest = openStore(folder);
      const reader = new TokenReader(folder, manifest, loadDocuments(folder, manifest));
      try {
        reader.copy(2, 0, 2, new Uint16Array(2), 0);
      } finally {
        reader.close();
      }
    });
    expect(error.code).toBe('store-damaged');
    expect(error.exitCode).toBe(1);
    expect(error.message).toContain(folder);
  });

  it.each(['part-0.docs.arrow', 'part-0.tokens'])('is an error that names the file: %s is gone', (name) => {
    const folder = temporaryFolder();
    const manifest = writeStore(folder, [[anInput([aDocument([1, 2])])]], 'uint16');
    rmSync(join(folder, name));
    const error = errorOf(() => {
      const reader = new TokenReader(folder, manifest, loadDocuments(folder, manifest));
      reader.copy(0, 0, 2, new Uint16Array(2), 0);
    });
    expect(error.code).toBe('store-damaged');
    expect(error.message).toContain(name);
  });

  it('is an error wherever the index is cut off', () => {
    const folder = temporaryFolder();
    const part = [anInput([aDocument([1, 2], 'x'), aDocument([3])])];
    const manifest = writeStore(folder, [part], 'uint16');
    const { docs } = writePart(part, 'uint16');
    fc.assert(
      fc.property(fc.nat(docs.length - 1), (bytes) => {
        writeFileSync(join(folder, docsFile('part-0')), docs.subarray(0, bytes));
        expect(errorOf(() => loadDocuments(folder, manifest)).code).toBe('store-damaged');
      }),
      fuzz(150),
    );
  });

  it('that was never finished is said to be none', () => {
    const error = errorOf(() => openStore(temporaryFolder()));
    expect(error.code).toBe('store-missing');
    expect(error.cure).toContain('longmix tokenize');
  });

  it.each([
    { what: 'another version', manifest: { format: storeFormat, version: storeVersion + 1 } },
    { what: 'another format', manifest: { format: 'other', version: storeVersion } },
    { what: 'no object', manifest: null },
    { what: 'a list', manifest: [] },
  ])('or of $what is refused', ({ manifest }) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, storeFile), JSON.stringify(manifest));
    expect(errorOf(() => openStore(folder)).code).toBe('store-version');
  });
});

describe('storeDtype', () => {
  it.each([
    [1, 'uint16'],
    [65_536, 'uint16'],
    [65_537, 'uint32'],
  ])('of %d ids is %s', (ids, dtype) => expect(storeDtype(ids)).toBe(dtype));
});
