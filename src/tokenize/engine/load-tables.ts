/**
 * A tokenizer for filling a token store: its tables, from an earlier process where there are any. `load.ts` makes a
 * whole tokenizer, which decodes too, and is loaded only where it has to.
 */
import type { TokenizerSpec } from '../../nouns/recipe.ts';
import type { SharedTokenizer } from './kernel-tokenizer.ts';
import { keepTables, readTables } from './table-cache.ts';

export interface TokenizerTables {
  readonly facts: SharedTokenizer['facts'];
  /** For `openShared` in any thread; null: each thread loads the tokenizer from its spec. */
  readonly shared: SharedTokenizer | null;
  /** Why the kernel does not do the work, and what that means; null if it does. */
  readonly slow: string | null;
}

/** @throws whatever `loadTokenizer` throws */
export async function loadTables(spec: TokenizerSpec): Promise<TokenizerTables> {
  const earlier = readTables(spec);
  if (earlier !== null) return { facts: earlier.facts, shared: earlier, slow: null };
  const { loadTokenizer } = await import('../load.ts');
  const { shared, slow, ...facts } = await loadTokenizer(spec);
  if (shared !== null) keepTables(spec, shared);
  const { name, vocabularySize, bosId, eosId, padId, fingerprint } = facts;
  return { facts: { name, vocabularySize, bosId, eosId, padId, fingerprint }, shared, slow };
}
