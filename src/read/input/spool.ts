/**
 * Standard input -> a file. Input is read more than once (hashed, split, read by several workers), so it must lie still
 * first. Cost: its size on disk.
 */
import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LongmixError } from '../../errors.ts';
import type { SourceSpec } from '../../nouns/recipe.ts';
import { standardInputFormat } from '../formats.ts';
import { fileBlocks } from './file-blocks.ts';

/** First bytes in hex; a zstd file may begin with a skippable frame. */
const magics: readonly (readonly [RegExp, string])[] = [
  [/^1f8b/, '.gz'],
  [/^(28b52ffd|5.2a4d18)/, '.zst'],
];

/**
 * Copies standard input to a file in `folder` (which exists) and gives the source with its path. Compression is told
 * by the magic bytes; brotli has none and must be decompressed before.
 * @param isUsed a finished store was made of the file that is there: other input must not take its place
 * @throws LongmixError `source-empty` | `store-mismatch`
 */
export async function spoolStandardInput(
  source: SourceSpec,
  folder: string,
  input: AsyncIterable<Uint8Array>,
  isUsed: boolean,
): Promise<SourceSpec> {
  const format = source.format ?? standardInputFormat;
  const partial = join(folder, `stdin.${process.pid}.partial`);
  const file = await open(partial, 'w');
  let head = Buffer.alloc(0);
  try {
    for await (const block of input) {
      if (head.length < 4) head = Buffer.concat([head, block.subarray(0, 4)]);
      await file.writeFile(block);
    }
    await file.sync();
    await file.close();
  } catch (error) {
    await file.close();
    await rm(partial, { force: true });
    throw error;
  }
  const suffix = magics.find(([magic]) => magic.test(head.toString('hex')))?.[1] ?? '';
  const path = join(folder, `stdin.${format}${suffix}`);
  const refusal = head.length === 0 ? nothingCame(source) : isUsed ? otherInput(path, partial) : null;
  if (refusal !== null) {
    await rm(partial);
    throw refusal;
  }
  await rename(partial, path);
  return { ...source, path, format };
}

function nothingCame({ name }: SourceSpec): LongmixError {
  return new LongmixError('source-empty', `source "${name}": nothing came from standard input`, {
    cure: 'pipe JSON Lines in: cat docs.jsonl | longmix build -',
  });
}

function otherInput(path: string, now: string): LongmixError | null {
  if (!existsSync(path) || hashOf(path) === hashOf(now)) return null;
  return new LongmixError('store-mismatch', 'standard input is not what the tokens here were made of', {
    where: path,
    cure: 'choose another folder with --out, or replace them with --fresh',
  });
}

function hashOf(path: string): string {
  const hash = createHash('sha256');
  for (const block of fileBlocks(path, 0, statSync(path).size, true)) hash.update(block);
  return hash.digest('hex');
}
