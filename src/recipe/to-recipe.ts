/**
 * Turns a checked recipe file into the Recipe that the stages take: units become numbers, paths become absolute, and
 * defaults that depend on other keys are filled in.
 */

import { resolve } from 'node:path';
import { encodingOf } from '../base/encodings.ts';
import { isUrl } from '../base/is-url.ts';
import { columnsPart, joinColumns } from '../base/source-columns.ts';
import { columnsUsedOf } from '../base/used-columns.ts';
import type { FimSpec, SourceColumns } from '../nouns/carried.ts';
import type { BadRecordLimit, EarlierRun, Recipe, SourceSpec, TokenizerSpec } from '../nouns/recipe.ts';
import type { ChatColumns, ChatSpec } from '../nouns/source-kinds.ts';
import { resolve as resolvePlace } from '../storage/paths.ts';
import { hideSecrets } from '../storage/remote-settings.ts';
import type { Amount } from './schema/fields.ts';
import { plainSource, type RecipeFile, type SourceEntry } from './schema/schema.ts';
import type { FimEntry } from './schema/schema-fim.ts';
import type { EarlierEntry, WithoutEntry } from './schema/schema-mix.ts';
import { isTemplateName } from './template-name.ts';
import { toCondition, toDocumentRules, toPhases, toSequences } from './to-mix.ts';
import { isTokenizerPath } from './tokenizer-path.ts';
import { exact, parseLength, parseShare, parseSize } from './units.ts';

interface RecipeContext {
  /** Relative paths are relative to this directory. */
  readonly directory: string;
  readonly defaultName: string;
  /** Names in the order of the file. */
  readonly sourceNames: readonly string[];
  readonly phaseNames: readonly string[];
  /** False: the recipe itself gives no `sequences.length`. */
  readonly givesLength: boolean;
}

export function toRecipe(file: RecipeFile, context: RecipeContext): Recipe {
  const { directory } = context;
  const phases = toPhases(file, context.phaseNames);
  const documents = toDocumentRules(file.documents);
  const weight = file.mix.weight_by === undefined ? {} : { weightBy: file.mix.weight_by };
  // Rows of validation are as long as those of the longest phase, unless the recipe itself gives a length.
  const longest = Math.max(...phases.map(({ sequences }) => sequences.length));
  const length = context.givesLength ? file.sequences.length : longest;
  return {
    name: file.name ?? context.defaultName,
    tokenizer: toTokenizer(file.tokenizer, directory),
    store: file.store === undefined ? null : resolvePlace(directory, file.store),
    sources: context.sourceNames
      .map((name) => toSource(name, file.sources[name]!, directory))
      .map((source) => withUsedColumns(source, { documents, ...weight })),
    documents,
    validation: exact(parseShare(file.split.validation)),
    ...(file.split.by === 'group' ? { splitBy: file.split.by } : {}),
    phases,
    ...toWithout(file.mix.without, directory),
    ...weight,
    phaseDocuments: file.phase_documents,
    tokensPerStep: file.tokens_per_step === undefined ? null : exact(parseLength(file.tokens_per_step)),
    sequences: toSequences({ ...file.sequences, length }),
    shards: { ...file.shards, size: exact(parseSize(file.shards.size)) },
    maxBadRecords: toLimit(file.max_bad_records),
    seed: file.seed,
  };
}

/** Nothing where nothing is left out: a recipe's record is that of the versions that could not leave out anything. */
function toWithout(written: WithoutEntry | undefined, directory: string): Pick<Recipe, 'without'> {
  const entries = written === undefined ? [] : [written].flat();
  if (entries.length === 0) return {};
  return { without: entries.map((entry) => toEarlierRun(entry, directory)) };
}

function toEarlierRun(entry: string | EarlierEntry, directory: string): EarlierRun {
  if (typeof entry !== 'string') {
    const { build, steps = null, rows_per_step: rowsPerStep = null } = entry;
    return { path: toPath(build, directory), steps, rowsPerStep };
  }
  const [, path, steps] = /^(.+?)(?:@(\d+))?$/s.exec(entry)!;
  return {
    path: toPath(path!, directory),
    steps: steps === undefined ? null : Number(steps),
    rowsPerStep: null,
  };
}

function toTokenizer(tokenizer: RecipeFile['tokenizer'], directory: string): TokenizerSpec {
  if (typeof tokenizer === 'string') {
    if (!isTokenizerPath(tokenizer)) return { encoding: tokenizer };
    return { file: resolve(directory, tokenizer), pattern: null };
  }
  const { file, pattern = null, bos, eos, pad } = tokenizer;
  return {
    file: resolve(directory, file),
    pattern,
    ...(bos === undefined ? {} : { bos }),
    ...(eos === undefined ? {} : { eos }),
    ...(pad === undefined ? {} : { pad }),
  };
}

function toSource(name: string, written: string | SourceEntry, directory: string): SourceSpec {
  const entry = typeof written === 'string' ? plainSource(written) : written;
  return {
    name,
    path: toPath(entry.path, directory),
    format: entry.format ?? null,
    fields: { text: textField(entry), id: entry.id, source: entry.source ?? null },
    join: entry.join,
    separator: entry.separator,
    encoding: entry.encoding === undefined ? null : encodingOf(entry.encoding),
    quote: entry.quote,
    include: [entry.include].flat(),
    exclude: [entry.exclude].flat(),
    ...(entry.extract ? {} : { extract: false as const }),
    ...(entry.command === undefined ? {} : { command: toCommand(entry.command, directory) }),
    ...(entry.group === undefined ? {} : { group: entry.group }),
    // Documents of a source are in the order of their paths.
    ...(entry.order === undefined || entry.order === 'path' ? {} : { order: entry.order }),
    ...(entry.tokens === undefined
      ? {}
      : { tokens: { dtype: entry.dtype ?? null, tokenizer: entry.tokenizer ?? null } }),
    ...toChat(entry, directory),
    ...(entry.where === undefined ? {} : { where: toCondition(entry.where) }),
    ...(entry.fim === undefined ? {} : { fim: toFim(entry.fim) }),
    ...columnsPart(toColumns(entry.columns ?? [])),
  };
}

function toFim({ rate, mode, spm_share, tokens }: FimEntry): FimSpec {
  const spmShare = spm_share === undefined ? (mode === 'spm' ? 1 : 0) : exact(parseShare(spm_share));
  return { rate: exact(parseShare(rate)), spmShare, tokens: tokens ?? null };
}

function toColumns(names: readonly string[]): SourceColumns {
  const fields = names.filter((name) => name !== 'compressibility');
  return { fields, ...(fields.length < names.length ? { compressibility: 0 } : {}) };
}

function withUsedColumns(source: SourceSpec, uses: Parameters<typeof columnsUsedOf>[1]): SourceSpec {
  return { ...source, ...columnsPart(joinColumns(source.columns, columnsUsedOf(source, uses))) };
}

function textField({ text, tokens, messages, completion, answer }: SourceEntry): string {
  if (tokens === undefined) return messages ?? completion ?? answer ?? text;
  return tokens === true ? 'input_ids' : tokens;
}

const defaultPromptLossFrom = 4096;

/** Nothing for a source of texts. */
function toChat(entry: SourceEntry, directory: string): { readonly chat?: ChatSpec } {
  const columns = toChatColumns(entry);
  if (columns === null) return {};
  const { template = 'tokenizer', loss = 'outputs', prompt_loss_from: from } = entry;
  return {
    chat: {
      columns,
      template: isTemplateName(template) ? template : { file: resolve(directory, template) },
      loss,
      promptLossFrom: from === undefined ? defaultPromptLossFrom : exact(parseLength(from)),
    },
  };
}

function toChatColumns(entry: SourceEntry): ChatColumns | null {
  const { messages, prompt, completion, question, answer } = entry;
  const { context = null, tools = null } = entry as { context?: string; tools?: string };
  if (messages !== undefined) return { messages, tools };
  if (prompt !== undefined && completion !== undefined) return { prompt, completion, tools };
  return question !== undefined && answer !== undefined ? { context, question, answer } : null;
}

/** A program's path is relative to the recipe; a program's name is looked up in PATH. */
function toCommand([program, ...words]: readonly string[], directory: string): string[] {
  return [/[\\/]/.test(program!) ? resolve(directory, program!) : program!, ...words];
}

/** Makes a path absolute; standard input stays unchanged, and an address loses its secrets. */
function toPath(path: string, directory: string): string {
  if (isUrl(path)) return hideSecrets(path);
  return path === '-' ? path : resolve(directory, path);
}

/** A share allows at least 10 bad records; otherwise one bad line would stop a small build. 0% allows none. */
function toLimit(limit: Amount): BadRecordLimit {
  if (typeof limit === 'number') return { share: 0, atLeast: limit };
  const share = exact(parseShare(limit));
  return { share, atLeast: share === 0 ? 0 : 10 };
}
