/**
 * Writes the tables of docs/scale.md: what corpora of 1, 10 and 100 TB of text come to, and what breaks first.
 *
 *   npm run build && node scripts/scale.mjs > docs/scale.md
 *
 * The sizes of parts, files and records are the code's own. Rates and memory are measured (bench/RESULTS.md), and stand below.
 */
import { constants } from 'node:buffer';
import { partBytesOf } from '../dist/build/store/parts.js';
import { batchBytes } from '../dist/shard/writer.js';

/** Measured, on one core of the machine of bench/RESULTS.md. */
const measured = {
  /** Text that a worker reads and tokenizes, bytes per second ("longmix tokenize", corpus x 10). */
  tokenize: 70e6,
  /** Shards that a worker writes from a store in memory, bytes per second ("The whole build": 41 MB in 0.5 s, less start-up). */
  write: 200e6,
  /** Planner, all stages ("The planner", 10^8 documents). */
  planBytesPerDocument: 39,
  planSecondsPerDocument: 57.28e-8,
  /** The shared corpus with cl100k. */
  bytesPerToken: 51.3e6 / 13_521_241,
  bytesPerDocument: 51.3e6 / 10_727,
};

/** What a corpus in an object store looks like. */
const assumed = {
  compression: 4,
  objectBytes: 256 * 2 ** 20,
  /** Vocabularies of more than 65,536 tokens. */
  idBytes: 4,
  rangeBytes: 8 * 2 ** 20,
  shardBytes: 256 * 2 ** 20,
  workers: 256,
};

const json = (value) => JSON.stringify(value, null, 2).length;
const hash = 'f'.repeat(64);
const inputRecord = json({
  ...{ source: 'web', name: 'crawl/2026-11/part-00000-of-01000.jsonl.zst', format: 'jsonl' },
  ...{ start: 0, end: assumed.objectBytes, lines: 1_000_000, sha256: hash },
});
const partRecord = json({
  ...{ name: 'part-0123456789abcdef', documents: 1_000_000, tokens: 1_000_000_000, textBytes: 1e9 },
  ...{ replaced: 0, badRecords: 0 },
  files: [1, 2].map(() => ({ name: 'part-0123456789abcdef.tokens', bytes: 1e9, sha256: hash })),
});
const batchRecord = json({ rows: 512, offset: 1_000_000_000, bytes: 16_777_216 });

function scale(text) {
  const tokens = text / measured.bytesPerToken;
  const documents = text / measured.bytesPerDocument;
  const objects = Math.ceil(text / assumed.compression / assumed.objectBytes);
  const parts = Math.ceil(text / partBytesOf(text));
  const store = tokens * assumed.idBytes;
  const shards = Math.ceil(store / assumed.shardBytes);
  const seconds = text / measured.tokenize + store / measured.write;
  return {
    documents,
    tokens,
    objects,
    parts,
    store,
    shards,
    reads: Math.ceil(text / assumed.compression / assumed.rangeBytes),
    storeRecord: parts * partRecord + objects * inputRecord,
    manifest: (store / batchBytes) * batchRecord,
    plan: documents * measured.planBytesPerDocument,
    planHours: (documents * measured.planSecondsPerDocument) / 3600,
    workerHours: seconds / 3600,
  };
}

const TB = 1e12;
const size = (bytes) => {
  const unit = [
    [1e15, 'PB'],
    [1e12, 'TB'],
    [1e9, 'GB'],
    [1e6, 'MB'],
  ].find(([least]) => bytes >= least);
  return unit === undefined
    ? `${Math.round(bytes / 1e3)} KB`
    : `${(bytes / unit[0]).toPrecision(3)} ${unit[1]}`;
};
const count = (number) => {
  const unit = [
    [1e12, ' trillion'],
    [1e9, ' billion'],
    [1e6, ' million'],
  ].find(([least]) => number >= least);
  return unit === undefined
    ? Math.round(number).toLocaleString('en')
    : `${(number / unit[0]).toPrecision(3)}${unit[1]}`;
};

const rows = [
  ['documents', (s) => count(s.documents)],
  ['tokens', (s) => count(s.tokens)],
  ['input objects', (s) => count(s.objects)],
  ['range requests that read them', (s) => count(s.reads)],
  ['parts of the store', (s) => count(s.parts)],
  ['store', (s) => size(s.store)],
  ['`store.json`', (s) => size(s.storeRecord)],
  ['shards', (s) => count(s.shards)],
  ['`manifest.json`', (s) => size(s.manifest)],
  ['memory of the plan', (s) => size(s.plan)],
  ['planning, hours', (s) => s.planHours.toFixed(2)],
  ['tokenizing and writing, hours of one worker', (s) => count(s.workerHours)],
  [
    `the same, hours with ${assumed.workers} workers`,
    (s) => (s.workerHours / assumed.workers).toPrecision(2),
  ],
];
const sizes = [1, 10, 100].map((terabytes) => scale(terabytes * TB));

/** What ends first as the text grows: a limit, and what one byte of text takes of it. */
const per = scale(100 * TB);
const share = (amount) => amount / (100 * TB);
const limits = [
  ['a node with 256 GB can no longer hold the plan', 256e9, share(per.plan)],
  ['document numbers have 32 bits', 2 ** 32, share(per.documents)],
  ['a node with 2 TB can no longer hold the plan', 2e12, share(per.plan)],
  [
    '`manifest.json` of one set is longer than a string of JavaScript can be',
    constants.MAX_STRING_LENGTH,
    share(per.manifest),
  ],
  [
    '`store.json` is longer than a string of JavaScript can be',
    constants.MAX_STRING_LENGTH,
    share(per.storeRecord),
  ],
]
  .map(([what, limit, perByte]) => ({ what, text: limit / perByte }))
  .sort((a, b) => a.text - b.text);

console.log(`# How far it goes

<!-- Made by \`node scripts/scale.mjs > docs/scale.md\`. -->

What corpora of 1, 10 and 100 TB of text come to, in one plan. Nothing here was run at that size: sizes of parts and records are the
code's own, and rates and memory are what [bench/RESULTS.md](../bench/RESULTS.md) measured on one core: ${measured.tokenize / 1e6} MB of text a second and worker are
tokenized, ${measured.write / 1e6} MB of shards written, and a plan takes ${measured.planBytesPerDocument} bytes and ${(measured.planSecondsPerDocument * 1e6).toFixed(2)} µs a document. Documents are as long as
those of the shared corpus (${(measured.bytesPerDocument / 1e3).toFixed(1)} KB, ${measured.bytesPerToken.toFixed(2)} bytes a token). The text lies compressed (${assumed.compression} to 1) in objects of ${assumed.objectBytes / 2 ** 20} MiB, is read in ranges of
${assumed.rangeBytes / 2 ** 20} MiB, and token ids have ${assumed.idBytes} bytes. Shards have ${assumed.shardBytes / 2 ** 20} MiB.

| | 1 TB | 10 TB | 100 TB |
|---|---|---|---|`);
for (const [name, cell] of rows) console.log(`| ${name} | ${sizes.map(cell).join(' | ')} |`);
console.log(`
## What breaks first

| at about | because |
|---|---|`);
for (const { what, text } of limits) console.log(`| ${size(text)} of text | ${what} |`);
console.log(`
One process plans a build, so its document numbers and its memory are the first limits. Beyond them, divide the corpus by source or by document
into builds of their own, each with its share of the tokens. \`store.json\` and \`manifest.json\` are read whole as JSON, so their limit is a
string's.`);
