/**
 * The five encodings of @dqbd/tiktoken, through its own WASM engine: exact, and slow (some 4 MB/s a core), because
 * every document crosses as a JavaScript string. It is the oracle for any faster engine behind the same interface.
 */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { Tiktoken } from '@dqbd/tiktoken/lite';
import { LongmixError } from '../errors.ts';
import type { EncodedChunk, Tokenizer } from '../types.ts';
import { cutBetweenWords } from './safe-cut.ts';

export const tiktokenEncodings = ['cl100k_base', 'o200k_base', 'p50k_base', 'r50k_base', 'gpt2'] as const;

interface EncodingFile {
  readonly pat_str: string;
  readonly special_tokens: Record<string, number>;
  readonly bpe_ranks: string;
}

/** @throws LongmixError `tokenizer-unknown` for a name that is not in `tiktokenEncodings` */
export function loadTiktoken(name: string): Tokenizer {
  if (!tiktokenEncodings.some((known) => known === name)) {
    throw new LongmixError('tokenizer-unknown', `unknown tokenizer "${name}"`, {
      cure: `use one of ${tiktokenEncodings.join(', ')}`,
    });
  }
  const file = createRequire(import.meta.url)(`@dqbd/tiktoken/encoders/${name}.json`) as EncodingFile;
  return new TiktokenTokenizer(name, file);
}

class TiktokenTokenizer implements Tokenizer {
  readonly name: string;
  readonly vocabularySize: number;
  readonly bosId: null = null;
  readonly eosId: number | null;
  readonly fingerprint: string;
  readonly #engine: Tiktoken;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  constructor(name: string, file: EncodingFile) {
    this.name = name;
    this.eosId = file.special_tokens['<|endoftext|>'] ?? null;
    this.vocabularySize = 1 + Math.max(largestRank(file.bpe_ranks), ...Object.values(file.special_tokens));
    const special = Object.entries(file.special_tokens).sort((a, b) => a[1] - b[1]);
    this.fingerprint = createHash('sha256')
      .update(JSON.stringify([file.pat_str, special, file.bpe_ranks]))
      .digest('hex');
    this.#engine = new Tiktoken(file.bpe_ranks, file.special_tokens, file.pat_str);
  }

  encode(text: Uint8Array, ends: ArrayLike<number>): EncodedChunk {
    const lengths = new Uint32Array(ends.length);
    const parts: Uint32Array[] = [];
    let total = 0;
    let start = 0;
    for (let i = 0; i < ends.length; i += 1) {
      const end = ends[i]!;
      const tokens = this.#engine.encode_ordinary(this.#decoder.decode(text.subarray(start, end)));
      parts.push(tokens);
      lengths[i] = tokens.length;
      total += tokens.length;
      start = end;
    }
    const tokens = new Uint32Array(total);
    let at = 0;
    for (const part of parts) {
      tokens.set(part, at);
      at += part.length;
    }
    return { tokens, lengths };
  }

  decode(tokens: ArrayLike<number>): Uint8Array {
    return this.#engine.decode(Uint32Array.from(tokens));
  }

  safeCut(text: Uint8Array): number {
    return cutBetweenWords(text);
  }
}

/** The ranks come as lines `! FIRST_RANK token token ...`, tokens in base64. */
function largestRank(ranks: string): number {
  let largest = -1;
  for (const line of ranks.split('\n')) {
    if (line === '') continue;
    const words = line.split(' ');
    largest = Math.max(largest, Number(words[1]) + words.length - 3);
  }
  return largest;
}
