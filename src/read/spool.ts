/**
 * Standard input -> a file. Input is read more than once (hashed, split, read by several workers), so it must lie still
 * first. Cost: its size on disk.
 */
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceSpec } from '../types.ts';

/** First bytes in hex; a zstd file may begin with a skippable frame. */
const magics: readonly (readonly [RegExp, string])[] = [
  [/^1f8b/, '.gz'],
  [/^(28b52ffd|5.2a4d18)/, '.zst'],
];

/**
 * Copies standard input to a file in `folder` (which exists) and gives the source with its path. Compression is told
 * by the magic bytes; brotli has none and must be decompressed before.
 */
export async function spoolStandardInput(
  source: SourceSpec,
  folder: string,
  input: AsyncIterable<Uint8Array>,
): Promise<SourceSpec> {
  const format = source.format ?? 'jsonl';
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
  await rename(partial, path);
  return { ...source, path, format };
}
