/** A checked recipe file -> the Recipe that the stages take: units become numbers, paths absolute, and what depends on other keys is filled in. */

import { resolve } from 'node:path';
import type {
  BadRecordLimit,
  LengthRule,
  MixSpec,
  Recipe,
  SequenceSpec,
  SourceSpec,
  TokenizerSpec,
} from '../types.ts';
import type { Amount } from './fields.ts';
import { type LengthEntry, plainSource, type RecipeFile, type SourceEntry } from './schema.ts';
import { type Parsed, parseShare, parseSize, parseTokens } from './units.ts';

interface RecipeContext {
  /** Relative paths are relative to this. */
  readonly directory: string;
  readonly defaultName: string;
  readonly sourceNames: readonly string[];
}

export function toRecipe(file: RecipeFile, context: RecipeContext): Recipe {
  const { directory } = context;
  return {
    name: file.name ?? context.defaultName,
    tokenizer: toTokenizer(file.tokenizer, directory),
    store: file.store === undefined ? null : resolve(directory, file.store),
    sources: context.sourceNames.map((name) => toSource(name, file.sources[name]!, directory)),
    validation: exact(parseShare(file.split.validation)),
    mix: toMix(file.mix),
    sequences: toSequences(file.sequences),
    shards: { ...file.shards, size: exact(parseSize(file.shards.size)) },
    maxBadRecords: toLimit(file.max_bad_records),
    seed: file.seed,
  };
}

function toTokenizer(tokenizer: RecipeFile['tokenizer'], directory: string): TokenizerSpec {
  if (typeof tokenizer === 'string') return { encoding: tokenizer };
  return { file: resolve(directory, tokenizer.file), pattern: tokenizer.pattern ?? null };
}

function toSource(name: string, written: string | SourceEntry, directory: string): SourceSpec {
  const entry = typeof written === 'string' ? plainSource(written) : written;
  return {
    name,
    path: toPath(entry.path, directory),
    format: entry.format ?? null,
    fields: { text: entry.text, id: entry.id, source: entry.source ?? null },
    join: entry.join,
    separator: entry.separator,
    include: [entry.include].flat(),
    exclude: [entry.exclude].flat(),
  };
}

/** Standard input and URLs stay as they are. */
function toPath(path: string, directory: string): string {
  return path === '-' || /^[a-z][a-z0-9+.-]+:\/\//i.test(path) ? path : resolve(directory, path);
}

function toMix(mix: RecipeFile['mix']): MixSpec {
  const tokens = mix.tokens === 'all' ? 'all' : exact(parseTokens(mix.tokens));
  const length = mix.length === undefined ? null : toLengthRule(mix.length);
  // A budget without a length rule is a number of tokens that a person wants, from however much there is; a length
  // rule is an experiment about data, where a repeated document would be a second thing that changed.
  const natural = tokens === 'all' || length !== null ? 'drop' : 'repeat';
  const method = mix.method ?? mix.length?.method ?? natural;
  const maxEpochs = mix.max_epochs ?? (method === 'repeat' || tokens !== 'all' ? 4 : 1);
  return {
    tokens,
    shares: mix.shares === undefined ? null : toShares(mix.shares),
    length,
    method,
    maxEpochs,
  };
}

function toShares(shares: Readonly<Record<string, Amount>>): ReadonlyMap<string, number> {
  const parsed = Object.entries(shares).map(([name, share]) => [name, exact(parseShare(share))] as const);
  const sum = parsed.reduce((total, [, share]) => total + share, 0);
  return new Map(parsed.map(([name, share]) => [name, share / sum]));
}

function toLengthRule(entry: LengthEntry): LengthRule {
  const { scope, long_share, keep_short } = entry;
  const threshold = exact(parseTokens(entry.threshold));
  if (long_share !== undefined) {
    return { threshold, scope, rule: { kind: 'long_share', share: exact(parseShare(long_share)) } };
  }
  if (keep_short !== undefined) {
    return { threshold, scope, rule: { kind: 'keep_short', rate: exact(parseShare(keep_short)) } };
  }
  return { threshold, scope, rule: { kind: 'remove_long' } };
}

function toSequences({ plus_one, ...sequences }: RecipeFile['sequences']): SequenceSpec {
  return { ...sequences, length: exact(parseTokens(sequences.length)), plusOne: plus_one };
}

/** A share lets at least 10 records pass, or one bad line would stop a small build; 0% means none. */
function toLimit(limit: Amount): BadRecordLimit {
  if (typeof limit === 'number') return { share: 0, atLeast: limit };
  const share = exact(parseShare(limit));
  return { share, atLeast: share === 0 ? 0 : 10 };
}

/** The schema has let only amounts through that can be read. */
function exact(parsed: Parsed): number {
  if ('problem' in parsed) throw new Error(`a checked amount can't be read: ${parsed.problem}`);
  return parsed.value;
}
