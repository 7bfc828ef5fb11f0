/**
 * Copies standard input to a file, because input is read several times (hashed, split, read by several workers). Cost:
 * its size on disk.
 */

import { join } from 'node:path';
import { LongmixError } from '../../errors.ts';
import type { SourceSpec } from '../../nouns/recipe.ts';
import { beginFile, moveFile, orUnwritable } from '../../storage/commit.ts';
import { exists, removeFile } from '../../storage/files.ts';
import { hashFile } from '../../storage/hash.ts';
import { standardInputFormat } from '../formats.ts';

const magicBytes = 4;
/** The first bytes of each compression in hex. A zstd file may begin with a skippable frame. */
const magics: readonly (readonly [RegExp, string])[] = [
  [/^1f8b/, '.gz'],
  [/^(28b52ffd|5.2a4d18)/, '.zst'],
];

/**
 * Copies standard input to a file in `folder` (which must exist), and returns the source with the file's path. The
 * magic bytes tell the compression; brotli has none, so it must be decompressed first.
 * @param isUsed a finished store was made from the existing file, so other input must not replace it
 * @throws LongmixError `source-empty` | `store-mismatch`
 */
export async function spoolStandardInput(
  source: SourceSpec,
  folder: string,
  input: AsyncIterable<Uint8Array>,
  isUsed: boolean,
): Promise<SourceSpec> {
  const format = source.format ?? standardInputFormat;
  // Use a temporary name first: the final name says the compression, which is known only after the first bytes.
  const fresh = join(folder, 'stdin.new');
  const head = await copy(input, fresh);
  const suffix = magics.find(([magic]) => magic.test(head.toString('hex')))?.[1] ?? '';
  const path = join(folder, `stdin.${format}${suffix}`);
  const refusal = head.length === 0 ? nothingCame(source) : isUsed ? otherInput(path, fresh) : null;
  if (refusal !== null) {
    removeFile(fresh);
    throw refusal;
  }
  moveFile(fresh, path);
  return { ...source, path, format };
}

/** Copies the input, and returns its first bytes. */
async function copy(input: AsyncIterable<Uint8Array>, path: string): Promise<Buffer> {
  const file = orUnwritable(path, () => beginFile(path));
  let head = Buffer.alloc(0);
  try {
    for await (const block of input) {
      if (head.length < magicBytes) head = Buffer.concat([head, block.subarray(0, magicBytes)]);
      orUnwritable(path, () => file.write(block));
    }
    orUnwritable(path, () => {
      file.sync();
      file.appear();
    });
    return head;
  } catch (error) {
    file.abort();
    throw error;
  }
}

function nothingCame({ name }: SourceSpec): LongmixError {
  return new LongmixError('source-empty', `source "${name}": standard input was empty`, {
    cure: 'pipe JSON Lines in: cat docs.jsonl | longmix build -',
  });
}

function otherInput(path: string, now: string): LongmixError | null {
  if (!exists(path) || hashFile(path).sha256 === hashFile(now).sha256) return null;
  return new LongmixError(
    'store-mismatch',
    'standard input differs from the input that these tokens were made from',
    {
      where: path,
      cure: 'choose another folder with --out, or replace them with --fresh',
    },
  );
}
