/**
 * The folder of generated tokenizer files: test/vocabularies/made, which git ignores. Files that take long to train are
 * kept there between runs, under a name that changes with the code that made them. Delete the folder to make all files
 * again.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { byteLetters, inByteLetters } from '../../support/byte-letters.ts';
import { countWords, makeWords } from '../../support/made-words.ts';
import { askPeer } from '../../support/peers.ts';
import { type TrainedBpe, trainBpe } from '../../support/train-bpe.ts';
import { sampleTexts } from '../texts.ts';
import { addedToken, gpt2Cuts, type HfJson, type NewToken, type Part } from './hf-json.ts';

const root = join(import.meta.dirname, '../../..');
const folder = join(root, 'test/vocabularies/made');

/** Writes the file if it isn't there with this content. Test files run side by side, so it appears in one step. */
export function writeMade(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  const bytes = Buffer.from(content);
  if (existsSync(path) && readFileSync(path).equals(bytes)) return path;
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, bytes);
  renameSync(unfinished, path);
  return path;
}

/** A file by this name, made by `make` if it isn't there yet; `sources` are the files whose change makes it anew. */
async function kept(
  name: string,
  sources: readonly string[],
  make: (path: string) => Promise<void>,
): Promise<string> {
  const hash = createHash('sha256');
  // The texts are those of the installed packages.
  for (const source of [...sources, 'test/tokenize/families/made.ts', 'package-lock.json']) {
    hash.update(readFileSync(join(root, source)));
  }
  const path = join(folder, `${hash.digest('hex').slice(0, 12)}-${name}`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  await make(unfinished);
  renameSync(unfinished, path);
  return path;
}

/** Words for a vocabulary of this size: real ones, and made ones where the real ones would not do. */
function trainingWords(size: number): Map<string, number> {
  const words = countWords(sampleTexts());
  if (size > 30_000) {
    for (const [word, count] of makeWords(size)) words.set(word, (words.get(word) ?? 0) + count);
  }
  return words;
}

async function trained(name: string, make: () => TrainedBpe): Promise<TrainedBpe> {
  const sources = ['test/support/train-bpe.ts', 'test/support/made-words.ts'];
  const path = await kept(name, sources, async (file) => writeFileSync(file, JSON.stringify(make())));
  return JSON.parse(readFileSync(path, 'utf8')) as TrainedBpe;
}

/** A byte-level vocabulary of our trainer's, in byte letters; all 256 bytes, in their order, come first. */
export function byteLevelVocabulary(size: number): Promise<TrainedBpe> {
  return trained(`byte-level-${size}.json`, () => {
    const words = new Map<string, number>();
    for (const [word, count] of trainingWords(size)) words.set(inByteLetters(word), count);
    return trainBpe(words, { alphabet: byteLetters, size });
  });
}

/** A vocabulary of characters, spaces as U+2581, pieces of at most 16 characters, as SentencePiece has it. */
export function characterVocabulary(size: number): Promise<TrainedBpe> {
  return trained(`characters-${size}.json`, () => {
    const words = new Map<string, number>();
    for (const [word, count] of trainingWords(size)) {
      // Blanks other than the space are left to the bytes.
      const spaced = word.replaceAll(' ', '\u2581');
      if (!/\s/.test(spaced)) words.set(spaced, (words.get(spaced) ?? 0) + count);
    }
    const letters = new Set<string>();
    for (const word of words.keys()) for (const letter of word) letters.add(letter);
    return trainBpe(words, { alphabet: [...letters].sort(), size, longest: 16 });
  });
}

export interface ByteLevelFamily {
  /** Bytes without a piece; a text that has them loses them. */
  readonly lacks?: readonly number[];
  /** Tokens with the ids before the vocabulary, which are in the vocabulary too, and tokens with the ids after it. */
  readonly first?: readonly NewToken[];
  readonly last?: readonly NewToken[];
  readonly normalizer?: Part | null;
  readonly pre_tokenizer: Part;
  readonly model?: Part;
}

/** The configuration of a family laid over a vocabulary of ours. */
export async function byteLevelJson(family: ByteLevelFamily, size: number): Promise<HfJson> {
  const { lacks = [], first = ['<|endoftext|>'], last = [], normalizer = null, pre_tokenizer } = family;
  const missing = new Set(lacks.map((byte) => byteLetters[byte]!));
  const isThere = (piece: string) => ![...piece].some((letter) => missing.has(letter));
  const vocabulary = await byteLevelVocabulary(size);
  const contents = first.map((token) => (typeof token === 'string' ? token : token.content));
  const pieces = [...contents, ...vocabulary.pieces.filter(isThere)];
  const decoder = { ...gpt2Cuts, add_prefix_space: true };
  const model = {
    type: 'BPE',
    dropout: null,
    unk_token: null,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: false,
    ...family.model,
    vocab: Object.fromEntries(pieces.map((piece, id) => [piece, id])),
    merges: vocabulary.merges.filter(([left, right]) => isThere(left + right)),
  };
  const added_tokens = [...first, ...last].map((token, i) =>
    addedToken(token, i < first.length ? i : pieces.length + i - first.length),
  );
  return {
    version: '1.0',
    added_tokens,
    normalizer,
    pre_tokenizer,
    post_processor: null,
    decoder,
    model,
  };
}

/** A byte-level tokenizer.json that Hugging Face's trainer made. */
export function hfTrained(size: number): Promise<string> {
  return kept(`hf-byte-level-${size}.json`, ['test/tokenize/peers.py'], async (out) => {
    const texts = [...sampleTexts()];
    if (size > 30_000) {
      texts.push(
        [...makeWords(size)]
          .flatMap(([word, count]) => Array<string>(Math.min(count, 20)).fill(word))
          .join(' '),
      );
    }
    await askPeer({ make: 'hf-bpe', out, texts, options: { size } });
  });
}

/** A model that sentencepiece's own trainer made. */
export function sentencePieceTrained(name: string, options: Part): Promise<string> {
  const key = createHash('sha256').update(JSON.stringify(options)).digest('hex').slice(0, 6);
  return kept(`${key}-${name}.model`, ['test/tokenize/peers.py'], async (out) => {
    await askPeer({ make: 'sentencepiece', out, texts: sampleTexts(), options });
  });
}

/** sentencepiece's table of a normalization, as a tokenizer.json has it. */
export async function charsmap(name: string): Promise<Part> {
  const path = await kept(`${name}.charsmap`, ['test/tokenize/peers.py'], async (out) => {
    const answer = await askPeer<{ charsmap: string }>({ make: 'charsmap', name });
    writeFileSync(out, answer.charsmap);
  });
  return { type: 'Precompiled', precompiled_charsmap: readFileSync(path, 'utf8') };
}
