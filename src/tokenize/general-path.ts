/**
 * Tokenizers that a BpeModel can't tell (WordPiece, Unigram, parts that longmix does not know), through
 * @huggingface/tokenizers, in JavaScript. It is the slow path, for text of ordinary size: some 1 MB/s, a document crosses
 * as one string, and none can be cut (safeCut is 0). Patterns run with JavaScript's Unicode tables there, so tokens of rare
 * characters can differ from those of the native library, and between versions of Node.
 */
import { createHash } from 'node:crypto';
import { Tokenizer as HfTokenizer } from '@huggingface/tokenizers';
import { LongmixError } from '../errors.ts';
import type { Tokenizer } from '../types.ts';
import { type HfFile, parseHfFile } from './hf-file.ts';
import { chooseSpecialIds, type TokenizerConfig } from './special-ids.ts';

/** @throws LongmixError `tokenizer-bad` for bytes that are no tokenizer.json */
export function createGeneralTokenizer(
  name: string,
  bytes: Uint8Array,
  config: TokenizerConfig | null,
): Tokenizer {
  const file = parseHfFile(name, bytes);
  const added = file.added_tokens ?? [];
  // Its constructor asks for keys that a file may lack.
  const complete = { normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null, ...file };
  const whole = open(name, { ...complete, added_tokens: added }, config ?? {});
  // Without its special tokens the same tokenizer takes them as text.
  const plain = open(
    name,
    { ...complete, added_tokens: added.filter((token) => token.special !== true) },
    {},
  );
  const special = new Map(added.filter((token) => token.special).map((token) => [token.content, token.id]));
  const ids = [...whole.get_vocab(true).values(), ...added.map((token) => token.id)];
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const encoder = new TextEncoder();
  return {
    name,
    vocabularySize: 1 + ids.reduce((a, b) => Math.max(a, b), -1),
    ...chooseSpecialIds(special, config),
    // By the file as it is: two files of one model may differ here, and equal ones never do.
    fingerprint: createHash('sha256').update('longmix general tokenizer 1\n').update(bytes).digest('hex'),
    encode(text, ends) {
      const parts: number[][] = [];
      for (let i = 0, start = 0; i < ends.length; i += 1) {
        const document = decoder.decode(text.subarray(start, ends[i]!));
        parts.push(plain.encode(document, { add_special_tokens: false }).ids);
        start = ends[i]!;
      }
      return {
        tokens: Uint32Array.from(parts.flat()),
        lengths: Uint32Array.from(parts, (part) => part.length),
      };
    },
    decode(tokens) {
      return encoder.encode(
        whole.decode(Array.from(tokens), { skip_special_tokens: false, clean_up_tokenization_spaces: false }),
      );
    },
    safeCut: () => 0,
  };
}

function open(name: string, file: HfFile, config: TokenizerConfig): HfTokenizer {
  try {
    return new HfTokenizer(file, config);
  } catch (cause) {
    throw new LongmixError(
      'tokenizer-bad',
      `@huggingface/tokenizers can't use it: ${(cause as Error).message}`,
      {
        where: name,
        cure: 'longmix knows BPE itself, and leaves other tokenizers to that library: save it again with the newest tokenizers, or take another',
        cause,
      },
    );
  }
}
