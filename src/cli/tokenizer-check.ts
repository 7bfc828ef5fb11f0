/**
 * `longmix tokenizer --check`: compares our tokens with those of the library that the tokenizer comes from. The
 * reference is never our own code. Both sides treat special tokens in the texts as plain text, as in a corpus.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LongmixError, systemReason } from '../errors.ts';
import type { DescribedTokenizer } from '../tokenize/load.ts';
import { checkTexts } from './sample-texts.ts';
import { findPeer } from './tokenizer-peers.ts';

export interface Checked {
  /** Name and version of the reference library. */
  readonly peer: string;
  readonly texts: number;
  readonly characters: number;
  /** The first difference; null: all tokens are equal. */
  readonly difference: Difference | null;
}

export interface Difference {
  /** How many texts differ. */
  readonly different: number;
  /** The text around the difference. */
  readonly text: string;
  /** Number of the first token that differs. */
  readonly at: number;
  /** The tokens of both sides from `at` on. */
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
}

const randomTexts = 500;
/** The most bytes to read of each file of a corpus, and of all files. */
const fileBytes = 1 << 20;
const corpusBytes = 16 << 20;
const shownTokens = 8;

/** @throws LongmixError `peer-missing` | `corpus-missing` */
export async function checkTokenizer(
  tokenizer: DescribedTokenizer,
  { corpus, python }: { readonly corpus?: string; readonly python?: string },
): Promise<Checked> {
  const texts = [...checkTexts(randomTexts), ...(corpus === undefined ? [] : corpusTexts(corpus))];
  const peer = await findPeer(tokenizer, python);
  const theirs = await peer.tokens(texts);
  const differences = texts.flatMap((text, i) => {
    const bytes = Buffer.from(text);
    const ours = [...tokenizer.encode(bytes, [bytes.length]).tokens];
    const difference = differenceOf(tokenizer, text, ours, theirs[i]!);
    return difference === null ? [] : [difference];
  });
  return {
    peer: peer.name,
    texts: texts.length,
    characters: texts.reduce((sum, text) => sum + text.length, 0),
    difference: differences[0] === undefined ? null : { ...differences[0], different: differences.length },
  };
}

function differenceOf(
  tokenizer: DescribedTokenizer,
  text: string,
  ours: readonly number[],
  theirs: readonly number[],
): Omit<Difference, 'different'> | null {
  let at = 0;
  while (at < ours.length && ours[at] === theirs[at]) at += 1;
  if (at === ours.length && at === theirs.length) return null;
  const before = new TextDecoder().decode(tokenizer.decode(ours.slice(0, at))).length;
  return {
    text: text.slice(Math.max(0, before - 20), before + 30),
    at,
    ours: ours.slice(at, at + shownTokens),
    theirs: theirs.slice(at, at + shownTokens),
  };
}

/** Reads the beginnings of the files below a folder as text, in the order of their names. */
function corpusTexts(corpus: string): string[] {
  let names: string[];
  try {
    names = statSync(corpus).isDirectory()
      ? readdirSync(corpus, { recursive: true, encoding: 'utf8' })
          .sort()
          .map((name) => join(corpus, name))
      : [corpus];
  } catch (cause) {
    throw new LongmixError('corpus-missing', `--corpus ${corpus}: ${systemReason(cause)}`, {
      cure: 'give a folder with text files, or a file',
      cause,
    });
  }
  const texts: string[] = [];
  let left = corpusBytes;
  for (const name of names) {
    if (left <= 0) break;
    if (!statSync(name, { throwIfNoEntry: false })?.isFile()) continue;
    const bytes = readFileSync(name).subarray(0, Math.min(fileBytes, left));
    if (bytes.includes(0)) continue;
    left -= bytes.length;
    texts.push(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
  }
  if (texts.length > 0) return texts;
  throw new LongmixError('corpus-missing', `--corpus ${corpus}: there is no text file`, {
    cure: 'give a folder with text files, or a file',
  });
}
