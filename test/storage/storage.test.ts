/** The same tests for every storage: a folder, memory, and a storage that returns only promises. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { localStorage } from '../../src/storage/local.ts';
import { memoryStorage } from '../../src/storage/memory.ts';
import { type Bytes, EndedEarly, readWhole, type Storage } from '../../src/storage/storage.ts';
import { temporaryFolder } from '../support/folder.ts';

/** As an object store answers: everything is a promise. */
function later(storage: Storage): Storage {
  const bytesLater = (bytes: Bytes): Bytes => ({
    size: bytes.size,
    stamp: bytes.stamp,
    read: async (at, into) => await bytes.read(at, into),
    readAside: async (at, into) => await bytes.readAside(at, into),
    close: () => bytes.close(),
  });
  return {
    where: storage.where,
    async *list(under) {
      yield* storage.list(under);
    },
    open: async (name) => bytesLater(await storage.open(name)),
    create: async (name) => await storage.create(name),
    putIfAbsent: async (name, bytes) => await storage.putIfAbsent(name, bytes),
    remove: async (name) => await storage.remove(name),
  };
}

const kinds: readonly (readonly [string, () => Storage])[] = [
  ['a folder', () => localStorage(temporaryFolder())],
  ['a folder that is not there yet', () => localStorage(join(temporaryFolder(), 'a/b'))],
  ['memory', memoryStorage],
  ['one that answers later', () => later(memoryStorage())],
];

async function put(storage: Storage, name: string, text: string) {
  const file = await storage.create(name);
  for (const letter of text) file.write(Buffer.from(letter));
  return await file.commit();
}

async function names(storage: Storage, under: string = ''): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of storage.list(under)) found.push(name);
  return found;
}

async function textOf(storage: Storage, name: string): Promise<string> {
  const bytes = await storage.open(name);
  try {
    return (await readWhole(bytes)).toString();
  } finally {
    bytes.close();
  }
}

describe.each(kinds)('%s', (_, make) => {
  it('gives back what was committed, and says its size and hash', async () => {
    const storage = make();
    expect(await put(storage, 'part/a', 'hello')).toEqual({
      name: 'a',
      bytes: 5,
      sha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
    });
    expect(await textOf(storage, 'part/a')).toBe('hello');
    await put(storage, 'empty', '');
    expect(await textOf(storage, 'empty')).toBe('');
  });

  it('shows nothing of a file before it is committed, and nothing of one that is given up', async () => {
    const storage = make();
    const file = await storage.create('a');
    file.write(Buffer.from('half'));
    expect(await names(storage)).toEqual([]);
    await expect((async () => await storage.open('a'))()).rejects.toMatchObject({ code: 'ENOENT' });
    await file.abort();
    expect(await names(storage)).toEqual([]);
    const other = await storage.create('b');
    other.write(Buffer.from('whole'));
    expect(await other.commitAside()).toMatchObject({ name: 'b', bytes: 5 });
    expect(await names(storage)).toEqual(['b']);
  });

  it('keeps what was written before its memory is used again', async () => {
    const storage = make();
    const memory = Buffer.from('first');
    const file = await storage.create('a');
    file.write(memory);
    memory.fill('x');
    await file.commit();
    expect(await textOf(storage, 'a')).toBe('first');
  });

  it('replaces a file by the one that is committed last, under another stamp', async () => {
    const storage = make();
    const [first, second] = [await storage.create('a'), await storage.create('a')];
    first.write(Buffer.from('first'));
    second.write(Buffer.from('second one'));
    await first.commit();
    const before = await storage.open('a');
    await second.commit();
    const after = await storage.open('a');
    expect(await textOf(storage, 'a')).toBe('second one');
    expect(after.stamp).not.toBe(before.stamp);
    // Who has it open reads on in what was there.
    expect((await readWhole(before)).toString()).toBe('first');
    for (const bytes of [before, after]) bytes.close();
  });

  it('reads any range, and says where the file ends too early', async () => {
    const storage = make();
    await put(storage, 'a', '0123456789');
    const bytes = await storage.open('a');
    const into = Buffer.alloc(3);
    await bytes.read(4, into);
    expect(into.toString()).toBe('456');
    await bytes.readAside(7, into);
    expect(into.toString()).toBe('789');
    await bytes.read(10, Buffer.alloc(0));
    for (const read of [async () => await bytes.read(8, into), () => bytes.readAside(8, into)]) {
      const error = await read().catch((cause: unknown) => cause);
      expect(error).toBeInstanceOf(EndedEarly);
      expect(error).toMatchObject({ size: 10 });
    }
    bytes.close();
  });

  it('lists all that lies below, in the order of the names, with sizes and stamps', async () => {
    const storage = make();
    for (const name of ['b/c/d', 'a', 'b/a', 'b.c', 'B', 'bb/a', '.longmix/part-0.json'])
      await put(storage, name, name);
    expect(await names(storage)).toEqual(['.longmix/part-0.json', 'B', 'a', 'b.c', 'b/a', 'b/c/d', 'bb/a']);
    expect(await names(storage, 'b')).toEqual(['b/a', 'b/c/d']);
    expect(await names(storage, 'nowhere')).toEqual([]);
    for await (const { name, size, stamp } of storage.list('')) {
      const bytes = await storage.open(name);
      expect([size, stamp]).toEqual([name.length, bytes.stamp]);
      bytes.close();
    }
  });

  it('lets one of several put a file there', async () => {
    const storage = make();
    const attempts = ['a', 'b', 'c'].map(
      async (text) => await storage.putIfAbsent('lock/it', Buffer.from(text)),
    );
    expect((await Promise.all(attempts)).filter((isFirst) => isFirst)).toHaveLength(1);
    const first = await textOf(storage, 'lock/it');
    expect(await storage.putIfAbsent('lock/it', Buffer.from('late'))).toBe(false);
    expect(await textOf(storage, 'lock/it')).toBe(first);
    expect(await names(storage)).toEqual(['lock/it']);
  });

  it('removes a file, and one that is not there', async () => {
    const storage = make();
    await put(storage, 'a', 'a');
    await storage.remove('a');
    await storage.remove('a');
    expect(await names(storage)).toEqual([]);
    expect(await storage.putIfAbsent('a', Buffer.from('new'))).toBe(true);
  });

  it.each(['../a', 'a/../../b', '/etc/passwd', '', 'a//b', './a', 'a\\b'])(
    'does not take %j for a name',
    async (name) => {
      const storage = make();
      const uses = [
        async () => await storage.open(name),
        async () => await storage.create(name),
        async () => await storage.putIfAbsent(name, Buffer.from('a')),
        async () => await storage.remove(name),
      ];
      for (const use of uses) await expect(use()).rejects.toThrow('not a name of a file');
    },
  );
});

it('a folder answers at once', () => {
  const storage = localStorage(temporaryFolder());
  const file = storage.create('a');
  file.write(Buffer.from('now'));
  expect(file.commit()).toMatchObject({ bytes: 3 });
  const bytes = storage.open('a');
  expect(readWhole(bytes).toString()).toBe('now');
  bytes.close();
  expect([...storage.list('')].map(({ name }) => name)).toEqual(['a']);
});

it('a folder is no file', () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'a'));
  const file = localStorage(folder).create('a');
  file.write(Buffer.from('a'));
  expect(() => file.commit()).toThrow(expect.objectContaining({ code: 'output-unwritable' }));
  file.abort();
  expect([...localStorage(folder).list('')]).toEqual([]);
});
