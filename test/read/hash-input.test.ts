import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { discover } from '../../src/read/discover.ts';
import { hashInput } from '../../src/read/hash-input.ts';
import { errorOf, readSource, sourceOf, temporaryFolder } from './helpers.ts';

test('the hash is of the name, the size and exactly the bytes of the unit', async () => {
  const path = join(temporaryFolder(), 'a.jsonl');
  writeFileSync(path, 'one\ntwo\n');
  const units = await discover(sourceOf(path), { rangeBytes: 4 });
  const expected = ['one\n', 'two\n'].map((text) =>
    createHash('sha256').update(`7:a.jsonl 4\n${text}`).digest('hex'),
  );
  expect(await Promise.all(units.map(hashInput))).toEqual(expected);
});

test('a joined unit: moving text from one file to the next, or renaming a file, changes the hash', async () => {
  const hashOf = async (files: Record<string, string>) => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'r'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(root, 'r', name), text);
    const [unit] = await discover(sourceOf(root, { join: 'directory' }));
    return hashInput(unit!);
  };
  const hash = await hashOf({ 'a.txt': 'ab', 'b.txt': 'c' });
  expect(await hashOf({ 'a.txt': 'ab', 'b.txt': 'c' })).toBe(hash);
  expect(await hashOf({ 'a.txt': 'a', 'b.txt': 'bc' })).not.toBe(hash);
  expect(await hashOf({ 'a.txt': 'ab', 'c.txt': 'c' })).not.toBe(hash);
});

test('a file that shrank since it was discovered is an error', async () => {
  const path = join(temporaryFolder(), 'a.txt');
  writeFileSync(path, 'long text');
  const [unit] = await discover(sourceOf(path));
  writeFileSync(path, 'short');
  expect(await errorOf(hashInput(unit!))).toMatchObject({ code: 'input-changed', where: path });
  expect((await readSource(sourceOf(path))).documents[0]!.text).toBe('short');
});
