/** The part of an object store below a prefix: what names, lists and reading are for all such stores. */
import { basename } from 'node:path/posix';
import type { Entry } from '../storage.ts';
import type { Answer } from './exchange.ts';
import { inOrder, openObject, plainKey, type Refused } from './object-read.ts';
import type { RemoteStorage } from './remote-storage.ts';
import type { Persistence } from './retry.ts';

/** A bucket or container, by the keys of its objects. */
export interface ObjectStore {
  readonly persistence: Persistence;
  /** Without secrets. */
  addressOf(key: string): string;
  /** All objects whose keys begin with `prefix`, in any order; an entry's name is its key. */
  objects(prefix: string): AsyncIterable<Entry>;
  /** null: there is no such object. */
  head(key: string): Promise<{ readonly size: number; readonly stamp: string } | null>;
  /** One request, not repeated. @throws Passing, Refused */
  get(
    key: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal | undefined,
  ): Promise<Answer>;
  /** What the store says of a key that it lacks. */
  readonly missing: Refused;
  /** Whether the object alone is missing, not all that it was in. */
  isGone(error: Refused): boolean;
  explain(error: unknown, key: string): unknown;
}

type Reading = 'where' | 'pinned' | 'retries' | 'list' | 'stat' | 'asFile' | 'open';

/**
 * @param folder without a slash at its end; '': the whole store
 * @param writing what writes below a prefix, whose address is `where`
 */
export function objectFolder(
  store: ObjectStore,
  folder: string,
  writing: (prefix: string, where: string) => Omit<RemoteStorage, Reading>,
): RemoteStorage {
  const prefix = folder === '' ? '' : `${folder}/`;
  const where = store.addressOf(prefix).replace(/\/$/, '');
  const keyOf = (name: string) => `${prefix}${plainKey(name)}`;
  const stat = async (name: string): Promise<Entry | null> => {
    const found = await store.head(keyOf(name));
    return found === null ? null : { name, ...found };
  };
  return {
    ...writing(prefix, where),
    where,
    pinned: where,
    get retries() {
      return store.persistence.counts.retries;
    },
    async *list(under) {
      const entries: Entry[] = [];
      for await (const { name, ...found } of store.objects(under === '' ? prefix : `${keyOf(under)}/`))
        entries.push({ name: name.slice(prefix.length), ...found });
      yield* inOrder(entries);
    },
    stat,
    async asFile() {
      if (folder === '') return null;
      const above = objectFolder(store, folder.slice(0, Math.max(0, folder.lastIndexOf('/'))), writing);
      const entry = await above.stat(basename(folder));
      return entry === null ? null : { folder: above, entry };
    },
    async open(name, known) {
      const key = keyOf(name);
      const found = known ?? (await store.head(key));
      if (found === null) throw store.explain(store.missing, key);
      return openObject(
        {
          persistence: store.persistence,
          where: store.addressOf(key),
          get: async (headers, signal) => await store.get(key, headers, signal),
          isGone: (error) => store.isGone(error),
          explain: (error) => store.explain(error, key),
        },
        found,
      );
    },
  };
}
