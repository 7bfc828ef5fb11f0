/**
 * Reads tiktoken's tokenizers: the five encodings of @dqbd/tiktoken, and a `tokenizer.model` in tiktoken's form, such
 * as Llama 3's (one line `BASE64 RANK` per token). Such a file has neither pattern nor special tokens, so the recipe
 * names a family (tiktoken-families.ts) or gives the text of the pattern.
 */
import { createRequire } from 'node:module';
import { LongmixError } from '../../errors.ts';
import { tiktokenEncodings } from '../../nouns/recipe.ts';
import type { BpeVocabulary, Normalizer, TextSteps, TokenizerModel } from '../model.ts';
import { fingerprintModel } from './fingerprint.ts';
import { badFile, largestId, longestToken, shown } from './json-shape.ts';
import { tiktokenStep } from './patterns.ts';
import { chooseSpecialIds } from './special-ids.ts';
import { specialTokens, tiktokenFamilies } from './tiktoken-families.ts';

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
  return tiktokenModel(name, readEncodingRanks(file.bpe_ranks), file.pat_str, file.special_tokens);
}

/**
 * @param pattern a name in `tiktokenFamilies`, or the pattern's text
 * @throws LongmixError `tokenizer-bad` for a line that is not `BASE64 RANK`; `tokenizer-pattern` without a pattern
 */
export function modelFromTiktokenFile(
  name: string,
  bytes: Uint8Array,
  pattern: string | null,
): TokenizerModel {
  const pieces = readRankLines(name, bytes);
  if (pattern === null) {
    throw new LongmixError('tokenizer-pattern', 'a tiktoken file does not say how text is cut into words', {
      where: name,
      cure: `set tokenizer.pattern to one of ${Object.keys(tiktokenFamilies).join(', ')}, or to a regular expression`,
    });
  }
  const family = Object.hasOwn(tiktokenFamilies, pattern) ? tiktokenFamilies[pattern] : undefined;
  if (family === undefined) return tiktokenModel(name, pieces, pattern, {});
  const special = specialTokens(family, pieces.length);
  return tiktokenModel(name, pieces, family.pattern, special, family.normalizers);
}

/** The model that gives tiktoken's tokens for these pieces, this pattern and these special tokens. */
export function tiktokenModel(
  name: string,
  pieces: BpeVocabulary['pieces'],
  pattern: string,
  special: Readonly<Record<string, number>>,
  normalizers: readonly Normalizer[] = [],
): TokenizerModel {
  const steps: TextSteps = {
    added: [],
    normalizers,
    addedNormalized: [],
    prefixSpace: false,
    metaspace: null,
    splits: [tiktokenStep(pattern)],
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
  const specials = new Map(Object.entries(special));
  return {
    name,
    steps,
    vocabulary,
    special: specials,
    ...chooseSpecialIds(specials, null),
    vocabularySize: 1 + [...specials.values()].reduce((a, b) => Math.max(a, b), pieces.length - 1),
    fingerprint: fingerprintModel(steps, vocabulary, specials),
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
function readRankLines(name: string, bytes: Uint8Array): (Uint8Array | undefined)[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const lines = text.split('\n');
  const largest = largestId(lines.length);
  const pieces: (Uint8Array | undefined)[] = [];
  const known = new Set<string>();
  lines.forEach((line, i) => {
    if (line.trim() === '') return;
    const at = `${name}:${i + 1}`;
    // A longer line would keep the regular expression busy.
    const match = line.length > 2 * longestToken ? null : /^([A-Za-z0-9+/]+={0,2}) (\d{1,10})\r?$/.exec(line);
    if (match === null || match[1]!.length % 4 !== 0) {
      throw badFile(at, '', `expected a token in base64 and its rank, found ${shown(line)}`, notRankLine);
    }
    const [, token, digits] = match as unknown as [string, string, string];
    const rank = Number(digits);
    if (rank > largest) {
      throw badFile(at, '', `the rank is ${rank}; expected ${largest} at most for ${lines.length} lines`);
    }
    if (pieces[rank] !== undefined) throw badFile(at, '', `the rank ${rank} is that of an earlier line, too`);
    if (known.has(token)) throw badFile(at, '', `the token ${shown(token)} is in an earlier line, too`);
    known.add(token);
    pieces[rank] = Buffer.from(token, 'base64');
  });
  return fillHoles(pieces);
}

const notRankLine =
  'a tiktoken file has lines such as `IQ== 0`; tokenizer.file may also be a tokenizer.json, a tekken.json, or the folder of one';

/** Sets holes to undefined, because array methods skip elements that were never set. */
function fillHoles(pieces: (Uint8Array | undefined)[]): (Uint8Array | undefined)[] {
  return Array.from(pieces);
}
