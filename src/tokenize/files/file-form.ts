/**
 * Finds the file that a recipe's `tokenizer.file` means, and its form. For a folder, as `transformers` saves it, the
 * first of the files listed below counts: a tokenizer.json has the most information, a tiktoken file the least. The
 * form is recognized by the content if the content is clear, because people rename files.
 */

import { join } from 'node:path';
import { isPointer, pointerCure, pointerFound } from '../../base/git-lfs.ts';
import { LongmixError, systemReason } from '../../errors.ts';
import { listFolder, readBytes, statOf } from '../../storage/files.ts';

export type FileForm = 'huggingface' | 'tekken' | 'sentencepiece' | 'tiktoken';

/** Best first. */
const names = [
  'tokenizer.json',
  'tekken.json',
  'tokenizer.model',
  'tiktoken.model',
  'spiece.model',
  'sentencepiece.bpe.model',
  'sentencepiece.model',
];
/**
 * Mistral numbers its SentencePiece files; Qwen's first models have a qwen.tiktoken. The first pattern that matches
 * counts, and it must match exactly one file.
 */
const patterns = [/^tekken_.*\.json$/, /^tokenizer\.model\.v\d+$/, /\.tiktoken$/, /\.model$/];
/** The longest text that JavaScript can hold is 512 MB; published files have up to 40 MB. */
const largestFile = 400e6;

const cure =
  'tokenizer.file is the path of a tokenizer.json, a tekken.json or a tokenizer.model, or of the folder of one, relative to the recipe';

/** @throws LongmixError `tokenizer-missing` */
export function resolveTokenizerFile(path: string): string {
  const stats = statOf(path);
  if (stats === null) {
    throw new LongmixError('tokenizer-missing', 'the tokenizer: no such file or folder', {
      where: path,
      cure,
    });
  }
  if (stats.kind !== 'folder') return path;
  const present = new Set(listFolder(path));
  const named = names.find((name) => present.has(name));
  if (named !== undefined) return join(path, named);
  for (const pattern of patterns) {
    const [first, ...others] = [...present].filter((name) => pattern.test(name));
    if (first !== undefined && others.length === 0) return join(path, first);
    if (first === undefined) continue;
    throw new LongmixError(
      'tokenizer-missing',
      `the folder has several tokenizers: ${[first, ...others].slice(0, 5).join(', ')}`,
      { where: path, cure: 'name one of them as tokenizer.file' },
    );
  }
  throw new LongmixError('tokenizer-missing', 'the folder has no tokenizer file', {
    where: path,
    cure: `looked for ${names.join(', ')}, and for a file *.tiktoken or *.model`,
  });
}

/** @throws LongmixError `tokenizer-missing` | `tokenizer-bad` for a file that cannot be a tokenizer of any form */
export function readTokenizerFile(path: string): Uint8Array {
  let bytes: Uint8Array;
  try {
    const size = statOf(path)?.size ?? 0;
    if (size > largestFile) {
      const message = `a file of ${Math.ceil(size / 1e6)} MB; a tokenizer has ${largestFile / 1e6} MB at most`;
      throw new LongmixError('tokenizer-bad', message, { where: path, cure });
    }
    bytes = readBytes(path);
  } catch (cause) {
    if (cause instanceof LongmixError) throw cause;
    throw new LongmixError('tokenizer-missing', `the tokenizer: ${systemReason(cause)}`, {
      where: path,
      cure: 'tokenizer.file must be a file that can be read',
      cause,
    });
  }
  if (isPointer(bytes))
    throw new LongmixError('tokenizer-bad', pointerFound, { where: path, cure: pointerCure });
  return bytes;
}

export function formOf(path: string, bytes: Uint8Array): FileForm {
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 65_536));
  if (/^(\u00ef\u00bb\u00bf)?\s*\{/.test(start) || path.toLowerCase().endsWith('.json')) {
    const isTekken = /"(default_num_special_tokens|token_bytes)"\s*:/.test(start);
    return isTekken || /^tekken[^/\\]*\.json$/i.test(path.replace(/^.*[/\\]/, '')) ? 'tekken' : 'huggingface';
  }
  // A protobuf message that begins with its first field, the pieces. A tiktoken file never begins like this.
  const isProtobuf = bytes[0] === 0x0a && bytes.subarray(0, 512).some((byte) => byte < 9);
  return isProtobuf ? 'sentencepiece' : 'tiktoken';
}
