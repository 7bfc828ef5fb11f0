/** Extracts the text of a file that is not plain text, in memory; or says why there is none. */
import type { InputFile, ReadCounts } from '../../nouns/documents.ts';
import type { Extract } from '../format-spec.ts';
import { recordTooLarge } from '../formats/record-reader.ts';
import { type LocalCopy, localCopy } from '../input/local-copy.ts';
import { textBlocks } from '../input/unit-blocks.ts';
import type { UnitHash } from '../input/unit-hash.ts';
import { countLoneSurrogates } from '../input/utf8.ts';
import { BadFile } from './bad-file.ts';

const mebibyte = 1024 * 1024;
/** The most text of a book (all chapters together), or of a program's output for a file. */
const mostTextBytes = 256 * mebibyte;

/**
 * @param recordBytes the largest text that `--memory` allows
 * @throws LongmixError `memory-exceeded` | `command-stuck`, or what reading a file throws
 */
export async function extractText(
  extract: Extract,
  file: InputFile,
  command: readonly string[] | undefined,
  counts: ReadCounts,
  hash: UnitHash | null,
  recordBytes: number,
  encoding: string | null,
): Promise<Uint8Array | { readonly reason: string }> {
  const read = async (most: number): Promise<string> =>
    await wholeText(file, most, counts, hash, recordBytes, encoding);
  let copy: LocalCopy | null = null;
  const path = async (): Promise<string> => {
    copy ??= await localCopy(file, hash);
    return copy.path;
  };
  try {
    const hold = (bytes: number): void => {
      if (bytes > recordBytes) throw recordTooLarge(file.path, recordBytes);
    };
    const text = await extract({ file, command, counts, most: mostTextBytes, hold, read, path });
    if (text === null) return new Uint8Array(0);
    return /\S/.test(text.slice(0, 1000)) || /\S/.test(text)
      ? encoded(text, counts)
      : { reason: 'there is no text in it' };
  } catch (error) {
    if (error instanceof BadFile) return { reason: error.message };
    throw error;
  } finally {
    // The compiler does not see that `path` may have set it.
    (copy as LocalCopy | null)?.remove();
  }
}

async function wholeText(
  file: InputFile,
  most: number,
  counts: ReadCounts,
  hash: UnitHash | null,
  recordBytes: number,
  encoding: string | null,
): Promise<string> {
  const blocks: Uint8Array[] = [];
  let bytes = 0;
  let isTooLarge = false;
  for await (const block of textBlocks(file, encoding, counts, hash)) {
    bytes += block.length;
    // Don't stop: the hash must cover the whole file.
    if (bytes > most) isTooLarge = true;
    else if (bytes > recordBytes) throw recordTooLarge(file.path, recordBytes);
    else blocks.push(block);
  }
  if (isTooLarge) {
    const megabytes = (count: number): number => Math.floor(count / 1e6);
    throw new BadFile(
      `it has ${megabytes(bytes)} MB; text is taken out of at most ${megabytes(most)} MB (extract: false reads it as it is)`,
    );
  }
  return Buffer.concat(blocks).toString();
}

function encoded(text: string, counts: ReadCounts): Uint8Array {
  countLoneSurrogates(text, counts);
  return Buffer.from(text);
}
