/**
 * Compares every family of tokenizers that the tests have a file of with the native library that it comes from: rates
 * on one thread in one run, and whether the tokens are the same.
 *
 *   node bench/families.mjs CORPUS [--limit 12] [--peer-limit 2] [--only gpt-neox,bloom] [--flat] [--hostile]
 *
 * The families are the rows of test/tokenize/families.ts, with the whole vocabularies that the nightly tests use;
 * missing generated files are made. CORPUS is a folder of .jsonl or .jsonl.gz with a `text` field. longmix gets --limit
 * MB of it, the peers --peer-limit MB. "First": a new instance, the best of two; "warm": the best of the three passes
 * after it. The peers have one pass over their part. Rates are MB of UTF-8 per second of processor time. Tokens are
 * compared on the peers' part. Hugging Face's library is npm's `tokenizers`; sentencepiece, tiktoken, mistral-common,
 * and Hugging Face's library on the vocabularies of tiktoken's form, run if PEER_PYTHON names a Python that has them.
 * --flat: 100 MB in documents of 10 KB to 100 MB, warm. --hostile: megabytes of difficult text, as shares of the first
 * pass; it shows the slowest ones. With a --peer-limit of 0 there are no peers. --exact: no rates, but the sha1 of the
 * tokens of the whole corpus; one family takes as long as its peer needs, so run them one by one with --only (the exit
 * status is 1 if tokens differ).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { importTypeScript } from '../scripts/import-typescript.mjs';
import { chunksOf, readTexts } from './lib/corpus.mjs';
import { best, measure, measureChunks, nativeTokens, textOnly } from './lib/passes.mjs';
import { flatness, hostility, sizedTexts, sizes } from './lib/steadiness.mjs';
import { rate, table } from './lib/table.mjs';

// The native library reads these when it is loaded, the families the last one.
process.env.RAYON_NUM_THREADS = '1';
process.env.TOKENIZERS_PARALLELISM = 'false';
process.env.LONGMIX_FUZZ ??= '100';
const { Tokenizer: NativeTokenizer } = await import('tokenizers');
const { describeTokenizer } = await import('../dist/tokenize/load.js');
const { openShared } = await import('../dist/tokenize/engine/kernel-tokenizer.js');
const { allFamilies } = await importTypeScript('test/tokenize/families.ts');

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    limit: { type: 'string', default: '12' },
    'peer-limit': { type: 'string', default: '2' },
    only: { type: 'string' },
    flat: { type: 'boolean', default: false },
    hostile: { type: 'boolean', default: false },
    exact: { type: 'boolean', default: false },
  },
});
if (positionals.length !== 1) {
  console.error('usage: node bench/families.mjs CORPUS [--limit MB] [--only NAMES]');
  process.exit(2);
}
const work = mkdtempSync(join(tmpdir(), 'longmix-bench-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

const peerLimit = values.exact ? Number.POSITIVE_INFINITY : Number(values['peer-limit']) * 1e6;
const part = readTexts(positionals[0], peerLimit);
const partFile = join(work, 'texts.json');
writeFileSync(partFile, JSON.stringify(part));
const partBytes = part.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
const partChunks = prepared(part).chunks;
const corpus = values.exact ? null : prepared(readTexts(positionals[0], Number(values.limit) * 1e6));

console.log(`${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}, one thread`);
console.log(
  `longmix: ${((corpus?.bytes ?? partBytes) / 1e6).toFixed(1)} MB of text, peers: ${(partBytes / 1e6).toFixed(1)} MB; ` +
    `load ${loadavg()[0].toFixed(1)}\n`,
);

const sized = values.flat ? sizedTexts(Buffer.concat(corpus.chunks.map(({ text }) => text))) : null;
const rows = [];
const flatRows = [];
const hostileRows = [];
for (const family of chosen()) {
  const why = family.missing();
  if (why !== null) {
    console.error(`${family.name}: SKIPPED, ${why}`);
    continue;
  }
  console.error(`${family.name} ...`);
  try {
    rows.push(await (values.exact ? compareTokens(family) : compare(family)));
  } catch (error) {
    console.error(`${family.name}: FAILED, ${error.message}`);
    rows.push([family.name, 'FAILED', ...Array(values.exact ? 3 : 7).fill('-')]);
  }
}
const head = values.exact
  ? ['family', 'engine', 'tokens', 'sha1', 'peer']
  : ['family', 'engine', 'first', 'warm', 'peer', 'its rate', 'first is', 'tokens', 'sha1'];
table(head, rows, values.exact ? ['engine', 'sha1', 'peer'] : ['engine', 'peer', 'tokens']);
if (values.exact) process.exit(rows.some((row) => /DIFFERENT|FAILED/.test(row.join())) ? 1 : 0);
console.log(`load ${loadavg()[0].toFixed(1)}\n`);
if (values.flat) {
  console.log('longmix, MB/s, warm: 100 MB in documents of');
  table(['family', ...sizes.map((size) => `${size / 1e3} KB`), 'fastest / slowest'], flatRows);
}
if (values.hostile) {
  console.log(
    'longmix: a megabyte never seen before, one document; the slowest kinds, as parts of the first pass',
  );
  table(['family', 'first', 'least', 'of'], hostileRows, ['of']);
}
// A family that had to be made may have left a Python behind that waits for more.
process.exit(0);

// ---------------------------------------------------------------- a family

/** Without those that only differ in the size of their vocabulary, unless they are named. */
function chosen() {
  if (values.only === undefined) return allFamilies.filter(({ name }) => !/-pieces(-hf)?$/.test(name));
  const names = values.only.split(',');
  const unknown = names.filter((name) => !allFamilies.some((family) => family.name === name));
  if (unknown.length > 0) throw new Error(`no family ${unknown.join(', ')}`);
  return allFamilies.filter(({ name }) => names.includes(name));
}

function prepared(texts) {
  const documents = texts.map((text) => Buffer.from(text));
  const bytes = documents.reduce((sum, document) => sum + document.length, 0);
  return { bytes, chunks: chunksOf(documents, 4e6) };
}

/** Over all of the corpus: one pass, each chunk's tokens hashed and forgotten. */
async function compareTokens(family) {
  const { spec } = await family.open();
  const tokenizer = await describeTokenizer(spec);
  const own = measureChunks(tokenizer, partChunks);
  const peers = await peersOf(family, tokenizer);
  const row = [
    family.name,
    tokenizer.engine,
    String(own.tokens),
    own.sha1.slice(0, 12),
    peers.map(({ peer, sha1 }) => `${peer} ${sha1 === own.sha1 ? 'equal' : 'DIFFERENT'}`).join(', '),
  ];
  console.error(row.join('  '));
  return row;
}

async function compare(family) {
  const { spec } = await family.open();
  const tokenizer = await describeTokenizer(spec);
  const firsts = [];
  let instance = tokenizer;
  for (let i = 0; i < 2; i += 1) {
    if (tokenizer.shared !== null) instance = await openShared(tokenizer.shared);
    // The other engines remember nothing.
    firsts.push(measureChunks(instance, corpus.chunks));
  }
  const first = best(firsts);
  const warm =
    tokenizer.shared === null ? first : best([1, 2, 3].map(() => measureChunks(instance, corpus.chunks)));
  const firstRate = corpus.bytes / first.processor;
  if (sized !== null) {
    const { rates, spread } = flatness(instance, sized);
    flatRows.push([family.name, ...rates.map((each) => rate(each, 1)), spread.toFixed(2)]);
    console.error(flatRows.at(-1).join('  '));
  }
  if (values.hostile) {
    const shares = hostility(instance, firstRate);
    const slowest = shares.slice(0, 6).map(({ kind, share }) => `${kind} ${share.toFixed(2)}`);
    hostileRows.push([family.name, rate(firstRate, 1), shares[0].share.toFixed(2), slowest.join(', ')]);
    console.error(hostileRows.at(-1).join('  '));
  }
  const own = measureChunks(instance, partChunks);
  const peers = part.length === 0 ? [] : await peersOf(family, tokenizer);
  const list = (cell) => (peers.length === 0 ? '-' : peers.map(cell).join(', '));
  return [
    family.name,
    tokenizer.engine,
    rate(corpus.bytes, first.processor),
    rate(corpus.bytes, warm.processor),
    list(({ peer }) => peer),
    list(({ processor }) => rate(partBytes, processor)),
    list(({ processor }) => `${((firstRate * processor) / partBytes).toFixed(1)}x`),
    list(({ sha1 }) => (sha1 === own.sha1 ? 'equal' : 'DIFFERENT')),
    own.sha1.slice(0, 12),
  ];
}

// ---------------------------------------------------------------- its peers

async function peersOf({ kind, name }, tokenizer) {
  if (kind === 'SentencePiece model') return python('sentencepiece', tokenizer.file);
  if (kind === 'tiktoken' || kind === 'tekken') {
    const file = join(work, `${name}.json`);
    writeFileSync(file, JSON.stringify(encodingOf(tokenizer.model)));
    const own = kind === 'tekken' ? python('tekken', tokenizer.file) : python('tiktoken', file);
    // Oniguruma reads some quantifiers of these texts in another way, so they aren't the same tokenizer there.
    return name.endsWith('-own-text') ? own : [...own, ...python('hf', file)];
  }
  const native = NativeTokenizer.fromString(textOnly(readFileSync(tokenizer.file, 'utf8')));
  return [{ peer: 'tokenizers', ...(await measure(() => nativeTokens(native, part))) }];
}

/** In the form of @dqbd/tiktoken. */
function encodingOf({ vocabulary, steps }) {
  const lines = vocabulary.pieces.flatMap((piece, id) =>
    piece === undefined ? [] : [`! ${id} ${Buffer.from(piece).toString('base64')}`],
  );
  return { bpe_ranks: lines.join('\n'), pat_str: steps.splits[0].pattern, special_tokens: {} };
}

function python(engine, file) {
  if (process.env.PEER_PYTHON === undefined) return [];
  const script = fileURLToPath(new URL('python/peer_engine.py', import.meta.url));
  const { stdout, stderr, status } = spawnSync(process.env.PEER_PYTHON, [script, engine, file, partFile], {
    encoding: 'utf8',
    maxBuffer: 1e9,
  });
  if (status === 0) return [{ peer: engine === 'hf' ? 'tokenizers' : engine, ...JSON.parse(stdout) }];
  console.error(`${engine} in Python failed:\n${stderr.trimEnd().split('\n').slice(-3).join('\n')}`);
  return [];
}
