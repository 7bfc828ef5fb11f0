/**
 * Loads a tokenizer for filling a token store. It reuses tables that an earlier process cached, if there are any.
 * `load.ts` makes a whole tokenizer, which also decodes; that module is imported only if needed.
 */
import type { TokenizerSpec } from '../../nouns/recipe.ts';
import type { SharedTokenizer } from './kernel-tokenizer.ts';
import { keepTables, readTables } from './table-cache.ts';

export interface TokenizerTables {
  readonly facts: SharedTokenizer['facts'];
  /** Any thread can pass this to `openShared`; null: each thread loads the tokenizer from its spec. */
  readonly shared: SharedTokenizer | null;
  /** Why the kernel cannot run this tokenizer, and what that means for the user; null if it can. */
  readonly slow: string | null;
}

/** @throws the errors of `loadTokenizer` */
export async function loadTables(spec: TokenizerSpec): Promise<TokenizerTables> {
  const earlier = readTables(spec);
  if (earlier !== null) return { facts: earlier.facts, shared: earlier, slow: null };
  const { loadTokenizer } = await import('../load.ts');
  const { shared, slow, ...facts } = await loadTokenizer(spec);
  if (shared !== null) keepTables(spec, shared);
  const { name, vocabularySize, bosId, eosId, padId, fingerprint } = facts;
  return { facts: { name, vocabularySize, bosId, eosId, padId, fingerprint }, shared, slow };
}
