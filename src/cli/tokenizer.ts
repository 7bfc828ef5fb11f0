/**
 * `longmix tokenizer`: shows which engine a tokenizer gets and why, its special tokens, its rate on this machine, and
 * whether its tokens are right.
 */
import { existsSync } from 'node:fs';
import { didYouMean, nearest } from '../base/nearest.ts';
import { counted } from '../base/words.ts';
import { LongmixError } from '../errors.ts';
import { type TokenizerSpec, tiktokenEncodings } from '../nouns/recipe.ts';
import type { Tokenizer } from '../nouns/tokens.ts';
import { isTokenizerPath } from '../recipe/tokenizer-path.ts';
import { type DescribedTokenizer, describeTokenizer } from '../tokenize/load.ts';
import { madeText, sampleText } from './sample-texts.ts';
import { type Checked, checkTokenizer } from './tokenizer-check.ts';
import { describe, entry, quoted } from './tokenizer-text.ts';

interface Flags {
  readonly pattern?: string;
  readonly text?: string;
  readonly check?: boolean;
  readonly corpus?: string;
  readonly python?: string;
  readonly json?: boolean;
}

const longestPassMs = 1_500;
/** Bytes to measure a rate on, by engine. A slow engine needs a second for a tenth of what the fastest gets. */
const measuredBytes = { kernel: 4e6, plain: 400_000, general: 200_000 } as const;
const shownTokens = 60;

interface Rate {
  readonly bytes: number;
  /** MB/s on a new tokenizer, and again on the same text. */
  readonly firstPass: number;
  readonly warm: number;
}

export async function runTokenizer(what: string, flags: Flags): Promise<void> {
  const checks = flags.check === true;
  for (const flag of ['corpus', 'python'] as const) {
    if (flags[flag] === undefined || checks) continue;
    throw new LongmixError('flag-invalid', `--${flag} is for --check only`, { cure: 'add --check' });
  }
  const tokenizer = await describeTokenizer(specOf(what, flags.pattern));
  // Measure first, because everything that the tokenizer encodes warms it up.
  const rate = measure(tokenizer);
  const text = flags.text ?? sampleText;
  const tokens = [...encode(tokenizer, text)];
  const checked = checks ? await checkTokenizer(tokenizer, flags) : null;
  if (checked !== null && checked.difference !== null) process.exitCode = 1;
  const output =
    flags.json === true
      ? JSON.stringify(json(tokenizer, rate, { text, tokens }, checked), null, 2)
      : page(tokenizer, rate, { text, tokens }, checked).join('\n');
  process.stdout.write(`${output}\n`);
}

/** A known name is an encoding; anything else is a path. */
function specOf(what: string, pattern: string | undefined): TokenizerSpec {
  if (tiktokenEncodings.some((name) => name === what)) {
    if (pattern === undefined) return { encoding: what };
    throw new LongmixError('flag-invalid', `--pattern: the encoding ${what} has its own`, {
      cure: 'leave --pattern out, or name a tiktoken file',
    });
  }
  if (!existsSync(what) && !isTokenizerPath(what)) {
    const known = tiktokenEncodings.join(', ');
    const hint = didYouMean(nearest(what, tiktokenEncodings));
    throw new LongmixError(
      'tokenizer-missing',
      `${JSON.stringify(what)} is not an encoding and not a file${hint}`,
      {
        cure: `give one of ${known}, or the path of a tokenizer file or of its folder`,
      },
    );
  }
  return { file: what, pattern: pattern ?? null };
}

function encode(tokenizer: Tokenizer, text: string): Uint32Array {
  const bytes = Buffer.from(text);
  return tokenizer.encode(bytes, [bytes.length]).tokens;
}

/**
 * Measures on one thread, one document of 4 KB after the other. It stops as soon as the rate is known, because a
 * pattern of thousands of alternatives may run at a few KB/s.
 */
function measure(tokenizer: DescribedTokenizer): Rate {
  const text = Buffer.from(madeText(measuredBytes[tokenizer.engine]));
  let bytes = text.length;
  const pass = (): number => {
    const start = performance.now();
    let done = 0;
    while (done < bytes) {
      const block = text.subarray(done, Math.min(done + (done === 0 ? 4_096 : 262_144), bytes));
      const ends: number[] = [];
      for (let end = 4_096; end < block.length; end += 4_096) ends.push(end);
      tokenizer.encode(block, [...ends, block.length]);
      done += block.length;
      if (performance.now() - start > longestPassMs) bytes = done;
    }
    return bytes / 1e3 / (performance.now() - start);
  };
  const firstPass = pass();
  return { bytes, firstPass, warm: pass() };
}

interface Sample {
  readonly text: string;
  readonly tokens: readonly number[];
}

function page(tokenizer: DescribedTokenizer, rate: Rate, sample: Sample, checked: Checked | null): string[] {
  const { name, decode } = tokenizer;
  const decoder = new TextDecoder();
  const shown = sample.tokens.slice(0, shownTokens);
  const pieces = shown.map((id) => `${id} ${quoted(decoder.decode(decode([id])))}`);
  const more = sample.tokens.length > shown.length ? ' ...' : '';
  const megabytes = (rate.bytes / 1e6).toFixed(1);
  return [
    name,
    ...describe(tokenizer),
    entry(
      'rate',
      `${speed(rate.firstPass)} first pass, ${speed(rate.warm)} warm (measured now, one thread, ${megabytes} MB of made text)`,
    ),
    entry('sample', quoted(sample.text)),
    entry('tokens', `${counted(sample.tokens.length, 'token')}: ${pieces.join('  ')}${more}`),
    ...(checked === null ? [] : checkLines(checked)),
  ];
}

function speed(rate: number): string {
  return `${rate < 10 ? rate.toFixed(1) : Math.round(rate)} MB/s`;
}

function checkLines({ peer, texts, characters, difference }: Checked): string[] {
  const of = `${counted(texts, 'text')} of ${counted(characters, 'character')}`;
  if (difference === null) return [entry('check', `equal to ${peer} on ${of}`)];
  const { text, at, ours, theirs, different } = difference;
  const ids = (tokens: readonly number[]) => (tokens.length === 0 ? '(end)' : tokens.join(' '));
  return [
    entry('check', `differs from ${peer} on ${different} of ${of}; the first:`),
    entry('  text', quoted(text)),
    entry('  token', `${at}`),
    entry('  longmix', ids(ours)),
    entry('  peer', ids(theirs)),
  ];
}

function json(tokenizer: DescribedTokenizer, rate: Rate, sample: Sample, check: Checked | null): unknown {
  const { name, file, form, engine, slow, vocabularySize, fingerprint, specials, names } = tokenizer;
  return {
    ...{ name, file, form, engine, why: slow, vocabularySize, fingerprint },
    ...specials,
    special: Object.fromEntries(names.special),
    steps: tokenizer.model?.steps ?? null,
    rate: { bytes: rate.bytes, firstPassMBs: rate.firstPass, warmMBs: rate.warm },
    sample,
    check,
  };
}
