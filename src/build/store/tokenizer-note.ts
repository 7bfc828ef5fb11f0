/**
 * Notes where the tokenizer file of a token store lies. Manifests contain no local paths, so the path is in a local
 * note beside the store. If the note or the file is gone, `inspect` asks for the file.
 */

import { LongmixError } from '../../errors.ts';
import type { TokenizerSpec } from '../../nouns/recipe.ts';
import type { Tokenizer } from '../../nouns/tokens.ts';
import type { ShardSetManifest } from '../../shard/format.ts';
import { makeFolder, writeJson } from '../../storage/commit.ts';
import { exists, readJson } from '../../storage/files.ts';
import { join } from '../../storage/paths.ts';
import { notesFolder } from '../../storage/receipt.ts';
import { loadTokenizer } from '../../tokenize/load.ts';

const noteFile = `${notesFolder}/tokenizer.json`;

export function noteTokenizer(store: string, spec: TokenizerSpec): void {
  if ('encoding' in spec) return;
  // Leave out BOS and EOS: decoding does not need them, so all recipes that share the store can share the note.
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
 * Loads the tokenizer that a shard set was made with.
 * @param file a tokenizer file that the user names; null: use the encoding in the manifest, else the store's note
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
  // Import late: making a token store, which writes the note, does not need this code.
  const { openStoreOf } = await import('../verify.ts');
  const store = await openStoreOf(folder, manifest);
  const noted = store === null ? null : readNote(store.path);
  return noted !== null && 'file' in noted && exists(noted.file) ? noted : null;
}
