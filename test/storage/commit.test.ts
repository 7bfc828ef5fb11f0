/** The commit protocol: every step is observed, and every step may fail. */
import fs, { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  createFile,
  type FileCalls,
  makeFolder,
  moveFile,
  putIfAbsent,
  shareFile,
  writeCache,
} from '../../src/storage/commit.ts';
import { processPlace } from '../../src/storage/process-place.ts';
import { sweep } from '../../src/storage/temporary-files.ts';
import { errorOf } from '../support/error-of.ts';
import { temporaryFolder } from '../support/folder.ts';

/** The system, and what it was asked for: `open NAME`, `sync NAME`, `rename NAME`. */
function watched(folder: string) {
  const steps: string[] = [];
  const names = new Map<number, string>();
  const short = (path: unknown) => {
    const name = String(path).slice(folder.length + 1);
    return name === '' ? 'folder' : /\.tmp$/.test(name) ? 'temporary' : name;
  };
  const opened = (descriptor: number, path: unknown) => {
    names.set(descriptor, short(path));
    return descriptor;
  };
  const calls = {
    ...fs,
    openSync: (path: string, flags: string) => opened(fs.openSync(path, flags), path),
    open: (path: string, flags: string, done: (error: Error | null, descriptor?: number) => void) =>
      fs.open(path, flags, (error, descriptor) => done(error, error ? undefined : opened(descriptor, path))),
    writeSync: (descriptor: number, bytes: Uint8Array, from: number, length: number) => {
      steps.push(`write ${names.get(descriptor)}`);
      // As a disk that takes a little at a time.
      return fs.writeSync(descriptor, bytes, from, Math.min(2, length));
    },
    fsyncSync: (descriptor: number) => {
      steps.push(`sync ${names.get(descriptor)}`);
      fs.fsyncSync(descriptor);
    },
    fsync: (descriptor: number, done: (error: Error | null) => void) => {
      steps.push(`sync ${names.get(descriptor)}`);
      fs.fsync(descriptor, done);
    },
    renameSync: (from: string, to: string) => {
      steps.push(`rename ${short(from)} to ${short(to)}`);
      fs.renameSync(from, to);
    },
  };
  return { steps, calls: calls as unknown as FileCalls };
}

const failing = (code: string) => () => {
  throw Object.assign(new Error(code), { code });
};

it('syncs the file before it appears, and the folder afterwards', () => {
  const folder = temporaryFolder();
  const { steps, calls } = watched(folder);
  const file = createFile(join(folder, 'a'), calls);
  file.write(Buffer.from('abc'));
  expect(file.commit()).toMatchObject({ name: 'a', bytes: 3 });
  const written = ['write temporary', 'write temporary'];
  const whole = [...written, 'sync temporary', 'rename temporary to a', 'sync folder'];
  expect(steps).toEqual(whole);
  expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('abc');
});

it('does the same without waiting in this thread', async () => {
  const folder = temporaryFolder();
  const { steps, calls } = watched(folder);
  const file = createFile(join(folder, 'a'), calls);
  expect(await file.commitAside()).toMatchObject({ name: 'a', bytes: 0 });
  expect(steps).toEqual(['sync temporary', 'rename temporary to a', 'sync folder']);
});

it('syncs nothing for a note that may be torn', () => {
  const folder = temporaryFolder();
  const { steps, calls } = watched(folder);
  createFile(join(folder, 'a'), calls).commit(false);
  expect(steps).toEqual(['rename temporary to a']);
});

it.each(['fsyncSync', 'renameSync', 'writeSync'] as const)(
  'leaves the file that was there when %s fails, and no other once it is given up',
  (step) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a'), 'before');
    const file = createFile(join(folder, 'a'), { ...fs, [step]: failing('ENOSPC') });
    const error = errorOf(() => {
      file.write(Buffer.from('after'));
      file.commit();
    });
    expect(error).toMatchObject({ code: 'output-unwritable', exitCode: 1 });
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('before');
    file.abort();
    file.abort();
    expect(readdirSync(folder)).toEqual(['a']);
  },
);

it('leaves nothing under its name when the process dies before the rename, and the next one sweeps', () => {
  const folder = temporaryFolder();
  createFile(join(folder, 'a')).write(Buffer.from('half'));
  const [temporary, ...others] = readdirSync(folder);
  expect(others).toEqual([]);
  // As if another process had written it, which is gone: no process has this number (pid_max is at most 2^22).
  const left = temporary!.replace(`-${process.pid}-`, `-${2 ** 22 + 1}-`);
  // A container of the same host name has process numbers of its own, so nobody here knows what it still writes.
  const elsewhere = left.replace(processPlace(), '0123456789ab');
  const longAgo = elsewhere.replace(/-\d+\.tmp$/, '-99.tmp');
  for (const name of [left, elsewhere, longAgo, '.longmix-notes']) writeFileSync(join(folder, name), '');
  const day = 24 * 3600;
  utimesSync(join(folder, elsewhere), 0, Date.now() / 1000 - 0.9 * day);
  utimesSync(join(folder, longAgo), 0, Date.now() / 1000 - 1.1 * day);
  sweep(folder);
  expect(readdirSync(folder).sort()).toEqual([temporary!, elsewhere, '.longmix-notes'].sort());
});

it('lets two attempts at one file go on side by side', () => {
  const folder = temporaryFolder();
  const [first, second] = [createFile(join(folder, 'a')), createFile(join(folder, 'a'))];
  first.write(Buffer.from('same'));
  second.write(Buffer.from('same'));
  const records = [second.commit(), first.commit()];
  expect(records[0]).toEqual(records[1]);
  expect(readdirSync(folder)).toEqual(['a']);
});

it('commits where a folder cannot be synced, and tells of a disk that fails', () => {
  const folder = temporaryFolder();
  const system = (code: string): FileCalls => {
    let files = 0;
    // The file's is the first.
    const fsyncSync = (descriptor: number) => (files++ === 0 ? fs.fsyncSync(descriptor) : failing(code)());
    return { ...fs, fsyncSync };
  };
  expect(createFile(join(folder, 'a'), system('EINVAL')).commit()).toMatchObject({ name: 'a' });
  const error = errorOf(() => createFile(join(folder, 'b'), system('EIO')).commit());
  expect(error).toMatchObject({ code: 'output-unwritable', exitCode: 1 });
});

it('puts a file there if there is none, also where the file system has no links', () => {
  const folder = temporaryFolder();
  const withoutLinks: FileCalls = { ...fs, linkSync: failing('EPERM') };
  const first = [
    putIfAbsent(join(folder, 'a'), Buffer.from('1')),
    putIfAbsent(join(folder, 'a'), Buffer.from('2')),
    putIfAbsent(join(folder, 'b'), Buffer.from('3'), withoutLinks),
    putIfAbsent(join(folder, 'b'), Buffer.from('4'), withoutLinks),
  ];
  expect(first).toEqual([true, false, true, false]);
  const texts = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]);
  expect(texts).toEqual([
    ['a', '1'],
    ['b', '3'],
  ]);
});

it('a cache file appears whole', () => {
  const folder = temporaryFolder();
  writeCache(join(folder, 'a'), [Buffer.from('one '), Buffer.from('two')]);
  expect(readdirSync(folder)).toEqual(['a']);
  expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('one two');
  mkdirSync(join(folder, 'b'));
  expect(() => writeCache(join(folder, 'b'), [Buffer.from('x')])).toThrow();
  expect(readdirSync(folder)).toEqual(['a', 'b']);
});

it('a file is moved in place of another', () => {
  const folder = temporaryFolder();
  makeFolder(join(folder, 'x/y'));
  writeFileSync(join(folder, 'a'), 'new');
  writeFileSync(join(folder, 'x/y/a'), 'old');
  moveFile(join(folder, 'a'), join(folder, 'x/y/a'));
  expect(readdirSync(folder)).toEqual(['x']);
  expect(readFileSync(join(folder, 'x/y/a'), 'utf8')).toBe('new');
});

it('a shared file is a link, and takes the place of another one that has its name', () => {
  const folder = temporaryFolder();
  const [from, to] = [join(folder, 'a'), join(folder, 'b')];
  writeFileSync(from, 'whole');
  shareFile(from, to);
  expect(fs.statSync(to).ino).toBe(fs.statSync(from).ino);
  shareFile(from, to);
  expect(fs.statSync(to).ino).toBe(fs.statSync(from).ino);
  // What an interrupted copy of a store leaves.
  fs.rmSync(to);
  writeFileSync(to, 'ha');
  shareFile(from, to);
  expect(readFileSync(to, 'utf8')).toBe('whole');
  expect(readdirSync(folder).sort()).toEqual(['a', 'b']);
});

it('a folder is not made where there is a file', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a'), '');
  expect(() => makeFolder(join(folder, 'a'))).toThrow(expect.objectContaining({ code: 'output-unwritable' }));
});
