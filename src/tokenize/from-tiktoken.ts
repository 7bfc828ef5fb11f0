/**
 * tiktoken's tokenizers: the five encodings that @dqbd/tiktoken carries, and a `tokenizer.model` in tiktoken's form, as
 * Llama 3 ships it (a line `BASE64 RANK` for each token). Such a file has neither pattern nor special tokens: the
 * recipe names the pattern or gives its text, and Llama 3's special tokens are known from their place.
 */
import { createRequire } from 'node:module';
import { LongmixError } from '../errors.ts';
import { tiktokenEncodings } from '../types.ts';
import { fingerprintModel } from './fingerprint.ts';
import type { BpeVocabulary, TextSteps, TokenizerModel } from './model.ts';
import { families, patternNames, tiktokenStep } from './patterns.ts';
import { chooseSpecialIds } from './special-ids.ts';

interface EncodingFile {
  readonly pat_str: string;
  readonly special_tokens: Readonly<Record<string, number>>;
  readonly bpe_ranks: string;
}

/** @throws LongmixError `tokenizer-unknown` for a name that is not in `tiktokenEncodings` */
export function modelFromEncoding(name: string): TokenizerModel {
  if (!tiktokenEncodings.some((known) => known === name)) {
    throw new LongmixError('tokenizer-unknown', `unknown tokenizer "${name}"`, {
      cure: `use one of ${tiktokenEncodings.join(', ')}, or a tokenizer file: { file: PATH }`,
    });
  }
  const file = createRequire(import.meta.url)(`@dqbd/tiktoken/encoders/${name}.json`) as EncodingFile;
  return build(name, readEncodingRanks(file.bpe_ranks), [file.pat_str], file.special_tokens);
}

/**
 * @param pattern a name in `patternNames`, or the pattern's text
 * @throws LongmixError `tokenizer-bad` for a line that is not `BASE64 RANK`; `tokenizer-pattern` without a pattern
 */
export function modelFromTiktokenFile(
  name: string,
  bytes: Uint8Array,
  pattern: string | null,
): TokenizerModel {
  if (pattern === null) {
    throw new LongmixError('tokenizer-pattern', 'a tiktoken file does not say how text is cut into words', {
      where: name,
      cure: `set tokenizer.pattern to one of ${Object.keys(patternNames).join(', ')}, or to a regular expression`,
    });
  }
  const family = Object.hasOwn(patternNames, pattern) ? patternNames[pattern] : undefined;
  const pieces = readRankLines(name, new TextDecoder().decode(bytes));
  const special = pattern === 'llama3' ? llama3Special(pieces.length) : {};
  return build(name, pieces, family === undefined ? [pattern] : families[family], special);
}

function build(
  name: string,
  pieces: BpeVocabulary['pieces'],
  patterns: readonly string[],
  specialTokens: Readonly<Record<string, number>>,
): TokenizerModel {
  const special = new Map(Object.entries(specialTokens));
  const steps: TextSteps = {
    added: [],
    normalizers: [],
    addedNormalized: [],
    prefixSpace: false,
    metaspace: null,
    splits: patterns.map(tiktokenStep),
  };
  const vocabulary: BpeVocabulary = {
    kind: 'bpe',
    pieces,
    // tiktoken looks a pretoken up before it merges.
    ignoreMerges: true,
    merges: 'ranks',
    units: 'bytes',
    unknown: { bytes: null, id: null, fuse: false },
  };
  const singleBytes = new Set(pieces.filter((piece) => piece?.length === 1).map((piece) => piece![0]));
  if (singleBytes.size < 256) {
    throw new LongmixError('tokenizer-bad', `${256 - singleBytes.size} of the 256 bytes have no token`, {
      where: name,
      cure: 'every byte needs one: fetch the file again, it may have been cut short',
    });
  }
  return {
    name,
    steps,
    vocabulary,
    special,
    ...chooseSpecialIds(special, null),
    vocabularySize: 1 + [...special.values()].reduce((a, b) => Math.max(a, b), pieces.length - 1),
    fingerprint: fingerprintModel(steps, vocabulary, special),
  };
}

/** Lines `! FIRST_RANK token token ...`, tokens in base64. */
function readEncodingRanks(ranks: string): (Uint8Array | undefined)[] {
  const pieces: (Uint8Array | undefined)[] = [];
  for (const line of ranks.split('\n')) {
    if (line === '') continue;
    const [, first, ...tokens] = line.split(' ');
    tokens.forEach((token, i) => {
      pieces[Number(first) + i] = Buffer.from(token, 'base64');
    });
  }
  return fillHoles(pieces);
}

/** Lines `BASE64 RANK`. */
function readRankLines(name: string, text: string): (Uint8Array | undefined)[] {
  const pieces: (Uint8Array | undefined)[] = [];
  text.split('\n').forEach((line, i) => {
    if (line.trim() === '') return;
    const match = /^([A-Za-z0-9+/]+={0,2}) (\d{1,7})\r?$/.exec(line);
    if (match === null) {
      throw new LongmixError(
        'tokenizer-bad',
        'not a line of a tiktoken file: a token in base64 and its rank',
        {
          where: `${name}:${i + 1}`,
          cure: 'a SentencePiece tokenizer.model is not supported; use the tokenizer.json of the same model',
        },
      );
    }
    pieces[Number(match[2])] = Buffer.from(match[1]!, 'base64');
  });
  return fillHoles(pieces);
}

/** Array methods skip what was never set; a hole that holds undefined is one that they see. */
function fillHoles(pieces: (Uint8Array | undefined)[]): (Uint8Array | undefined)[] {
  return Array.from(pieces);
}

/** Llama 3's 256 special tokens follow its ranks; only those of documents are named here. */
function llama3Special(first: number): Readonly<Record<string, number>> {
  const special: Record<string, number> = {};
  for (let i = 0; i < 256; i += 1) special[`<|special_token_${i}|>`] = first + i;
  delete special['<|special_token_0|>'];
  delete special['<|special_token_1|>'];
  return { '<|begin_of_text|>': first, '<|end_of_text|>': first + 1, ...special };
}
