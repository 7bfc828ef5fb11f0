/**
 * The 200 documents that every reader must return, and their form in each text format. After changing a document, make
 * a new `golden/documents.jsonl.zst` with the zstd command line (see zstd.test.ts).
 */
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { zstdFrames } from './zstd-frames.ts';

export interface CorpusDocument {
  readonly id: string;
  readonly text: string;
}

const pieces = [
  'The long documents carry the weight. ',
  'Größe, naïveté, Łódź; ',
  '長い文書は重みを運ぶ。',
  'длинные документы ',
  'المستندات الطويلة ',
  '👩‍👩‍👧 🏳️‍🌈 😀',
  '"quoted", \'single\' and `ticks` ',
  'comma, semicolon; tab\there\n',
  'line\r\nbreaks\r\n',
  '  spaces   and \u00a0\u2028\u2029 ',
  'back\\slash \\n \\u0041 {"json": [1, null]} ',
  '\u0000\u0001\u007f\ufeff\ufffd\uffff\u{10ffff}',
  'if (a < b && c > d) { return a[0]; }\n',
];

/** None is empty and none begins with a byte-order mark: a text file could not hold those. */
export const corpus: readonly CorpusDocument[] = Array.from({ length: 200 }, (_, number) => {
  const count = number % 50 === 49 ? 3000 : 1 + ((number * 7) % 23);
  let text = `${number}:`;
  for (let i = 0; i < count; i += 1) text += pieces[(number * 31 + i * i + i) % pieces.length];
  return { id: `doc-${number}`, text };
});

export const writers: Readonly<Record<string, (documents: readonly CorpusDocument[]) => string>> = {
  jsonl: (documents) => documents.map((document) => `${JSON.stringify(document)}\n`).join(''),
  json: (documents) => JSON.stringify(documents, null, 1),
  csv: (documents) => rows(documents, ','),
  tsv: (documents) => rows(documents, '\t'),
};

export const compressors: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  '': (bytes) => bytes,
  '.gz': (bytes) => gzipSync(bytes),
  '.zst': zstdFrames,
  '.br': (bytes) => brotliCompressSync(bytes),
};

function rows(documents: readonly CorpusDocument[], delimiter: string): string {
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const lines = documents.map(({ id, text }) => `${quote(text)}${delimiter}${id}\r\n`);
  return `text${delimiter}id\r\n${lines.join('')}`;
}
