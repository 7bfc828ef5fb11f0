/**
 * From the recipe's words to a tokenizer: the kernel where it can do the work, else the plain engine, else, for files
 * that a TokenizerModel cannot express, the general path. Which one it is changes the speed and, but for the last, no token.
 */
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { LongmixError } from '../errors.ts';
import type { Tokenizer, TokenizerSpec } from '../types.ts';
import { isPointer, pointerCure, pointerFound } from '../util/git-lfs.ts';
import { modelFromHf } from './from-hf.ts';
import { modelFromEncoding, modelFromTiktokenFile } from './from-tiktoken.ts';
import { openShared, type SharedTokenizer, shareTokenizer } from './kernel-tokenizer.ts';
import type { TokenizerModel } from './model.ts';
import { createReferenceTokenizer, createTokenDecoder } from './reference.ts';
import type { TokenizerConfig } from './special-ids.ts';

export interface LoadedTokenizer extends Tokenizer {
  /** For `openShared` in other threads; null: they load the spec themselves. */
  readonly shared: SharedTokenizer | null;
  /** Why the kernel does not do the work, and what that means; null if it does. */
  readonly slow: string | null;
}

/** @throws LongmixError `tokenizer-unknown` | `tokenizer-missing` | `tokenizer-bad` | `tokenizer-pattern` */
export async function loadTokenizer(spec: TokenizerSpec): Promise<LoadedTokenizer> {
  if ('encoding' in spec) return await loadModel(modelFromEncoding(spec.encoding));
  const { file, pattern } = spec;
  const bytes = readFile(file);
  if (isPointer(bytes))
    throw new LongmixError('tokenizer-bad', pointerFound, { where: file, cure: pointerCure });
  const name = basename(file);
  if (!isJson(file, bytes)) return await loadModel({ ...modelFromTiktokenFile(file, bytes, pattern), name });
  if (pattern !== null) {
    throw new LongmixError('tokenizer-pattern', 'a tokenizer.json has its own pattern', {
      where: file,
      cure: 'leave tokenizer.pattern out of the recipe',
    });
  }
  const config = readConfig(join(dirname(file), 'tokenizer_config.json'));
  const model = modelFromHf(file, bytes, config);
  if (!('unsupported' in model)) return await loadModel({ ...model, name });
  const { createGeneralTokenizer } = await import('./general-path.ts');
  return {
    ...createGeneralTokenizer(file, bytes, config),
    name,
    shared: null,
    slow:
      `${name} goes the general way, slowly (about 1 MB/s a worker), because of ${model.unsupported}; ` +
      'its tokens may differ from those of the native library, above all outside of ASCII, and between versions of Node',
  };
}

/** Neither of the other forms, tiktoken's and SentencePiece's, begins with a brace. */
function isJson(file: string, bytes: Uint8Array): boolean {
  return file.toLowerCase().endsWith('.json') || bytes[0] === '{'.charCodeAt(0);
}

async function loadModel(model: TokenizerModel): Promise<LoadedTokenizer> {
  const shared = await shareTokenizer(model);
  if ('unsupported' in shared) {
    return {
      ...createReferenceTokenizer(model),
      shared: null,
      slow: `${model.name} is tokenized by the plain engine (1 to 3 MB/s a worker): ${shared.unsupported}`,
    };
  }
  return { ...(await openShared(shared)), decode: createTokenDecoder(model), shared, slow: null };
}

function readFile(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const what =
      { ENOENT: 'no such file', EISDIR: 'a folder, not a file' }[code ?? ''] ?? 'it can not be read';
    throw new LongmixError('tokenizer-missing', `the tokenizer: ${what}`, {
      where: path,
      cure: 'tokenizer.file is the path of a tokenizer.json or of a tokenizer.model in tiktoken form, relative to the recipe',
      cause,
    });
  }
}

/** The tokenizer_config.json beside a tokenizer.json; null if there is none. */
function readConfig(path: string): TokenizerConfig | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return null;
  }
  try {
    return JSON.parse(text) as TokenizerConfig;
  } catch (cause) {
    throw new LongmixError('tokenizer-bad', 'not JSON', {
      where: path,
      cure: 'it says which tokens begin and end a text; mend it or remove it',
      cause,
    });
  }
}
