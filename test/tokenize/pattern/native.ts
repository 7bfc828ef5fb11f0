/** Applies a pattern with the native libraries: returns the parts of a text, or null if they refuse the pattern. */
import { Tiktoken } from '@dqbd/tiktoken/lite';
import { Tokenizer } from 'tokenizers';
import type { SplitStep } from '../../../src/tokenize/model.ts';
import { askPeer } from '../../support/peers.ts';

type Splitter = (text: string) => string[];

const behaviors = {
  isolated: 'Isolated',
  removed: 'Removed',
  'merged-with-previous': 'MergedWithPrevious',
  'merged-with-next': 'MergedWithNext',
  contiguous: 'Contiguous',
} as const;

const pythonBehaviors = {
  isolated: 'isolated',
  removed: 'removed',
  'merged-with-previous': 'merged_with_previous',
  'merged-with-next': 'merged_with_next',
  contiguous: 'contiguous',
} as const;

/** Hugging Face's native library: a Split pre-tokenizer, whose expressions Oniguruma reads. */
export function hfSplitter(
  pattern: string,
  behavior: SplitStep['behavior'] = 'isolated',
  invert = false,
): Splitter | null {
  return hfPreTokenizer({
    type: 'Split',
    pattern: { Regex: pattern },
    behavior: behaviors[behavior],
    invert,
  });
}

/**
 * The same from the library in Python, for random patterns: where Oniguruma gives up (its limit of retries), the parts
 * are null, but npm's library ends the process. null: it refuses the pattern.
 */
export async function hfSplits(
  pattern: string,
  behavior: SplitStep['behavior'],
  invert: boolean,
  texts: readonly string[],
): Promise<readonly (string[] | null)[] | null> {
  const request = { split: pattern, behavior: pythonBehaviors[behavior], invert, texts };
  return (await askPeer<{ parts: (string[] | null)[] | null }>(request)).parts;
}

export function hfPreTokenizer(pre_tokenizer: object): Splitter | null {
  const model = {
    type: 'BPE',
    dropout: null,
    unk_token: null,
    vocab: { a: 0 },
    merges: [],
    fuse_unk: false,
    byte_fallback: false,
  };
  const parts = { version: '1.0', truncation: null, padding: null, added_tokens: [], normalizer: null };
  const file = { ...parts, post_processor: null, decoder: null, pre_tokenizer, model };
  try {
    const native = Tokenizer.fromString(JSON.stringify(file)).getPreTokenizer()!;
    return (text) => native.preTokenizeString(text).map(([part]) => part);
  } catch {
    return null;
  }
}

/**
 * tiktoken, whose expressions Rust's fancy-regex reads. A part that is in the vocabulary becomes one token, so a
 * vocabulary of all parts that the texts could have shows the parts; for short texts only. null: it refuses the
 * pattern, or fails on the text, which it does where a match is empty.
 */
export function tiktokenSplits(pattern: string, texts: readonly string[]): (string[] | null)[] | null {
  const ids = new Map<string, number>();
  for (let byte = 0; byte < 256; byte += 1) ids.set(String.fromCharCode(byte), byte);
  for (const text of texts) {
    const bytes = Buffer.from(text);
    for (let from = 0; from < bytes.length; from += 1) {
      for (let to = from + 2; to <= bytes.length; to += 1) {
        const key = bytes.subarray(from, to).toString('latin1');
        if (!ids.has(key)) ids.set(key, ids.size);
      }
    }
  }
  const pieces = [...ids.keys()].map((key) => Buffer.from(key, 'latin1'));
  const ranks = `! 0 ${pieces.map((piece) => piece.toString('base64')).join(' ')}`;
  const open = () => {
    try {
      return new Tiktoken(ranks, {}, pattern);
    } catch {
      return null;
    }
  };
  let engine = open();
  if (engine === null) return null;
  const parts = texts.map((text) => {
    try {
      engine ??= open();
      return Array.from(engine!.encode_ordinary(text), (id) => pieces[id]!.toString());
    } catch {
      // What a panic leaves behind is not used again.
      engine = null;
      return null;
    }
  });
  engine?.free();
  return parts;
}

export function tiktokenSplit(pattern: string, text: string): string[] | null {
  return tiktokenSplits(pattern, [text])?.[0] ?? null;
}
