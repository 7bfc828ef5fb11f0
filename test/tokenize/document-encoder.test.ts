import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DocumentChunk } from '../../src/nouns/documents.ts';
import type { SourceSpec } from '../../src/nouns/recipe.ts';
import type { Tokenizer } from '../../src/nouns/tokens.ts';
import { discover } from '../../src/read/input/discover.ts';
import { createReadCounts, read } from '../../src/read/read.ts';
import { createDocumentEncoder } from '../../src/tokenize/document-encoder.ts';
import { loadTokenizer } from '../../src/tokenize/load.ts';
import { temporaryFolder } from '../support/folder.ts';
import { fuzz, fuzzTimeout, often } from '../support/fuzz.ts';
import { hardTexts } from '../support/texts.ts';

const encodings = ['cl100k_base', 'o200k_base', 'gpt2'];
const tokenizers = await Promise.all(encodings.map((encoding) => loadTokenizer({ encoding })));

interface EncodedDocument {
  readonly tokens: number[];
  readonly key: string;
  readonly characters: number;
  readonly id: string | null;
  readonly record: number;
  readonly source: string | null;
}

/** Documents put together from what the encoder gives, as the store's writer does it. */
function encodeChunks(tokenizer: Tokenizer, chunks: readonly DocumentChunk[]): EncodedDocument[] {
  const encoder = createDocumentEncoder(tokenizer);
  const documents: EncodedDocument[] = [];
  let tokens: number[] = [];
  for (const chunk of chunks) {
    const encoded = encoder.push(chunk);
    expect(encoded.textBytes).toBe(chunk.text.length);
    tokens.push(...encoded.tokens);
    for (const [i, length] of encoded.lengths.entries()) {
      const key = (BigInt(encoded.keys[2 * i + 1]!) << 32n) | BigInt(encoded.keys[2 * i]!);
      documents.push({
        tokens: tokens.slice(0, length),
        key: key.toString(16).padStart(16, '0'),
        characters: encoded.characters[i]!,
        id: encoded.ids[i]!,
        record: encoded.records[i]!,
        source: encoded.sources?.[i] ?? null,
      });
      tokens = tokens.slice(length);
    }
  }
  expect(tokens).toEqual([]);
  return documents;
}

/** NULs too, which make a file binary otherwise. */
const anyText: Partial<SourceSpec> = { encoding: 'utf-8' };

async function chunksOf(
  path: string,
  chunkBytes: number,
  more: Partial<SourceSpec> = {},
): Promise<DocumentChunk[]> {
  const source: SourceSpec = {
    ...{ name: 'test', path, format: null, fields: { text: 'text', id: 'id', source: null } },
    ...{ join: 'file', separator: '\n', encoding: null, quote: 'auto', include: [], exclude: [], ...more },
  };
  const chunks: DocumentChunk[] = [];
  for (const unit of (await discover(source)).units) {
    for await (const chunk of read(unit, createReadCounts(), { chunkBytes })) {
      // A chunk is the reader's until the next one.
      chunks.push({ ...chunk, text: Uint8Array.from(chunk.text) });
    }
  }
  return chunks;
}

/** Each text by itself, as one chunk of one whole document. */
function whole(tokenizer: Tokenizer, texts: readonly string[]): EncodedDocument[] {
  return texts.flatMap((text) => {
    const bytes = Buffer.from(text);
    const chunk = {
      text: bytes,
      ends: [bytes.length],
      ids: [null],
      records: [0],
      sources: null,
      open: false,
    };
    return encodeChunks(tokenizer, [chunk]);
  });
}

const chunkSizes = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 400 }));
const anyTokenizer = fc.constantFrom(...tokenizers);

describe('createDocumentEncoder', () => {
  it(
    'gives the same tokens, lengths and keys for records at any chunk size',
    async () => {
      const folder = temporaryFolder();
      const path = join(folder, 'a.jsonl');
      let open = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(hardTexts, { minLength: 1, maxLength: 6 }),
          chunkSizes,
          anyTokenizer,
          async (texts, chunkBytes, tokenizer) => {
            const records = texts.map((text, i) => ({ text, id: `${i}`, from: `s${i % 2}` }));
            writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
            const fields = { text: 'text', id: 'id', source: 'from' };
            const chunks = await chunksOf(path, chunkBytes, { fields });
            if (chunks.some((chunk) => chunk.open)) open += 1;
            const expected = whole(tokenizer, texts).map((document, i) => {
              return { ...document, id: `${i}`, record: i + 1, source: `s${i % 2}` };
            });
            expect(encodeChunks(tokenizer, chunks)).toEqual(expected);
          },
        ),
        fuzz(250),
      );
      expect(open).toBeGreaterThan(often(100));
    },
    fuzzTimeout(60_000),
  );

  it(
    'gives the same for a text file, and for files joined to one document',
    async () => {
      const folder = temporaryFolder();
      const path = join(folder, 'a.txt');
      await fc.assert(
        fc.asyncProperty(
          hardTexts,
          hardTexts,
          chunkSizes,
          anyTokenizer,
          async (one, two, size, tokenizer) => {
            writeFileSync(path, one);
            writeFileSync(join(folder, 'b.txt'), two);
            const separate = await chunksOf(path, size, anyText);
            // A byte-order mark at the start of a file is no text.
            const texts = [one, two].map((text) => text.replace(/^\ufeff/, ''));
            const alone = texts.slice(0, 1).filter((text) => text !== '');
            expect(encodeChunks(tokenizer, separate)).toEqual(whole(tokenizer, alone));
            const joined = await chunksOf(folder, size, {
              ...anyText,
              join: 'directory',
              separator: ' + ',
            });
            expect(encodeChunks(tokenizer, joined)).toEqual(whole(tokenizer, [texts.join(' + ')]));
          },
        ),
        fuzz(150),
      );
    },
    fuzzTimeout(60_000),
  );

  it('makes keys of xxHash64, whatever the chunks', () => {
    const published = { '': 'ef46db3751d8e999', abc: '44bc2cf5ad770999' };
    for (const [text, key] of Object.entries(published)) {
      expect(whole(tokenizers[0]!, [text])[0]!.key).toBe(key);
    }
    const open = Buffer.from('ab');
    const chunks = [
      { text: open, ends: [2], ids: [null], records: [0], sources: null, open: true },
      { text: Buffer.from('c'), ends: [1], ids: [null], records: [0], sources: null, open: false },
    ];
    expect(encodeChunks(tokenizers[0]!, chunks)[0]!.key).toBe(published.abc);
  });

  it('keeps waiting text short where the text can be cut', () => {
    // 4 MB of words in chunks of 4 KB: quadratic copying of what waits would take minutes.
    const words = Buffer.from('some words of a very long document '.repeat(120_000));
    const seen: number[] = [];
    const tokenizer: Tokenizer = {
      ...{ name: 'counts', vocabularySize: 1, bosId: null, eosId: null, padId: null, fingerprint: '' },
      encode: (text, ends) => {
        seen.push(text.length);
        return { tokens: new Uint32Array(0), lengths: new Uint32Array(ends.length) };
      },
      decode: () => new Uint8Array(0),
      safeCut: (text) => tokenizers[0]!.safeCut(text),
    };
    const encoder = createDocumentEncoder(tokenizer);
    for (let at = 0; at < words.length; at += 4096) {
      const text = words.subarray(at, at + 4096);
      const open = at + 4096 < words.length;
      encoder.push({ text, ends: [text.length], ids: [null], records: [0], sources: null, open });
    }
    expect(Math.max(...seen)).toBeLessThan(2 * 4096);
  });

  it('cuts text that can be cut nowhere after 16 MiB, at a line if there is one', () => {
    const seen: Uint8Array[] = [];
    const tokenizer: Tokenizer = {
      ...{ name: 'counts', vocabularySize: 1, bosId: null, eosId: null, padId: null, fingerprint: '' },
      encode: (text, ends) => {
        seen.push(text.slice(0, ends[0]!));
        return { tokens: new Uint32Array(0), lengths: new Uint32Array(ends.length) };
      },
      decode: () => new Uint8Array(0),
      safeCut: () => 0,
    };
    const chunk = 1024 * 1024;
    const push = (text: Buffer) => {
      const encoder = createDocumentEncoder(tokenizer);
      seen.length = 0;
      for (let at = 0; at < text.length; at += chunk) {
        const part = text.subarray(at, at + chunk);
        const open = at + chunk < text.length;
        encoder.push({ text: part, ends: [part.length], ids: [null], records: [0], sources: null, open });
      }
      const parts = seen.filter((part) => part.length > 0);
      expect(Buffer.concat(parts).equals(text)).toBe(true);
      expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(17 * chunk);
      expect(parts.length).toBe(3);
      return parts.map((part) => Buffer.from(part).toString());
    };
    const lines = push(Buffer.from('長い行\n\n次の行。\n'.repeat(1_500_000)));
    for (const part of lines) expect(part.startsWith('長')).toBe(true);
    const letters = push(Buffer.from('é'.repeat(19_000_000)));
    for (const part of letters) expect(part).toMatch(/^é+$/);
  });
});
