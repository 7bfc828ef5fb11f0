/** A folder of a storage as a storage of its own: both share one client. */
import type { RemoteStorage } from './remote/remote-storage.ts';
import { checkName, type Entry } from './storage.ts';

export function storageBelow(whole: RemoteStorage, folder: string): RemoteStorage {
  const before = `${folder}/`;
  const inside = (name: string) => `${before}${checkName(name)}`;
  const outside = (entry: Entry) => ({ ...entry, name: entry.name.slice(before.length) });
  return {
    where: `${whole.where}/${folder}`,
    pinned: `${whole.pinned}/${folder}`,
    get retries() {
      return whole.retries;
    },
    async *list(under) {
      const entries = whole.list(under === '' ? folder : inside(under));
      for await (const entry of entries) yield outside(entry);
    },
    async stat(name) {
      const entry = await whole.stat(inside(name));
      return entry === null ? null : outside(entry);
    },
    asFile: async () => null,
    open: (name, known) => whole.open(inside(name), known),
    create: (name) => whole.create(inside(name)),
    putIfAbsent: (name, bytes) => whole.putIfAbsent(inside(name), bytes),
    replace: (name, bytes, stamp) => whole.replace(inside(name), bytes, stamp),
    remove: (name) => whole.remove(inside(name)),
    dropUploads: async (under, before, isOurs) =>
      await whole.dropUploads?.(under === '' ? folder : inside(under), before, isOurs),
  };
}
