/**
 * Makes the records in docs/formats.md and the values in docs/one-document.md, by building a small corpus with dist/. A
 * page has `<!-- made: NAME -->` before each block that this script makes; the text around them is written by hand.
 *
 *   node scripts/doc-examples.mjs            writes the blocks into both pages
 *   node scripts/doc-examples.mjs --check    fails if a block differs from the code's current output
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { pieceTokens } from '../dist/base/sequence.js';
import { cellNumbers, lengthBuckets } from '../dist/bucket/cells.js';
import { ablate, ablationFrom, build, openFeed, openShards, readRow, recipeFrom } from '../dist/index.js';
import { planMix } from '../dist/mix/mix.js';
import { discover } from '../dist/read/input/discover.js';
import { createReadCounts, read } from '../dist/read/read.js';
import { readDocuments } from '../dist/shard/documents-file.js';
import { createDocumentEncoder } from '../dist/tokenize/document-encoder.js';
import { loadTokenizer } from '../dist/tokenize/load.js';

const pages = ['docs/formats.md', 'docs/one-document.md'];
const root = new URL('../', import.meta.url);
const widest = 108;
const stampShown = '(16 hex digits of this machine: a hash of the path, size and times of the input)';

const tides =
  'The tide tables were wrong again. Nobody at the harbour had checked them since the winter, and two boats went out on a sea that was not there. They came back at noon.\n';
const records = [
  { id: 'a-1', text: 'A lamp burned in the window all night.' },
  { id: 'a-2', text: 'Nobody counted the boats that came back.' },
];

const folder = mkdtempSync(join(tmpdir(), 'longmix-docs-'));
try {
  const blocks = await makeBlocks(folder);
  const used = new Set();
  let stale = false;
  for (const page of pages) {
    const url = new URL(page, root);
    const before = readFileSync(url, 'utf8');
    const after = before.replace(/<!-- made: (\S+) -->\n```(\w*)\n.*?^```$/gms, (_, name, kind) => {
      if (blocks[name] === undefined) throw new Error(`${page}: nothing makes ${name}`);
      used.add(name);
      return `<!-- made: ${name} -->\n\`\`\`${kind}\n${blocks[name].trimEnd()}\n\`\`\``;
    });
    if (after === before) continue;
    stale = true;
    if (process.argv.includes('--check'))
      console.error(`${page} is not what the code makes: node scripts/doc-examples.mjs`);
    else writeFileSync(url, after);
  }
  const unused = Object.keys(blocks).filter((name) => !used.has(name));
  if (unused.length > 0) throw new Error(`no page has ${unused.join(', ')}`);
  if (stale && process.argv.includes('--check')) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Makes the text of each block, by name. */
async function makeBlocks(work) {
  mkdirSync(join(work, 'corpus'));
  writeFileSync(join(work, 'corpus/tides.txt'), tides);
  writeFileSync(
    join(work, 'corpus/notes.jsonl'),
    records.map((record) => `${JSON.stringify(record)}\n`).join(''),
  );
  const settings = {
    name: 'tiny',
    tokenizer: 'gpt2',
    sources: { logs: 'corpus/tides.txt', notes: 'corpus/notes.jsonl' },
    documents: { buckets: [16] },
    split: { validation: 0 },
    sequences: { length: 16 },
    tokens_per_step: 32,
    seed: 17,
  };
  const recipe = recipeFrom(settings, { directory: work });
  const out = join(work, 'out');
  const { store, plan } = await build(recipe, out, { workers: 1 });
  const base = { ...settings, name: undefined, store: 'out/store' };
  const arms = ablationFrom(
    { base, arms: { all: {}, notes: { mix: { shares: { logs: 0, notes: 1 } } } } },
    { directory: work, name: 'arms' },
  );
  await ablate(arms, join(work, 'arms'), { workers: 1, planOnly: false });
  const json = (file) => JSON.parse(readFileSync(join(work, file), 'utf8'));
  const manifest = json('out/train/manifest.json');
  const planned = json('out/plan.json');
  const ablation = json('arms/ablation.json');
  const second = store.manifest.parts[1].name;
  const docs = tableFromIPC(readFileSync(join(out, `store/${second}.docs.arrow`)));
  const listed = [];
  for await (const document of readDocuments(join(out, 'train/documents.parquet'), null))
    listed.push(document);
  const shards = openShards(join(out, 'train'));

  return {
    corpus: `corpus/tides.txt\n${tides}\ncorpus/notes.jsonl\n${readFileSync(join(work, 'corpus/notes.jsonl'), 'utf8')}`,
    recipe: shown(settings),
    'store.json': shown(json('out/store/store.json')),
    'part.tokens': hex(readFileSync(join(out, `store/${second}.tokens`))),
    'part.docs': shown(
      docs
        .toArray()
        .map((row) =>
          Object.fromEntries(Object.entries(row.toJSON()).map(([name, value]) => [name, plain(value)])),
        ),
    ),
    row: shown(rowShown(readRow(join(out, 'train'), shards, 0))),
    'manifest.json': shown({ ...manifest, ledger: '(below)', recipe: '(with all defaults, without paths)' }),
    ledger: shown({
      ...manifest.ledger,
      cells: manifest.ledger.cells.map((cell) => ({ ...cell, dropped: '(as above, of this cell)' })),
    }),
    'documents.parquet': shown(
      listed.map(({ document, key, ...rest }) => ({ doc_id: document, ...rest, key: plain(key) })),
    ),
    'schedule.json': shown(json('out/schedule.json')),
    'plan.json': shown({
      ...planned,
      recipe: '(as in manifest.json)',
      ledgers: '(by split: as in manifest.json)',
      sets: planned.sets.map((set) => ({ ...set, ledger: '(as in manifest.json, without cells)' })),
      steps: '(as in schedule.json)',
    }),
    'ablation.json': shown({
      ...ablation,
      arms: ablation.arms.map(({ arm, changes, format, version, name, fingerprint }) => ({
        ...{ arm, changes, format, version, name, fingerprint },
        '...': '(the other fields of plan.json)',
      })),
    }),
    receipt: shown(withoutStamps(json(`out/store/.longmix/${second}.json`))),
    'part-note': shown({ ...json(`out/store/.longmix/${noteOf(out, second)}`), stamps: [stampShown] }),
    ...(await oneDocument(recipe, store, plan, out)),
  };
}

function withoutStamps(receipt) {
  return { ...receipt, result: { ...receipt.result, stamps: [stampShown] } };
}

/** The note that leads from planned units to the part of that name. */
function noteOf(out, part) {
  const notes = join(out, 'store/.longmix');
  const isOf = (name) => JSON.parse(readFileSync(join(notes, name), 'utf8')).made.startsWith(part.slice(5));
  return readdirSync(notes).find((name) => name.startsWith('units-') && isOf(name));
}

/** Follows corpus/tides.txt from its bytes to a training step. */
async function oneDocument(recipe, store, plan, out) {
  const source = recipe.sources[0];
  const {
    units: [unit],
  } = await discover(source);
  const [file] = unit.files;
  const chunks = [];
  const tokenizer = await loadTokenizer(recipe.tokenizer);
  const encoder = createDocumentEncoder(tokenizer);
  let encoded;
  for await (const { text, ends, ids, records: numbers, open } of read(unit, createReadCounts())) {
    const { tokens, lengths, characters, keys } = encoder.push({
      text,
      ends,
      ids,
      records: numbers,
      sources: null,
      open,
    });
    encoded = {
      tokens: [...tokens],
      lengths: [...lengths],
      characters: [...characters],
      keys: [...keys].map((word) => `0x${word.toString(16).padStart(8, '0')}`),
    };
    chunks.push({ bytes: text.length, ends, ids, records: numbers, open });
  }
  const { table } = plan;
  const document = 0;
  const buckets = lengthBuckets(recipe.documents.buckets, []);
  const cellOf = cellNumbers(table, buckets, table.lengths);
  const [{ instances }] = planMix(table, cellOf, buckets, new Uint8Array(table.count), recipe);
  const [set] = plan.sets;
  const { rows } = set;
  const pieces = [];
  for (let piece = 0, row = 0; piece < rows.rowEnds.at(-1); piece += 1) {
    while (piece >= rows.rowEnds[row]) row += 1;
    if (rows.document[piece] !== document) continue;
    pieces.push({ piece, row, length: rows.length[piece], ...pieceTokens(rows, piece) });
  }
  const { row } = pieces.find(({ eos }) => eos);
  const feed = openFeed(out);
  const batch = feed.batch({ epoch: 0, step: 0 }, 0, 1);
  feed.close();
  let sum = 0;
  return {
    unit: shown({
      source: source.name,
      name: unit.name,
      files: [{ name: file.name, bytes: file.bytes, format: file.format, compression: file.compression }],
      ...{ start: unit.start, end: unit.end, joined: unit.joined },
    }),
    chunk: shown(chunks),
    encoded: shown(encoded),
    table: shown({
      document,
      length: table.lengths[document],
      source: table.sources[table.source[document]],
      partStarts: [...table.partStarts],
      tokens: `${store.manifest.parts[0].name}.tokens, from byte 0`,
      dtype: store.manifest.dtype,
    }),
    cell: shown({
      buckets,
      cell: cellOf[document],
      planned: plan.phases[0].cells.find(({ source: of }) => of === source.name),
    }),
    instances: shown({
      count: instances.count,
      document: [...instances.document],
      mostCopies: instances.mostCopies,
    }),
    pieces: shown(pieces),
    'last-row': shown({ row, ...rowShown(readRow(join(out, 'train'), openShards(join(out, 'train')), row)) }),
    batch: shown({
      ...{ epoch: batch.epoch, step: batch.step, set: batch.set, rows: [...batch.rows], width: batch.width },
      inputIds: `(${batch.inputIds.length} ids, ${batch.inputIds.constructor.name})`,
      seqLengths: [...batch.seqLengths],
      seqOffsets: [...batch.seqOffsets],
      padding: [...batch.padding],
      cu_seqlens: [0, ...Array.from(batch.seqLengths, (length) => (sum += length))],
    }),
  };
}

function rowShown({ ids, lengths, padding, sourceIds, docIds, docStarts }) {
  const seqLengths = padding > 0 ? [...lengths, padding] : lengths;
  return {
    input_ids: [...ids],
    ...{ seq_lengths: seqLengths, padding, source_ids: sourceIds, doc_ids: docIds, doc_starts: docStarts },
  };
}

function plain(value) {
  return typeof value === 'bigint' ? `0x${value.toString(16).padStart(16, '0')}` : value;
}

/** 16 bytes per line. */
function hex(bytes) {
  return bytes
    .subarray(0, 34)
    .toString('hex')
    .replace(/(..)(..)/g, '$1 $2  ')
    .replace(/(.{56})/g, '$1\n');
}

/** Formats JSON, with each value on one line if it fits. */
function shown(value, indent = '') {
  const line = oneLine(value);
  if (indent.length + line.length <= widest || value === null || typeof value !== 'object') return line;
  const inner = `${indent}  `;
  if (Array.isArray(value) && value.every((item) => typeof item === 'number')) {
    return `[\n${wrapped(value.map(String), inner)}\n${indent}]`;
  }
  const items = Array.isArray(value)
    ? value.map((item) => shown(item, inner))
    : Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => `${JSON.stringify(key)}: ${shown(item, inner)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${items.map((item) => inner + item).join(',\n')}\n${indent}${close}`;
}

function oneLine(value) {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const items = Object.entries(value).filter(([, item]) => item !== undefined);
  if (items.length === 0) return '{}';
  return `{ ${items.map(([key, item]) => `${JSON.stringify(key)}: ${oneLine(item)}`).join(', ')} }`;
}

function wrapped(words, indent) {
  const lines = [''];
  for (const word of words) {
    const next = lines.at(-1) === '' ? word : `${lines.at(-1)}, ${word}`;
    if (indent.length + next.length < widest) lines[lines.length - 1] = next;
    else lines.push(word);
  }
  return lines.map((line) => indent + line).join(',\n');
}
