/**
 * What this process knows of an output or a token store in a bucket (`../places.ts`): the names, sizes and etags of all its
 * files, from one listing, and the content of records and notes, which are small. What longmix decides by them it decides
 * without waiting.
 *
 * Writes and removals change the mirror at once, and wait in a queue that `flush` sends, in order, so that a file that marks
 * others as complete is never there before them. Removals that stand together are sent side by side. The cost: records and
 * notes are in memory (some 2 KB for each part of a store), and another machine's changes are seen at `refresh` only.
 */
import { inLanes } from '../../base/in-lanes.ts';
import type { Place, PlaceFile } from '../places.ts';
import { type Entry, readWhole } from '../storage.ts';
import type { RemoteStorage } from './remote-storage.ts';

/** Requests under way at once. */
const lanes = 16;

/** Records, and notes in `.longmix/`; not the tokens and plans that may lie there, nor the marks of locks. */
const small =
  /(^|\/)((plan|schedule|dataset_dict|ablation|manifest|state|dataset_info|store)\.json|\.longmix\/.*\.jsonl?)$/;

type Change =
  | { readonly name: string; readonly bytes: Buffer<ArrayBuffer> }
  | { readonly name: string; readonly bytes: null };

interface Kept {
  readonly stamp: string;
  readonly bytes: Buffer<ArrayBuffer>;
}

export class Mirror implements Place {
  readonly address: string;
  readonly #storage: RemoteStorage;
  #files = new Map<string, PlaceFile>();
  /** How many files are below each folder. */
  #folders = new Map<string, number>();
  readonly #kept = new Map<string, Kept>();
  #queue: Change[] = [];
  #sending: Promise<void> = Promise.resolve();
  /** Why what is known is no longer what is there: a change was not sent, and those after it were dropped. */
  #failure: { readonly error: unknown } | null = null;
  #isTold = false;
  /** Why nothing may be written: errors of locks in here that others have taken over. */
  readonly #lost = new Set<Error>();

  /** @param storage of the place */
  constructor(storage: RemoteStorage) {
    this.address = storage.where;
    this.#storage = storage;
  }

  /**
   * After a failure of `flush` what it did not send is forgotten.
   * @param contents false: only names, sizes and etags are asked for
   */
  async refresh(contents: boolean): Promise<void> {
    if (this.#failure === null) await this.flush();
    await this.#sending.catch(() => {});
    this.#queue = [];
    this.#failure = null;
    this.#isTold = false;
    this.#check();
    const entries: Entry[] = [];
    for await (const entry of this.#storage.list('')) entries.push(entry);
    this.#files = new Map();
    this.#folders = new Map();
    for (const { name, size, stamp } of entries) this.#add(name, { size, stamp });
    for (const [name, { stamp }] of this.#kept)
      if (this.#files.get(name)?.stamp !== stamp) this.#kept.delete(name);
    if (contents) await this.fetch(entries.map(({ name }) => name).filter((name) => small.test(name)));
  }

  /** Gets the content of files, for `read`. */
  async fetch(names: readonly string[]): Promise<void> {
    const wanted = names.filter((name) => this.#files.has(name) && !this.#kept.has(name));
    await inLanes(wanted, lanes, async (name) => {
      const file = this.#files.get(name)!;
      const bytes = (await readWhole(await this.#storage.open(name, file))) as Buffer<ArrayBuffer>;
      this.#kept.set(name, { stamp: file.stamp, bytes });
    });
  }

  /** From now on nothing is written, until `lose` is undone by what it returns. */
  lose(error: Error): () => void {
    this.#lost.add(error);
    this.#failure ??= { error };
    return () => void this.#lost.delete(error);
  }

  /** The command that failed has ended: `flush` of other places' commands is not to fail by it. `put` fails until `refresh`. */
  end(): void {
    this.#isTold = this.#failure !== null;
  }

  #check(): void {
    for (const error of this.#lost) throw error;
    if (this.#failure !== null) throw this.#failure.error;
  }

  /** Sends what waits. After a failure nothing more is sent, and it is thrown again, until `refresh`. */
  async flush(): Promise<void> {
    const sending = this.#sending.catch(() => {}).then(() => this.#send());
    this.#sending = sending;
    // Avoid an unhandled rejection: who called `flush` gets the error.
    sending.catch(() => {});
    await sending;
  }

  async #send(): Promise<void> {
    const queue = this.#queue;
    this.#queue = [];
    if (this.#isTold) return;
    this.#check();
    try {
      await this.#sendAll(queue);
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    }
  }

  async #sendAll(queue: readonly Change[]): Promise<void> {
    for (let at = 0; at < queue.length; ) {
      this.#check();
      const change = queue[at]!;
      if (change.bytes !== null) {
        await this.#write(change.name, change.bytes);
        at += 1;
        continue;
      }
      let end = at;
      while (end < queue.length && queue[end]!.bytes === null) end += 1;
      await inLanes(queue.slice(at, end), lanes, async ({ name }) => await this.#storage.remove(name));
      at = end;
    }
  }

  async #write(name: string, bytes: Buffer<ArrayBuffer>): Promise<void> {
    const stamp = (await this.#storage.replace(name, bytes)) ?? '';
    if (this.#kept.get(name)?.bytes !== bytes) return;
    this.#files.set(name, { size: bytes.length, stamp });
    this.#kept.set(name, { stamp, bytes });
  }

  file(name: string): PlaceFile | null {
    return this.#files.get(name) ?? null;
  }

  isFolder(name: string): boolean {
    return name === '' ? this.#files.size > 0 : this.#folders.has(name);
  }

  names(folder: string): string[] {
    const before = folder === '' ? '' : `${folder}/`;
    const found = new Set<string>();
    for (const name of this.#files.keys()) {
      if (!name.startsWith(before)) continue;
      const end = name.indexOf('/', before.length);
      found.add(name.slice(before.length, end < 0 ? undefined : end));
    }
    return [...found].sort();
  }

  read(name: string): Buffer<ArrayBuffer> {
    const kept = this.#kept.get(name);
    if (kept !== undefined) return kept.bytes;
    if (this.#files.has(name)) throw new Error(`${this.address}/${name} was not fetched`);
    throw Object.assign(new Error(`no such file: ${this.address}/${name}`), { code: 'ENOENT' });
  }

  put(name: string, bytes: Buffer<ArrayBuffer>): void {
    this.#check();
    this.#add(name, { size: bytes.length, stamp: '' });
    this.#kept.set(name, { stamp: '', bytes });
    this.#queue.push({ name, bytes });
  }

  remove(name: string): void {
    this.#check();
    if (!this.#files.delete(name)) return;
    this.#kept.delete(name);
    for (const folder of foldersOf(name)) {
      const left = this.#folders.get(folder)! - 1;
      if (left === 0) this.#folders.delete(folder);
      else this.#folders.set(folder, left);
    }
    this.#queue.push({ name, bytes: null });
  }

  removeBelow(folder: string): void {
    for (const name of [...this.#files.keys()]) if (name.startsWith(`${folder}/`)) this.remove(name);
  }

  #add(name: string, file: PlaceFile): void {
    if (!this.#files.has(name))
      for (const folder of foldersOf(name)) this.#folders.set(folder, (this.#folders.get(folder) ?? 0) + 1);
    this.#files.set(name, file);
  }
}

function* foldersOf(name: string): Generator<string> {
  for (let at = name.indexOf('/'); at >= 0; at = name.indexOf('/', at + 1)) yield name.slice(0, at);
}
