/** Files of a token store by what they hold: their names have hashes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Names of a store's files with tokens, in the order of its record; with documents, where `ending` says so. */
export function partsOf(store: string, ending: '.tokens' | '.docs.arrow' = '.tokens'): string[] {
  const { parts } = JSON.parse(readFileSync(join(store, 'store.json'), 'utf8')) as {
    parts: { name: string }[];
  };
  return parts.map(({ name }) => `${name}${ending}`);
}

/** All of them that lie there, the record's or not. */
export function partFilesIn(store: string): string[] {
  return readdirSync(store).filter((name) => name.startsWith('part-'));
}
