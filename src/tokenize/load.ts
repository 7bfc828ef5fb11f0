/**
 * Loads the tokenizer that a recipe names. It runs on the kernel if the kernel supports it, else on the plain engine;
 * files that a TokenizerModel cannot express take the general path. The kernel and the plain engine give the same
 * tokens at different speeds; the general path may give different ones.
 */
import { basename } from 'node:path';
import { LongmixError } from '../errors.ts';
import type { TokenizerSpec } from '../nouns/recipe.ts';
import type { Tokenizer } from '../nouns/tokens.ts';
import { openShared, type SharedTokenizer, shareTokenizer } from './engine/kernel-tokenizer.ts';
import { type FileForm, formOf, readTokenizerFile, resolveTokenizerFile } from './files/file-form.ts';
import { modelFromHf } from './files/from-hf.ts';
import { modelFromSentencePiece } from './files/from-sentencepiece.ts';
import { modelFromTekken } from './files/from-tekken.ts';
import { modelFromEncoding, modelFromTiktokenFile } from './files/from-tiktoken.ts';
import { parseHfFile } from './files/hf-file.ts';
import { namesOfModel } from './files/model-names.ts';
import { readSideFiles, type SideFacts } from './files/side-files.ts';
import { findSpecialIds, namesOfHf, type SpecialIds, type TokenNames } from './files/special-ids.ts';
import type { TokenizerModel } from './model.ts';
import { PatternError, UnsupportedPattern } from './pattern/syntax.ts';
import { createReferenceTokenizer, createTokenDecoder } from './plain/reference.ts';

export interface LoadedTokenizer extends Tokenizer {
  /** Other threads pass this to `openShared`; null: they load the spec themselves. */
  readonly shared: SharedTokenizer | null;
  /** Why the kernel cannot run this tokenizer, and what that means for the user; null if it can. */
  readonly slow: string | null;
}

/** A loaded tokenizer with the facts that are shown to a user who asks about it. */
export interface DescribedTokenizer extends LoadedTokenizer {
  /** null for an encoding that comes with longmix. */
  readonly file: string | null;
  readonly form: FileForm | 'encoding';
  readonly engine: 'kernel' | 'plain' | 'general';
  /** null for the general path, which runs the file without a model. */
  readonly model: TokenizerModel | null;
  readonly names: TokenNames;
  readonly specials: SpecialIds;
}

type FileSpec = Extract<TokenizerSpec, { readonly file: string }>;

const noSideFiles: SideFacts = { named: { bos: [], eos: [], pad: [] }, added: new Map() };

/**
 * @throws LongmixError `tokenizer-unknown` | `tokenizer-missing` | `tokenizer-bad` | `tokenizer-pattern` |
 * `tokenizer-token`
 */
export async function loadTokenizer(spec: TokenizerSpec): Promise<LoadedTokenizer> {
  const { file, form, engine, model, names, specials, ...loaded } = await describeTokenizer(spec);
  return loaded;
}

/** @throws the errors of `loadTokenizer` */
export async function describeTokenizer(spec: TokenizerSpec): Promise<DescribedTokenizer> {
  try {
    return await describe(spec);
  } catch (cause) {
    const isPattern = cause instanceof PatternError || cause instanceof UnsupportedPattern;
    if (!isPattern || 'encoding' in spec) throw cause;
    throw patternError(cause, spec);
  }
}

/** The user's error for a pattern that is wrong, or that no engine can run exactly. */
function patternError(cause: PatternError | UnsupportedPattern, { file, pattern }: FileSpec): LongmixError {
  const isWrong = cause instanceof PatternError;
  const whose = pattern === null ? 'its pattern' : 'tokenizer.pattern';
  const fix =
    pattern === null ? 'use the tokenizer.json of the same model as it was published' : 'correct the pattern';
  return new LongmixError('tokenizer-pattern', `${whose}: ${cause.message}`, {
    where: file,
    cure: isWrong ? fix : 'longmix cannot run this part of a pattern exactly; write the pattern without it',
    cause,
  });
}

async function describe(spec: TokenizerSpec): Promise<DescribedTokenizer> {
  if ('encoding' in spec) {
    const model = modelFromEncoding(spec.encoding);
    const names = namesOfModel(model, false);
    const specials = findSpecialIds(names, model, noSideFiles, {}, spec.encoding);
    return { ...(await loadModel(model, specials)), file: null, form: 'encoding', names, specials };
  }
  const file = resolveTokenizerFile(spec.file);
  const bytes = readTokenizerFile(file);
  const form = formOf(file, bytes);
  const side = readSideFiles(file);
  const read = readModel(form, file, bytes, spec);
  if ('unsupported' in read) return await loadGeneral(file, bytes, read.unsupported, side, spec);
  const model = { ...withSideTokens(read, form, side), name: basename(file) };
  const names = namesOfModel(model, form === 'tiktoken');
  const specials = findSpecialIds(names, model, side, spec, file);
  return { ...(await loadModel(model, specials)), file, form, names, specials };
}

/** @returns the model, or why there is none. Only a tokenizer.json gives such a reason: it can take the general path */
function readModel(
  form: FileForm,
  file: string,
  bytes: Uint8Array,
  { pattern }: FileSpec,
): TokenizerModel | { readonly unsupported: string } {
  if (form === 'tiktoken') return modelFromTiktokenFile(file, bytes, pattern);
  if (pattern !== null) {
    throw new LongmixError('tokenizer-pattern', `a ${basename(file)} of this form has its own pattern`, {
      where: file,
      cure: 'leave tokenizer.pattern out of the recipe',
    });
  }
  switch (form) {
    case 'huggingface':
      return modelFromHf(file, bytes, null);
    case 'tekken':
      return modelFromTekken(file, bytes);
    case 'sentencepiece':
      return modelFromSentencePiece(file, bytes);
  }
}

/** Adds the special tokens of a tiktoken file, which the file beside it names. They change no token of a text. */
function withSideTokens(model: TokenizerModel, form: FileForm, { added }: SideFacts): TokenizerModel {
  if (form !== 'tiktoken' || added.size === 0) return model;
  const first = model.vocabulary.pieces.length;
  const { idsBelow } = namesOfModel(model, true);
  const named = [...added].filter(([id]) => id >= first && id < idsBelow);
  const ids = new Set(named.map(([id]) => id));
  const others = [...model.special].filter(([, id]) => !ids.has(id));
  const special = new Map([...others, ...named.map(([id, text]): [string, number] => [text, id])]);
  return {
    ...model,
    special,
    vocabularySize: named.reduce((size, [id]) => Math.max(size, id + 1), model.vocabularySize),
  };
}

type Loaded = LoadedTokenizer & Pick<DescribedTokenizer, 'engine' | 'model'>;

async function loadModel(read: TokenizerModel, specials: SpecialIds): Promise<Loaded> {
  const model = { ...read, ...idsOf(read, specials) };
  const shared = await shareTokenizer(model);
  if ('unsupported' in shared) {
    return {
      ...createReferenceTokenizer(model),
      shared: null,
      slow: `${model.name} is tokenized by the plain engine (1 to 3 MB/s a worker): ${shared.unsupported}`,
      engine: 'plain',
      model,
    };
  }
  const decode = createTokenDecoder(model);
  return { ...(await openShared(shared)), decode, shared, slow: null, engine: 'kernel', model };
}

async function loadGeneral(
  file: string,
  bytes: Uint8Array,
  reason: string,
  side: SideFacts,
  spec: FileSpec,
): Promise<DescribedTokenizer> {
  const { createGeneralTokenizer } = await import('./general/general-path.ts');
  const tokenizer = createGeneralTokenizer(file, bytes, null);
  const names = namesOfHf(parseHfFile(file, bytes));
  const specials = findSpecialIds(names, tokenizer, side, spec, file);
  const name = basename(file);
  return {
    ...tokenizer,
    ...idsOf(tokenizer, specials),
    name,
    shared: null,
    slow:
      `${name} goes the general way, slowly (about 1 MB/s a worker), because of ${reason}; ` +
      'its tokens may differ from those of the native library, above all outside of ASCII, and between versions of Node',
    ...{ file, form: 'huggingface', engine: 'general', model: null, names, specials },
  };
}

/** The special ids. An id from the recipe may be larger than all ids of the vocabulary, which then grows to hold it. */
function idsOf(
  { vocabularySize }: Pick<TokenizerModel, 'vocabularySize'>,
  { bos, eos, pad }: SpecialIds,
): Pick<Tokenizer, 'bosId' | 'eosId' | 'padId' | 'vocabularySize'> {
  const ids = [bos, eos, pad].map((token) => token?.id ?? null);
  const [bosId, eosId, padId] = ids as [number | null, number | null, number | null];
  return {
    bosId,
    eosId,
    padId,
    vocabularySize: Math.max(vocabularySize, ...ids.map((id) => (id ?? -1) + 1)),
  };
}
