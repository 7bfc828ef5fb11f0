/**
 * Runs tokenizers that a TokenizerModel cannot express (WordPiece, some Unigram files, parts that longmix does not
 * know) with
 * @huggingface/tokenizers, in JavaScript. This path is slow, for text of ordinary size: some 1 MB/s, each document is
 * passed as one string, and documents cannot be cut (safeCut is 0). Patterns and normalization use JavaScript's Unicode
 * tables, so tokens outside of ASCII can differ from those of the native library, and between versions of Node.
 */
import { createHash } from 'node:crypto';
import { Tokenizer as HfTokenizer } from '@huggingface/tokenizers';
import { LongmixError } from '../../errors.ts';
import type { Tokenizer } from '../../nouns/tokens.ts';
import { flattenParts, parseHfFile, Unsupported } from '../files/hf-file.ts';
import type { HfFile } from '../files/hf-shape.ts';
import { chooseSpecialIds, type TokenizerConfig } from '../files/special-ids.ts';
import { readGeneralParts } from './general-parts.ts';

const cure =
  'longmix tokenizes BPE itself, byte-level (Split with Isolated, then ByteLevel) or with byte_fallback; others it leaves to ' +
  '@huggingface/tokenizers, as far as their tokens are those of the native library: take another tokenizer';

const notNative = "longmix has not the tokens of Hugging Face's own library for it, because of";

/** The part of @huggingface/tokenizers' Unigram tokenizer that is changed here. */
interface UnigramTokenizer {
  readonly model: { readonly scores: number[] };
}

/**
 * @throws LongmixError `tokenizer-bad` for bytes that are not a tokenizer.json, or a file for which the library gives
 * other tokens
 */
export function createGeneralTokenizer(
  name: string,
  bytes: Uint8Array,
  config: TokenizerConfig | null,
): Tokenizer {
  const read = parseHfFile(name, bytes);
  const file = rewritten(name, read);
  const added = file.added_tokens ?? [];
  // The library's constructor requires keys that a file may lack.
  const complete = { normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null, ...file };
  const whole = open(name, { ...complete, added_tokens: added }, config ?? {});
  // Without special tokens in its file, the same tokenizer treats their text as ordinary text.
  const plain = open(
    name,
    { ...complete, added_tokens: added.filter((token) => token.special !== true) },
    {},
  );
  const special = new Map(added.filter((token) => token.special).map((token) => [token.content, token.id]));
  const ids = [...whole.get_vocab(true).values(), ...added.map((token) => token.id)];
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const encoder = new TextEncoder();
  /** The library may overflow the stack: it passes all tokens of a pretoken as arguments of one call. */
  const encodeWhole = (document: string): number[] => {
    try {
      return plain.encode(document, { add_special_tokens: false }).ids;
    } catch (cause) {
      const why = `@huggingface/tokenizers fails on a document of ${document.length} characters: ${(cause as Error).message}`;
      throw new LongmixError('tokenizer-bad', why, { where: name, cure, cause });
    }
  };
  return {
    name,
    vocabularySize: 1 + ids.reduce((a, b) => Math.max(a, b), -1),
    ...chooseSpecialIds(special, config),
    padId: null,
    // Hash the file's bytes: two files of the same model may get different fingerprints, but equal files never do.
    fingerprint: createHash('sha256')
      .update(`${version(read, file)}\n`)
      .update(bytes)
      .digest('hex'),
    encode(text, ends) {
      const parts: number[][] = [];
      for (let i = 0, start = 0; i < ends.length; i += 1) {
        const document = decoder.decode(text.subarray(start, ends[i]!));
        parts.push(encodeWhole(document));
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

/** The version for the fingerprint: a higher one for files whose tokens differ from those of an earlier longmix. */
function version(read: HfFile, file: HfFile): string {
  const same = (part: HfFile['pre_tokenizer'], other: HfFile['pre_tokenizer']) =>
    JSON.stringify(flattenParts(part, 'pretokenizers')) ===
    JSON.stringify(flattenParts(other, 'pretokenizers'));
  const isAsBefore = file.model.type !== 'Unigram' && same(read.pre_tokenizer, file.pre_tokenizer);
  return `longmix general tokenizer ${isAsBefore ? 1 : 2}`;
}

function rewritten(name: string, file: HfFile): HfFile {
  try {
    return readGeneralParts(file);
  } catch (cause) {
    if (cause instanceof Unsupported)
      throw new LongmixError('tokenizer-bad', `${notNative}: ${cause.message}`, { where: name, cure, cause });
    throw cause;
  }
}

function open(name: string, file: HfFile, config: TokenizerConfig): HfTokenizer {
  try {
    const tokenizer = new HfTokenizer(file, config);
    // The library gives the unknown token the score of an unknown character, which matters if the text contains
    // "<unk>".
    if (file.model.type === 'Unigram') {
      const { vocab, unk_id } = file.model as { vocab: [string, number][]; unk_id: number };
      (tokenizer as unknown as UnigramTokenizer).model.scores[unk_id] = vocab[unk_id]![1];
    }
    return tokenizer;
  } catch (cause) {
    const why = `@huggingface/tokenizers can't use it: ${(cause as Error).message}`;
    throw new LongmixError('tokenizer-bad', why, { where: name, cure, cause });
  }
}
