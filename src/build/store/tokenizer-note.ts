/**
 * Where the tokenizer file of a token store lies. Manifests hold no places on a machine, so this is a note for this one,
 * beside the store, and `inspect` asks for the file where the note or the file is gone.
 */

import { join } from 'node:path';
import { LongmixError } from '../../errors.ts';
import type { TokenizerSpec } from '../../nouns/recipe.ts';
import type { Tokenizer } from '../../nouns/tokens.ts';
import type { ShardSetManifest } from '../../shard/format.ts';
import { makeFolder, writeJson } from '../../storage/commit.ts';
import { exists, readJson } from '../../storage/files.ts';
import { notesFolder } from '../../storage/receipt.ts';
import { loadTokenizer } from '../../tokenize/load.ts';

const noteFile = `${notesFolder}/tokenizer.json`;

export function noteTokenizer(store: string, spec: TokenizerSpec): void {
  if ('encoding' in spec) return;
  // Text is decoded without BOS and EOS, so the note is one for all recipes that share the store.
  const { file, pattern } = spec;
  const note: TokenizerSpec = { file, pattern };
  if (JSON.stringify(readNote(store)) === JSON.stringify(note)) return;
  makeFolder(join(store, notesFolder));
  writeJson(join(store, noteFile), note);
}

function readNote(store: string): TokenizerSpec | null {
  try {
    return readJson(join(store, noteFile)) as TokenizerSpec;
  } catch {
    return null;
  }
}

/**
 * The tokenizer that a shard set was made with.
 * @param file a tokenizer file that the user names; null: an encoding's name, else the store's note tells
 * @throws LongmixError `tokenizer-missing` | `tokenizer-mismatch`
 */
export async function tokenizerOf(
  folder: string,
  manifest: ShardSetManifest,
  file: string | null,
): Promise<Tokenizer> {
  const spec = await findSpec(folder, manifest, file);
  const { name, fingerprint } = manifest.tokenizer;
  if (spec === null) {
    throw new LongmixError('tokenizer-missing', `these shards were made with the tokenizer file ${name}`, {
      where: folder,
      cure: 'say where it is: --tokenizer FILE',
    });
  }
  const tokenizer = await loadTokenizer(spec);
  if (tokenizer.fingerprint === fingerprint) return tokenizer;
  throw new LongmixError('tokenizer-mismatch', 'these shards were made with another tokenizer', {
    where: 'file' in spec ? spec.file : spec.encoding,
    cure: `name the ${name} of the recipe: --tokenizer FILE`,
  });
}

async function findSpec(
  folder: string,
  manifest: ShardSetManifest,
  file: string | null,
): Promise<TokenizerSpec | null> {
  const { tokenizer } = manifest.recipe as { tokenizer: string | { pattern: string | null } };
  if (typeof tokenizer === 'string') return { encoding: tokenizer };
  if (file !== null) return { file, pattern: tokenizer.pattern };
  // Making a token store, for which the note is left, needs nothing of this.
  const { openStoreOf } = await import('../verify.ts');
  const store = openStoreOf(folder, manifest);
  const noted = store === null ? null : readNote(store.path);
  return noted !== null && 'file' in noted && exists(noted.file) ? noted : null;
}
